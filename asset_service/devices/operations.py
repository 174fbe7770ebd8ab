"""What can be done with devices, their labels, components and data carriers.

The second half are the steps that operations of the rooms above are made of; they record nothing themselves unless
they return events for the caller to record with its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from asset_service.accounts.access import Access
from asset_service.accounts.models import Role, Site
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import FieldError, Invalid, NotFound, Refused
from asset_service.devices import codes, data_status, events, identity, parts
from asset_service.devices.gates import gates
from asset_service.devices.lifecycle import Action
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    ComponentStay,
    DataCarrier,
    DataStatus,
    Defect,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceKind,
    DeviceTerm,
    ExposureReason,
    IdentityKind,
    State,
)
from asset_service.ledger.events import Event
from asset_service.ledger.operations import record, record_all
from wipe_reports import document

WORKERS = (Role.TECHNICIAN, Role.STOCK_MANAGER)
MAX_CODES = 500


def make_codes(access: Access, partner_id: UUID, count: int) -> list[str]:
    """``count`` blank codes to print (1 to :data:`MAX_CODES`); who sticks one on a device claims it."""
    access.demand(WORKERS, partner_id)
    if not 1 <= count <= MAX_CODES:
        message = gettext("Kies 1 tot %(most)s etiketten.", most=MAX_CODES)
        raise Invalid(message, errors=[FieldError("count", message)])
    now, made = utc_now(), _free_codes(count)
    db.session.execute(
        insert(DeviceCode),
        [
            {"code": code, "partner_id": partner_id, "device_id": None, "created_at": now, "claimed_at": None}
            for code in made
        ],
    )
    record(events.CodesPrinted(subject_id=partner_id, codes=made), access.actor)
    return made


def _free_codes(count: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        drawn = {codes.new_code() for _ in range(count - len(found))}
        taken = set(db.session.scalars(select(DeviceCode.code).where(DeviceCode.code.in_(drawn))))
        found |= drawn - taken
    return sorted(found)


def announce(
    access: Access,
    *,
    site_id: UUID,
    kind: DeviceKind,
    manufacturer: str | None = None,
    product: str | None = None,
    serial: str | None = None,
    code: str | None = None,
) -> Device:
    """A device that is expected, or that no agent will ever look at (a monitor). ``code``: a blank label's.

    Raises :class:`Refused` where maker, model and serial are those of a device we know.
    """
    site = _site(site_id)
    access.demand(WORKERS, site.partner_id, site.id)
    now = utc_now()
    device = Device(
        id=new_id(),
        code=codes.new_code() if code is None else _blank_code(code),
        kind=kind,
        state=State.ANNOUNCED,
        partner_id=site.partner_id,
        site_id=site.id,
        manufacturer=_name(manufacturer, "manufacturer"),
        product=_name(product, "product"),
        serial=_name(serial, "serial"),
        created_at=now,
        changed_at=now,
    )
    db.session.add(device)
    db.session.flush()
    if code is None:
        db.session.add(
            DeviceCode(
                code=device.code, partner_id=site.partner_id, device_id=device.id, created_at=now, claimed_at=now
            )
        )
    else:
        take_code(device.code, device.id, now)
    _identify(device, now)
    add_terms(device.id, _terms_of(device))
    event = events.DeviceAnnounced(
        subject_id=device.id,
        device_id=device.id,
        code=device.code,
        kind_of_device=kind,
        partner_id=site.partner_id,
        site_id=site.id,
    )
    record(event, access.actor)
    return device


def receive(access: Access, device_id: UUID) -> Device:
    """The device came through the door. What was missing has been in other hands: its carriers are exposed."""
    device = _mine(access, device_id)
    previous, now = device.state, utc_now()
    _take(device, Action.RECEIVE, now)
    happened: list[Event] = [events.DeviceReceived(subject_id=device.id, device_id=device.id, previous=previous)]
    if previous is State.MISSING:
        happened += expose_device(device, ExposureReason.FROM_OUTSIDE, now)
    record_all(happened, access.actor)
    return device


def inspect(access: Access, device_id: UUID, *, reusable: bool, defects: Sequence[Defect] = ()) -> Device:
    """A person looked at the device, as the decree asks. Not reusable needs at least one defect, reusable has none."""
    device = _mine(access, device_id)
    if reusable == bool(defects):
        message = (
            gettext("Kies minstens een reden.")
            if not defects
            else gettext("Een herbruikbaar toestel heeft geen van deze gebreken.")
        )
        raise Invalid(message, errors=[FieldError("defects", message)])
    previous = device.state
    _take(device, Action.INSPECT, utc_now())
    device.reusable = reusable
    device.defects = sorted({Defect(defect).value for defect in defects})
    db.session.flush()
    event = events.DeviceInspected(
        subject_id=device.id, device_id=device.id, previous=previous, reusable=reusable, defects=device.defects
    )
    record(event, access.actor)
    return device


def confirm_no_carrier(access: Access, device_id: UUID) -> Device:
    """A person looked and there is no data carrier in the device: its data status is *none*."""
    device = _mine(access, device_id)
    _take(device, Action.CONFIRM_NO_CARRIER, utc_now())
    device.data_status = DataStatus.NONE
    db.session.flush()
    record(events.NoCarrierConfirmed(subject_id=device.id, device_id=device.id), access.actor)
    return device


def claim_code(access: Access, device_id: UUID, code: str) -> Device:
    """The blank label ``code`` was stuck on the device: that is its code now. The earlier one still finds it."""
    device = _mine(access, device_id)
    now = utc_now()
    event = stick_code(device, _blank_code(code), now)
    _touch(device, now)
    add_terms(device.id, _terms_of(device))
    record(event, access.actor)
    return device


def move(access: Access, device_id: UUID, site_id: UUID) -> Device:
    """The device goes to another site, perhaps of another partner; it keeps its code."""
    device = _mine(access, device_id)
    site = _site(site_id)
    event = events.DeviceMoved(
        subject_id=device.id,
        device_id=device.id,
        from_partner_id=device.partner_id,
        from_site_id=device.site_id,
        partner_id=site.partner_id,
        site_id=site.id,
    )
    if device.site_id != site.id:
        device.partner_id, device.site_id = site.partner_id, site.id
        _touch(device, utc_now())
        record(event, access.actor)
    return device


def correct(
    access: Access,
    device_id: UUID,
    *,
    kind: DeviceKind | None = None,
    manufacturer: str | None = None,
    product: str | None = None,
    serial: str | None = None,
) -> Device:
    """Put right what was written down of the device; what is ``None`` stays. An identity it gains is added."""
    device = _mine(access, device_id)
    now = utc_now()
    given = {
        "kind": kind,
        "manufacturer": _name(manufacturer, "manufacturer"),
        "product": _name(product, "product"),
        "serial": _name(serial, "serial"),
    }
    changed = {name: value for name, value in given.items() if value is not None and getattr(device, name) != value}
    for name, value in changed.items():
        setattr(device, name, value)
    if changed:
        _identify(device, now)
        _touch(device, now)
        add_terms(device.id, _terms_of(device))
        record(events.DeviceCorrected(subject_id=device.id, device_id=device.id, fields=sorted(changed)), access.actor)
    return device


def expose_carrier(
    access: Access, component_id: UUID, reason: ExposureReason = ExposureReason.CORRECTED
) -> DataCarrier:
    """A person says that somebody's data may be on the carrier; a ready or reserved device falls back."""
    component = _component(access, component_id)
    if component.carrier is None:
        raise Invalid(gettext("Dit onderdeel is geen gegevensdrager."), code="no_carrier")
    now = utc_now()
    happened: list[Event] = [expose(component, reason, now)]
    if component.device_id is not None:
        happened += refresh_data_status(locked_device(component.device_id), now)
    record_all(happened, access.actor)
    return component.carrier


