"""What can be done with devices, their labels, components and data carriers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import insert, select

from asset_service.accounts.access import Access
from asset_service.accounts.models import Partner, Site
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import FieldError, Forbidden, Invalid, NotFound, Refused
from asset_service.core.texts import is_readable
from asset_service.devices import codes, events, identity, queries, row_changes
from asset_service.devices.lifecycle import Action
from asset_service.devices.models import (
    Component,
    DataCarrier,
    DataStatus,
    Defect,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceKind,
    ExposureReason,
    IdentityKind,
    State,
)
from asset_service.devices.roles import WORKERS, demand_part
from asset_service.devices.terms import search_terms
from asset_service.ledger.operations import record
from wipe_reports import document

MAX_CODES = 500


def make_codes(access: Access, partner_id: UUID, count: int) -> list[str]:
    """``count`` blank codes to print (1 to :data:`MAX_CODES`); who sticks one on a device claims it."""
    if not access.may_somewhere(WORKERS, partner_id):
        raise Forbidden(gettext("Je rol laat dit bij deze partner niet toe."))
    if db.session.get(Partner, partner_id) is None:
        message = gettext("Deze organisatie is er niet.")
        raise Invalid(message, errors=[FieldError("partner_id", message)])
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
        code=codes.new_code() if code is None else _blank_code(access, code, site.partner_id),
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
        row_changes.assign_code(device.code, device.id, site.partner_id, now)
    _identify(device, now)
    row_changes.add_terms(device.id, _terms_of(device))
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


def lock(access: Access, device_id: UUID) -> Device:
    """The device, as it stands now and stays until the transaction ends: for who judges it before changing it."""
    return _mine(access, device_id)


def receive(access: Access, device_id: UUID) -> Device:
    """The device came through the door. What was missing has been in other hands: its carriers are exposed."""
    device = _mine(access, device_id)
    previous, now = device.state, utc_now()
    row_changes.take(device, Action.RECEIVE, now)
    record(events.DeviceReceived(subject_id=device.id, device_id=device.id, previous=previous), access.actor)
    if previous is State.MISSING:
        row_changes.expose_device(device, ExposureReason.FROM_OUTSIDE, now, access.actor)
    return device


def inspect(
    access: Access,
    device_id: UUID,
    *,
    reusable: bool,
    defects: Sequence[Defect] = (),
    seen_version: int | None = None,
) -> Device:
    """A person looked at the device, as the decree asks. Not reusable needs at least one defect, reusable has none."""
    device = _mine(access, device_id, seen_version)
    if reusable == bool(defects):
        message = (
            gettext("Kies minstens een reden.")
            if not defects
            else gettext("Een herbruikbaar toestel heeft geen van deze gebreken.")
        )
        raise Invalid(message, errors=[FieldError("defects", message)])
    previous = device.state
    row_changes.take(device, Action.INSPECT, utc_now())
    device.reusable = reusable
    device.defects = sorted({Defect(defect).value for defect in defects})
    db.session.flush()
    event = events.DeviceInspected(
        subject_id=device.id, device_id=device.id, previous=previous, reusable=reusable, defects=device.defects
    )
    record(event, access.actor)
    return device


def confirm_no_carrier(access: Access, device_id: UUID, *, seen_version: int | None = None) -> Device:
    """A person looked and there is no data carrier in the device: its data status is *none*."""
    device = _mine(access, device_id, seen_version)
    row_changes.take(device, Action.CONFIRM_NO_CARRIER, utc_now())
    device.data_status = DataStatus.NONE
    db.session.flush()
    record(events.NoCarrierConfirmed(subject_id=device.id, device_id=device.id), access.actor)
    return device


def claim_code(access: Access, device_id: UUID, code: str, *, seen_version: int | None = None) -> Device:
    """The blank label ``code`` was stuck on the device: that is its code now. The earlier one still finds it."""
    device = _mine(access, device_id, seen_version)
    now = utc_now()
    row_changes.stick_code(device, _blank_code(access, code, device.partner_id), device.partner_id, now, access.actor)
    row_changes.touch(device, now)
    row_changes.add_terms(device.id, _terms_of(device))
    return device


def move(access: Access, device_id: UUID, site_id: UUID, *, seen_version: int | None = None) -> Device:
    """The device goes to another site, perhaps of another partner; it keeps its code."""
    device = _mine(access, device_id, seen_version)
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
        row_changes.touch(device, utc_now())
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
        row_changes.touch(device, now)
        row_changes.add_terms(device.id, _terms_of(device))
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
    row_changes.expose(component, reason, now, access.actor)
    if component.device_id is not None:
        row_changes.refresh_data_status(row_changes.locked_device(component.device_id), now, access.actor)
    return component.carrier


def remove(access: Access, component_id: UUID) -> Component:
    """The component was taken out and lies loose at the device's site, still followed. One that is loose stays so."""
    component = _component(access, component_id)
    if component.device_id is None:
        return component
    device, now = row_changes.locked_device(component.device_id), utc_now()
    _check_still_in(component, device.id)
    row_changes.handled(component, now)
    row_changes.make_loose(component, device.partner_id, device.site_id, now)
    removed = events.ComponentRemoved(
        subject_id=component.id, device_id=device.id, component_kind=component.kind, site_id=device.site_id
    )
    record(removed, access.actor)
    if component.carrier is not None:
        row_changes.refresh_data_status(device, now, access.actor)
    row_changes.touch(device, now)
    return component


