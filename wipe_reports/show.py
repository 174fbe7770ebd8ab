"""A report in words for a terminal: the same lines as on the attest, for every disk."""

from __future__ import annotations

from collections.abc import Iterator

from wipe_reports import attest_facts, figures, schema, wipe_phrases
from wipe_reports import standing as standings
from wipe_reports.attest_facts import Line
from wipe_reports.document import WipeReport
from wipe_reports.verify import verdict
from wipe_reports.verify_report import Findings
from wipe_reports.words import Language, say

_LABEL_WIDTH = 30


def as_json(findings: Findings) -> dict[str, object]:
    """The report's own document, and whether it was found to hold."""
    if findings.report is None:
        return {"ok": findings.ok, "report": None}
    return {"ok": findings.ok, "report": schema.dump(findings.report)}


def outcomes(findings: Findings, language: Language) -> Iterator[str]:
    """What became of each disk, one line each, so that an authentic report of a failed wipe is not taken for proof."""
    report = findings.report
    if report is None:
        return
    if report.test:
        yield f"{say('test.word', language)}: {say('test.notice', language)}"
    for index, carrier in enumerate(report.carriers):
        word, headline = findings.word(index), _headline(findings, index, language)
        if word is not None and headline is not None:
            serial = attest_facts.known(carrier.serial, language)
            yield say("standing.line", language, number=index + 1, serial=serial, standing=headline)
            yield from (f"  {one}" for one in standings.cautions(report, carrier, word, language))


def _headline(findings: Findings, index: int, language: Language) -> str | None:
    standing, report = findings.standing(index), findings.report
    wipe = None if report is None else report.carriers[index].wipe
    if standing is None or wipe is None:
        return None
    return standings.headline(standing, wipe.outcome, wipe.verification.method, language)


def in_words(findings: Findings, language: Language) -> Iterator[str]:
    """The report line by line, the verdict of its verification last. Nothing for a file without a report."""
    report = findings.report
    if report is None:
        return
    if report.test:
        yield f"  {say('test.word', language)}: {say('test.notice', language)}"
    yield from _lines(
        [
            Line(say("label.report", language), report.report_id),
            Line(say("label.created", language), figures.moment(report.created_at, language)),
            Line(say("label.station", language), report.station),
            Line(say("label.operator", language), wipe_phrases.operator(report.operator, language)),
            *_clock(report, language),
            *attest_facts.device_lines(report.device, None, language),
        ]
    )
    for number, carrier in enumerate(report.carriers, start=1):
        yield f"  {say('label.carrier', language, number=number)}"
        yield from _lines(attest_facts.carrier_lines(carrier, language))
        wipe = carrier.wipe
        if wipe is not None:
            yield from _lines([Line(say("label.outcome", language), _headline(findings, number - 1, language) or "")])
            yield from _lines(attest_facts.wipe_lines(wipe, language, carrier))
            yield from _lines(attest_facts.verification_lines(carrier, wipe.verification, language))
    yield f"  {verdict(findings, language)}"


def _clock(report: WipeReport, language: Language) -> list[Line]:
    off = wipe_phrases.clock(report.clock, language)
    return [Line(say("label.clock", language), off)] if off else []


def _lines(lines: list[Line] | Iterator[Line]) -> Iterator[str]:
    for line in lines:
        yield f"    {line.label:<{_LABEL_WIDTH}} {line.value}"