def remove(access: Access, component_id: UUID) -> Component:
    """The component was taken out and lies loose at the device's site, still followed. One that is loose stays so."""
    component = _component(access, component_id)
    if component.device_id is None:
        return component
    device, now = locked_device(component.device_id), utc_now()
    lay_loose(component, device.partner_id, device.site_id, now)
    happened: list[Event] = [
        events.ComponentRemoved(
            subject_id=component.id, device_id=device.id, component_kind=component.kind, site_id=device.site_id
        )
    ]
    if component.carrier is not None:
        happened += refresh_data_status(device, now)
    _touch(device, now)
    record_all(happened, access.actor)
    return component


def install(access: Access, component_id: UUID, device_id: UUID) -> Component:
    """The component was put into the device, out of another one where it was in one."""
    component, device = _component(access, component_id), _mine(access, device_id)
    if component.device_id == device.id:
        return component
    previous, now = component.device_id, utc_now()
    put_in(component, device.id, now)
    happened: list[Event] = [
        events.ComponentInstalled(
            subject_id=component.id, device_id=device.id, component_kind=component.kind, from_device_id=previous
        )
    ]
    if component.carrier is not None:
        touched = [device] if previous is None else [device, locked_device(previous)]
        happened += [event for one in touched for event in refresh_data_status(one, now)]
    _touch(device, now)
    record_all(happened, access.actor)
    return component


