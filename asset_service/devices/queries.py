"""Reading devices: what the scan box finds, the list, one device, and what matching asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from flask import current_app
from flask_babel import gettext
from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from asset_service.accounts.access import Access, Scope
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Partner, Role
from asset_service.core.db import db, utc_now
from asset_service.core.errors import NotFound
from asset_service.core.paging import COUNT_LIMIT, DEFAULT_LIMIT, Key, Page, count_up_to, cursor_values, page
from asset_service.devices import codes, identity
from asset_service.devices.data_status import CLEAN
from asset_service.devices.gates import gates
from asset_service.devices.lifecycle import IN_HOUSE, StepOption
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    DataCarrier,
    DataStatus,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceKind,
    DeviceTerm,
    IdentityKind,
    State,
)
from asset_service.devices.roles import READERS, opens_part

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What a list of devices is narrowed to; ``text`` holds words, each the start of a word of the device."""

    state: State | None = None
    data_status: DataStatus | None = None
    kind: DeviceKind | None = None
    site_id: UUID | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    """What a scan or typed text names: devices, loose components, or the code of a blank label."""

    devices: Sequence[Device] = ()
    components: Sequence[Component] = ()
    blank_code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenCarrier:
    """A data carrier that the service knows; ``partner_id`` is who holds it, in a device or loose.

    ``cleared_at`` is when its latest exposure was taken away, ``None`` while it stands.
    """

    component_id: UUID
    identity: str | None
    device_id: UUID | None
    device_state: State | None
    partner_id: UUID
    data_status: DataStatus
    exposure: int
    size_bytes: int
    power_on_hours: int | None
    test: bool
    last_seen_at: datetime
    cleared_at: datetime | None = None
    sightings: int = 0

    def was_cleared_after(self, moment: datetime | None) -> bool:
        """Was it cleaned after ``moment``? What was seen then says nothing of it now. An unknown moment is now.

        Nor does a clearing that is still to come: it was written down by a clock that was ahead.
        """
        if moment is None or self.cleared_at is None:
            return False
        return moment < self.cleared_at <= utc_now()


def may_read(access: Access, device: Device) -> bool:
    """May this user see the device?"""
    return access.may(READERS, device.partner_id, device.site_id)


def device_by_code(access: Access, text: str) -> Device:
    """The device that bears this code, or bore it. Raises :class:`NotFound`, also for one that the user may not see."""
    code = codes.parse(text)
    statement = (
        select(Device)
        .join(DeviceCode, DeviceCode.device_id == Device.id)
        .where(DeviceCode.code == code)
        .options(joinedload(Device.partner), joinedload(Device.site))
    )
    device = db.session.scalars(statement).one_or_none() if code else None
    if device is None or not may_read(access, device):
        raise NotFound(gettext("We kennen geen toestel met deze code."))
    return device


def device(access: Access, device_id: UUID) -> Device:
    """The device. Raises :class:`NotFound`, also for one that the user may not see."""
    found = db.session.get(Device, device_id)
    if found is None or not may_read(access, found):
        raise NotFound(gettext("Dit toestel is er niet."))
    return found


def page_url(code: str) -> str:
    """The address of a device's page, as printed on its label and given to stations."""
    return f"{current_app.extensions['herstart_settings'].base_url}/d/{code}"


def step_options(found: Device) -> list[StepOption]:
    """What may be done with the device next, and what blocks the rest."""
    return gates().step_options(found)


def components(device_id: UUID) -> Sequence[Component]:
    """What sits in the device now, data carriers with their exposures. Served by ``ix_component_device_id_id``."""
    statement = (
        select(Component)
        .where(Component.device_id == device_id)
        .order_by(Component.id)
        .options(joinedload(Component.carrier).selectinload(DataCarrier.exposures))
    )
    return db.session.scalars(statement).all()


def component_by_id(access: Access, component_id: UUID) -> Component:
    """The component, with its stays. Raises :class:`NotFound`, also for one that the user may not see."""
    statement = select(Component).where(Component.id == component_id).options(selectinload(Component.stays))
    found = db.session.scalars(statement).one_or_none()
    if found is None or not opens_part(access, READERS, found):
        raise NotFound(gettext("Dit onderdeel is er niet."))
    return found


def loose_components(
    access: Access, partner_id: UUID, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Component]:
    """Components of the partner that lie in no device, latest first. Served by ``ix_component_loose``."""
    clause = access.clause(READERS, Component.partner_id, Component.site_id)
    statement = select(Component).where(Component.partner_id == partner_id, clause)
    return page(statement.options(joinedload(Component.carrier)), [Key(Component.id, True)], after, limit)


