"""What the API of wiping takes and gives."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from asset_service.core.schemas import PageOf
from asset_service.wiping.models import DestructionMethod, EvidenceStatus, NonceCheck
from asset_service.wiping.standings import standing_of
from wipe_reports.message_schemas import Moment
from wipe_reports.words import HOUSE_LANGUAGE, LANGUAGES


class AttestLanguage(Schema):
    """The language of the attest."""

    lang = fields.String(load_default=HOUSE_LANGUAGE, validate=validate.OneOf(LANGUAGES))


class Evidence(Schema):
    """One wipe of one carrier; sizes in bytes."""

    id = fields.UUID()
    public_id = fields.String()
    report_id = fields.UUID()
    component_id = fields.UUID()
    exposure = fields.Integer()
    status = fields.Enum(EvidenceStatus, by_value=True)
    standing = fields.Function(lambda wipe: standing_of(wipe).value, metadata={"type": "string"})
    nonce_check = fields.Enum(NonceCheck, by_value=True)
    outcome = fields.String()
    level = fields.String()
    technique = fields.String()
    method = fields.String()
    standard = fields.String()
    verification = fields.String()
    verified_bytes = fields.Integer()
    size_bytes = fields.Integer()
    started_at = Moment()
    ended_at = Moment()
    test = fields.Boolean()
    confirmed_at = Moment(allow_none=True)


class EvidencePage(PageOf):
    """A page of evidence."""

    items = fields.List(fields.Nested(Evidence))


class Task(Schema):
    """A carrier that must be destroyed."""

    id = fields.UUID()
    component_id = fields.UUID()
    evidence_id = fields.UUID(allow_none=True)
    opened_at = Moment()
    done_at = Moment(allow_none=True)
    method = fields.Enum(DestructionMethod, by_value=True, allow_none=True)


class TaskPage(PageOf):
    """A page of destruction tasks."""

    items = fields.List(fields.Nested(Task))


class Destruction(Schema):
    """How the carrier was destroyed; the witness is another user."""

    method = fields.Enum(DestructionMethod, by_value=True, required=True)
    witness_id = fields.UUID(required=True)
