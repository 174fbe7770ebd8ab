"""The machine's parts as JSON: what :mod:`wipe_reports.hardware` becomes when written, and what may be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from wipe_reports import hardware
from wipe_reports.fields import INT64_MAXIMUM, Choice, Flag, Moment, Record, RecordSchema, Refused, Table, Text, Whole
from wipe_reports.older_reports import upgrade_of_text

_COUNT = 2**31 - 1
_DATE = ("2019-03-27", r"\d{4}-\d\d-\d\d")
_MAC = ("00:1a:2b:3c:4d:5e", r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")

_PCI_CLASS = ("4 × 0–9, a–f", r"[0-9a-f]{4}")


class SmartAttributeSchema(RecordSchema):
    record = hardware.SmartAttribute
    id = Whole(255)
    name = Text(64)
    value = Whole(255)
    worst = Whole(255)
    threshold = Whole(255)
    raw = Whole()


class SmartTable(Table):
    """The S.M.A.R.T. attributes: by far the most rows of a report, so their rule is written out once more by hand.

    A row that is not plainly in order goes to :class:`SmartAttributeSchema`, which decides and says why.
    """

    def take(self, value: Any) -> tuple[hardware.SmartAttribute, ...]:
        self._check(value)
        return tuple([self._plain_row(row) or self.row.take(row) for row in value])

    @staticmethod
    def _plain_row(row: Any) -> hardware.SmartAttribute | None:
        try:
            number, name, raw = row["id"], row["name"], row["raw"]
            value, worst, threshold = row["value"], row["worst"], row["threshold"]
        except (KeyError, TypeError):
            return None
        if not (
            len(row) == 6
            and type(number) is type(value) is type(worst) is type(threshold) is type(raw) is int
            and type(name) is str
            and 0 <= number <= 255
            and 0 <= value <= 255
            and 0 <= worst <= 255
            and 0 <= threshold <= 255
            and 0 <= raw <= INT64_MAXIMUM
            and 0 < len(name) <= 64
            and name.isascii()
            and name.isprintable()
        ):
            return None
        return hardware.SmartAttribute(id=number, name=name, value=value, worst=worst, threshold=threshold, raw=raw)


class SmartSchema(RecordSchema):
    record = hardware.Smart
    passed = Flag()
    reallocated = Whole()
    pending = Whole()
    uncorrectable = Whole()
    power_on_hours = Whole()
    percentage_used = Whole(65535)
    media_errors = Whole()
    temperature_celsius = Whole(1000, minimum=-273)
    attributes = SmartTable(Record(SmartAttributeSchema), 256)


class HealthSchema(RecordSchema):
    record = hardware.Health
    verdict = Choice(hardware.HealthVerdict)
    reasons = Table(Text(200), 64)


class ProcessorSchema(RecordSchema):
    record = hardware.Processor
    brand = Text(256, minimum=0)
    cores = Whole(_COUNT)
    threads = Whole(_COUNT)
    family = Text(256, minimum=0)
    is_64_bit = Flag()
    has_virtualisation = Flag()


class MemoryModuleSchema(RecordSchema):
    record = hardware.MemoryModule
    locator = Text(256, minimum=0)
    size_mib = Whole()
    kind = Text(50, minimum=0)
    form = Text(50, minimum=0)
    speed_mts = Whole(_COUNT)
    manufacturer = Text(256, minimum=0)
    serial = Text(256, minimum=0)


class MemorySchema(RecordSchema):
    record = hardware.Memory
    installed_mib = Whole()
    usable_mib = Whole()
    slots = Whole(_COUNT)
    max_mib = Whole()
    modules = Table(Record(MemoryModuleSchema), 256)


class BatterySchema(RecordSchema):
    record = hardware.Battery
    name = Text(100)
    manufacturer = Text(256, minimum=0)
    model = Text(256, minimum=0)
    serial = Text(256, minimum=0)
    technology = Text(100, minimum=0)
    design_mwh = Whole()
    full_mwh = Whole()
    cycles = Whole(_COUNT)
    health = Record(HealthSchema)


class UpgradeSchema(RecordSchema):
    record = hardware.Upgrade
    modules = Whole(256, minimum=1)
    module_mib = Whole()
    kind = Text(50)
    form = Text(50)
    slots_free = Whole(_COUNT)
    replaces_mib = Table(Whole(), 256)


class UpgradeRecord(Record):
    """An upgrade in fields, or the text that agents wrote before; that is read into the same fields."""

    _text = Text(300)

    def __init__(self) -> None:
        super().__init__(UpgradeSchema)

    def take(self, value: Any) -> Any:
        if type(value) is not str:
            return super().take(value)
        read = upgrade_of_text(self._text.take(value))
        try:
            return read and super().take({**asdict(read), "replaces_mib": list(read.replaces_mib)})
        except Refused:  # figures that no machine has: as good as any other text
            return None

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.take(value) if type(value) is str else super()._deserialize(value, attr, data, **kwargs)


class MinimumSchema(RecordSchema):
    record = hardware.Minimum
    verdict = Choice(hardware.MinimumVerdict)
    reasons = Table(Text(300), 64)
    upgrade = UpgradeRecord()
    policy = Text(200)


class DisplaySchema(RecordSchema):
    record = hardware.Display
    connector = Text(100)
    manufacturer = Text(256, minimum=0)
    model = Text(256, minimum=0)
    width_px = Whole(_COUNT)
    height_px = Whole(_COUNT)
    diagonal_tenths_inch = Whole(_COUNT)
    year = Whole(9999)


class NetworkInterfaceSchema(RecordSchema):
    record = hardware.NetworkInterface
    name = Text(100)
    kind = Choice(hardware.NetworkKind)
    mac = Text(17, form=_MAC)
    model = Text(256, minimum=0)


class PortSchema(RecordSchema):
    record = hardware.Port
    kind = Text(100)
    count = Whole(1000)


class FirmwareSchema(RecordSchema):
    record = hardware.Firmware
    vendor = Text(256, minimum=0)
    bios_version = Text(256, minimum=0)
    bios_date = Text(10, form=_DATE)
    is_uefi = Flag()
    has_secure_boot = Flag()
    has_tpm = Flag()
    tpm_version = Text(50)
    has_windows_licence = Flag()
    locks = Table(Text(100), 16)


class StorageControllerSchema(RecordSchema):
    record = hardware.StorageController
    slot = Text(20)
    kind = Text(4, form=_PCI_CLASS)
    name = Text(256, minimum=0)
    driver = Text(100)
    disks = Table(Text(200), 64)


class EstimateSchema(RecordSchema):
    record = hardware.Estimate
    year = Whole(9999)
    year_basis = Text(50)
    weight_class = Choice(hardware.WeightClass)


class PartTestSchema(RecordSchema):
    record = hardware.PartTest
    kind = Text(50)
    subject = Text(200)
    started_at = Moment()
    ended_at = Moment()
    passed = Flag()
    detail = Text(300)
    peak_celsius = Whole(1000, minimum=-273)
