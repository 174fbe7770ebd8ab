"""What one attest says, line by line: sections of labels and values in one language, ready to print or to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from wipe_reports import figures, wipe_phrases
from wipe_reports.codes import Method
from wipe_reports.document import (
    LOOSE_DISKS,
    AreaState,
    Carrier,
    Device,
    HiddenAreas,
    Smart,
    Verification,
    Wipe,
)
from wipe_reports.words import Language, of, of_text, say

EXCEPTIONS_SHOWN = 5
ATTEMPTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section. ``exact`` marks serials, hashes and ids, for a fixed-width face."""

    label: str
    value: str
    exact: bool = False


def known(value: object, language: Language) -> str:
    """``value`` in words; what is not known is said to be unknown."""
    if value is None or value == "":
        return say("value.unknown", language)
    if isinstance(value, bool):
        return say("value.yes" if value else "value.no", language)
    return figures.count(value, language) if isinstance(value, int) else str(value)


def words_of(*parts: str | None) -> str:
    """The known parts side by side, without a maker that the model repeats."""
    given = [part.strip() for part in parts if part and part.strip()]
    if len(given) > 1 and given[1].casefold().startswith(given[0].casefold()):
        given = given[1:]
    return " ".join(given)


def device_lines(device: Device, code: str | None, language: Language) -> Iterator[Line]:
    """The machine the disk was in; of a loose disk, that it was in none."""
    if device.kind == LOOSE_DISKS:
        yield Line(say("label.device", language), say("value.loose", language))
        return
    yield Line(say("label.device", language), known(words_of(device.manufacturer, device.product), language))
    yield Line(say("label.device_serial", language), known(device.serial, language), exact=True)
    shown = code or device.code
    if shown:
        yield Line(say("label.device_code", language), shown, exact=True)


def carrier_lines(carrier: Carrier, language: Language) -> Iterator[Line]:
    """The disk itself: what it is, how large, what its own figures say."""
    medium = of(carrier.medium, language, in_full=True)
    yield Line(say("label.model", language), known(words_of(carrier.manufacturer, carrier.model), language))
    yield Line(say("label.serial", language), known(carrier.serial, language), exact=True)
    yield Line(say("label.medium", language), f"{medium}, {carrier.bus.upper()}" if carrier.bus else medium)
    size = say(
        "value.size",
        language,
        short=figures.size(carrier.size_bytes, language),
        bytes=figures.count(carrier.size_bytes, language),
        sectors=figures.count(carrier.sectors, language),
    )
    yield Line(say("label.size", language), size)
    yield Line(say("label.hidden", language), hidden_words(carrier.hidden_areas, language))
    yield Line(say("label.smart_before", language), smart_words(carrier.smart_before, language))
    yield Line(say("label.smart_after", language), smart_words(carrier.smart_after, language))


def hidden_words(areas: HiddenAreas, language: Language) -> str:
    """Both kinds of hidden area; one word where both are the same and no size is known."""

    def state(area: AreaState, sectors: int | None) -> str:
        word = of(area, language)
        if not sectors:
            return word
        return say("hidden.sectors", language, state=word, count=figures.count(sectors, language))

    hpa, dco = state(areas.hpa, areas.hpa_sectors), state(areas.dco, areas.dco_sectors)
    if hpa == dco:
        return f"HPA, DCO: {hpa}"
    return f"{say('hidden.hpa', language, state=hpa)}; {say('hidden.dco', language, state=dco)}"


def smart_words(smart: Smart | None, language: Language) -> str:
    """A disk's health figures in one line: the verdict and every count that is known."""
    if smart is None:
        return say("value.not_recorded", language)
    parts = []
    if smart.passed is not None:
        parts.append(say("smart.passed" if smart.passed else "smart.failed", language))
    for name in ("reallocated", "pending", "uncorrectable", "media_errors", "percentage_used", "power_on_hours"):
        number = getattr(smart, name)
        if number is not None:
            parts.append(say(f"smart.{name}", language, count=figures.count(number, language)))
    return ", ".join(parts) or say("value.unknown", language)


