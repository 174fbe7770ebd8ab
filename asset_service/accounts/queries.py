"""Reading partners, users and stations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import gettext
from sqlalchemy import Row, RowMapping, Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from asset_service.accounts.access_rules import SERVICE_ADMINS, Rule
from asset_service.accounts.models import (
    ApiToken,
    EnrolmentCode,
    Grant,
    Membership,
    Partner,
    Project,
    Role,
    Site,
    Station,
    User,
    UserSession,
)
from asset_service.accounts.numbers import token_digest
from asset_service.accounts.roles import ADMINISTRATORS
from asset_service.accounts.scope import Access, Member, Scope
from asset_service.core import days
from asset_service.core.db import db, utc_now
from asset_service.core.errors import NotFound
from asset_service.core.paging import DEFAULT_LIMIT, Key, Page, page
from wipe_reports import signing


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A user whom a mail is for, and the language that it says it in."""

    id: UUID
    name: str
    email: str
    language: str


@dataclass(frozen=True, kw_only=True)
class StationIdentity:
    """An enrolled station as intake needs it; ``revoked_at`` is set once its key is not trusted any more."""

    id: UUID
    partner_id: UUID
    site_id: UUID
    name: str
    key_id: str
    public_key: dict[str, Any]
    revoked_at: datetime | None

    @property
    def key(self) -> signing.Key:
        """The public key, ready to verify with."""
        return _key(self.key_id, self.public_key["x"])


@lru_cache(maxsize=1024)
def _key(_key_id: str, x: str) -> signing.Key:
    return signing.key_from_jwk({"kty": "OKP", "crv": "Ed25519", "x": x})


def station_by_key_id(key_id: str) -> StationIdentity | None:
    """The station that enrolled with the key of this RFC 7638 thumbprint, revoked or not."""
    row = db.session.connection().execute(_STATION, {"key_id": key_id}).one_or_none()
    return StationIdentity(**row._mapping) if row else None


_STATION = select(
    Station.id,
    Station.partner_id,
    Station.site_id,
    Station.name,
    Station.key_id,
    Station.public_key,
    Station.revoked_at,
).where(Station.key_id == bindparam("key_id"))


def access_of_session(token: str) -> Access | None:
    """The access of the user in whose session's cookie ``token`` stands, while the session lasts.

    It ends at its absolute end, after a time without use, and with the user. One that was opened after this very moment
    (a clock that ran ahead was put right) would last too long, and is over as well.
    """
    now = utc_now()
    idle_minutes: int = current_app.extensions["herstart_settings"].session_idle_minutes
    asked = {
        "digest": token_digest(token),
        "now": now,
        "idle_since": now - timedelta(minutes=idle_minutes),
        "soon": now + CLOCK_TOLERANCE,
    }
    return _access(_OF_SESSION, asked)


def access_of_user(user_id: UUID) -> Access:
    """The access of this user. Raises :class:`NotFound` where there is none or it is not active."""
    access = _access(_OF_USER, {"user_id": user_id})
    if access is None:
        raise NotFound
    return access


def access_of_token(token: str) -> Access | None:
    """The access of the user whose API token this is, while it holds."""
    return _access(_OF_TOKEN, {"digest": token_digest(token), "now": utc_now()})


CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the clocks of two processes of the service, or one before and after a small correction, may lie apart."""

# Made once: every request of somebody who is logged in asks one of them. Served by the unique index of each digest.
# A role in a project comes once for each membership of it, also one that ended (``uq_membership_project_id``).
_ACCESS = (
    select(User.id, User.name, User.language, Grant.role, Grant.partner_id, Grant.site_id, Grant.project_id)
    .add_columns(Membership.partner_id.label("member_id"), Membership.since, Membership.until)
    .outerjoin(Grant, Grant.user_id == User.id)
    .outerjoin(Membership, Membership.project_id == Grant.project_id)
)
_OF_USER = _ACCESS.where(User.id == bindparam("user_id"), User.active)
_OF_SESSION = (
    _ACCESS.add_columns(UserSession.id.label("session_id"), UserSession.last_seen_at.label("session_seen_at"))
    .join(UserSession, UserSession.user_id == User.id)
    .where(UserSession.token_sha256 == bindparam("digest"), UserSession.expires_at > bindparam("now"), User.active)
    .where(UserSession.last_seen_at > bindparam("idle_since"), UserSession.created_at <= bindparam("soon"))
)
_OF_TOKEN = (
    _ACCESS.add_columns(ApiToken.id.label("token_id"))
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(ApiToken.token_sha256 == bindparam("digest"), ApiToken.revoked_at.is_(None), User.active)
    .where(or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")))
)
_OF_WHOM_ASKS = ("session_id", "session_seen_at", "token_id")


def _access(statement: Select[*tuple[Any, ...]], asked: Mapping[str, Any]) -> Access | None:
    rows = db.session.execute(statement, asked).mappings().all()
    return _access_of(rows) if rows else None


def _access_of(rows: Sequence[RowMapping]) -> Access:
    first = rows[0]
    return Access(
        user_id=first["id"],
        name=first["name"],
        language=first["language"],
        grants=_scopes(rows),
        **{name: first[name] for name in _OF_WHOM_ASKS if name in first},
    )


def _scopes(rows: Sequence[RowMapping]) -> tuple[Scope, ...]:
    """One scope a grant, with the members of its rows where it holds in a project."""
    scopes: dict[Scope, tuple[Member, ...]] = {}
    for row in rows:
        if row["role"] is not None:
            scope = Scope(row["role"], row["partner_id"], row["site_id"], row["project_id"])
            scopes[scope] = (*scopes.get(scope, ()), *_members(row))
    return tuple(replace(scope, members=members) for scope, members in scopes.items())


def _members(row: RowMapping) -> list[Member]:
    """The membership of one row of :data:`_ACCESS`, if any: its days as moments."""
    if row["member_id"] is None:
        return []
    before = None if row["until"] is None else days.end_of(row["until"])
    return [Member(row["member_id"], days.start_of(row["since"]), before)]


def users_who_hold(rule: Rule, partner_id: UUID, site_id: UUID | None) -> list[Recipient]:
    """The active users to whom a role of their own opens ``rule`` there, by name: whom a mail about that place is for.

    An admin of the service, to whom it opens everywhere, is one of them only where the rule names that role. What lies
    at no site is for who has a role at the whole partner (:data:`~asset_service.accounts.scope.WHOLE_PARTNER`).
    """
    roles = rule.roles or tuple(Role)
    there = or_(Grant.partner_id == partner_id, Grant.project_id.is_not(None), Grant.role == Role.ADMIN)
    holders = select(Grant.user_id).where(Grant.role.in_(roles), there)
    statement = _ACCESS.add_columns(User.email).where(User.active, User.id.in_(holders)).order_by(User.name, User.id)
    rows = db.session.execute(statement).mappings().all()
    found = []
    for _, of_user in groupby(rows, key=itemgetter("id")):
        of_one = list(of_user)
        if _access_of(of_one).has_own_role(rule, partner_id, site_id):
            found.append(Recipient(**{one.name: of_one[0][one.name] for one in fields(Recipient)}))
    return found


def projects(access: Access) -> Sequence[Project]:
    """All projects, by name, for who runs the service; for others none. A service has few."""
    if not access.has(SERVICE_ADMINS):
        return []
    return db.session.scalars(select(Project).order_by(Project.name, Project.id).limit(100)).all()


def sessions(access: Access) -> Sequence[UserSession]:
    """The browsers in which the user is logged in now, the latest used first. Served by ``ix_user_session_user_id``."""
    now = utc_now()
    idle = timedelta(minutes=current_app.extensions["herstart_settings"].session_idle_minutes)
    statement = select(UserSession).where(
        UserSession.user_id == access.user_id, UserSession.expires_at > now, UserSession.last_seen_at > now - idle
    )
    return db.session.scalars(statement.order_by(UserSession.last_seen_at.desc(), UserSession.id).limit(100)).all()


def open_tokens(access: Access) -> Sequence[ApiToken]:
    """The user's own API tokens that open something now, latest first, at most 100."""
    statement = select(ApiToken).where(
        ApiToken.user_id == access.user_id,
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > utc_now()),
    )
    return db.session.scalars(statement.order_by(ApiToken.id.desc()).limit(100)).all()


def partner_by_enterprise_number(number: str) -> Partner | None:
    """The partner with this enterprise number (ten digits)."""
    return db.session.scalars(select(Partner).where(Partner.enterprise_number == number)).one_or_none()


