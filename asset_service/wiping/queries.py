"""Reading wipe proof: evidence per carrier, what waits for a person, and the public check."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, bindparam, literal, select
from sqlalchemy.orm import joinedload, selectinload

from asset_service.accounts.access import Access
from asset_service.core.db import db
from asset_service.core.errors import NotFound
from asset_service.core.paging import DEFAULT_LIMIT, Key, Page, count_up_to, page
from asset_service.devices.models import Component, DataCarrier, Device
from asset_service.devices.roles import READERS, opens_part
from asset_service.ledger.models import LedgerSeal
from asset_service.wiping.attests import says
from asset_service.wiping.models import (
    Attest,
    DestructionTask,
    EvidenceStatus,
    SignedReport,
    WipeEvidence,
)
from asset_service.wiping.standings import headline_of, standing_of, word_of
from wipe_reports import schema, signing
from wipe_reports.document import WipeReport
from wipe_reports.standing import Standing, Tone, cautions, tone
from wipe_reports.words import HOUSE_LANGUAGE, Language

Columns = TypeVarTuple("Columns")
_PUBLIC_ID = re.compile(r"[a-z2-7]{26}")


SHOWN_OF_SERIAL = 4
"""Of a serial strangers see its last four characters at most, and never more than half of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicCheck:
    """What anybody with an attest in hand may see of its wipe: no name of a person, no whole serial, no address.

    ``public_id`` is that of the attest in hand. ``serial_end`` are the serial's last characters, ``None`` where it is
    not known or too short to show any; sizes in bytes. ``standing`` is what the wipe is worth now, ``cautions`` what
    that leaves open. ``seal`` is the seal that the attest prints, ``None`` while no attest was issued.
    ``replaced_by`` is the public id of a later issue; ``says_otherwise``: the service's word changed since this one.
    """

    public_id: str
    outcome: str
    level: str
    technique: str
    method: str
    standard: str
    verification: str
    verified_bytes: int
    size_bytes: int
    medium: str
    model: str | None
    serial_end: str | None
    started_at: datetime
    ended_at: datetime
    partner: str
    test: bool
    status: EvidenceStatus
    standing: Standing
    cautions: tuple[str, ...]
    headline: str
    confirmed_at: datetime | None
    exposed_since: bool
    report_sha256: str
    issued_at: datetime | None
    pdf_sha256: str | None
    seal: LedgerSeal | None
    replaced_by: str | None
    says_otherwise: bool

    @property
    def tone(self) -> Tone:
        """The colour of the headline."""
        return tone(self.standing)


def public_check(public_id: str, language: Language = HOUSE_LANGUAGE) -> PublicCheck:
    """The wipe behind ``/w/<public_id>``. Raises :class:`NotFound`."""
    wipe = _by_public_id(public_id)
    if wipe is None:
        raise NotFound(gettext("We kennen geen wissing met dit nummer."))
    component, word = wipe.carrier.component, word_of(wipe)
    in_hand = next((one for one in wipe.attests if one.public_id == public_id), None)
    latest = wipe.attests[-1] if wipe.attests else None
    standing = standing_of(wipe, word)
    return PublicCheck(
        public_id=public_id,
        outcome=wipe.outcome,
        level=wipe.level,
        technique=wipe.technique,
        method=wipe.method,
        standard=wipe.standard,
        verification=wipe.verification,
        verified_bytes=wipe.verified_bytes,
        size_bytes=wipe.size_bytes,
        medium=wipe.carrier.medium,
        model=component.model,
        serial_end=serial_end(component.serial),
        started_at=wipe.started_at,
        ended_at=wipe.ended_at,
        partner=wipe.report.partner.name,
        test=wipe.test,
        status=wipe.status,
        standing=standing,
        cautions=cautions_of(wipe, language),
        headline=headline_of(wipe, standing, language),
        confirmed_at=wipe.confirmed_at,
        exposed_since=word.used_since is not None,
        report_sha256=wipe.report.sha256,
        issued_at=in_hand.issued_at if in_hand else None,
        pdf_sha256=in_hand.pdf_sha256 if in_hand else None,
        seal=in_hand.seal if in_hand else None,
        replaced_by=latest.public_id if latest and latest.public_id != public_id else None,
        says_otherwise=in_hand is not None and not says(in_hand, word),
    )