def wipe_lines(wipe: Wipe, language: Language, carrier: Carrier | None = None) -> Iterator[Line]:
    """What was done: technique, level, passes, times, errors; with the ``carrier`` also how much was not reached."""
    yield Line(say("label.technique", language), of(wipe.technique, language, in_full=True))
    yield Line(say("label.method", language), of_text(wipe.method, Method, language, in_full=True))
    yield Line(say("label.level", language), of(wipe.level, language, in_full=True))
    yield Line(say("label.standard", language), wipe.standard)
    yield Line(say("label.tool", language), words_of(wipe.tool.name, wipe.tool.version))
    overwrites = bool(wipe.passes or wipe.bytes_written)
    if overwrites:
        yield Line(say("label.passes", language), passes_words(wipe, language))
    yield Line(say("label.time", language), figures.period(wipe.started_at, wipe.ended_at, language))
    if overwrites:
        yield Line(say("label.written", language), _written_words(wipe, language))
    yield Line(say("label.errors", language), errors_words(wipe, language))
    if wipe.exceptions:
        sentences = [_exception(carrier, code, language) for code in wipe.exceptions[:EXCEPTIONS_SHOWN]]
        yield Line(say("label.exceptions", language), _listed(sentences, len(wipe.exceptions), language))
    if wipe.overrides:
        sentences = [wipe_phrases.override(one, language) for one in wipe.overrides]
        yield Line(say("label.overrides", language), "; ".join(sentences))
    if course := wipe_phrases.course(wipe, language):
        yield Line(say("label.course", language), course)
    yield from _attempt_lines(wipe, language)


def _exception(carrier: Carrier | None, code: str, language: Language) -> str:
    if carrier is None:
        return wipe_phrases.exception(code, language)
    return wipe_phrases.exception_of(carrier, code, language)


def _written_words(wipe: Wipe, language: Language) -> str:
    return say(
        "value.written",
        language,
        bytes=figures.count(wipe.bytes_written, language),
        rate=figures.rate(wipe.bytes_written, wipe.ended_at - wipe.started_at, language),
    )


def _attempt_lines(wipe: Wipe, language: Language) -> Iterator[Line]:
    shown = [wipe_phrases.attempt(one, language) for one in wipe.attempts[:ATTEMPTS_SHOWN]]
    if len(wipe.attempts) > len(shown):
        shown.append(say("value.more", language, count=len(wipe.attempts) - len(shown)))
    for number, words in enumerate(shown):
        yield Line("" if number else say("label.attempts", language), words)


def _listed(shown: list[str], total: int, language: Language) -> str:
    """Some of a list; how many more there are is said, and that the proof has them all."""
    more = [say("value.more", language, count=total - len(shown))] if total > len(shown) else []
    return "; ".join([*shown, *more])


def passes_words(wipe: Wipe, language: Language) -> str:
    """How many passes, and the pattern of each."""
    if not wipe.passes:
        return say("value.none", language)
    patterns = ", ".join(dict.fromkeys(one.pattern for one in wipe.passes))
    return say("value.passes", language, count=len(wipe.passes), patterns=patterns)


def errors_words(wipe: Wipe, language: Language) -> str:
    """Unreadable sectors and the ranges listed; *none* where there are none."""
    if not wipe.errors and not wipe.unreadable_sectors:
        return say("value.none", language)
    sectors = figures.count(wipe.unreadable_sectors, language)
    return say("value.errors", language, sectors=sectors, ranges=len(wipe.errors))


def verification_lines(carrier: Carrier, check: Verification, language: Language) -> Iterator[Line]:
    """How it was read back, how much of the disk, and with what result."""
    yield Line(say("label.verification", language), of(check.method, language))
    share = Fraction(check.bytes_read, carrier.size_bytes) if carrier.size_bytes else Fraction(0)
    percent, read = figures.percent(share, language), figures.count(check.bytes_read, language)
    yield Line(say("label.share", language), say("value.share", language, percent=percent, bytes=read))
    if check.sample is not None:
        yield Line(say("label.sample", language), wipe_phrases.sample(check.sample, language))
        yield Line(say("label.seed", language), check.sample.seed, exact=True)
    if found := wipe_phrases.found(check, language):
        yield Line(say("label.found", language), found)
    mismatched = say("value.none", language)
    if check.bytes_mismatched:
        mismatched = f"{figures.count(check.bytes_mismatched, language)} bytes"
    yield Line(say("label.mismatches", language), mismatched)
    if check.canaries is not None:
        planted, survived = check.canaries.planted, check.canaries.survived
        yield Line(say("label.canaries", language), say("value.canaries", language, planted=planted, survived=survived))
    if check.compared_blocks is not None:
        changed, unchanged = check.compared_blocks.changed, check.compared_blocks.unchanged
        compared = say("value.compared_blocks", language, changed=changed, unchanged=unchanged)
        yield Line(say("label.compared_blocks", language), compared)
    if check.started_at is not None and check.ended_at is not None:
        yield Line(say("label.time", language), figures.period(check.started_at, check.ended_at, language))
    yield Line(say("label.result", language), say("value.passed" if check.passed else "value.failed", language))
