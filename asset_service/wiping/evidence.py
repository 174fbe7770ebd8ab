"""The operation behind a report's wipes: each becomes evidence, and clears its carrier's exposure where it may.

Part of the room's operations, on the service's hottest path: intake, which takes reports in, writes the rows.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update

from asset_service.core.db import db, new_id
from asset_service.devices.exposures import CarrierPlan
from asset_service.ledger.events import Actor, Event
from asset_service.ledger.operations import record
from asset_service.wiping import events
from asset_service.wiping.evidence_rules import GivenNonce, WipedCarrier, check_nonce, judge, was_only_cut
from asset_service.wiping.models import (
    DestructionTask,
    EvidenceStatus,
    NonceCheck,
    WipeEvidence,
    WipeJob,
    WipeNonce,
)
from wipe_reports.document import Carrier, Outcome, Wipe, WipeReport


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedWipe:
    """One wipe of a report, judged. ``evidence_id`` and ``public_id`` are those that its row will have."""

    evidence_id: UUID
    public_id: str
    carrier_index: int
    carrier: Carrier
    wipe: Wipe
    planned: CarrierPlan
    nonce_check: NonceCheck
    status: EvidenceStatus

    @property
    def is_attested(self) -> bool:
        """Is there an attest of it? Of a wipe that erased, and of no other."""
        return self.wipe.outcome is Outcome.ERASED


def new_public_id() -> str:
    """128 random bits as 26 characters of lower-case base32: short enough for a QR, too many to guess."""
    return b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def judge_wipe(
    carrier: Carrier,
    carrier_index: int,
    planned: CarrierPlan,
    *,
    identity: str | None,
    given: Mapping[str, GivenNonce],
    station_id: UUID,
    received_at: datetime,
) -> JudgedWipe | None:
    """What the wipe of a report's carrier is worth, ``None`` where it was not wiped; nothing is written yet.

    ``given`` are the report's nonces that the service gave (:func:`given_nonces`).
    """
    wipe = carrier.wipe
    if wipe is None:
        return None
    subject = WipedCarrier(
        station_id=station_id,
        identity=identity,
        size_bytes=carrier.size_bytes,
        exposure=planned.exposure,
        exposed=planned.exposed,
        received_at=received_at,
        wiped_from=wipe.started_at if wipe.outcome is Outcome.ERASED else None,
        wiped_until=wipe.ended_at if wipe.outcome is Outcome.ERASED else None,
    )
    nonce_check = check_nonce(wipe.nonce, given.get(wipe.nonce or ""), subject)
    status = judge(wipe.outcome, nonce_check, exposed=planned.exposed and not planned.rehearsed)
    return JudgedWipe(
        evidence_id=new_id(),
        public_id=new_public_id(),
        carrier_index=carrier_index,
        carrier=carrier,
        wipe=wipe,
        planned=planned,
        nonce_check=nonce_check,
        status=status,
    )


_NONCES = select(
    WipeNonce.nonce,
    WipeNonce.station_id,
    WipeNonce.carrier_identity,
    WipeNonce.size_bytes,
    WipeNonce.exposure,
    WipeJob.created_at.label("given_at"),
    WipeNonce.expires_at,
    WipeNonce.used_by_report_id.is_not(None).label("used"),
).join(WipeJob, WipeJob.id == WipeNonce.job_id)
_NONCES_GIVEN = (
    _NONCES.where(WipeNonce.nonce.in_(bindparam("nonces", expanding=True)))
    .order_by(WipeNonce.nonce)
    .with_for_update(of=WipeNonce)
)


def given_nonces(report: WipeReport) -> dict[str, GivenNonce]:
    """The nonces of the report's wipes, as far as the service gave them; they stay locked for the transaction."""
    nonces = [one.wipe.nonce for one in report.carriers if one.wipe is not None and one.wipe.nonce is not None]
    if not nonces:
        return {}
    found = db.session.connection().execute(_NONCES_GIVEN, {"nonces": sorted(nonces)})
    rows = [dict(row._mapping) for row in found]
    return {row.pop("nonce"): GivenNonce(**row) for row in rows}


class NonceClash(RuntimeError):  # noqa: N818 - nobody's error: the edge reads again and finds the nonce used
    """Another report used a nonce up between the moment it was read and the moment this one is written."""


def use_up_nonces(wipes: Sequence[JudgedWipe], report_id: UUID) -> None:
    """The report used the nonces of its wipes up. Raises :class:`NonceClash` where another report did meanwhile.

    Only what was erased uses its nonce up: a wipe that was cut may be finished with the same one.
    """
    nonces = [
        one.wipe.nonce
        for one in wipes
        if one.nonce_check is NonceCheck.HELD and one.wipe.outcome is not Outcome.NOT_ERASED
    ]
    if nonces:
        free = update(WipeNonce).where(WipeNonce.nonce.in_(nonces), WipeNonce.used_by_report_id.is_(None))
        used = db.session.connection().execute(free.values(used_by_report_id=report_id))
        if used.rowcount != len(nonces):
            raise NonceClash


