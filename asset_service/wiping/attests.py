"""Issuing the wis-attest, part of the room's operations: sealed before it is printed, and issued anew when the
service's word of the wipe changes (it was confirmed, the disk was used again): it never says anything else than we do.

Printing takes long, so :func:`seal_evidence`, :func:`printed` and :func:`issue` are apart: the edge opens a
transaction for the first and the last, and none while typst works (see :mod:`asset_service.wiping.jobs`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from flask_babel import gettext
from sqlalchemy import select

from asset_service.core import documents, printing
from asset_service.core.db import db, utc_now
from asset_service.core.errors import NotFound, Refused
from asset_service.ledger import queries as ledger_queries
from asset_service.ledger.events import SYSTEM
from asset_service.ledger.models import LedgerEvent, LedgerLeaf, LedgerSeal
from asset_service.ledger.operations import record, seal
from asset_service.wiping import events, evidence_rules
from asset_service.wiping.evidence import new_public_id
from asset_service.wiping.models import Attest, EvidenceStatus, WipeEvidence
from asset_service.wiping.standings import standing_of, word_of
from wipe_reports import attest as attest_page
from wipe_reports import bundle, schema, signing
from wipe_reports.document import Outcome
from wipe_reports.standing import ServiceWord
from wipe_reports.words import Language

REASON = "Uitgereikt wisattest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """Which issue of an evidence's attest it is; ``replaces`` is the public id of the one before."""

    revision: int
    public_id: str
    replaces: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A signed attest that is not issued yet; ``word`` is the service's word that it prints."""

    pdf: bytes
    issued_at: datetime
    seal_number: int
    edition: Edition
    word: ServiceWord


def current(evidence_id: UUID, language: Language) -> Attest | None:
    """The attest, where one was issued that says what the service says now."""
    found, known = _evidence(evidence_id), _issued(evidence_id)
    latest = [one for one in known if one.revision == known[-1].revision and one.language == language]
    return latest[0] if latest and says(latest[0], word_of(found)) else None


def says(attest: Attest, word: ServiceWord) -> bool:
    """Does the attest print this word of the service? Under which name a validator is known now changes nothing."""
    return {**attest.said, "validator": None} == {**word.to_json(), "validator": None}


def languages_issued(evidence_id: UUID) -> list[str]:
    """The languages in which the attest was ever issued."""
    return sorted({one.language for one in _issued(evidence_id)})


def seal_evidence(evidence_id: UUID) -> None:
    """Let the ledger's seal hold the event of this wipe. Raises :class:`Refused` for a wipe that gets no attest."""
    found = _evidence(evidence_id)
    if found.outcome != Outcome.ERASED.value:
        message = gettext("Deze schijf is niet volledig gewist: ze krijgt geen wisattest.")
        raise Refused(message, code="not_erased")
    if not evidence_rules.times_of(found) and found.status is not EvidenceStatus.CONFIRMED:
        message = gettext(
            "De klok van het station stond fout. Er komt pas een wisattest als iemand deze wissing bevestigt."
        )
        raise Refused(message, code="clock_doubted")
    event_id = _event_id(evidence_id)
    # The second turn is for an event that is older than what a seal looks at by itself. A seal may find nothing
    # to do because another process, for whose lock it waited, has just sealed this event.
    for everything in (False, True):
        while _sealed(event_id) is None and seal(everything=everything) is not None:
            continue
    if _sealed(event_id) is None:
        raise RuntimeError("an event can be neither sealed nor found sealed")


def printed(evidence_id: UUID, language: Language) -> Printed:
    """The attest as a signed PDF; nothing is written."""
    found = _evidence(evidence_id)
    head = _sealed(_event_id(evidence_id))
    if head is None:
        raise RuntimeError("the wipe is not sealed yet")
    now, word = utc_now(), word_of(found)
    edition = _edition(found, word)
    content = _content(found, head, language, Issuance(now, word, edition))
    pdf = printing.signed(attest_page.printout(content), REASON)
    return Printed(pdf=pdf, issued_at=now, seal_number=head.number, edition=edition, word=word)


