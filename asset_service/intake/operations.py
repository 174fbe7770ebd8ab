"""What can be done with a report: take it in, and afterwards let a person say which device it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import rfc8785
from flask import current_app
from flask_babel import gettext
from sqlalchemy import insert, select

from asset_service.accounts.access import Access
from asset_service.accounts.models import Role, Station
from asset_service.core.db import db, utc_now
from asset_service.core.errors import FieldError, Invalid, NotFound, Refused
from asset_service.core.keys import service_key
from asset_service.devices import operations as device_operations
from asset_service.devices import queries as device_queries
from asset_service.devices import sighting
from asset_service.devices.models import Device
from asset_service.intake import events, lookup
from asset_service.intake.checks import CheckedReport, Rejected
from asset_service.intake.matching import Verdict, decide, other_partners
from asset_service.intake.models import Grounds, UnmatchedReport
from asset_service.ledger.events import Actor, Event
from asset_service.ledger.operations import moment, record_all
from asset_service.wiping import evidence
from asset_service.wiping.models import EvidenceStatus, ReportResult, SignedReport
from wipe_reports import schema, signing
from wipe_reports.document import Outcome, WipeReport

RECEIPT_TYPE = "wipe-receipt+jws"
DECIDERS = (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the station is told: the body's exact bytes, and whether the report is new.

    ``attests`` are the evidence ids whose attest can be issued now.
    """

    body: bytes
    is_new: bool
    attests: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Received:
    """A report that is being applied: by whom it was signed, when it came, and where the station stands."""

    report: WipeReport
    station_id: UUID
    partner_id: UUID
    site_id: UUID
    received_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: ReportResult
    device_id: UUID | None
    receipt: str
    answer: bytes


@dataclass(frozen=True, slots=True)
class _Applied:
    device_id: UUID
    code: str
    wipes: Sequence[evidence.Judged]
    events: Sequence[Event]


def ingest(checked: CheckedReport) -> Answer:
    """Take a checked report in, in one transaction; the same report again gets the same answer.

    Raises :class:`Rejected` where the same ``report_id`` came before with other bytes, and lets IntegrityError pass
    where another process wrote the same machine at the same moment: the edge then tries again.
    """
    report_id = UUID(checked.report.report_id)
    if (known := _answered(report_id, checked)) is not None:
        return known
    station = checked.station
    received = _Received(
        report=checked.report,
        station_id=station.id,
        partner_id=station.partner_id,
        site_id=station.site_id,
        received_at=utc_now(),
        sha256=checked.sha256,
    )
    found = lookup.find(received.report, received.partner_id)
    verdict = decide(found.hints)
    actor = Actor(kind="station", id=station.id)
    receipt = _receipt(received, station.key_id)
    if verdict.doubts:
        body = orjson.dumps(_answer(received, ReportResult.UNMATCHED, receipt))
        _keep_report(checked.jws, received, _Outcome(ReportResult.UNMATCHED, None, receipt, body))
        record_all(_set_apart(received, found, verdict), actor)
        return Answer(body, True)
    prepared = _prepare(received, found, verdict.device_id)
    result = ReportResult.MATCHED if verdict.device_id else ReportResult.CREATED
    applied = _write_device(prepared)
    body = orjson.dumps(_answer(received, result, receipt, applied))
    _keep_report(checked.jws, received, _Outcome(result, applied.device_id, receipt, body))
    happened = [
        *applied.events,
        *_write_evidence(received, applied),
        _received_event(received, result, applied.device_id),
    ]
    record_all(happened, actor)
    return Answer(body, True, _attestable(applied.wipes))


