"""What people and stations do around wipes: nonces before one, a person's word after one, destruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from flask_babel import gettext
from sqlalchemy import insert, select

from asset_service.accounts.access import Access
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role
from asset_service.accounts.queries import StationIdentity, is_colleague
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import FieldError, Invalid, NotFound, Refused
from asset_service.devices import events as device_events
from asset_service.devices import identity, row_changes
from asset_service.devices.exposures import next_exposure
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    DataCarrier,
    DataStatus,
    ExposureReason,
)
from asset_service.devices.queries import carriers_by_identity
from asset_service.devices.roles import demand_part, opens_part
from asset_service.ledger.events import Actor
from asset_service.ledger.operations import moment, record
from asset_service.wiping import events, evidence, evidence_rules, in_hand
from asset_service.wiping.models import (
    DestructionMethod,
    DestructionTask,
    EvidenceStatus,
    WipeEvidence,
    WipeJob,
    WipeNonce,
)
from asset_service.wiping.roles import CONFIRMERS, DESTROYERS

JOB_LIFE = timedelta(days=7)
"""A large disk takes a day, and a stick may wait for a network over the weekend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierToWipe:
    """A carrier that a station is about to wipe, in its own words."""

    model: str | None
    serial: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class OpenedJob:
    """What the station is sent: the answer's exact bytes, and whether the job is new."""

    body: bytes
    is_new: bool

    def nonces(self) -> list[str | None]:
        """The nonce of each carrier, in the order that was asked."""
        return [carrier["nonce"] for carrier in orjson.loads(self.body)["carriers"]]


def open_job(
    station: StationIdentity, request_id: UUID, carriers: Sequence[CarrierToWipe], request_sha256: str
) -> OpenedJob:
    """A nonce for each carrier that has an identity.

    A nonce binds one wipe to the station, the carrier and the exposure that stands: the first, for a carrier that
    the service has not seen. Raises :class:`Refused` where ``request_id`` was used for another request.
    """
    known = db.session.scalars(
        select(WipeJob).where(WipeJob.station_id == station.id, WipeJob.request_id == request_id)
    ).one_or_none()
    if known is not None:
        if known.request_sha256 != request_sha256:
            message = gettext("Met dit nummer is al iets anders gevraagd.")
            raise Refused(message, code="request_id_taken", errors=[FieldError("request_id", message)])
        return OpenedJob(known.answer, False)
    now, job_id = utc_now(), new_id()
    identities = identity.of_carriers((one.model, one.serial) for one in carriers)
    seen = carriers_by_identity({one for one in identities if one is not None})
    nonces = [evidence.new_public_id() if one is not None else None for one in identities]
    answer = {
        "job_id": str(job_id),
        "time": moment(now),
        "expires_at": moment(now + JOB_LIFE),
        "carriers": [
            {"model": one.model, "serial": one.serial, "nonce": nonce}
            for one, nonce in zip(carriers, nonces, strict=True)
        ],
    }
    job = WipeJob(
        id=job_id,
        station_id=station.id,
        request_id=request_id,
        request_sha256=request_sha256,
        answer=orjson.dumps(answer),
        created_at=now,
        expires_at=now + JOB_LIFE,
    )
    db.session.add(job)
    db.session.flush()
    rows: list[dict[str, Any]] = [
        {
            "nonce": nonce,
            "job_id": job_id,
            "station_id": station.id,
            "carrier_identity": name,
            "size_bytes": one.size_bytes,
            "exposure": next_exposure(seen[name]) if name in seen else 1,
            "expires_at": now + JOB_LIFE,
            "used_by_report_id": None,
        }
        for one, name, nonce in zip(carriers, identities, nonces, strict=True)
        if name is not None
    ]
    if rows:
        db.session.execute(insert(WipeNonce), rows)
    opened = events.WipeJobOpened(subject_id=job_id, carriers=len(carriers))
    record(opened, Actor(kind="station", id=station.id))
    return OpenedJob(job.answer, True)


def confirm_wipe(access: Access, evidence_id: UUID) -> WipeEvidence:
    """A person vouches for a wipe that came without a nonce that holds: it clears the exposure it was made for.

    Raises :class:`Refused` where the carrier was exposed again since, or where there is nothing to confirm.
    """
    found = _evidence(evidence_id)
    if found.device_id is not None:
        row_changes.locked_device(found.device_id)
    component = found.carrier.component
    demand_part(access, CONFIRMERS, component)
    if access.user_id is None:
        raise Refused(gettext("Alleen een persoon kan een wissing bevestigen."))
    if found.status is not EvidenceStatus.AWAITING_CONFIRMATION:
        raise Refused(gettext("Deze wissing wacht niet op een bevestiging."), code="nothing_to_confirm")
    _check_of_this_exposure(found)
    now = utc_now()
    row_changes.clear_exposure(found.component_id, found.exposure, now)
    found.status = EvidenceStatus.CONFIRMED
    found.confirmed_at, found.confirmed_by = now, access.user_id
    found.confirmed_as = _position(access, component)
    db.session.flush()
    confirmed = events.WipeConfirmed(
        subject_id=found.id,
        device_id=found.device_id,
        component_id=found.component_id,
        exposure=found.exposure,
    )
    cleared = device_events.CarrierCleared(
        subject_id=found.component_id, device_id=found.device_id, exposure=found.exposure, evidence_id=found.id
    )
    record(confirmed, access.actor)
    record(cleared, access.actor)
    evidence.settle(found.component_id, found.id, found.device_id, now, access.actor)
    _refresh_holder(found.component_id, access.actor)
    return found


