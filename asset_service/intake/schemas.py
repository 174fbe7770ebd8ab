"""What the API of intake takes and gives."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from asset_service.core.schemas import PageOf
from asset_service.intake.models import Grounds
from wipe_reports import messages
from wipe_reports.message_schemas import Moment
from wipe_reports.messages import schema_of

ReportAnswer = schema_of(messages.ReportAnswer)
WipeJobRequest = schema_of(messages.WipeJobRequest)
WipeJobAnswer = schema_of(messages.WipeJobAnswer)
LabelRequest = schema_of(messages.LabelRequest)
LabelAnswer = schema_of(messages.LabelAnswer)
StationSettingsRequest = schema_of(messages.StationSettingsRequest)
StationSettings = schema_of(messages.StationSettings)


class WaitingReport(Schema):
    """A report that waits for a person."""

    report_id = fields.UUID()
    received_at = Moment(attribute="report.received_at")
    station = fields.String(attribute="report.station.name")
    manufacturer = fields.String(allow_none=True)
    product = fields.String(allow_none=True)
    serial = fields.String(allow_none=True)
    reasons = fields.List(fields.String())
    resolved_at = Moment(allow_none=True)


class UnmatchedReport(WaitingReport):
    """One of them, with what its hints point at."""

    candidates = fields.List(fields.String(), metadata={"description": "Codes of devices that its hints point at"})


class UnmatchedPage(PageOf):
    """A page of unmatched reports."""

    items = fields.List(fields.Nested(WaitingReport))


class Resolution(Schema):
    """``code`` of the device that the report is about; ``null`` for a new device."""

    code = fields.String(required=True, allow_none=True, validate=validate.Length(max=500))
    grounds = fields.Enum(Grounds, by_value=True, required=True)


class Rejection(Schema):
    """On what a report is set aside."""

    grounds = fields.Enum(Grounds, by_value=True, required=True)


class ResolvedDevice(Schema):
    """The device that a report was resolved to; ``null`` for one about loose disks."""

    code = fields.String(allow_none=True)


class QuarantinedItem(Schema):
    """Refused bytes; sizes in bytes."""

    id = fields.UUID()
    received_at = Moment()
    source = fields.String()
    station = fields.String(attribute="station.name", allow_none=True)
    signed = fields.Boolean()
    code = fields.String()
    field = fields.String()
    message = fields.String()
    sha256 = fields.String()
    size_bytes = fields.Integer()
    kept_bytes = fields.Integer()
    times = fields.Integer()


class QuarantinePage(PageOf):
    """A page of quarantine."""

    items = fields.List(fields.Nested(QuarantinedItem))
