"""The wis-attest: one page about one disk, PDF/A-3a and PDF/UA-1 in one file, with the signed report attached inside.

Needs the ``attest`` extra. The page is made by :mod:`wipe_reports.press`, from the report that the proof carries and
from nothing else, so that it can be made again and compared.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wipe_reports import attest_facts, figures, press, schema, signing, wipe_phrases
from wipe_reports import standing as standings
from wipe_reports.attest_facts import Line
from wipe_reports.document import Carrier, Wipe, WipeReport
from wipe_reports.fields import written
from wipe_reports.standing import ServiceWord, Standing
from wipe_reports.words import HOUSE_LANGUAGE, Language, catalogue_sha256, say

FORMAT = "herstart/wis-attest"
VERSION = 2
"""Since version 2 ``attest.json`` holds the service's word; of an attest before it only the report speaks."""
PROOF = "proof.jws"
RECEIPT = "receipt.jws"
METADATA = "attest.json"
PLAIN_NAMES = (
    "attest_id",
    "carrier_index",
    "language",
    "check_url",
    "device_code",
    "station",
    "site",
    "validator",
    "destination",
    "replaces",
)
"""The members of ``attest.json`` that are the fields of :class:`AttestContent` as they are."""

LONGEST_VALUE = 260

_TEMPLATE = press.Template.of_package("wipe_reports", "attest.typ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """The partner in whose name the attest is given; ``enterprise_number`` as Belgium writes it (0123.456.789)."""

    name: str
    enterprise_number: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerHead:
    """The signed head of the ledger's seal that holds the report's event. ``root_hash`` is 64 hexadecimal digits."""

    root_hash: str
    tree_size: int
    sealed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AttestContent:
    """Everything one attest says.

    ``proof_jws`` must carry exactly ``report``. ``station`` is the name the service knows the station by, ``site``
    where it stood, ``validator`` who validated the outcome for the partner, ``destination`` where the disk goes.
    ``word`` is what the service says of the wipe; without it the report alone speaks. ``replaces`` is the number of
    the attest of the same wipe that this one takes the place of.
    """

    report: WipeReport
    carrier_index: int
    language: Language = HOUSE_LANGUAGE
    attest_id: str
    issued_at: datetime
    issuer: Issuer
    check_url: str
    proof_jws: str
    receipt_jws: str | None = None
    device_code: str | None = None
    station: str | None = None
    site: str | None = None
    validator: str | None = None
    destination: str | None = None
    replaces: str | None = None
    ledger_head: LedgerHead | None = None
    word: ServiceWord | None = None

    @property
    def carrier(self) -> Carrier:
        """The disk that the attest is about."""
        return self.report.carriers[self.carrier_index]

    @property
    def wipe(self) -> Wipe:
        """Its wipe. Raises ValueError where it was not wiped."""
        if self.carrier.wipe is None:
            raise ValueError(f"carrier {self.carrier_index} of report {self.report.report_id} was not wiped")
        return self.carrier.wipe

    @property
    def said(self) -> ServiceWord:
        """What the service says, or what must stand in for it."""
        return self.word or standings.word_of_report(self.wipe)

    @property
    def standing(self) -> Standing:
        """What the wipe is worth: the page's large word."""
        return standings.standing(self.wipe.outcome, test=self.report.test, word=self.said)


def metadata(content: AttestContent) -> dict[str, Any]:
    """The attest's own data as attached in ``attest.json``: with the proof, all it takes to make the page again."""
    head = content.ledger_head
    return {
        "format": FORMAT,
        "version": VERSION,
        "report_id": content.report.report_id,
        "report_sha256": signing.fingerprint(content.proof_jws),
        "issued_at": written(content.issued_at),
        "issuer": asdict(content.issuer),
        **{name: getattr(content, name) for name in PLAIN_NAMES},
        "ledger_head": None if head is None else {**asdict(head), "sealed_at": written(head.sealed_at)},
        "standing": content.standing.value,
        "service": None if content.word is None else content.word.to_json(),
        "made_with": made_with(content.language),
    }


def made_with(language: Language) -> dict[str, str]:
    """Which typst, which template and which words make a page in ``language``: the same three make the same bytes."""
    return {**press.made_with(_TEMPLATE), "words_sha256": catalogue_sha256(language)}


def printout(content: AttestContent) -> press.Printout:
    """What the attest's PDF is made from.

    Raises ValueError where the proof carries another report or the carrier has no wipe; ImportError without the
    ``attest`` extra.
    """
    if schema.from_bytes(signing.peek(content.proof_jws)[1]) != content.report:
        raise ValueError("the proof carries another report than the one to attest")
    return press.Printout(
        template=_TEMPLATE,
        language=content.language,
        facts=facts(content),
        made_at=content.issued_at,
        attachments=_attachments(content),
    )


def render(content: AttestContent) -> bytes:
    """The attest as an unsigned PDF. The same content gives the same bytes. Raises as :func:`printout`."""
    return press.render(printout(content))


def facts(content: AttestContent) -> dict[str, Any]:
    """What the page shows, in its language: title, outcome, sections of lines, how to check."""
    language, carrier, standing = content.language, content.carrier, content.standing
    return {
        "title": say(f"title.{standing.value}", language),
        "standing": standings.headline(standing, content.wipe.outcome, content.wipe.verification.method, language),
        "tone": standings.tone(standing),
        "lead": say(f"lead.{standing.value}", language),
        "cautions": _cautions(content),
        "subject": say("document.subject", language, serial=attest_facts.known(carrier.serial, language)),
        "keywords": [content.attest_id, content.report.report_id],
        "test": content.report.test,
        "test_word": say("test.word", language),
        "test_notice": say("test.notice", language),
        "issuer": content.issuer.name,
        "issuer_lines": [
            part for part in (content.issuer.name, content.issuer.enterprise_number, content.issuer.address) if part
        ],
        "sections": [
            {"title": title, "lines": [_fitted(line, language) for line in lines]}
            for title, lines in _sections(content)
        ],
        "check_title": say("section.check", language),
        "check_steps": [
            say("check.scan", language, url=content.check_url),
            say("check.signature", language),
            say("check.offline", language),
        ],
        "footer": say("limits", language),
        "qr_svg": press.qr_svg(content.check_url),
        "qr_alt": say("qr.alt", language, url=content.check_url),
        "qr_caption": say("qr.caption", language),
    }


def _cautions(content: AttestContent) -> list[str]:
    return list(standings.cautions(content.report, content.carrier, content.said, content.language))


def _fitted(line: Line, language: Language) -> dict[str, Any]:
    """A line as the page takes it: words beyond :data:`LONGEST_VALUE` are cut, openly; serials and hashes never."""
    value = line.value
    if not line.exact and len(value) > LONGEST_VALUE:
        value = say("value.cut", language, start=value[:LONGEST_VALUE])
    return {"label": line.label, "value": value, "exact": line.exact}


def _sections(content: AttestContent) -> list[tuple[str, list[Line]]]:
    language, report = content.language, content.report
    carrier, wipe = content.carrier, content.wipe
    disk = [
        *attest_facts.carrier_lines(carrier, language),
        *attest_facts.device_lines(report.device, content.device_code, language),
    ]
    return [
        (say("section.carrier", language), disk),
        (say("section.wipe", language), list(attest_facts.wipe_lines(wipe, language, carrier))),
        (
            say("section.verification", language),
            list(attest_facts.verification_lines(carrier, wipe.verification, language)),
        ),
        (say("section.who", language), _who(content)),
        (say("section.proof", language), _proof(content, wipe.nonce)),
    ]


def _who(content: AttestContent) -> list[Line]:
    language, report = content.language, content.report
    agent = f"{say('label.agent', language)} {report.agent.version}"
    lines = [
        Line(say("label.operator", language), wipe_phrases.operator(report.operator, language)),
        Line(say("label.station", language), f"{content.station or report.station} · {agent}"),
    ]
    for key, given in (
        ("label.site", content.site),
        ("label.validator", standings.validated_by(content.said, language) or content.validator),
        ("label.destination", content.destination),
    ):
        if given:
            lines.append(Line(say(key, language), given))
    if clock := wipe_phrases.clock(report.clock, language):
        lines.append(Line(say("label.clock", language), clock))
    issued = f"{content.issuer.name}, {figures.moment(content.issued_at, language)}"
    return [*lines, Line(say("label.issuer", language), issued)]


def _proof(content: AttestContent, nonce: str | None) -> list[Line]:
    language, report = content.language, content.report
    header, _ = signing.peek(content.proof_jws)
    replaced = [] if content.replaces is None else [Line(say("label.replaces", language), content.replaces, exact=True)]
    lines = [
        Line(say("label.attest", language), content.attest_id, exact=True),
        *replaced,
        Line(say("label.report", language), report.report_id, exact=True),
        Line(say("label.report_sha256", language), signing.fingerprint(content.proof_jws), exact=True),
        Line(say("label.station_key", language), str(header.get("kid")), exact=True),
        Line(say("label.nonce", language), nonce or say("value.none", language), exact=nonce is not None),
    ]
    if report.agent.image_sha256 is not None:
        lines.append(Line(say("label.image", language), report.agent.image_sha256, exact=True))
    return [*lines, *_ledger(content.ledger_head, language)]


def _ledger(head: LedgerHead | None, language: Language) -> list[Line]:
    if head is None:
        return [Line(say("label.ledger", language), say("value.ledger_none", language))]
    size, sealed = figures.count(head.tree_size, language), figures.moment(head.sealed_at, language)
    return [
        Line(say("label.ledger", language), head.root_hash, exact=True),
        Line("", say("value.ledger", language, size=size, sealed=sealed)),
    ]


def _attachments(content: AttestContent) -> list[press.Attachment]:
    language = content.language
    proof = press.Attachment(
        name=PROOF,
        content=content.proof_jws,
        media_type="application/jose",
        description=say("attachment.proof", language),
        relationship="source",
    )
    data = press.Attachment(
        name=METADATA,
        content=json.dumps(metadata(content), ensure_ascii=False, indent=1),
        media_type="application/json",
        description=say("attachment.attest", language),
        relationship="data",
    )
    if content.receipt_jws is None:
        return [proof, data]
    receipt = press.Attachment(
        name=RECEIPT,
        content=content.receipt_jws,
        media_type="application/jose",
        description=say("attachment.receipt", language),
        relationship="supplement",
    )
    return [proof, receipt, data]
