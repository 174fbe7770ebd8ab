"""What the API of accounts takes and gives."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from asset_service.accounts.models import Role
from asset_service.core.schemas import PageOf, PageRequest
from wipe_reports import messages
from wipe_reports.message_schemas import Moment
from wipe_reports.messages import schema_of

__all__ = ["CreatedToken", "Enrolled", "Enrolment", "KeySet", "Me", "NewToken", "PageRequest", "Token", "TokenPage"]


KeySet = schema_of(messages.KeySet)
Enrolment = schema_of(messages.Enrolment)
Enrolled = schema_of(messages.Enrolled)


class RoleScope(Schema):
    """A role and where it holds: in a project, or at a partner (without a site at all of its sites), or everywhere."""

    role = fields.Enum(Role, by_value=True)
    partner_id = fields.UUID(allow_none=True)
    site_id = fields.UUID(allow_none=True)
    project_id = fields.UUID(allow_none=True)


class Me(Schema):
    """The user who asks."""

    id = fields.UUID(attribute="user_id")
    name = fields.String()
    language = fields.String()
    grants = fields.List(fields.Nested(RoleScope))


class NewToken(Schema):
    """A token to make."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=100))
    valid_days = fields.Integer(load_default=90, strict=True, validate=validate.Range(1, 366))


class Token(Schema):
    """An API token as it may be listed."""

    id = fields.UUID()
    name = fields.String()
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    revoked_at = Moment(allow_none=True)


class CreatedToken(Token):
    """A new token with its secret, shown once."""

    token = fields.String()


class TokenPage(PageOf):
    """A page of tokens."""

    items = fields.List(fields.Nested(Token))
