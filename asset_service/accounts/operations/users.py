"""Users, passwords, roles and API tokens."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from babel.lists import format_list
from flask_babel import gettext
from sqlalchemy import select

from asset_service.accounts import events, numbers, passwords, queries
from asset_service.accounts.access_rules import SERVICE_ADMINS
from asset_service.accounts.models import ApiToken, Grant, Partner, Project, Role, User
from asset_service.accounts.operations.rows import add, add_unique, check_site, clean_text, found, require
from asset_service.accounts.operations.sessions import end_all_sessions, is_open
from asset_service.accounts.roles import ADMINISTRATORS, PROJECT_ROLES
from asset_service.accounts.scope import Access
from asset_service.core import i18n
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import FieldError, Forbidden, Invalid, NotFound, Refused, Unauthenticated
from asset_service.ledger.operations import record
from wipe_reports.words import HOUSE_LANGUAGE

MAX_TOKEN_LIFE = timedelta(days=366)


def create_user(access: Access, *, email: str, name: str, password: str, language: str = HOUSE_LANGUAGE) -> User:
    """Somebody who may log in; without a role they see nothing yet."""
    access.demand_any(ADMINISTRATORS)
    address = numbers.email(email)
    _check_language(language)
    passwords.check(password, address, name)
    user = User(
        id=new_id(),
        email=address,
        name=clean_text(name, "name", 200),
        password_hash=passwords.hashed(password),
        language=language,
    )
    add_unique(user, "user_exists", gettext("Er is al een gebruiker met dit e-mailadres."))
    record(events.UserCreated(subject_id=user.id), access.actor)
    return user


def deactivate_user(access: Access, user_id: UUID) -> User:
    """The user may not log in any more; sessions and tokens end at once. The last admin stays."""
    access.demand_admin()
    if any(grant.role is Role.ADMIN for grant in found(User, user_id).grants):
        _refuse_last_admin(user_id)
    user = _held(user_id)
    if user.active:
        user.active = False
        db.session.flush()
        record(events.UserDeactivated(subject_id=user.id), access.actor)
        _end_everywhere(access, user.id)
    return user


def set_password(access: Access, user_id: UUID, *, password: str, present: str | None = None) -> User:
    """Give the user a new password. One's own needs the ``present`` one; another's only an admin may set.

    Every session of the user ends, the one that asks too, and every API token is revoked.
    """
    user = _held(user_id)
    if access.user_id == user.id:
        if not passwords.matches(present or "", user.password_hash):
            message = gettext("Je huidige wachtwoord klopt niet.")
            raise Invalid(message, code="wrong_password", errors=[FieldError("present", message)])
    else:
        access.demand_admin()
    passwords.check(password, user.email, user.name)
    user.password_hash = passwords.hashed(password)
    db.session.flush()
    record(events.PasswordChanged(subject_id=user.id), access.actor)
    _end_everywhere(access, user.id)
    return user


def _held(user_id: UUID) -> User:
    """The user as they are now, locked until the end of the transaction. Raises :class:`NotFound`.

    What is opened with a password and what ends everything because of one take their turns.
    """
    found(User, user_id)
    statement = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one()


def _end_everywhere(access: Access, user_id: UUID) -> None:
    """Whoever got in with the user's password is out: every session ends and every API token is revoked."""
    end_all_sessions(user_id)
    live = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    for row in db.session.scalars(live).all():
        _revoke(access, row)


def set_language(access: Access, language: str) -> None:
    """The language in which this user reads the service."""
    _check_language(language)
    user = found(User, access.user_id)
    user.language = language
    db.session.flush()


def work_out_login(email: str, password: str) -> None:
    """The slow part of :func:`authenticate`, for before its transaction; nothing is decided or written."""
    user, usable = _who_logs_in(email)
    fits = passwords.match_ahead(password[: passwords.MAX_CHARACTERS + 1], usable)
    if fits and user is not None and passwords.is_outdated(user.password_hash):
        passwords.hash_ahead(password)


def work_out_password(user_id: UUID, *, password: str, present: str) -> None:
    """The slow part of :func:`set_password` for oneself, for before its transaction; nothing is decided or written."""
    user = found(User, user_id)
    if passwords.match_ahead(present, user.password_hash):
        passwords.hash_ahead(password)


def authenticate(email: str, password: str) -> User:
    """The active user with this e-mail address and password. Raises :class:`Forbidden`, always the same one.

    A hash of weaker parameters is renewed on the way.
    """
    user, usable = _who_logs_in(email)
    if user is not None:
        user = _held(user.id)
        usable = user.password_hash if user.active else None
    if not passwords.matches(password[: passwords.MAX_CHARACTERS + 1], usable) or user is None:
        raise Forbidden(gettext("E-mailadres of wachtwoord klopt niet."), code="wrong_login")
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
        db.session.flush()
    return user


def _who_logs_in(email: str) -> tuple[User | None, str | None]:
    """The user with this address, and the hash to compare with: none of one who may not log in."""
    user = db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    return user, user.password_hash if user is not None and user.active else None


