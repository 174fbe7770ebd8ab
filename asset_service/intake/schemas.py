"""What the API of intake takes and gives."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from asset_service.core.schemas import Moment, PageOf
from asset_service.intake.models import Grounds, LabelStatus, MinimumProcessor


class ReportDevice(Schema):
    """The device that a report was matched to."""

    code = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)


class ReportAttest(Schema):
    """Where the attest of one erased carrier is."""

    carrier_serial = fields.String(allow_none=True)
    pdf_url = fields.Url(require_tld=False, metadata={"description": "Needs a login"})
    check_url = fields.Url(require_tld=False, metadata={"description": "Public, without personal data"})


class ReportAnswer(Schema):
    """What became of a report. ``receipt`` is a JWS (``wipe-receipt+jws``) by the service's key."""

    report_id = fields.UUID(required=True)
    result = fields.String(required=True, validate=validate.OneOf(["created", "matched", "unmatched"]))
    device = fields.Nested(ReportDevice, allow_none=True)
    receipt = fields.String(required=True)
    received_at = Moment(required=True)
    attests = fields.List(fields.Nested(ReportAttest))


class CarrierToWipe(Schema):
    """A carrier that will be wiped, as the agent names it."""

    class Meta:
        unknown = EXCLUDE

    model = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=256))
    serial = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=256))
    size_bytes = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**63 - 1))


class WipeJobRequest(Schema):
    """The signed payload of a request for nonces."""

    class Meta:
        unknown = EXCLUDE

    request_id = fields.UUID(required=True)
    carriers = fields.List(fields.Nested(CarrierToWipe), required=True, validate=validate.Length(1, 64))


class NonceOfCarrier(Schema):
    """The nonce for one carrier; ``null`` where its serial identifies nothing."""

    model = fields.String(allow_none=True)
    serial = fields.String(allow_none=True)
    nonce = fields.String(allow_none=True)


class WipeJobAnswer(Schema):
    """The nonces, and the service's time for a clock that is wrong."""

    job_id = fields.UUID()
    time = Moment()
    expires_at = Moment()
    carriers = fields.List(fields.Nested(NonceOfCarrier))


class LabelRequest(Schema):
    """The signed payload of a question whose label a code is."""

    class Meta:
        unknown = EXCLUDE

    request_id = fields.UUID(required=True)
    code = fields.String(required=True, validate=validate.Length(1, 500))


class LabelledDevice(Schema):
    """The device that bears a label, as its partner's stations may know it."""

    code = fields.String()
    manufacturer = fields.String(allow_none=True)
    product = fields.String(allow_none=True)
    since = Moment()


class LabelAnswer(Schema):
    """Whose a label is: a device's, nobody's yet (``blank``), or one that the station's partner does not know."""

    status = fields.Enum(LabelStatus, by_value=True)
    device = fields.Nested(LabelledDevice, allow_none=True)


class StationSettingsRequest(Schema):
    """The signed payload of a question for settings."""

    class Meta:
        unknown = EXCLUDE

    request_id = fields.UUID(required=True)


class KindRule(Schema):
    """The minimum for one kind of device."""

    memory_mib = fields.Integer(required=True)
    processor = fields.String(required=True, validate=validate.OneOf([one.value for one in MinimumProcessor]))


class MinimumPolicy(Schema):
    """A partner's own minimum; of a kind of device that is not in ``kinds`` a person decides."""

    name = fields.String(required=True)
    version = fields.Integer(required=True)
    kinds = fields.Dict(keys=fields.String(), values=fields.Nested(KindRule), required=True)


class StationSettings(Schema):
    """The service's time, and the minimum of the station's partner: ``null`` where it has none of its own."""

    time = Moment(required=True)
    minimum_policy = fields.Nested(MinimumPolicy, required=True, allow_none=True)


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
