"""Tables of a device: its codes, identities, components with their stays, and data carriers with their exposures."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Dialect, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from asset_service.accounts.models import Partner, Site
from asset_service.core.db import Base, new_id, utc_now
from wipe_reports.document import MinimumVerdict, Upgrade

CLUSTERED = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the primary key itself: one page to write where there were two."""


def _by_code_point(length: int) -> Any:
    """Text that PostgreSQL compares by code point too, so that "begins with" is a range of the index in any locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class UpgradeColumn(TypeDecorator[Upgrade]):
    """The memory to add to a device, in the fields of the report that said so."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: Upgrade | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else asdict(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> Upgrade | None:
        return None if value is None else Upgrade(**{**value, "replaces_mib": tuple(value["replaces_mib"])})


class DeviceKind(StrEnum):
    """What sort of device it is; the first seven are the words of a wipe report."""

    LAPTOP = "laptop"
    DESKTOP = "desktop"
    ALL_IN_ONE = "all-in-one"
    TABLET = "tablet"
    SERVER = "server"
    VIRTUAL = "virtual"
    OTHER = "other"
    MONITOR = "monitor"
    PHONE = "phone"


class State(StrEnum):
    """Where a device is in its life."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    INSPECTED = "inspected"
    IN_REPAIR = "in_repair"
    READY = "ready"
    RESERVED = "reserved"
    ON_LOAN = "on_loan"
    RETURNED = "returned"
    MISSING = "missing"
    HANDED_OFF = "handed_off"
    TRANSFERRED = "transferred"
    DISMANTLED = "dismantled"


class DataStatus(StrEnum):
    """Whether data can leak from a carrier or a device; *clean* is ``NONE``, ``WIPED`` or ``DESTROYED``."""

    UNKNOWN = "unknown"
    NONE = "none"
    EXPOSED = "exposed"
    WIPED = "wiped"
    DESTROYED = "destroyed"


class ComponentKind(StrEnum):
    """A part that is followed on its own."""

    PROCESSOR = "processor"
    MEMORY = "memory"
    DISK = "disk"
    BATTERY = "battery"


class IdentityKind(StrEnum):
    """How a device is known again. ``MODEL_SERIAL`` and ``UUID`` are strong; the others are only hints."""

    MODEL_SERIAL = "model_serial"
    UUID = "uuid"
    BOARD_SERIAL = "board_serial"
    MAC = "mac"


class ExposureReason(StrEnum):
    """Why somebody's data may be on a carrier."""

    FIRST_SEEN = "first_seen"
    FROM_OUTSIDE = "from_outside"
    LENT = "lent"
    CORRECTED = "corrected"


class Defect(StrEnum):
    """Why a device cannot be reused (ministerial decree of 23 June 2017, art. 1)."""

    OUTDATED = "outdated"
    RUST_OR_DAMAGE = "rust_or_damage"
    BAD_CONDITION = "bad_condition"
    NOT_REPAIRABLE = "not_repairable"
    CRT = "crt"