def tokens(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[ApiToken]:
    """The user's own API tokens, latest first."""
    statement = select(ApiToken).where(ApiToken.user_id == access.user_id)
    return page(statement, [Key(ApiToken.id, True)], after, limit)


def user(user_id: UUID) -> User:
    """The user with their grants and where these hold. Raises :class:`NotFound`."""
    found = db.session.scalars(_USERS.where(User.id == user_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def user_by_email(email: str) -> User:
    """The user who logs in with this address. Raises :class:`NotFound`."""
    found = db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    if found is None:
        raise NotFound(gettext("Er is geen gebruiker met dit e-mailadres."))
    return found


def held_grant(
    user: User,
    role: Role,
    *,
    partner_id: UUID | None = None,
    site_id: UUID | None = None,
    project_id: UUID | None = None,
) -> Grant | None:
    """The user's grant of this role at just this place, ``None`` where they have none."""
    wanted = (role, partner_id, site_id, project_id)
    held = (one for one in user.grants if (one.role, one.partner_id, one.site_id, one.project_id) == wanted)
    return next(held, None)


def membership(project_id: UUID, partner_id: UUID) -> Membership:
    """The partner's latest membership of the project. Raises :class:`NotFound`."""
    statement = select(Membership).where(Membership.project_id == project_id, Membership.partner_id == partner_id)
    found = db.session.scalars(statement.order_by(Membership.since.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound(gettext("Deze organisatie doet niet mee aan dit project."))
    return found


_USERS = select(User).options(
    selectinload(User.grants).joinedload(Grant.partner),
    selectinload(User.grants).joinedload(Grant.site),
    selectinload(User.grants).joinedload(Grant.project),
)


def users(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[User]:
    """The users with a role at a partner that this user administers, by name; for an admin all users."""
    statement = _USERS
    if not access.everywhere(ADMINISTRATORS):
        mine = access.clause(ADMINISTRATORS, Grant.partner_id, Grant.site_id)
        statement = statement.where(User.id.in_(select(Grant.user_id).where(mine)))
    return page(statement, [User.name, User.id], after, limit)


def sites(access: Access, rule: Rule) -> Sequence[Site]:
    """The sites that ``rule`` opens to this user, by partner and name."""
    clause = access.clause(rule, Site.partner_id, Site.id)
    statement = select(Site).join(Site.partner).options(contains_eager(Site.partner)).where(clause)
    return db.session.scalars(statement.order_by(Partner.name, Site.name)).all()


def stations(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[Station]:
    """The stations that this user administers, by name. Served by ``ix_station_partner_id_name``."""
    clause = access.clause(ADMINISTRATORS, Station.partner_id, Station.site_id)
    statement = select(Station).options(joinedload(Station.partner), joinedload(Station.site)).where(clause)
    return page(statement, [Station.name, Station.id], after, limit)


def station(access: Access, station_id: UUID) -> Station:
    """A station that this user administers. Raises :class:`NotFound`."""
    clause = access.clause(ADMINISTRATORS, Station.partner_id, Station.site_id)
    found = db.session.scalars(select(Station).where(Station.id == station_id, clause)).one_or_none()
    if found is None:
        raise NotFound
    return found


MAX_OPEN_CODES = 100


def open_enrolment_codes(access: Access) -> Sequence[EnrolmentCode]:
    """The codes that still open, made by whoever for a place that this user administers; the latest 100."""
    clause = access.clause(ADMINISTRATORS, EnrolmentCode.partner_id, EnrolmentCode.site_id)
    open_now = (EnrolmentCode.revoked_at.is_(None), EnrolmentCode.expires_at > utc_now())
    statement = (
        select(EnrolmentCode)
        .options(joinedload(EnrolmentCode.site))
        .where(clause, *open_now, EnrolmentCode.uses < EnrolmentCode.max_uses)
    )
    return db.session.scalars(statement.order_by(EnrolmentCode.id.desc()).limit(MAX_OPEN_CODES)).all()


def actor_names(actors: Collection[tuple[str, UUID | None]]) -> dict[UUID, str]:
    """The names of users and stations, by id, for (kind, id) pairs as events hold them."""
    names: dict[UUID, str] = {}
    for kind, table in (("user", User), ("station", Station)):
        ids = [actor_id for actor_kind, actor_id in actors if actor_kind == kind and actor_id is not None]
        if ids:
            rows = db.session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            names.update((row.id, row.name) for row in rows)
    return names


def site_by_name(partner_id: UUID, name: str) -> Site:
    """The partner's site of this name. Raises :class:`NotFound`."""
    statement = select(Site).where(Site.partner_id == partner_id, Site.name == name)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(gettext("Deze partner heeft geen plaats met die naam."))
    return found


def colleagues(access: Access, partner_id: UUID) -> Sequence[Row[UUID, str]]:
    """(id, name) of the active users, other than this one, with a role at the partner, by name."""
    return db.session.execute(_colleagues(access, partner_id).order_by(User.name, User.id)).all()


def is_colleague(access: Access, partner_id: UUID, user_id: UUID) -> bool:
    """Is this user one of :func:`colleagues`?"""
    return db.session.execute(_colleagues(access, partner_id).where(User.id == user_id)).one_or_none() is not None


def _colleagues(access: Access, partner_id: UUID) -> Select[UUID, str]:
    holders = select(Grant.user_id).where(Grant.partner_id == partner_id)
    return select(User.id, User.name).where(User.id.in_(holders), User.id != access.user_id, User.active)
