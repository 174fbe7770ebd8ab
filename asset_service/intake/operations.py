"""Taking a report in. What a person decides afterwards is in :mod:`asset_service.intake.decisions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import rfc8785
from flask import current_app
from flask_babel import gettext
from sqlalchemy import select

from asset_service.core.db import db, keep_order, utc_now
from asset_service.core.errors import FieldError
from asset_service.core.keys import service_key
from asset_service.devices import queries as device_queries
from asset_service.intake import events, lookup
from asset_service.intake.checks import CheckedReport, Rejected
from asset_service.intake.matching import Verdict, decide, other_partners
from asset_service.intake.models import UnmatchedReport
from asset_service.intake.received import Received
from asset_service.intake.sighting.apply import Prepared, prepare
from asset_service.intake.sighting.rows import NewRows
from asset_service.ledger.operations import moment, record
from asset_service.wiping.evidence import JudgedWipe
from asset_service.wiping.models import ReportResult, SignedReport
from wipe_reports import signing
from wipe_reports.document import Outcome
from wipe_reports.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Answer:
    """What the station is sent: the body's exact bytes, and whether the report is new.

    ``attests`` are the evidence ids whose attest can be issued now.
    """

    body: bytes
    is_new: bool
    attests: tuple[UUID, ...] = ()

    def members(self) -> dict[str, Any]:
        """The body's members."""
        members: dict[str, Any] = orjson.loads(self.body)
        return members


@dataclass(frozen=True, slots=True)
class Draft:
    """A report made ready to be written, and the body of its answer."""

    prepared: Prepared
    answer: bytes


def ingest(checked: CheckedReport) -> Answer:
    """Take a checked report in, in one transaction; the same report again gets the same answer.

    Raises :class:`Rejected` where the same ``report_id`` came before with other bytes, and lets IntegrityError pass
    where another process wrote the same machine at the same moment: the edge then tries again.
    """
    if (known := _answered(UUID(checked.report.report_id), checked)) is not None:
        return known
    received = _received_now(checked)
    found = lookup.find(received.report, received.partner_id, received.received_at)
    verdict = decide(found.hints)
    if verdict.doubts:
        return _queue_for_decision(checked, received, found, verdict)
    return write(_drafted(checked, received, found, verdict.device_id))


def draft(checked: CheckedReport) -> Draft | None:
    """Everything that :func:`write` needs for a machine of which nothing is known, made without a lock.

    ``None`` where anything points at what the service knows (a key, a label, a disk): only :func:`ingest` may then
    judge, inside the transaction. What another process writes meanwhile breaks a unique index in :func:`write`, and
    the edge turns to :func:`ingest`.
    """
    keep_order()
    received = _received_now(checked)
    found = lookup.find(received.report, received.partner_id, received.received_at)
    if found.hints.any_known or decide(found.hints).doubts:
        return None
    return _drafted(checked, received, found, None)


def write(drafted: Draft) -> Answer:
    """Write the draft and its events, in the open transaction. Raises IntegrityError or NonceClash on a clash."""
    drafted.prepared.write()
    return Answer(drafted.answer, True, _attestable(drafted.prepared.wipes))


def _received_now(checked: CheckedReport) -> Received:
    station = checked.station
    return Received(
        report=checked.report,
        station_id=station.id,
        station_key_id=station.key_id,
        partner_id=station.partner_id,
        site_id=station.site_id,
        received_at=utc_now(),
        sha256=checked.sha256,
    )


def _drafted(checked: CheckedReport, received: Received, found: lookup.Found, device_id: UUID | None) -> Draft:
    prepared = prepare(received, found, device_id)
    result, seen = prepared.result, prepared.seen
    receipt = _receipt(received)
    answer = orjson.dumps(_answer(received, result, receipt, seen.code, prepared.wipes))
    _add_report(prepared.rows, checked.jws, received, _Outcome(result, seen.device_id, receipt, answer))
    return Draft(prepared, answer)