def install(access: Access, component_id: UUID, device_id: UUID) -> Component:
    """The component was put into the device, out of another one where it was in one."""
    component, now = _component(access, component_id), utc_now()
    previous = component.device_id
    # In one order, whoever moves what where: no two wait for each other.
    for held_id in sorted(filter(None, {device_id, previous})):
        row_changes.locked_device(held_id)
    device = _mine(access, device_id)
    _check_still_in(component, previous)
    if previous == device.id:
        return component
    row_changes.handled(component, now)
    row_changes.install(component, device.id, now)
    installed = events.ComponentInstalled(
        subject_id=component.id, device_id=device.id, component_kind=component.kind, from_device_id=previous
    )
    record(installed, access.actor)
    touched = [device] if previous is None else [device, row_changes.locked_device(previous)]
    for one in touched:
        if component.carrier is not None:
            row_changes.refresh_data_status(one, now, access.actor)
        row_changes.touch(one, now)
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


def _mine(access: Access, device_id: UUID, seen_version: int | None = None) -> Device:
    """The device, locked, for who works on it. ``seen_version`` is of what they saw: :class:`Refused` for another."""
    device = row_changes.locked_device(device_id)
    access.demand(WORKERS, device.partner_id, device.site_id)
    if seen_version is not None and device.version != seen_version:
        raise _changed_meanwhile()
    return device


def _check_still_in(component: Component, device_id: UUID | None) -> None:
    """The component, read again once the devices are locked, is where it was when it was found."""
    db.session.refresh(component)
    if component.device_id != device_id:
        raise _changed_meanwhile()


def _changed_meanwhile() -> Refused:
    message = gettext("Iemand anders heeft dit intussen gewijzigd. Kijk het eerst na.")
    return Refused(message, code="changed_meanwhile")


def _component(access: Access, component_id: UUID) -> Component:
    component = db.session.get(Component, component_id)
    if component is None:
        raise NotFound(gettext("Dit onderdeel is er niet."))
    demand_part(access, WORKERS, component)
    return component


def _site(site_id: UUID) -> Site:
    site = db.session.get(Site, site_id)
    if site is None:
        message = gettext("Deze plaats is er niet.")
        raise Invalid(message, errors=[FieldError("site_id", message)])
    return site


def _blank_code(access: Access, text: str, partner_id: UUID) -> str:
    code = codes.parse(text)
    if code is None:
        message = gettext("Dit is geen code van ons. Kijk ze nog eens na.")
        raise Invalid(message, code="bad_code", errors=[FieldError("code", message)])
    label = queries.label(code, partner_id)
    if label is None or (label.device is not None and not queries.may_read(access, label.device)):
        message = gettext("Deze code kennen we niet bij deze organisatie.")
        raise Invalid(message, code="unknown_code", errors=[FieldError("code", message)])
    if label.device is not None:
        raise Refused(gettext("Dit etiket hangt al aan een toestel."), code="code_taken")
    return code


def _name(text: str | None, field: str) -> str | None:
    if text is None:
        return None
    name = " ".join(text.split())
    if len(name) > 200 or not is_readable(name):
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
    return search_terms(code=device.code, names=(device.manufacturer, device.product), serial=device.serial)