def scan(access: Access, text: str) -> Scanned:
    """What the scan box finds for a code, a label's URL, a device's serial or a disk's serial; exact, not by part."""
    code = codes.parse(text)
    if code is not None:
        return _scanned_code(access, code)
    key = identity.serial_key(text[:300])
    if key is None:
        return Scanned()
    named: CompoundSelect[UUID | None] = union_all(
        select(DeviceTerm.device_id).where(DeviceTerm.term == key[:100]),
        select(Component.device_id).join(DataCarrier).where(_with_serial(key), Component.device_id.is_not(None)),
    )
    visible = access.clause(READERS, Device.partner_id, Device.site_id)
    by_term = select(Device).where(Device.id.in_(named), visible).order_by(Device.id.desc()).limit(20)
    loose = (
        select(Component)
        .join(DataCarrier)
        .where(_with_serial(key), Component.device_id.is_(None))
        .where(access.clause(READERS, Component.partner_id, Component.site_id))
        .limit(20)
    )
    return Scanned(devices=db.session.scalars(by_term).all(), components=db.session.scalars(loose).all())


def _scanned_code(access: Access, code: str) -> Scanned:
    row = db.session.get(DeviceCode, code)
    if row is None:
        return Scanned()
    if row.device is not None:
        return Scanned(devices=[row.device]) if may_read(access, row.device) else Scanned()
    # Labels are printed for all of a partner's sites: who reads at one of them sees them.
    ours = access.may_somewhere(READERS, row.partner_id)
    return Scanned(blank_code=code) if ours else Scanned()


def devices(
    access: Access, filters: Filters | None = None, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Device]:
    """The devices that the user may see, latest first.

    Each partner (or site) that the user sees is read on its own by an index that starts with it and ends with the
    id, so that no page sorts or walks past what it does not show: ``ix_device_partner_id_id`` and its sisters with
    the state, data status or kind between, ``ix_device_site_id_id``; words by the key of ``device_term``.
    """
    wanted = filters or Filters()
    order = [Key(Device.id, True)]
    scopes = scopes_of(access, READERS)
    options = (joinedload(Device.site), joinedload(Device.partner))
    if len(scopes) == 1:
        return page(_narrowed(select(Device), scopes[0], wanted).options(*options), order, after, limit)
    ids = _latest_ids(scopes, wanted, cursor_values(after, order), limit + 1)
    return page(select(Device).where(Device.id.in_(ids)).options(*options), order, None, limit)


def _latest_ids(scopes: Sequence[Scope], wanted: Filters, beyond: Sequence[UUID] | None, most: int) -> Sequence[UUID]:
    """The latest devices over several scopes: so many of each, and of these so many."""
    branches = []
    for scope in scopes:
        branch = _narrowed(select(Device.id), scope, wanted)
        if beyond is not None:
            branch = branch.where(Device.id < beyond[0])
        branches.append(select(branch.order_by(Device.id.desc()).limit(most).subquery()))
    if not branches:
        return []
    together = union_all(*branches).subquery()
    return db.session.scalars(select(together.c.id).order_by(together.c.id.desc()).limit(most)).all()


def count(access: Access, filters: Filters | None = None) -> int:
    """How many devices :func:`devices` would list, counted up to :data:`COUNT_LIMIT`."""
    total = 0
    for scope in scopes_of(access, READERS):
        total += count_up_to(_narrowed(select(literal(1)), scope, filters or Filters()), COUNT_LIMIT - total)
    return total


def state_counts(access: Access) -> Mapping[State, int]:
    """How many devices that the user may see are in each state. Served by ``ix_device_partner_id_state_id``."""
    found: dict[State, int] = {}
    for scope in scopes_of(access, READERS):
        statement = _narrowed(select(Device.state, func.count()), scope, Filters()).group_by(Device.state)
        for state, number in db.session.execute(statement):
            found[state] = found.get(state, 0) + number
    return found


def blocked_by_data(access: Access, limit: int) -> Sequence[Device]:
    """Devices in the house that go no further because data may leak from them, latest first, at most ``limit``.

    Served by ``ix_device_partner_id_data_status_id``, one partner at a time as in :func:`devices`.
    """
    found: list[Device] = []
    for scope in scopes_of(access, READERS):
        for status in sorted(set(DataStatus) - CLEAN):
            statement = _narrowed(select(Device), scope, Filters(data_status=status))
            statement = statement.where(Device.state.in_(IN_HOUSE)).order_by(Device.id.desc()).limit(limit)
            found += db.session.scalars(statement)
    return sorted(found, key=lambda one: one.id, reverse=True)[:limit]


def scopes_of(access: Access, rule: Rule) -> list[Scope]:
    """Where ``rule`` opens to the user, one entry a partner or site, none within another; an admin: every partner."""
    if access.everywhere(rule):
        return [Scope(Role.ADMIN, partner_id) for partner_id in db.session.scalars(select(Partner.id))]
    return list(access.scopes(rule))