def share_identity(access: Access, device_ids: Sequence[UUID], keys: Sequence[identity.Key]) -> None:
    """A person says that these devices are not the machine that also bears ``keys``: those identify neither."""
    values = [key.value for key in keys]
    statement = select(DeviceIdentity).where(
        DeviceIdentity.device_id.in_(device_ids), DeviceIdentity.value.in_(values), ~DeviceIdentity.shared
    )
    for row in db.session.scalars(statement).all():
        row.shared = True
        db.session.flush()
        shared = events.IdentityShared(subject_id=row.device_id, device_id=row.device_id, kind_of_identity=row.kind)
        record(shared, access.actor)


# Steps of which operations are made


def locked_device(device_id: UUID) -> Device:
    """The device, locked until the transaction ends. Raises :class:`NotFound`."""
    statement = select(Device).where(Device.id == device_id).with_for_update().execution_options(populate_existing=True)
    device = db.session.scalars(statement).one_or_none()
    if device is None:
        raise NotFound(gettext("Dit toestel is er niet."))
    return device


def take_code(code: str, device_id: UUID, at: datetime) -> None:
    """The blank ``code`` is the device's. Raises :class:`Refused` where it is not blank (any more)."""
    statement = (
        update(DeviceCode)
        .where(DeviceCode.code == code, DeviceCode.device_id.is_(None))
        .values(device_id=device_id, claimed_at=at)
    )
    if db.session.connection().execute(statement).rowcount != 1:
        raise Refused(gettext("Dit etiket hangt al aan een toestel."), code="code_taken")


def stick_code(device: Device, code: str, at: datetime) -> Event:
    """The blank ``code`` becomes the device's present one."""
    take_code(code, device.id, at)
    previous, device.code = device.code, code
    return events.CodeClaimed(subject_id=device.id, device_id=device.id, code=code, previous=previous)


def add_terms(device_id: UUID, terms: set[str]) -> None:
    """Let the list also find the device by these words."""
    connection = db.session.connection()
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(DeviceTerm.__table__).on_conflict_do_nothing()
    if terms:
        connection.execute(statement, [{"term": term, "device_id": device_id} for term in sorted(terms)])


def expose_device(device: Device, reason: ExposureReason, at: datetime) -> list[Event]:
    """Every carrier in the device that is clean now is exposed; gives the events."""
    statement = select(Component).join(DataCarrier).where(Component.device_id == device.id).order_by(Component.id)
    happened = [
        expose(component, reason, at)
        for component in db.session.scalars(statement)
        if component.carrier is not None and component.carrier.data_status is not DataStatus.EXPOSED
    ]
    if not happened and device.data_status is DataStatus.NONE:
        # What somebody said of it before it was away is not known now.
        device.data_status = DataStatus.UNKNOWN
    return [*happened, *refresh_data_status(device, at)]


def expose(component: Component, reason: ExposureReason, at: datetime) -> Event:
    """One more numbered exposure of the carrier."""
    carrier = db.session.get_one(DataCarrier, component.id, with_for_update=True, populate_existing=True)
    carrier.exposure += 1
    carrier.data_status = DataStatus.EXPOSED
    db.session.add(CarrierExposure(component_id=component.id, number=carrier.exposure, reason=reason, exposed_at=at))
    db.session.flush()
    return events.CarrierExposed(
        subject_id=component.id, device_id=component.device_id, exposure=carrier.exposure, reason=reason
    )


def clear_exposure(component_id: UUID, number: int, at: datetime, status: DataStatus = DataStatus.WIPED) -> None:
    """The exposure ``number``, which must be the carrier's latest, is over: it is ``status`` now.

    Raises :class:`Refused` where the carrier was exposed again since.
    """
    connection = db.session.connection()
    newest = update(DataCarrier).where(DataCarrier.component_id == component_id, DataCarrier.exposure == number)
    if connection.execute(newest.values(data_status=status)).rowcount != 1:
        raise Refused(
            gettext("Deze schijf kan sindsdien nieuwe gegevens bevatten. Wis ze opnieuw."), code="exposed_again"
        )
    connection.execute(
        update(CarrierExposure)
        .where(CarrierExposure.component_id == component_id, CarrierExposure.number == number)
        .values(cleared_at=at)
    )


