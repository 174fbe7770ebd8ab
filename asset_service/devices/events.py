"""What can happen to a device, its components and its data carriers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from asset_service.devices.models import ComponentKind, DeviceKind, ExposureReason, IdentityKind, State
from asset_service.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class CodesPrinted(Event):
    """Blank labels were made; ``subject_id`` is the partner they are for."""

    codes: list[str]


@dataclass(frozen=True, kw_only=True)
class CodeClaimed(Event):
    """A label was stuck on the device; ``code`` is its code from now on, ``previous`` still finds it."""

    code: str
    previous: str


@dataclass(frozen=True, kw_only=True)
class DeviceAnnounced(Event):
    """A device is expected."""

    code: str
    kind_of_device: DeviceKind
    partner_id: UUID
    site_id: UUID


@dataclass(frozen=True, kw_only=True)
class DeviceRegistered(Event):
    """A station saw a device for the first time."""

    code: str
    partner_id: UUID
    site_id: UUID


@dataclass(frozen=True, kw_only=True)
class DeviceReceived(Event):
    """The device came through the door."""

    previous: State


@dataclass(frozen=True, kw_only=True)
class DeviceInspected(Event):
    """A person looked at the device, as the decree asks; ``defects`` are why it cannot be reused."""

    previous: State
    reusable: bool
    defects: list[str]


@dataclass(frozen=True, kw_only=True)
class DeviceFellBack(Event):
    """The device was ready or reserved and a carrier of it turned out to be exposed."""

    previous: State


@dataclass(frozen=True, kw_only=True)
class DeviceMoved(Event):
    """The device is somewhere else now, perhaps with another partner."""

    from_partner_id: UUID
    from_site_id: UUID
    partner_id: UUID
    site_id: UUID


@dataclass(frozen=True, kw_only=True)
class DeviceCorrected(Event):
    """What was written down of the device was wrong; ``fields`` were changed."""

    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class IdentityShared(Event):
    """Two devices bear the same identity, a person said: it identifies neither from now on."""

    kind_of_identity: IdentityKind


@dataclass(frozen=True, kw_only=True)
class NoCarrierConfirmed(Event):
    """A person looked and there is no data carrier in the device."""


@dataclass(frozen=True, kw_only=True)
class PartsSeen(Event):
    """A station saw parts that the device did not have before, or not those that it had."""

    installed: list[UUID]
    removed: list[UUID]


@dataclass(frozen=True, kw_only=True)
class ComponentInstalled(Event):
    """A component is in the device; ``subject_id`` is the component."""

    component_kind: ComponentKind
    from_device_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ComponentRemoved(Event):
    """A component was taken out of the device and lies loose; ``subject_id`` is the component."""

    component_kind: ComponentKind
    site_id: UUID


@dataclass(frozen=True, kw_only=True)
class CarrierExposed(Event):
    """Somebody's data may be on the carrier; ``subject_id`` is its component, ``exposure`` the exposure's number."""

    exposure: int
    reason: ExposureReason


@dataclass(frozen=True, kw_only=True)
class CarrierCleared(Event):
    """A wipe took the exposure away; ``evidence_id`` is the proof."""

    exposure: int
    evidence_id: UUID


@dataclass(frozen=True, kw_only=True)
class CarrierDestroyed(Event):
    """The carrier is no more; ``task_id`` tells how."""

    exposure: int
    task_id: UUID