def _narrowed(statement: Select[*Columns], scope: Scope, filters: Filters) -> Select[*Columns]:
    statement = statement.where(scope.covers(Device.partner_id, Device.site_id))
    if filters.site_id is not None:
        statement = statement.where(Device.site_id == filters.site_id)
    for column, value in (
        (Device.state, filters.state),
        (Device.data_status, filters.data_status),
        (Device.kind, filters.kind),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if code := codes.parse(filters.text):
        return statement.where(Device.id.in_(select(DeviceCode.device_id).where(DeviceCode.code == code)))
    for word in identity.search_words(filters.text[:200])[:8]:
        statement = statement.where(Device.id.in_(_with_word(word[:100])))
    return statement


def _with_word(start: str) -> Any:
    """Devices with a word, or a disk with a serial, that begins so: a range of each index, alike on both databases."""
    after = start[:-1] + chr(ord(start[-1]) + 1)
    return union_all(
        select(DeviceTerm.device_id).where(DeviceTerm.term >= start, DeviceTerm.term < after),
        select(Component.device_id)
        .join(DataCarrier)
        .where(DataCarrier.identity >= start, DataCarrier.identity < after, Component.device_id.is_not(None)),
    )


def _with_serial(key: str) -> ColumnElement[bool]:
    """Disks with this very serial: those whose identity begins with it and the bar behind it."""
    return and_(DataCarrier.identity >= f"{key}|", DataCarrier.identity < f"{key}}}")


_CARRIERS = (
    select(
        DataCarrier.component_id,
        DataCarrier.identity,
        Component.device_id,
        Device.state.label("device_state"),
        func.coalesce(Device.partner_id, Component.partner_id).label("partner_id"),
        DataCarrier.data_status,
        DataCarrier.exposure,
        DataCarrier.size_bytes,
        DataCarrier.power_on_hours,
        DataCarrier.test,
        Component.last_seen_at,
        CarrierExposure.cleared_at,
        DataCarrier.sightings,
    )
    .join(Component, Component.id == DataCarrier.component_id)
    .outerjoin(Device, Device.id == Component.device_id)
    .outerjoin(
        CarrierExposure,
        and_(CarrierExposure.component_id == DataCarrier.component_id, CarrierExposure.number == DataCarrier.exposure),
    )
)


# Statements of the hot path are made once: making one costs as much as running it.
_CARRIERS_BY_IDENTITY = (
    _CARRIERS.where(DataCarrier.identity.in_(bindparam("identities", expanding=True)))
    .order_by(DataCarrier.identity)
    .with_for_update(of=DataCarrier)
)
_IDENTITIES_BY_VALUE = select(
    DeviceIdentity.device_id, DeviceIdentity.kind, DeviceIdentity.value, DeviceIdentity.shared
).where(DeviceIdentity.kind.in_(list(IdentityKind)), DeviceIdentity.value.in_(bindparam("values", expanding=True)))


def carriers_by_identity(identities: Collection[str]) -> dict[str, SeenCarrier]:
    """The known carriers among these identities, locked until the transaction ends (in one order: no deadlock)."""
    if not identities:
        return {}
    rows = db.session.connection().execute(_CARRIERS_BY_IDENTITY, {"identities": sorted(identities)})
    return {row.identity: SeenCarrier(**row._mapping) for row in rows}


def nameless_carriers(device_id: UUID) -> list[SeenCarrier]:
    """The device's carriers whose serial identifies nothing."""
    statement = _CARRIERS.where(Component.device_id == device_id, DataCarrier.identity.is_(None))
    return [SeenCarrier(**row._mapping) for row in db.session.execute(statement.order_by(DataCarrier.component_id))]


def identity_rows(keys: Collection[identity.Key]) -> list[tuple[UUID, identity.Key, bool]]:
    """Who bears these keys: (device, key, was it declared shared). Served by the primary key."""
    if not keys:
        return []
    values = sorted({key.value for key in keys})
    rows = db.session.connection().execute(_IDENTITIES_BY_VALUE, {"values": values})
    found = [(row.device_id, identity.Key(IdentityKind(row.kind), row.value), row.shared) for row in rows]
    return [row for row in found if row[1] in keys]


def only_site(device_ids: Collection[UUID], partner_id: UUID) -> UUID | None:
    """The site where all the partner's devices among these stand; ``None`` where there is no one such site."""
    statement = select(Device.site_id).where(Device.id.in_(device_ids), Device.partner_id == partner_id).distinct()
    found = db.session.scalars(statement.limit(2)).all()
    return found[0] if len(found) == 1 else None


def label(code: str, partner_id: UUID) -> DeviceCode | None:
    """The label with this code, as its bearer at this partner knows it.

    A blank label belongs to the partner it was printed for: to another one it was never made.
    """
    found = db.session.get(DeviceCode, code)
    if found is None or (found.device_id is None and found.partner_id != partner_id):
        return None
    return found
