"""What the API of devices takes and gives."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from asset_service.core.schemas import PageOf, PageRequest
from asset_service.devices.models import (
    ComponentKind,
    DataStatus,
    Defect,
    DeviceKind,
    ExposureReason,
    State,
)
from wipe_reports import upgrade_words
from wipe_reports.document import MinimumVerdict
from wipe_reports.message_schemas import Moment

_NAME = validate.Length(max=200)
_CODE = validate.Length(min=1, max=500)


class UpgradeWords(fields.String):
    """The memory to add to a device in English words, such as ``+ 1 × 4 GB DDR4 SO-DIMM: one slot free``."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else upgrade_words.upgrade(value, "en")


class DeviceFilters(PageRequest):
    """What the list is narrowed to."""

    state = fields.Enum(State, by_value=True, load_default=None)
    data_status = fields.Enum(DataStatus, by_value=True, load_default=None)
    kind = fields.Enum(DeviceKind, by_value=True, load_default=None)
    site_id = fields.UUID(load_default=None)
    text = fields.String(load_default="", validate=validate.Length(max=200))


class Place(Schema):
    """A partner or a site."""

    id = fields.UUID()
    name = fields.String()


class Period(Schema):
    """The days on which devices were entered, both included; without a bound, as far as there are any."""

    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)


class Count(Schema):
    """How many devices are in a state and have a data status."""

    state = fields.Enum(State, by_value=True)
    data_status = fields.Enum(DataStatus, by_value=True)
    devices = fields.Integer()


class PartnerTotals(Schema):
    """How many devices a partner has; what there is none of is left out."""

    partner = fields.Nested(Place)
    devices = fields.Integer()
    counts = fields.List(fields.Nested(Count))


class Totals(Schema):
    """How many devices there are at each partner that one may count."""

    devices = fields.Integer()
    partners = fields.List(fields.Nested(PartnerTotals))


class Device(Schema):
    """A device as a list shows it."""

    id = fields.UUID()
    code = fields.String()
    kind = fields.Enum(DeviceKind, by_value=True)
    state = fields.Enum(State, by_value=True)
    data_status = fields.Enum(DataStatus, by_value=True)
    partner = fields.Nested(Place)
    site = fields.Nested(Place)
    manufacturer = fields.String(allow_none=True)
    product = fields.String(allow_none=True)
    serial = fields.String(allow_none=True)
    summary = fields.String()
    minimum = fields.Enum(MinimumVerdict, by_value=True, allow_none=True)
    minimum_reasons = fields.List(fields.String())
    minimum_upgrade = UpgradeWords(allow_none=True)
    reusable = fields.Boolean(allow_none=True)
    defects = fields.List(fields.String())
    created_at = Moment()
    changed_at = Moment()
    version = fields.Integer()


class DevicePage(PageOf):
    """A page of devices."""

    items = fields.List(fields.Nested(Device))


class Exposure(Schema):
    """One numbered time that data may have come onto a carrier."""

    number = fields.Integer()
    reason = fields.Enum(ExposureReason, by_value=True)
    exposed_at = Moment()
    cleared_at = Moment(allow_none=True)


class Carrier(Schema):
    """A data carrier; ``size_bytes`` in bytes."""

    data_status = fields.Enum(DataStatus, by_value=True)
    exposure = fields.Integer()
    medium = fields.String()
    bus = fields.String(allow_none=True)
    size_bytes = fields.Integer()
    health = fields.String()
    health_reasons = fields.List(fields.String())
    power_on_hours = fields.Integer(allow_none=True)
    test = fields.Boolean()
    exposures = fields.List(fields.Nested(Exposure))


class Component(Schema):
    """A part of a device, or a loose one."""

    id = fields.UUID()
    kind = fields.Enum(ComponentKind, by_value=True)
    device_id = fields.UUID(allow_none=True)
    slot = fields.String(allow_none=True)
    manufacturer = fields.String(allow_none=True)
    model = fields.String(allow_none=True)
    serial = fields.String(allow_none=True)
    facts = fields.Dict()
    carrier = fields.Nested(Carrier, allow_none=True)


class BlockedBy(Schema):
    """Why a gate is closed."""

    gate = fields.String()
    message = fields.String()


class ActionChoice(Schema):
    """What can be done next; blocked where there are reasons."""

    action = fields.String()
    allowed = fields.Boolean()
    reasons = fields.List(fields.Nested(BlockedBy))


class DeviceDetail(Device):
    """A device with its parts and what can be done with it."""

    components = fields.List(fields.Nested(Component))
    actions = fields.List(fields.Nested(ActionChoice))


class NewDevice(Schema):
    """A device to announce; ``code`` is a blank label's."""

    site_id = fields.UUID(required=True)
    kind = fields.Enum(DeviceKind, by_value=True, required=True)
    manufacturer = fields.String(load_default=None, allow_none=True, validate=_NAME)
    product = fields.String(load_default=None, allow_none=True, validate=_NAME)
    serial = fields.String(load_default=None, allow_none=True, validate=_NAME)
    code = fields.String(load_default=None, allow_none=True, validate=_CODE)


class Correction(Schema):
    """What was written down wrong."""

    kind = fields.Enum(DeviceKind, by_value=True)
    manufacturer = fields.String(validate=_NAME)
    product = fields.String(validate=_NAME)
    serial = fields.String(validate=_NAME)


class Inspection(Schema):
    """The decree's inspection by a person."""

    reusable = fields.Boolean(required=True)
    defects = fields.List(fields.Enum(Defect, by_value=True), load_default=[])


class CodeToClaim(Schema):
    """A blank label's code."""

    code = fields.String(required=True, validate=_CODE)


class Destination(Schema):
    """Where the device goes."""

    site_id = fields.UUID(required=True)


class NewCodes(Schema):
    """How many blank labels to make, and for whom."""

    partner_id = fields.UUID(required=True)
    count = fields.Integer(required=True, strict=True, validate=validate.Range(1, 500))


class Codes(Schema):
    """Codes of blank labels."""

    codes = fields.List(fields.String())


class Installation(Schema):
    """Into which device a component goes."""

    code = fields.String(required=True, validate=_CODE)


class ScanRequest(Schema):
    """What was scanned or typed."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=300))


class Scanned(Schema):
    """What a scan found."""

    devices = fields.List(fields.Nested(Device))
    components = fields.List(fields.Nested(Component))
    blank_code = fields.String(allow_none=True)