def confirm_wipe_in_hand(access: Access, evidence_id: UUID, typed: str) -> WipeEvidence:
    """:func:`confirm_wipe` by somebody at a screen, who has ``typed`` the end of what stands on the disk in hand.

    So that no slip of a finger and no scanner confirms a wipe. Raises :class:`Invalid` where it is not the disk's.
    """
    found = _evidence(evidence_id)
    in_hand.check(found.carrier.component, typed)
    return confirm_wipe(access, evidence_id)


def destroy_in_hand(
    access: Access, task_id: UUID, *, method: DestructionMethod, witness_id: UUID | None, typed: str
) -> DestructionTask:
    """:func:`destroy` by somebody at a screen, who has ``typed`` the end of what stands on the disk in hand."""
    task = db.session.get(DestructionTask, task_id)
    if task is None:
        raise NotFound(gettext("Deze taak is er niet."))
    in_hand.check(task.carrier.component, typed)
    return destroy(access, task_id, method=method, witness_id=witness_id)


def destroy(access: Access, task_id: UUID, *, method: DestructionMethod, witness_id: UUID | None) -> DestructionTask:
    """The carrier was destroyed by ``method`` before a witness, another active user of who holds it."""
    task = db.session.get(DestructionTask, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise NotFound(gettext("Deze taak is er niet."))
    if access.user_id is None or not task.is_open:
        raise Refused(gettext("Deze taak staat niet open."), code="task_closed")
    carrier = db.session.get_one(DataCarrier, task.component_id)
    demand_part(access, DESTROYERS, carrier.component)
    _check_witness(access, carrier.component.holder_partner_id, witness_id)
    now = utc_now()
    row_changes.clear_exposure(task.component_id, carrier.exposure, now, DataStatus.DESTROYED)
    task.done_at, task.method, task.done_by, task.witness_id = now, method, access.user_id, witness_id
    db.session.flush()
    device_id = carrier.component.device_id
    done = events.DestructionDone(
        subject_id=task.id,
        device_id=device_id,
        component_id=task.component_id,
        method=method,
        witness_id=witness_id,
    )
    destroyed = device_events.CarrierDestroyed(
        subject_id=task.component_id, device_id=device_id, exposure=carrier.exposure, task_id=task.id
    )
    record(done, access.actor)
    record(destroyed, access.actor)
    _refresh_holder(task.component_id, access.actor)
    return task


def demand_destruction(access: Access, component_id: UUID) -> DestructionTask:
    """A person decides that the carrier must be destroyed rather than wiped."""
    carrier = db.session.get(DataCarrier, component_id)
    if carrier is None:
        raise NotFound(gettext("Deze schijf is er niet."))
    demand_part(access, DESTROYERS, carrier.component)
    if carrier.data_status is DataStatus.DESTROYED:
        raise Refused(gettext("Deze schijf is al vernietigd."), code="destroyed")
    evidence.demand_destruction(
        component_id,
        partner_id=carrier.component.holder_partner_id,
        device_id=carrier.component.device_id,
        evidence_id=None,
        at=utc_now(),
        actor=access.actor,
    )
    return evidence.open_tasks(component_id)[0]


def _evidence(evidence_id: UUID) -> WipeEvidence:
    found = db.session.get(WipeEvidence, evidence_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(gettext("Deze wissing is er niet."))
    return found


def _position(access: Access, component: Component) -> Role:
    """The role in which this user vouches for a wipe of the disk."""
    roles = (role for role in CONFIRMERS.roles if opens_part(access, Rule((role,)), component))
    return Role.ADMIN if access.everywhere(CONFIRMERS) else next(roles)


def _check_of_this_exposure(found: WipeEvidence) -> None:
    """Nobody can vouch for a rehearsal on a real disk, nor for a wipe of before the exposure that it would clear."""
    if found.test and not found.carrier.test:
        raise Refused(gettext("Dit was een proef. Ze bewijst niets over een echte schijf."), code="rehearsal")
    exposure = db.session.get_one(CarrierExposure, (found.component_id, found.exposure))
    # A disk's first exposure is written down when it is first seen, which may be after its wipe.
    # A station's clock may run ahead: the wipe had certainly ended when its report came.
    ended_at = min(found.ended_at, found.report.received_at)
    before = ended_at < exposure.exposed_at or not evidence_rules.times_of(found)
    if exposure.reason is not ExposureReason.FIRST_SEEN and before:
        raise Refused(
            gettext("Deze schijf kan sindsdien nieuwe gegevens bevatten. Wis ze opnieuw."), code="exposed_again"
        )


def _refresh_holder(component_id: UUID, actor: Actor) -> None:
    """Let the data status of the device that the carrier sits in, if any, follow its own."""
    carrier = db.session.get_one(DataCarrier, component_id, populate_existing=True)
    if carrier.component.device_id is not None:
        row_changes.refresh_data_status(row_changes.locked_device(carrier.component.device_id), utc_now(), actor)


def _check_witness(access: Access, partner_id: UUID, witness_id: UUID | None) -> None:
    """A witness works for who holds the carrier, and can be asked: the same people as the form offers."""
    if witness_id is None or not is_colleague(access, partner_id, witness_id):
        message = gettext("Kies wie getuige was: iemand anders dan jezelf.")
        raise Invalid(message, errors=[FieldError("witness_id", message)])
