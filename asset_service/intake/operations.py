"""Receiving a report. What a person decides afterwards is in :mod:`asset_service.intake.decisions`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from asset_service.core.db import db, keep_order, utc_now
from asset_service.core.errors import FieldError
from asset_service.intake import events, lookup
from asset_service.intake.answers import Answer, answer
from asset_service.intake.checks import CheckedReport, Rejected
from asset_service.intake.matching import Verdict, decide, other_partners
from asset_service.intake.models import UnmatchedReport
from asset_service.intake.received import Received
from asset_service.intake.sighting.apply import Prepared, prepare
from asset_service.intake.sighting.rows import NewRows
from asset_service.ledger.operations import record
from asset_service.wiping.models import ReportResult, SignedReport


@dataclass(frozen=True, slots=True)
class Draft:
    """A report made ready to be written, and its answer."""

    prepared: Prepared
    answer: Answer


def ingest(checked: CheckedReport) -> Answer:
    """Receive a checked report, in one transaction; the same report again gets the same answer.

    Raises :class:`Rejected` where the same ``report_id`` came before with other bytes, and lets IntegrityError pass
    where another process wrote the same machine at the same moment: the edge then tries again.
    """
    if (known := _earlier_answer(UUID(checked.report.report_id), checked)) is not None:
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
    return drafted.answer


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
    answered = answer(received, result, seen.code, prepared.wipes)
    _add_report(prepared.rows, checked.jws, received, answered, result=result, device_id=seen.device_id)
    return Draft(prepared, answered)


def _earlier_answer(report_id: UUID, checked: CheckedReport) -> Answer | None:
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


def _add_report(
    rows: NewRows, jws: bytes, received: Received, answered: Answer, *, result: ReportResult, device_id: UUID | None
) -> None:
    """The report itself, and the event that it was received."""
    report = received.report
    rows.add(
        SignedReport,
        id=UUID(report.report_id),
        station_id=received.station_id,
        partner_id=received.partner_id,
        device_id=device_id,
        result=result,
        test=report.test,
        received_at=received.received_at,
        sha256=received.sha256,
        jws=jws,
        receipt=answered.receipt,
        answer=answered.body,
    )
    came = events.ReportReceived(
        subject_id=UUID(report.report_id),
        device_id=device_id,
        report_sha256=received.sha256,
        result=result,
        test=report.test,
    )
    rows.events.add(came)


def _queue_for_decision(checked: CheckedReport, received: Received, found: lookup.Found, verdict: Verdict) -> Answer:
    """Let the report wait for a person, with everything that points at a device."""
    report, report_id = received.report, UUID(received.report.report_id)
    answered, rows = answer(received, ReportResult.UNMATCHED), NewRows(received.actor)
    _add_report(rows, checked.jws, received, answered, result=ReportResult.UNMATCHED, device_id=None)
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
    return answered