def _answered(report_id: UUID, checked: CheckedReport) -> Answer | None:
    statement = select(SignedReport.sha256, SignedReport.answer).where(SignedReport.id == report_id)
    row = db.session.connection().execute(statement).one_or_none()
    if row is None:
        return None
    if row.sha256 != checked.sha256:
        message = gettext("Er is al een ander verslag met dit nummer.")
        errors = [FieldError("report_id", message)]
        title = gettext("Dit nummer is al gebruikt")
        raise Rejected(409, "report_id_taken", title, errors, checked.station, signed=True)
    return Answer(row.answer, False)


def _receipt(received: Received) -> str:
    claims = {
        "report_id": received.report.report_id,
        "report_sha256": received.sha256,
        "station_key_id": received.station_key_id,
        "received_at": moment(received.received_at),
    }
    return signing.sign(rfc8785.dumps(claims), service_key(), Receipt.TYPE)


def _attestable(wipes: Sequence[JudgedWipe]) -> tuple[UUID, ...]:
    return tuple(one.evidence_id for one in wipes if one.wipe.outcome is Outcome.ERASED)


def _answer(
    received: Received, result: ReportResult, receipt: str, code: str | None, wipes: Sequence[JudgedWipe]
) -> dict[str, Any]:
    base_url = current_app.extensions["herstart_settings"].base_url
    return {
        "report_id": received.report.report_id,
        "result": result.value,
        "device": {"code": code, "url": device_queries.page_url(code)} if code else None,
        "receipt": receipt,
        "received_at": moment(received.received_at),
        "attests": [
            {
                "carrier_serial": one.carrier.serial,
                "pdf_url": f"{base_url}/api/v1/attests/{one.public_id}.pdf",
                "check_url": f"{base_url}/w/{one.public_id}",
            }
            for one in wipes
            if one.wipe.outcome is Outcome.ERASED
        ],
    }


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: ReportResult
    device_id: UUID | None
    receipt: str
    answer: bytes


def _add_report(rows: NewRows, jws: bytes, received: Received, outcome: _Outcome) -> None:
    """The report itself, and the event that it was received."""
    report = received.report
    rows.add(
        SignedReport,
        id=UUID(report.report_id),
        station_id=received.station_id,
        partner_id=received.partner_id,
        device_id=outcome.device_id,
        result=outcome.result,
        test=report.test,
        received_at=received.received_at,
        sha256=received.sha256,
        jws=jws,
        receipt=outcome.receipt,
        answer=outcome.answer,
    )
    came = events.ReportReceived(
        subject_id=UUID(report.report_id),
        device_id=outcome.device_id,
        report_sha256=received.sha256,
        result=outcome.result,
        test=report.test,
    )
    rows.events.add(came)


def _queue_for_decision(checked: CheckedReport, received: Received, found: lookup.Found, verdict: Verdict) -> Answer:
    """Let the report wait for a person, with everything that points at a device."""
    report, report_id = received.report, UUID(received.report.report_id)
    receipt = _receipt(received)
    answer = orjson.dumps(_answer(received, ReportResult.UNMATCHED, receipt, None, ()))
    rows = NewRows(received.actor)
    _add_report(rows, checked.jws, received, _Outcome(ReportResult.UNMATCHED, None, receipt, answer))
    rows.insert(db.session.connection())
    rows.events.record()
    holders = other_partners(found.hints, None) | {
        found.hints.devices[one].partner_id for one in verdict.candidate_ids if one in found.hints.devices
    }
    foreign = sorted(holders - {received.partner_id})
    holder = foreign[0] if foreign else None
    doubts = [doubt.value for doubt in verdict.doubts]
    db.session.add(
        UnmatchedReport(
            report_id=report_id,
            partner_id=received.partner_id,
            holder_partner_id=holder,
            holder_site_id=lookup.site_of_holder(found.hints, verdict.candidate_ids, holder) if holder else None,
            reasons=doubts,
            candidate_ids=[str(one) for one in verdict.candidate_ids],
            seen_then={
                str(one.known.component_id): one.known.sightings for one in found.disks if one.known is not None
            },
            manufacturer=report.device.manufacturer[:200] if report.device.manufacturer else None,
            product=report.device.product[:200] if report.device.product else None,
            serial=report.device.serial[:200] if report.device.serial else None,
        )
    )
    db.session.flush()
    record(events.ReportUnmatched(subject_id=report_id, doubts=doubts), received.actor)
    return Answer(answer, True)