def serial_end(serial: str | None) -> str | None:
    """The last characters of a serial that strangers may see."""
    written = (serial or "").strip()
    shown = min(SHOWN_OF_SERIAL, len(written) // 2)
    return written[-shown:] if shown else None


def evidence_by_public_id(access: Access, public_id: str) -> WipeEvidence:
    """The evidence whose attest bears this id. Raises :class:`NotFound`, also where the user may not see its device."""
    found = _by_public_id(public_id)
    if found is None or not may_read(access, found):
        raise NotFound(gettext("Dit attest is er niet."))
    return found


def _by_public_id(public_id: str) -> WipeEvidence | None:
    """The evidence that bears the id, or of which an issue of the attest does. Served by ``ix_attest_public_id``."""
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    named = select(WipeEvidence).where(WipeEvidence.public_id == public_id)
    issued = select(WipeEvidence).join(Attest).where(Attest.public_id == public_id).limit(1)
    return db.session.scalars(named).one_or_none() or db.session.scalars(issued).one_or_none()


def may_read(access: Access, found: WipeEvidence) -> bool:
    """May this user see the evidence: as who wiped, or as who has the device (of a loose disk: the disk) now?"""
    of_device, report = found.device, db.session.get_one(SignedReport, found.report_id)
    held = (
        access.may(READERS, of_device.partner_id, of_device.site_id)
        if of_device is not None
        else bool(opens_part(access, READERS, found.carrier.component))
    )
    return held or access.may(READERS, report.partner_id, report.site_id)


def evidence_of_components(component_ids: Collection[UUID]) -> Mapping[UUID, Sequence[WipeEvidence]]:
    """The evidence of each carrier, latest first. Served by ``ix_wipe_evidence_component_id_id``."""
    statement = (
        select(WipeEvidence)
        .where(WipeEvidence.component_id.in_(component_ids))
        .order_by(WipeEvidence.component_id, WipeEvidence.id.desc())
        .options(selectinload(WipeEvidence.attests))
    )
    found: dict[UUID, list[WipeEvidence]] = {}
    for one in db.session.scalars(statement) if component_ids else ():
        found.setdefault(one.component_id, []).append(one)
    return found


def open_tasks_of_components(component_ids: Collection[UUID]) -> Mapping[UUID, DestructionTask]:
    """The open destruction task of each carrier that has one. Served by ``ix_destruction_task_component_id``."""
    if not component_ids:
        return {}
    statement = select(DestructionTask).where(DestructionTask.component_id.in_(component_ids), DestructionTask.is_open)
    return {one.component_id: one for one in db.session.scalars(statement)}


def awaiting(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[WipeEvidence]:
    """Evidence that a person must confirm, latest first."""
    statement = _awaiting(access, select(WipeEvidence)).options(
        joinedload(WipeEvidence.device),
        joinedload(WipeEvidence.carrier).joinedload(DataCarrier.component),
        joinedload(WipeEvidence.carrier).selectinload(DataCarrier.exposures),
    )
    return page(statement, [Key(WipeEvidence.id, True)], after, limit)


def awaiting_one(access: Access, evidence_id: UUID) -> WipeEvidence:
    """One of :func:`awaiting`. Raises :class:`NotFound`."""
    statement = _awaiting(access, select(WipeEvidence)).where(WipeEvidence.id == evidence_id)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(gettext("Deze wissing wacht niet op een bevestiging."))
    return found


def cautions_of(wipe: WipeEvidence, language: Language) -> tuple[str, ...]:
    """What the wipe's standing leaves open, in sentences."""
    report = schema.from_bytes(signing.peek(wipe.report.jws)[1])
    return tuple(cautions(report, report.carriers[wipe.carrier_index], word_of(wipe), language))


def count_awaiting(access: Access) -> int:
    """How many :func:`awaiting` lists, counted up to a bound."""
    return count_up_to(_awaiting(access, select(literal(1))))


def open_tasks(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[DestructionTask]:
    """Carriers that must be destroyed, latest task first."""
    statement = _open_tasks(access, select(DestructionTask)).options(
        joinedload(DestructionTask.carrier).joinedload(DataCarrier.component).joinedload(Component.device)
    )
    return page(statement, [Key(DestructionTask.id, True)], after, limit)


def open_task(access: Access, task_id: UUID) -> DestructionTask:
    """One of :func:`open_tasks`. Raises :class:`NotFound`."""
    statement = _open_tasks(access, select(DestructionTask)).where(DestructionTask.id == task_id)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(gettext("Deze taak staat niet open."))
    return found


def count_open_tasks(access: Access) -> int:
    """How many :func:`open_tasks` lists, counted up to a bound."""
    return count_up_to(_open_tasks(access, select(literal(1))))


def signed_report(access: Access, report_id: UUID) -> SignedReport:
    """A report as received. Raises :class:`NotFound`, also for one that the user may not see."""
    found = db.session.get(SignedReport, report_id)
    if found is not None:
        holder = found.device
        held = holder is not None and access.may(READERS, holder.partner_id, holder.site_id)
        if held or access.may(READERS, found.partner_id, found.site_id):
            return found
    raise NotFound(gettext("Dit verslag is er niet."))


def document_of(report: SignedReport) -> WipeReport:
    """What the signed report says."""
    return schema.from_bytes(signing.peek(report.jws)[1])


def was_acknowledged(report_id: UUID, station_id: UUID, sha256: str) -> bool:
    """Did this station get a receipt for these very bytes before? Served by the primary key."""
    row = db.session.connection().execute(_ACKNOWLEDGED, {"report_id": report_id}).one_or_none()
    return row is not None and (row.station_id, row.sha256) == (station_id, sha256)


_ACKNOWLEDGED = select(SignedReport.station_id, SignedReport.sha256).where(SignedReport.id == bindparam("report_id"))


def reported_devices(device_ids: Collection[UUID]) -> set[UUID]:
    """Those on which a station reported. Served by ``ix_signed_report_device_id_id``."""
    if not device_ids:
        return set()
    statement = select(SignedReport.device_id).where(SignedReport.device_id.in_(device_ids)).distinct()
    return {device_id for device_id in db.session.scalars(statement) if device_id is not None}


def reports_of_device(device_id: UUID, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[SignedReport]:
    """The device's reports, the last received first: a report's number follows a station's clock, that may be wrong.

    Served by ``ix_signed_report_device_id_id``; a device has few.
    """
    statement = select(SignedReport).where(SignedReport.device_id == device_id)
    return page(statement, [Key(SignedReport.received_at, True), Key(SignedReport.id, True)], after, limit)


def _awaiting(access: Access, statement: Select[*Columns]) -> Select[*Columns]:
    """Who holds the carrier now vouches for it. Served by ``ix_wipe_evidence_awaiting``: few wait."""
    return (
        statement.select_from(WipeEvidence)
        .join(Component, Component.id == WipeEvidence.component_id)
        .outerjoin(Device, Device.id == Component.device_id)
        .where(WipeEvidence.status == EvidenceStatus.AWAITING_CONFIRMATION)
        .where(_held(access))
    )


def _held(access: Access) -> ColumnElement[bool]:
    """May the user read at who holds the component?"""
    condition: ColumnElement[bool] = opens_part(access, READERS, Component)
    return condition


def _open_tasks(access: Access, statement: Select[*Columns]) -> Select[*Columns]:
    """Who holds the carrier now destroys it. Served by ``ix_destruction_task_open``: few are open."""
    return (
        statement.select_from(DestructionTask)
        .join(Component, Component.id == DestructionTask.component_id)
        .outerjoin(Device, Device.id == Component.device_id)
        .where(DestructionTask.is_open, _held(access))
    )