def issue(evidence_id: UUID, language: Language, ready: Printed) -> Attest | None:
    """Keep the attest; where another process was first, theirs is the attest.

    ``None`` where what it says, or which issue it is, changed while it was printed: print it again.
    """
    found = _evidence(evidence_id, lock=True)
    known = current(evidence_id, language)
    if known is not None:
        return known
    now = _edition(found, ready.word)
    fresh = (now.revision, now.replaces) == (ready.edition.revision, ready.edition.replaces)
    taken = {one.public_id for one in _issued(evidence_id) if one.revision == now.revision}
    if word_of(found) != ready.word or not fresh or not taken <= {ready.edition.public_id}:
        return None
    digest = documents.put(ready.pdf, printing.PDF)
    made = Attest(
        evidence_id=evidence_id,
        revision=ready.edition.revision,
        language=language,
        public_id=ready.edition.public_id,
        said=ready.word.to_json(),
        issued_at=ready.issued_at,
        pdf_sha256=digest,
        seal_number=ready.seal_number,
    )
    db.session.add(made)
    db.session.flush()
    event = events.AttestIssued(
        subject_id=evidence_id,
        device_id=made.evidence.device_id,
        pdf_sha256=digest,
        seal_number=ready.seal_number,
        language=language,
        public_id=made.public_id,
        standing=standing_of(found, ready.word),
        replaces=ready.edition.replaces,
    )
    record(event, SYSTEM)
    return made


def _issued(evidence_id: UUID) -> Sequence[Attest]:
    """Every attest of the evidence, the latest revision last."""
    statement = select(Attest).where(Attest.evidence_id == evidence_id)
    return db.session.scalars(statement.order_by(Attest.revision, Attest.language)).all()


def _edition(found: WipeEvidence, word: ServiceWord) -> Edition:
    """The issue that says ``word``: the latest one in another language, or the next."""
    known = _issued(found.id)
    if not known:
        return Edition(revision=1, public_id=found.public_id, replaces=None)
    latest = known[-1]
    if not says(latest, word):
        return Edition(revision=latest.revision + 1, public_id=new_public_id(), replaces=latest.public_id)
    before = [one.public_id for one in known if one.revision < latest.revision]
    return Edition(revision=latest.revision, public_id=latest.public_id, replaces=before[-1] if before else None)


def bundle_of(made: Attest) -> bytes:
    """The evidence bundle of an issued attest: proof, receipt, PDF and the place in the ledger, as a ZIP."""
    report = made.evidence.report
    inclusion = ledger_queries.inclusion(_event_id(made.evidence_id))
    document = documents.open_document(made.pdf_sha256)
    with document.file:
        pdf = document.file.read()
    file = io.BytesIO()
    bundle.write(
        file,
        proof=report.jws,
        receipt=report.receipt,
        attest=pdf,
        ledger=bundle.LedgerProof(
            event=inclusion.canonical,
            leaf_index=inclusion.leaf_index,
            tree_size=inclusion.tree_size,
            inclusion_path=tuple(inclusion.path),
            head_jws=inclusion.head_jws,
        ),
    )
    return file.getvalue()


def _evidence(evidence_id: UUID, *, lock: bool = False) -> WipeEvidence:
    found = db.session.get(WipeEvidence, evidence_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(gettext("Dit attest is er niet."))
    return found


def _event_id(evidence_id: UUID) -> UUID:
    kind = events.WipeReported.__name__
    statement = select(LedgerEvent.id).where(LedgerEvent.subject_id == evidence_id, LedgerEvent.kind == kind)
    return db.session.scalars(statement).one()


def _sealed(event_id: UUID) -> LedgerSeal | None:
    statement = (
        select(LedgerSeal)
        .join(LedgerLeaf, LedgerLeaf.seal_number == LedgerSeal.number)
        .where(LedgerLeaf.event_id == event_id)
    )
    return db.session.scalars(statement).one_or_none()


@dataclass(frozen=True, slots=True)
class Issuance:
    """What an attest adds to the report: when, what the service says, and which issue it is."""

    at: datetime
    word: ServiceWord
    edition: Edition


def _content(found: WipeEvidence, head: LedgerSeal, language: Language, said: Issuance) -> attest_page.AttestContent:
    report, base_url = found.report, current_app.extensions["herstart_settings"].base_url
    station, partner = report.station, report.partner
    proof = report.jws.decode("ascii")
    return attest_page.AttestContent(
        report=schema.from_bytes(signing.peek(proof)[1]),
        carrier_index=found.carrier_index,
        language=language,
        attest_id=said.edition.public_id,
        replaces=said.edition.replaces,
        word=said.word,
        issued_at=said.at,
        issuer=attest_page.Issuer(
            name=partner.name,
            enterprise_number=_as_written(partner.enterprise_number),
            address=partner.address,
        ),
        check_url=f"{base_url}/w/{said.edition.public_id}",
        proof_jws=proof,
        receipt_jws=report.receipt,
        device_code=found.device.code if found.device else None,
        station=station.name,
        site=station.site.name,
        ledger_head=attest_page.LedgerHead(
            root_hash=head.root_hash.hex(), tree_size=head.tree_size, sealed_at=head.sealed_at
        ),
    )


def _as_written(number: str) -> str:
    """A Belgian enterprise number as people write it: 0123.456.789."""
    return f"{number[:4]}.{number[4:7]}.{number[7:]}"
