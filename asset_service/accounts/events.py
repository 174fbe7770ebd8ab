"""What can happen in accounts. People are ids here: no name, no e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from asset_service.accounts.models import PartnerKind, RevocationReason, Role
from asset_service.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(Event):
    """A project was entered."""

    call: str
    period_start: date
    period_end: date


@dataclass(frozen=True, kw_only=True)
class ProjectExtended(Event):
    """A decision moved the project's end."""

    extended_until: date
    decision: str


@dataclass(frozen=True, kw_only=True)
class MunicipalityAdded(Event):
    """The project serves one more municipality."""

    nis_code: str


@dataclass(frozen=True, kw_only=True)
class PartnerCreated(Event):
    """An organisation was entered."""

    enterprise_number: str


@dataclass(frozen=True, kw_only=True)
class PartnerJoined(Event):
    """A partner joined a project."""

    project_id: UUID
    kind: PartnerKind
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class PartnerLeft(Event):
    """A partner's membership got its last day."""

    project_id: UUID
    until: date


@dataclass(frozen=True, kw_only=True)
class SiteCreated(Event):
    """A partner has one more workshop, store or desk."""

    partner_id: UUID


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    """Somebody may log in."""


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(Event):
    """Somebody may not log in any more."""


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A user's password was changed; every session of theirs ended."""


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A user got a role."""

    role: Role
    partner_id: UUID | None
    site_id: UUID | None
    project_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(Event):
    """A user lost a role."""

    role: Role
    partner_id: UUID | None
    site_id: UUID | None
    project_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TokenCreated(Event):
    """A user made an API token."""

    user_id: UUID
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """An API token opens nothing any more."""

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class EnrolmentCodeCreated(Event):
    """A code was made with which stations enrol."""

    partner_id: UUID
    site_id: UUID
    max_uses: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class EnrolmentCodeRevoked(Event):
    """An enrolment code opens nothing any more."""


@dataclass(frozen=True, kw_only=True)
class StationEnrolled(Event):
    """A station's key is trusted from now on."""

    partner_id: UUID
    site_id: UUID
    key_id: str
    enrolment_code_id: UUID


@dataclass(frozen=True, kw_only=True)
class StationRevoked(Event):
    """A station's key is not trusted for new reports any more."""

    key_id: str
    reason: RevocationReason