def lay_loose(component: Component, partner_id: UUID, site_id: UUID, at: datetime) -> None:
    """The component lies at the site, in no device."""
    _end_stay(component, at)
    component.device_id, component.installed_at = None, None
    component.partner_id, component.site_id = partner_id, site_id
    db.session.flush()


def put_in(component: Component, device_id: UUID, at: datetime) -> None:
    """The component sits in the device, wherever it was before."""
    _end_stay(component, at)
    component.device_id, component.installed_at = device_id, at
    component.partner_id, component.site_id = None, None
    db.session.flush()


def _end_stay(component: Component, at: datetime) -> None:
    if component.device_id is not None and component.installed_at is not None:
        stay = ComponentStay(
            component_id=component.id,
            device_id=component.device_id,
            installed_at=component.installed_at,
            removed_at=at,
        )
        db.session.add(stay)


def refresh_data_status(device: Device, at: datetime) -> list[Event]:
    """Let the device's data status be the worst of its carriers'; a ready or reserved one may fall back."""
    db.session.flush()
    statement = select(DataCarrier.data_status).join(Component).where(Component.device_id == device.id)
    statuses = db.session.scalars(statement).all()
    device.data_status = data_status.of_device(statuses, said_none=device.data_status is DataStatus.NONE)
    _touch(device, at)
    if data_status.is_clean(device.data_status) or gates().step(device, Action.FALL_BACK) is None:
        return []
    previous = device.state
    _take(device, Action.FALL_BACK, at)
    return [events.DeviceFellBack(subject_id=device.id, device_id=device.id, previous=previous)]


def _take(device: Device, action: Action, at: datetime) -> None:
    gates().take(device, action, gettext("Dat kan niet in de stap waar dit toestel nu staat."))
    _touch(device, at)


def _touch(device: Device, at: datetime) -> None:
    device.version += 1
    device.changed_at = at
    db.session.flush()


def _mine(access: Access, device_id: UUID) -> Device:
    device = locked_device(device_id)
    access.demand(WORKERS, device.partner_id, device.site_id)
    return device


def _component(access: Access, component_id: UUID) -> Component:
    component = db.session.get(Component, component_id)
    if component is None:
        raise NotFound(gettext("Dit onderdeel is er niet."))
    holder = component.device or component
    access.demand(WORKERS, holder.partner_id, holder.site_id)  # type: ignore[arg-type]
    return component


def _site(site_id: UUID) -> Site:
    site = db.session.get(Site, site_id)
    if site is None:
        message = gettext("Deze plaats is er niet.")
        raise Invalid(message, errors=[FieldError("site_id", message)])
    return site


def _blank_code(text: str) -> str:
    code = codes.parse(text)
    if code is None:
        message = gettext("Dit is geen code van ons. Kijk ze nog eens na.")
        raise Invalid(message, code="bad_code", errors=[FieldError("code", message)])
    row = db.session.get(DeviceCode, code)
    if row is None:
        message = gettext("Deze code is nog nooit gedrukt.")
        raise Invalid(message, code="unknown_code", errors=[FieldError("code", message)])
    if row.device_id is not None:
        raise Refused(gettext("Dit etiket hangt al aan een toestel."), code="code_taken")
    return code


def _name(text: str | None, field: str) -> str | None:
    if text is None:
        return None
    name = " ".join(text.split())
    if len(name) > 200 or not name.isprintable():
        message = gettext("Hoogstens 200 leesbare tekens.")
        raise Invalid(message, errors=[FieldError(field, message)])
    return name or None


def _identify(device: Device, at: datetime) -> None:
    """Know the device by its maker, model and serial, where these identify and no other device bears them."""
    words = document.Device(manufacturer=device.manufacturer, product=device.product, serial=device.serial)
    for key in identity.of_device(words):
        statement = select(DeviceIdentity).where(DeviceIdentity.kind == key.kind, DeviceIdentity.value == key.value)
        known = db.session.scalars(statement).all()
        if any(row.device_id == device.id or row.shared for row in known):
            continue
        if known:
            message = gettext("Een toestel met dit merk, model en serienummer is al bekend.")
            raise Refused(message, code="device_known", errors=[FieldError("serial", message)])
        db.session.add(
            DeviceIdentity(device_id=device.id, kind=IdentityKind(key.kind), value=key.value, first_seen_at=at)
        )
    db.session.flush()


def _terms_of(device: Device) -> set[str]:
    return parts.terms(code=device.code, names=(device.manufacturer, device.product), serial=device.serial)