def event_of(one: JudgedWipe, report: WipeReport, device_id: UUID | None, report_sha256: str) -> Event:
    """What the ledger says of the wipe, by the station that reported it."""
    return events.WipeReported(
        subject_id=one.evidence_id,
        device_id=device_id,
        component_id=one.planned.component_id,
        report_id=UUID(report.report_id),
        report_sha256=report_sha256,
        carrier_index=one.carrier_index,
        exposure=one.planned.exposure,
        outcome=one.wipe.outcome.value,
        level=one.wipe.level.value,
        status=one.status,
        nonce_check=one.nonce_check,
        test=report.test,
    )


def follow_up(
    wipes: Sequence[JudgedWipe], *, device_id: UUID | None, partner_id: UUID, at: datetime, actor: Actor
) -> None:
    """What follows from the wipes once they are written.

    What could not be erased must be destroyed, what was only cut can be wiped again; other evidence for a cleared
    exposure has nothing left to clear.
    """
    for one in wipes:
        failed = one.status is EvidenceStatus.NOT_ERASED and not was_only_cut(one.wipe)
        if failed and one.planned.exposed and not one.planned.rehearsed:
            demand_destruction(
                one.planned.component_id,
                partner_id=partner_id,
                device_id=device_id,
                evidence_id=one.evidence_id,
                at=at,
                actor=actor,
            )
        elif one.status is EvidenceStatus.CLEARED and one.planned.known is not None:
            settle(one.planned.component_id, one.evidence_id, device_id, at, actor)


def row_of(one: JudgedWipe, report: WipeReport, device_id: UUID | None) -> dict[str, object]:
    """The wipe as a row of :class:`WipeEvidence`."""
    wipe = one.wipe
    return {
        "id": one.evidence_id,
        "public_id": one.public_id,
        "report_id": UUID(report.report_id),
        "carrier_index": one.carrier_index,
        "component_id": one.planned.component_id,
        "device_id": device_id,
        "exposure": one.planned.exposure,
        "status": one.status,
        "nonce_check": one.nonce_check,
        "outcome": wipe.outcome.value,
        "level": wipe.level.value,
        "technique": wipe.technique.value,
        "method": wipe.method,
        "standard": wipe.standard,
        "verification": wipe.verification.method.value,
        "verified_bytes": wipe.verification.bytes_read,
        "size_bytes": one.carrier.size_bytes,
        "started_at": wipe.started_at,
        "ended_at": wipe.ended_at,
        "test": report.test,
        "confirmed_at": None,
        "confirmed_by": None,
        "confirmed_as": None,
    }


def settle(component_id: UUID, evidence_id: UUID, device_id: UUID | None, at: datetime, actor: Actor) -> None:
    """The carrier is wiped by ``evidence_id``: other evidence has nothing left to clear, destruction is off."""
    db.session.execute(
        update(WipeEvidence)
        .where(WipeEvidence.component_id == component_id, WipeEvidence.id != evidence_id)
        .where(WipeEvidence.status == EvidenceStatus.AWAITING_CONFIRMATION)
        .values(status=EvidenceStatus.SUPERSEDED)
    )
    for task in open_tasks(component_id):
        task.withdrawn_at = at
        record(events.DestructionWithdrawn(subject_id=task.id, device_id=device_id, component_id=component_id), actor)
    db.session.flush()


def demand_destruction(
    component_id: UUID,
    *,
    partner_id: UUID,
    device_id: UUID | None,
    evidence_id: UUID | None,
    at: datetime,
    actor: Actor,
) -> None:
    """Open a task to destroy the carrier, unless one is open already."""
    if open_tasks(component_id):
        return
    task = DestructionTask(
        id=new_id(), component_id=component_id, partner_id=partner_id, evidence_id=evidence_id, opened_at=at
    )
    db.session.add(task)
    db.session.flush()
    demanded = events.DestructionDemanded(
        subject_id=task.id, device_id=device_id, component_id=component_id, evidence_id=evidence_id
    )
    record(demanded, actor)


def open_tasks(component_id: UUID) -> Sequence[DestructionTask]:
    """The carrier's destruction tasks that are neither done nor withdrawn."""
    statement = select(DestructionTask).where(DestructionTask.component_id == component_id, DestructionTask.is_open)
    return db.session.scalars(statement).all()
