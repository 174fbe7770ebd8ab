"""The row changes of which operations on devices are made, here and in the rooms above. Only operations make them.

They change rows and record what happened, by the actor that the operation names.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import func, select, update

from asset_service.core.db import db
from asset_service.core.errors import NotFound, Refused
from asset_service.core.rows import insert_if_absent
from asset_service.devices import data_status, events
from asset_service.devices.gates import gates
from asset_service.devices.lifecycle import Action
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    ComponentStay,
    DataCarrier,
    DataStatus,
    Device,
    DeviceCode,
    DeviceTerm,
    ExposureReason,
)
from asset_service.ledger.events import Actor
from asset_service.ledger.operations import record


def locked_device(device_id: UUID) -> Device:
    """The device, locked until the transaction ends. Raises :class:`NotFound`."""
    statement = select(Device).where(Device.id == device_id).with_for_update().execution_options(populate_existing=True)
    device = db.session.scalars(statement).one_or_none()
    if device is None:
        raise NotFound(gettext("Dit toestel is er niet."))
    return device


def assign_code(code: str, device_id: UUID, partner_id: UUID, at: datetime) -> None:
    """The blank ``code`` that was printed for the partner is the device's. Raises :class:`Refused` for any other."""
    statement = (
        update(DeviceCode)
        .where(DeviceCode.code == code, DeviceCode.device_id.is_(None), DeviceCode.partner_id == partner_id)
        .values(device_id=device_id, claimed_at=at)
    )
    if db.session.connection().execute(statement).rowcount != 1:
        raise Refused(gettext("Dit etiket hangt al aan een toestel."), code="code_taken")


def stick_code(device: Device, code: str, partner_id: UUID, at: datetime, actor: Actor) -> None:
    """The blank ``code``, printed for this partner, becomes the device's present one."""
    assign_code(code, device.id, partner_id, at)
    previous, device.code = device.code, code
    record(events.CodeClaimed(subject_id=device.id, device_id=device.id, code=code, previous=previous), actor)


def add_terms(device_id: UUID, terms: set[str]) -> None:
    """Let the list also find the device by these words."""
    connection = db.session.connection()
    if terms:
        connection.execute(
            insert_if_absent(connection, DeviceTerm), [{"term": term, "device_id": device_id} for term in sorted(terms)]
        )


def expose_device(device: Device, reason: ExposureReason, at: datetime, actor: Actor) -> None:
    """Every carrier in the device that is clean now is exposed."""
    statement = select(Component).join(DataCarrier).where(Component.device_id == device.id).order_by(Component.id)
    clean = [
        component
        for component in db.session.scalars(statement)
        if component.carrier is not None and component.carrier.data_status is not DataStatus.EXPOSED
    ]
    for component in clean:
        expose(component, reason, at, actor)
    if not clean and device.data_status is DataStatus.NONE:
        # What somebody said of it before it was away is not known now.
        device.data_status = DataStatus.UNKNOWN
    refresh_data_status(device, at, actor)


def expose(component: Component, reason: ExposureReason, at: datetime, actor: Actor) -> None:
    """One more numbered exposure of the carrier."""
    carrier = db.session.get_one(DataCarrier, component.id, with_for_update=True, populate_existing=True)
    carrier.exposure += 1
    carrier.data_status = DataStatus.EXPOSED
    db.session.add(CarrierExposure(component_id=component.id, number=carrier.exposure, reason=reason, exposed_at=at))
    db.session.flush()
    exposed = events.CarrierExposed(
        subject_id=component.id, device_id=component.device_id, exposure=carrier.exposure, reason=reason
    )
    record(exposed, actor)


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


def make_loose(component: Component, partner_id: UUID, site_id: UUID, at: datetime) -> None:
    """The component lies at the site, in no device."""
    _end_stay(component, at)
    component.device_id, component.installed_at = None, None
    component.partner_id, component.site_id = partner_id, site_id
    db.session.flush()


def install(component: Component, device_id: UUID, at: datetime) -> None:
    """The component sits in the device, wherever it was before."""
    _end_stay(component, at)
    component.device_id, component.installed_at = device_id, at
    component.partner_id, component.site_id = None, None
    db.session.flush()


def _end_stay(component: Component, at: datetime) -> None:
    if component.device_id is not None and component.installed_at is not None:
        latest = select(func.max(ComponentStay.number)).where(ComponentStay.component_id == component.id)
        stay = ComponentStay(
            component_id=component.id,
            number=(db.session.scalar(latest) or 0) + 1,
            device_id=component.device_id,
            installed_at=component.installed_at,
            removed_at=at,
        )
        db.session.add(stay)


def handled(component: Component, at: datetime) -> None:
    """A person had the component in hands: what a station saw of it before counts as older."""
    component.last_seen_at = at
    if component.carrier is not None:
        component.carrier.sightings += 1


def refresh_data_status(device: Device, at: datetime, actor: Actor) -> None:
    """Let the device's data status be the worst of its carriers'; a ready or reserved one may fall back."""
    db.session.flush()
    columns = (DataCarrier.data_status, DataCarrier.test, DataCarrier.medium, DataCarrier.bus)
    statement = select(*columns).join(Component).where(Component.device_id == device.id)
    statuses = [
        status
        for status, test, medium, bus in db.session.execute(statement)
        if data_status.counts(
            status, scratch=test, rehearsal=device.test, portable=data_status.is_portable(medium, bus)
        )
    ]
    device.data_status = data_status.of_device(statuses, said_none=device.data_status is DataStatus.NONE)
    touch(device, at)
    if data_status.is_clean(device.data_status) or gates().step(device, Action.FALL_BACK) is None:
        return
    previous = device.state
    take(device, Action.FALL_BACK, at)
    record(events.DeviceFellBack(subject_id=device.id, device_id=device.id, previous=previous), actor)


def take(device: Device, action: Action, at: datetime) -> None:
    gates().take(device, action, gettext("Dat kan niet in de stap waar dit toestel nu staat."))
    touch(device, at)


def touch(device: Device, at: datetime) -> None:
    device.version += 1
    device.changed_at = at
    db.session.flush()