def _answered(report_id: UUID, checked: CheckedReport) -> Answer | None:
    statement = select(SignedReport.sha256, SignedReport.answer).where(SignedReport.id == report_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    if row.sha256 != checked.sha256:
        message = gettext("Er is al een ander rapport met dit nummer.")
        errors = [FieldError("report_id", message)]
        title = gettext("Dit nummer is al gebruikt")
        raise Rejected(409, "report_id_taken", title, errors, checked.station, signed=True)
    return Answer(row.answer, False)


def _receipt(received: _Received, key_id: str) -> str:
    said = {
        "report_id": received.report.report_id,
        "report_sha256": received.sha256,
        "station_key_id": key_id,
        "received_at": moment(received.received_at),
    }
    return signing.sign(rfc8785.dumps(said), service_key(), RECEIPT_TYPE)


@dataclass(frozen=True, slots=True)
class _Prepared:
    sighting: sighting.Sighting
    device: Device | None
    plans: Sequence[sighting.CarrierPlan]
    wipes: Sequence[evidence.Judged]


def _prepare(received: _Received, found: lookup.Found, device_id: UUID | None) -> _Prepared:
    """Everything that must be known before the first row is written."""
    device = device_operations.locked_device(device_id) if device_id is not None else None
    known: Sequence[Any] = found.carriers
    if device is not None:
        known = lookup.with_nameless(found.carriers, received.report, device.id)
    seen = sighting.Sighting(
        report=received.report,
        at=received.received_at,
        partner_id=received.partner_id,
        site_id=received.site_id,
        keys=found.keys,
        identities=found.identities,
        known=known,
        device_id=device_id,
        code=found.code,
    )
    plans = sighting.plan(seen, device.state if device is not None else None)
    wipes = evidence.judged(
        received.report,
        plans,
        found.identities,
        station_id=received.station_id,
        received_at=received.received_at,
    )
    return _Prepared(seen, device, plans, wipes)


def _write_device(prepared: _Prepared) -> _Applied:
    cleared = {one.carrier_index: one.evidence_id for one in prepared.wipes if one.status is EvidenceStatus.CLEARED}
    if prepared.device is None:
        seen = sighting.register_device(prepared.sighting, prepared.plans, cleared)
    else:
        seen = sighting.update_device(prepared.sighting, prepared.device, prepared.plans, cleared)
    return _Applied(seen.device_id, seen.code, prepared.wipes, seen.events)


def _write_evidence(received: _Received, applied: _Applied) -> list[Event]:
    return evidence.keep(
        applied.wipes,
        received.report,
        device_id=applied.device_id,
        partner_id=received.partner_id,
        at=received.received_at,
        sha256=received.sha256,
    )


def _attestable(wipes: Sequence[evidence.Judged]) -> tuple[UUID, ...]:
    return tuple(one.evidence_id for one in wipes if one.wipe.outcome is Outcome.ERASED)


def _answer(received: _Received, result: ReportResult, receipt: str, applied: _Applied | None = None) -> dict[str, Any]:
    base_url = current_app.extensions["herstart_settings"].base_url
    erased = [one for one in applied.wipes if one.wipe.outcome is Outcome.ERASED] if applied else []
    return {
        "report_id": received.report.report_id,
        "result": result.value,
        "device": {"code": applied.code, "url": device_queries.page_url(applied.code)} if applied else None,
        "receipt": receipt,
        "received_at": moment(received.received_at),
        "attests": [
            {
                "carrier_serial": one.carrier.serial,
                "pdf_url": f"{base_url}/api/v1/attests/{one.public_id}.pdf",
                "check_url": f"{base_url}/w/{one.public_id}",
            }
            for one in erased
        ],
    }


_INSERT_REPORT = insert(SignedReport.__table__)


def _keep_report(jws: bytes, received: _Received, outcome: _Outcome) -> None:
    row = {
        "id": UUID(received.report.report_id),
        "station_id": received.station_id,
        "partner_id": received.partner_id,
        "device_id": outcome.device_id,
        "result": outcome.result,
        "test": received.report.test,
        "received_at": received.received_at,
        "sha256": received.sha256,
        "jws": jws,
        "receipt": outcome.receipt,
        "answer": outcome.answer,
    }
    db.session.connection().execute(_INSERT_REPORT, row)


def _received_event(received: _Received, result: ReportResult, device_id: UUID | None) -> Event:
    return events.ReportReceived(
        subject_id=UUID(received.report.report_id),
        device_id=device_id,
        report_sha256=received.sha256,
        result=result,
        test=received.report.test,
    )


def _set_apart(received: _Received, found: lookup.Found, verdict: Verdict) -> list[Event]:
    """Let the report wait for a person, with everything that points at a device."""
    report = received.report
    holders = other_partners(found.hints, None) | {
        found.hints.devices[one].partner_id for one in verdict.candidate_ids if one in found.hints.devices
    }
    foreign = sorted(holders - {received.partner_id})
    db.session.add(
        UnmatchedReport(
            report_id=UUID(report.report_id),
            partner_id=received.partner_id,
            holder_partner_id=foreign[0] if foreign else None,
            reasons=[doubt.value for doubt in verdict.doubts],
            candidate_ids=[str(one) for one in verdict.candidate_ids],
            manufacturer=report.device.manufacturer[:200] if report.device.manufacturer else None,
            product=report.device.product[:200] if report.device.product else None,
            serial=report.device.serial[:200] if report.device.serial else None,
        )
    )
    db.session.flush()
    doubts = [doubt.value for doubt in verdict.doubts]
    return [
        _received_event(received, ReportResult.UNMATCHED, None),
        events.ReportUnmatched(subject_id=UUID(report.report_id), doubts=doubts),
    ]


def resolve_unmatched(access: Access, report_id: UUID, *, device_id: UUID | None, grounds: Grounds) -> Device:
    """A person says that the report is about ``device_id``, or (``None``) about a device not known yet.

    The report is then applied exactly as if it had matched when it came. For a new device, what strongly identifies
    another one already identifies neither from now on. The device's and the station's partner may decide; what
    another partner holds only that partner (or an admin) gives away.
    """
    waiting, received = _waiting(access, report_id)
    _demand_holders(access, waiting, device_id)
    found = lookup.find(received.report, received.partner_id)
    if device_id is None:
        device_operations.share_identity(access, [*found.hints.devices], [key for key in found.keys if key.strong])
        found = lookup.find(received.report, received.partner_id)
    prepared = _prepare(received, found, device_id)
    applied = _write_device(prepared)
    evidence_events = _write_evidence(received, applied)
    signed = waiting.report
    signed.result = ReportResult.MATCHED if device_id else ReportResult.CREATED
    signed.device_id = applied.device_id
    _close(waiting, access, grounds)
    record_all([*applied.events, *evidence_events], Actor(kind="station", id=received.station_id))
    resolved = events.ReportResolved(
        subject_id=report_id, device_id=applied.device_id, new_device=device_id is None, grounds=grounds
    )
    record_all([resolved], access.actor)
    return device_operations.locked_device(applied.device_id)


def reject_unmatched(access: Access, report_id: UUID, *, grounds: Grounds) -> None:
    """A person says that the report is about no device of ours. It is kept, and changes nothing."""
    waiting, _ = _waiting(access, report_id)
    waiting.report.result = ReportResult.REJECTED
    _close(waiting, access, grounds)
    record_all([events.ReportRejected(subject_id=report_id, grounds=grounds)], access.actor)


def _waiting(access: Access, report_id: UUID) -> tuple[UnmatchedReport, _Received]:
    waiting = db.session.get(UnmatchedReport, report_id, with_for_update=True, populate_existing=True)
    if waiting is None:
        raise NotFound(gettext("Dit rapport wacht niet op een beslissing."))
    holder = waiting.holder_partner_id
    if not access.may(DECIDERS, waiting.partner_id) and not (holder and access.may(DECIDERS, holder)):
        access.demand(DECIDERS, waiting.partner_id)
    if waiting.resolved_at is not None:
        raise Refused(gettext("Over dit rapport is al beslist."), code="resolved_already")
    signed = waiting.report
    station = db.session.get_one(Station, signed.station_id)
    received = _Received(
        report=schema.from_bytes(signing.peek(signed.jws)[1]),
        station_id=station.id,
        partner_id=signed.partner_id,
        site_id=station.site_id,
        received_at=signed.received_at,
        sha256=signed.sha256,
    )
    return waiting, received


def _demand_holders(access: Access, waiting: UnmatchedReport, device_id: UUID | None) -> None:
    """Nobody takes, by deciding on a report, what another partner holds."""
    if waiting.holder_partner_id is not None:
        access.demand(DECIDERS, waiting.holder_partner_id)
    if device_id is not None:
        device = db.session.get(Device, device_id)
        if device is None or not access.may(DECIDERS, device.partner_id, device.site_id):
            message = gettext("Kies een toestel van je eigen organisatie.")
            raise Invalid(message, errors=[FieldError("device_id", message)])


def _close(waiting: UnmatchedReport, access: Access, grounds: Grounds) -> None:
    waiting.resolved_at, waiting.resolved_by, waiting.grounds = utc_now(), access.user_id, grounds
    db.session.flush()