def grant_role(
    access: Access,
    user_id: UUID,
    role: Role,
    *,
    partner_id: UUID | None = None,
    site_id: UUID | None = None,
    project_id: UUID | None = None,
) -> Grant:
    """Give the user a role at a partner, perhaps at one site of it, or in a project; ``ADMIN`` holds everywhere.

    A partner's admin grants within their own partner. A role that the user has already is given back as it is.
    """
    if project_id is not None:
        _check_project(access, role, project_id, partner_id)
    else:
        _check_scope(access, role, partner_id, site_id)
    user = found(User, user_id)
    where = {"partner_id": partner_id, "site_id": site_id, "project_id": project_id}
    held = queries.held_grant(user, role, **where)
    if held is not None:
        return held
    grant = Grant(id=new_id(), role=role, **where)
    user.grants.append(grant)
    db.session.flush()
    record(events.RoleGranted(subject_id=user.id, role=role, **where), access.actor)
    return grant


def withdraw_role(access: Access, grant_id: UUID) -> None:
    """Take the role away; it stops at the user's next request. The last admin stays."""
    grant = found(Grant, grant_id)
    # What holds at no partner (an admin, a role in a project) only an admin reaches.
    access.demand(ADMINISTRATORS, grant.partner_id, grant.site_id)
    if grant.role is Role.ADMIN:
        _refuse_last_admin(grant.user_id)
    event = events.RoleWithdrawn(
        subject_id=grant.user_id,
        role=grant.role,
        partner_id=grant.partner_id,
        site_id=grant.site_id,
        project_id=grant.project_id,
    )
    db.session.delete(grant)
    db.session.flush()
    record(event, access.actor)


def _refuse_last_admin(user_id: UUID) -> None:
    """Raise :class:`Refused` unless somebody else who may log in is an admin too."""
    # Locked, in one order: two admins cannot remove each other at the same moment.
    active = select(User.id).join(User.grants).where(Grant.role == Role.ADMIN, User.active).order_by(User.id)
    if not set(db.session.scalars(active.with_for_update()).all()) - {user_id}:
        raise Refused(gettext("De laatste beheerder kan niet weg."), code="last_admin")


def _check_project(access: Access, role: Role, project_id: UUID, partner_id: UUID | None) -> None:
    access.demand_admin()
    require(role in PROJECT_ROLES, "role", gettext("In een heel project kan iemand alleen rapporteur zijn."))
    require(partner_id is None, "partner_id", gettext("Kies een project of een partner, niet beide."))
    found(Project, project_id)


def _check_scope(access: Access, role: Role, partner_id: UUID | None, site_id: UUID | None) -> None:
    if role is Role.ADMIN:
        access.demand_admin()
        require(partner_id is None and site_id is None, "partner_id", gettext("Een beheerder heeft geen partner."))
        return
    if partner_id is None:
        message = gettext("Kies bij welke partner deze rol geldt.")
        raise Invalid(message, errors=[FieldError("partner_id", message)])
    access.demand(ADMINISTRATORS, partner_id, site_id)
    found(Partner, partner_id)
    if site_id is not None:
        check_site(partner_id, site_id)


def create_token(access: Access, *, name: str, valid_for: timedelta | None = None) -> tuple[ApiToken, str]:
    """An API token of the user themself, with their rights; the second value is the token, shown this once.

    Raises :class:`Forbidden` for who asks with a token: it would outlive itself.
    """
    if access.user_id is None:
        raise Forbidden(gettext("Alleen een gebruiker kan een token maken."))
    if access.token_id is not None:
        message = gettext("Met een token maak je geen token. Meld je aan, en maak het bij „Mijn account”.")
        raise Forbidden(message, code="token_makes_token")
    _held(access.user_id)
    if access.session_id is not None and not is_open(access.session_id):
        raise Unauthenticated(gettext("Je bent intussen afgemeld."))
    life = valid_for or MAX_TOKEN_LIFE
    require(timedelta(0) < life <= MAX_TOKEN_LIFE, "valid_for", gettext("Een token geldt hoogstens een jaar."))
    token = numbers.new_token()
    row = ApiToken(
        id=new_id(),
        user_id=access.user_id,
        name=clean_text(name, "name", 100),
        token_sha256=numbers.token_digest(token),
        expires_at=utc_now() + life,
    )
    add(row)
    event = events.TokenCreated(subject_id=row.id, user_id=access.user_id, expires_at=row.expires_at)
    record(event, access.actor)
    return row, token


def revoke_token(access: Access, token_id: UUID) -> None:
    """The token opens nothing any more: one's own, or anybody's for an admin."""
    row = db.session.get(ApiToken, token_id)
    if row is None or (row.user_id != access.user_id and not access.has(SERVICE_ADMINS)):
        raise NotFound(gettext("Dit token is er niet."))
    if row.revoked_at is None:
        _revoke(access, row)


def _revoke(access: Access, row: ApiToken) -> None:
    row.revoked_at = utc_now()
    db.session.flush()
    record(events.TokenRevoked(subject_id=row.id, user_id=row.user_id), access.actor)


def _check_language(language: str) -> None:
    choices = format_list(i18n.LANGUAGES, "or", i18n.language())
    require(language in i18n.LANGUAGES, "language", gettext("Kies %(choices)s.", choices=choices))