class Device(Base):
    """One device. ``code`` is the label it bears now; earlier ones stay in :class:`DeviceCode` and still find it.

    ``manufacturer``, ``product`` and ``serial`` are shown as the firmware gives them; what identifies is in
    :class:`DeviceIdentity`. ``data_status`` is the worst of its carriers'. ``summary`` is the one-line specs.
    ``version`` counts changes (ETag). ``reusable`` is the decree's inspection by a person, ``NULL`` before it.
    ``test``: only rehearsals saw it; a scratch disk says nothing of a device that is real.
    """

    __tablename__ = "device"
    __table_args__ = (
        Index("ix_device_partner_id_id", "partner_id", "id"),
        Index("ix_device_partner_id_state_id", "partner_id", "state", "id"),
        Index("ix_device_partner_id_data_status_id", "partner_id", "data_status", "id"),
        Index("ix_device_partner_id_kind_id", "partner_id", "kind", "id"),
        Index("ix_device_site_id_id", "site_id", "id"),
        Index(
            "ix_device_totals",
            "partner_id",
            "created_at",
            "state",
            "data_status",
            sqlite_where=text("test = 0"),
            postgresql_where=text("NOT test"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[DeviceKind] = mapped_column(default=DeviceKind.OTHER)
    state: Mapped[State]
    data_status: Mapped[DataStatus] = mapped_column(default=DataStatus.UNKNOWN)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    manufacturer: Mapped[str | None] = mapped_column(String(200))
    product: Mapped[str | None] = mapped_column(String(200))
    serial: Mapped[str | None] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    minimum: Mapped[MinimumVerdict | None]
    minimum_reasons: Mapped[list[str]] = mapped_column(default=list)
    minimum_upgrade: Mapped[Upgrade | None] = mapped_column(UpgradeColumn)
    reusable: Mapped[bool | None]
    defects: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    version: Mapped[int] = mapped_column(default=1)
    test: Mapped[bool] = mapped_column(default=False)
    partner: Mapped[Partner] = relationship()
    site: Mapped[Site] = relationship()
    components: Mapped[list[Component]] = relationship(back_populates="device", order_by="Component.id")


class DeviceCode(Base):
    """A printed label's code, unique over the whole service; ``device_id`` is ``NULL`` while the label is blank."""

    __tablename__ = "device_code"
    __table_args__ = (CLUSTERED,)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    claimed_at: Mapped[datetime | None]
    device: Mapped[Device | None] = relationship()


class DeviceIdentity(Base):
    """One usable, normalised way to know a device again.

    ``shared`` is set when a person has said that two devices bear the same value: it then identifies neither.
    """

    __tablename__ = "device_identity"
    __table_args__ = (
        Index(
            "uq_device_identity_strong",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("kind IN ('model_serial', 'uuid') AND NOT shared"),
            postgresql_where=text("kind IN ('model_serial', 'uuid') AND NOT shared"),
        ),
        Index("ix_device_identity_device_id", "device_id"),
        CLUSTERED,
    )

    kind: Mapped[IdentityKind] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(500), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    shared: Mapped[bool] = mapped_column(default=False)
    first_seen_at: Mapped[datetime] = mapped_column(default=utc_now)


class Component(Base):
    """A part. ``device_id`` is the device it sits in since ``installed_at``; a loose part lies at ``site_id``.

    ``stays`` are those that ended before, the first one first.

    ``facts`` holds what its kind has to say: ``size_mib``, ``kind``, ``form``, ``speed_mts`` (memory); ``cores``,
    ``threads`` (processor); ``design_mwh``, ``full_mwh``, ``cycles``, ``health`` (battery); ``smart`` (disk).
    """

    __tablename__ = "component"
    __table_args__ = (
        Index("ix_component_device_id_id", "device_id", "id"),
        Index(
            "ix_component_loose",
            "partner_id",
            "id",
            sqlite_where=text("partner_id IS NOT NULL"),
            postgresql_where=text("partner_id IS NOT NULL"),
        ),
        CheckConstraint("(device_id IS NULL) = (partner_id IS NOT NULL)", name="installed_or_loose"),
        CheckConstraint("(partner_id IS NULL) = (site_id IS NULL)", name="loose_at_a_site"),
        CheckConstraint("(device_id IS NULL) = (installed_at IS NULL)", name="installed_at_a_time"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ComponentKind]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    installed_at: Mapped[datetime | None]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id"))
    slot: Mapped[str | None] = mapped_column(String(100))
    manufacturer: Mapped[str | None] = mapped_column(String(200))
    model: Mapped[str | None] = mapped_column(String(200))
    serial: Mapped[str | None] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    device: Mapped[Device | None] = relationship(back_populates="components")
    carrier: Mapped[DataCarrier | None] = relationship(back_populates="component")
    stays: Mapped[list[ComponentStay]] = relationship(order_by="ComponentStay.number")

    @property
    def holder_partner_id(self) -> UUID:
        """Who has it: the partner of the device that it sits in, else its own, as ``installed_or_loose`` demands."""
        partner_id = self.device.partner_id if self.device is not None else self.partner_id
        if partner_id is None:
            raise ValueError("a component is neither in a device nor at a partner")
        return partner_id


class ComponentStay(Base):
    """A component's stay in a device that has ended; the present one is the component's own row. Never forgotten.

    ``number`` counts from 1 and is their order: a clock that was put right makes ``removed_at`` go back.
    """

    __tablename__ = "component_stay"
    __table_args__ = (CheckConstraint("number >= 1", name="numbered_from_one"), CLUSTERED)

    component_id: Mapped[UUID] = mapped_column(ForeignKey("component.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    removed_at: Mapped[datetime]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    installed_at: Mapped[datetime]


class DataCarrier(Base):
    """What makes a disk component a data carrier. ``exposure`` is the number of its latest exposure, from 1.

    ``identity`` is the normalised serial and model, in this order so that the scan box finds by serial alone;
    ``NULL`` where the serial is no identity. ``sightings`` counts how often it was seen or handled, so that what is
    decided late knows without a clock whether that was since. ``test`` marks a scratch carrier of a rehearsal.
    ``size_bytes`` in bytes.
    """

    __tablename__ = "data_carrier"
    __table_args__ = (
        Index("uq_data_carrier_identity", "identity", unique=True),
        CheckConstraint("size_bytes >= 0", name="size_not_negative"),
        CheckConstraint("exposure >= 0", name="exposure_not_negative"),
        CLUSTERED,
    )

    component_id: Mapped[UUID] = mapped_column(ForeignKey("component.id"), primary_key=True)
    identity: Mapped[str | None] = mapped_column(_by_code_point(500))
    data_status: Mapped[DataStatus] = mapped_column(default=DataStatus.UNKNOWN)
    exposure: Mapped[int] = mapped_column(default=0)
    medium: Mapped[str] = mapped_column(String(20), default="unknown")
    bus: Mapped[str | None] = mapped_column(String(50))
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    health: Mapped[str] = mapped_column(String(20), default="unknown")
    health_reasons: Mapped[list[str]] = mapped_column(default=list)
    power_on_hours: Mapped[int | None]
    sightings: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    test: Mapped[bool] = mapped_column(default=False)
    component: Mapped[Component] = relationship(back_populates="carrier")
    exposures: Mapped[list[CarrierExposure]] = relationship(order_by="CarrierExposure.number")


class CarrierExposure(Base):
    """One numbered time that data may have come onto a carrier; ``cleared_at`` is when proof took it away."""

    __tablename__ = "carrier_exposure"
    __table_args__ = (CheckConstraint("number >= 1", name="numbered_from_one"), CLUSTERED)

    component_id: Mapped[UUID] = mapped_column(ForeignKey("data_carrier.component_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[ExposureReason]
    exposed_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class DeviceTerm(Base):
    """A word by which the list finds a device: its codes, its serial, the words of maker and model.

    Its disks are found by :attr:`DataCarrier.identity`.
    """

    __tablename__ = "device_term"
    __table_args__ = (Index("ix_device_term_device_id", "device_id"), CLUSTERED)

    term: Mapped[str] = mapped_column(_by_code_point(100), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
