"""What can be done with projects, partners, sites, users, roles, tokens, enrolment codes and stations."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from asset_service.accounts import events, numbers, passwords
from asset_service.accounts.access import Access
from asset_service.accounts.models import (
    ApiToken,
    EnrolmentCode,
    Grant,
    Membership,
    Municipality,
    Partner,
    PartnerKind,
    Project,
    RevocationReason,
    Role,
    Site,
    Station,
    User,
)
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import FieldError, Forbidden, Invalid, NotFound, Refused
from asset_service.core.i18n import LANGUAGES
from asset_service.ledger.events import Actor
from asset_service.ledger.operations import record
from wipe_reports import signing

MAX_CODE_USES = 1000
MAX_CODE_LIFE = timedelta(days=31)
MAX_TOKEN_LIFE = timedelta(days=366)


def create_project(access: Access, *, name: str, call: str, period_start: date, period_end: date) -> Project:
    """A new project of ``call``, paid from ``period_start`` to ``period_end`` (both included)."""
    access.demand_admin()
    _require(period_end >= period_start, "period_end", gettext("Het einde ligt voor het begin."))
    project = Project(
        id=new_id(),
        name=_text(name, "name", 200),
        call=_text(call, "call", 200),
        period_start=period_start,
        period_end=period_end,
    )
    _add(project)
    record(
        events.ProjectCreated(
            subject_id=project.id, call=project.call, period_start=period_start, period_end=period_end
        ),
        access.actor,
    )
    return project


def extend_project(access: Access, project_id: UUID, *, until: date, decision: str) -> Project:
    """Move the project's end to ``until`` by ``decision`` (its reference: who decided what, when)."""
    access.demand_admin()
    project = _found(Project, project_id)
    _require(until > (project.extended_until or project.period_end), "until", gettext("Dit is geen verlenging."))
    project.extension_decision = _text(decision, "decision", 500)
    project.extended_until = until
    db.session.flush()
    event = events.ProjectExtended(subject_id=project.id, extended_until=until, decision=project.extension_decision)
    record(event, access.actor)
    return project


def add_municipality(access: Access, project_id: UUID, *, nis_code: str, name: str) -> Municipality:
    """The project also serves this municipality."""
    access.demand_admin()
    project = _found(Project, project_id)
    code = numbers.nis_code(nis_code)
    known = db.session.get(Municipality, (project.id, code))
    if known is not None:
        return known
    municipality = Municipality(project_id=project.id, nis_code=code, name=_text(name, "name", 100))
    _add(municipality)
    record(events.MunicipalityAdded(subject_id=project.id, nis_code=code), access.actor)
    return municipality


def create_partner(access: Access, *, name: str, enterprise_number: str, address: str | None = None) -> Partner:
    """A new organisation. Raises :class:`Refused` where its enterprise number is known already."""
    access.demand_admin()
    number = numbers.enterprise_number(enterprise_number)
    if db.session.scalar(select(Partner.id).where(Partner.enterprise_number == number)):
        raise Refused(gettext("Deze organisatie bestaat al."), code="partner_exists")
    partner = Partner(
        id=new_id(), name=_text(name, "name", 200), enterprise_number=number, address=_optional(address, 500)
    )
    _add(partner)
    record(events.PartnerCreated(subject_id=partner.id, enterprise_number=number), access.actor)
    return partner


def add_partner(
    access: Access, project_id: UUID, partner_id: UUID, *, kind: PartnerKind, since: date, until: date | None = None
) -> Membership:
    """The partner takes part in the project from ``since`` to ``until`` (included). Periods may not overlap."""
    access.demand_admin()
    project, partner = _found(Project, project_id), _found(Partner, partner_id)
    _require(until is None or until >= since, "until", gettext("Het einde ligt voor het begin."))
    _refuse_overlap(project.id, partner.id, since, until)
    membership = Membership(
        id=new_id(), project_id=project.id, partner_id=partner.id, kind=kind, since=since, until=until
    )
    _add(membership)
    event = events.PartnerJoined(subject_id=partner.id, project_id=project.id, kind=kind, since=since)
    record(event, access.actor)
    return membership


def _refuse_overlap(project_id: UUID, partner_id: UUID, since: date, until: date | None) -> None:
    others = db.session.scalars(
        select(Membership).where(Membership.project_id == project_id, Membership.partner_id == partner_id)
    )
    for other in others:
        if (until is None or other.since <= until) and (other.until is None or since <= other.until):
            raise Refused(gettext("Deze partner is in die periode al lid."), code="membership_overlaps")


def end_membership(access: Access, membership_id: UUID, *, until: date) -> Membership:
    """The partner's last day in the project is ``until``."""
    access.demand_admin()
    membership = _found(Membership, membership_id)
    _require(until >= membership.since, "until", gettext("Het einde ligt voor het begin."))
    membership.until = until
    db.session.flush()
    event = events.PartnerLeft(subject_id=membership.partner_id, project_id=membership.project_id, until=until)
    record(event, access.actor)
    return membership


def create_site(access: Access, partner_id: UUID, *, name: str, address: str | None = None) -> Site:
    """One more workshop, store or desk of the partner. Names are unique per partner."""
    access.demand([Role.PARTNER_ADMIN], partner_id)
    partner = _found(Partner, partner_id)
    site = Site(id=new_id(), partner_id=partner.id, name=_text(name, "name", 200), address=_optional(address, 500))
    _add_unique(site, "site_exists", gettext("Deze partner heeft al een plaats met die naam."))
    record(events.SiteCreated(subject_id=site.id, partner_id=partner.id), access.actor)
    return site


def create_user(access: Access, *, email: str, name: str, password: str, language: str = "nl") -> User:
    """Somebody who may log in; without a role they see nothing yet."""
    if not access.has([Role.PARTNER_ADMIN]):
        raise Forbidden(gettext("Je rol laat dit niet toe."))
    address = numbers.email(email)
    _check_language(language)
    passwords.check(password, address, name)
    user = User(
        id=new_id(),
        email=address,
        name=_text(name, "name", 200),
        password_hash=passwords.hashed(password),
        language=language,
    )
    _add_unique(user, "user_exists", gettext("Er is al een gebruiker met dit e-mailadres."))
    record(events.UserCreated(subject_id=user.id), access.actor)
    return user


def deactivate_user(access: Access, user_id: UUID) -> User:
    """The user may not log in any more; sessions and tokens end at once."""
    access.demand_admin()
    user = _found(User, user_id)
    if user.active:
        user.active = False
        db.session.flush()
        record(events.UserDeactivated(subject_id=user.id), access.actor)
    return user


def set_password(access: Access, user_id: UUID, *, password: str, present: str | None = None) -> User:
    """Give the user a new password. One's own needs the ``present`` one; another's only an admin may set."""
    user = _found(User, user_id)
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
    return user


def set_language(access: Access, language: str) -> None:
    """The language in which this user reads the service."""
    _check_language(language)
    user = _found(User, access.user_id)
    user.language = language
    db.session.flush()


def authenticate(email: str, password: str) -> User:
    """The active user with this e-mail address and password. Raises :class:`Forbidden`, always the same one.

    A hash of weaker parameters is renewed on the way.
    """
    user = db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    usable = user.password_hash if user is not None and user.active else None
    if not passwords.matches(password[: passwords.MAX_CHARACTERS + 1], usable) or user is None:
        raise Forbidden(gettext("E-mailadres of wachtwoord klopt niet."), code="wrong_login")
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
        db.session.flush()
    return user


def grant_role(
    access: Access, user_id: UUID, role: Role, *, partner_id: UUID | None = None, site_id: UUID | None = None
) -> Grant:
    """Give the user a role at a partner, perhaps at one site of it; ``ADMIN`` holds everywhere and has neither.

    A partner's admin grants within their own partner. A role that the user has already is given back as it is.
    """
    _check_scope(access, role, partner_id, site_id)
    user = _found(User, user_id)
    for grant in user.grants:
        if (grant.role, grant.partner_id, grant.site_id) == (role, partner_id, site_id):
            return grant
    grant = Grant(id=new_id(), role=role, partner_id=partner_id, site_id=site_id)
    user.grants.append(grant)
    db.session.flush()
    event = events.RoleGranted(subject_id=user.id, role=role, partner_id=partner_id, site_id=site_id)
    record(event, access.actor)
    return grant


def withdraw_role(access: Access, grant_id: UUID) -> None:
    """Take the role away; it stops at the user's next request. The last admin stays."""
    grant = _found(Grant, grant_id)
    if grant.partner_id is None:
        access.demand_admin()
        _refuse_last_admin(grant)
    else:
        access.demand([Role.PARTNER_ADMIN], grant.partner_id, grant.site_id)
    event = events.RoleWithdrawn(
        subject_id=grant.user_id, role=grant.role, partner_id=grant.partner_id, site_id=grant.site_id
    )
    db.session.delete(grant)
    db.session.flush()
    record(event, access.actor)


def _refuse_last_admin(grant: Grant) -> None:
    # Locked, so that two admins cannot remove each other at the same moment.
    admins = db.session.scalars(select(Grant.user_id).where(Grant.role == Role.ADMIN).with_for_update()).all()
    if not set(admins) - {grant.user_id}:
        raise Refused(gettext("De laatste beheerder kan niet weg."), code="last_admin")


def _check_scope(access: Access, role: Role, partner_id: UUID | None, site_id: UUID | None) -> None:
    if role is Role.ADMIN:
        access.demand_admin()
        _require(partner_id is None and site_id is None, "partner_id", gettext("Een beheerder heeft geen partner."))
        return
    if partner_id is None:
        message = gettext("Kies bij welke partner deze rol geldt.")
        raise Invalid(message, errors=[FieldError("partner_id", message)])
    access.demand([Role.PARTNER_ADMIN], partner_id, site_id)
    _found(Partner, partner_id)
    if site_id is not None:
        _check_site(partner_id, site_id)


def create_token(access: Access, *, name: str, valid_for: timedelta | None = None) -> tuple[ApiToken, str]:
    """An API token of the user themself, with their rights; the second value is the token, shown this once."""
    if access.user_id is None:
        raise Forbidden(gettext("Alleen een gebruiker kan een token maken."))
    life = valid_for or MAX_TOKEN_LIFE
    _require(timedelta(0) < life <= MAX_TOKEN_LIFE, "valid_for", gettext("Een token geldt hoogstens een jaar."))
    token = numbers.new_token()
    row = ApiToken(
        id=new_id(),
        user_id=access.user_id,
        name=_text(name, "name", 100),
        token_sha256=numbers.token_digest(token),
        expires_at=utc_now() + life,
    )
    _add(row)
    event = events.TokenCreated(subject_id=row.id, user_id=access.user_id, expires_at=row.expires_at)
    record(event, access.actor)
    return row, token


def revoke_token(access: Access, token_id: UUID) -> None:
    """The token opens nothing any more: one's own, or anybody's for an admin."""
    row = db.session.get(ApiToken, token_id)
    if row is None or (row.user_id != access.user_id and not access.is_admin):
        raise NotFound(gettext("Dit token is er niet."))
    if row.revoked_at is None:
        row.revoked_at = utc_now()
        db.session.flush()
        record(events.TokenRevoked(subject_id=row.id, user_id=row.user_id), access.actor)


def create_enrolment_code(
    access: Access, partner_id: UUID, site_id: UUID, *, max_uses: int = 1, valid_for: timedelta = timedelta(days=1)
) -> tuple[EnrolmentCode, str]:
    """A code with which up to ``max_uses`` stations enrol at the site; the second value is the code, shown this once."""
    access.demand([Role.PARTNER_ADMIN], partner_id, site_id)
    _require(1 <= max_uses <= MAX_CODE_USES, "max_uses", gettext("Kies 1 tot %(most)s keer.", most=MAX_CODE_USES))
    short_enough = timedelta(0) < valid_for <= MAX_CODE_LIFE
    _require(short_enough, "valid_for", gettext("Een code geldt hoogstens %(days)s dagen.", days=MAX_CODE_LIFE.days))
    _check_site(partner_id, site_id)
    code = numbers.new_code()
    row = EnrolmentCode(
        id=new_id(),
        partner_id=partner_id,
        site_id=site_id,
        code_sha256=numbers.code_digest(code),
        max_uses=max_uses,
        expires_at=utc_now() + valid_for,
    )
    _add(row)
    event = events.EnrolmentCodeCreated(
        subject_id=row.id, partner_id=partner_id, site_id=site_id, max_uses=max_uses, expires_at=row.expires_at
    )
    record(event, access.actor)
    return row, code


def revoke_enrolment_code(access: Access, code_id: UUID) -> None:
    """The code opens nothing any more; stations that enrolled with it stay."""
    row = _found(EnrolmentCode, code_id)
    access.demand([Role.PARTNER_ADMIN], row.partner_id, row.site_id)
    if row.revoked_at is None:
        row.revoked_at = utc_now()
        db.session.flush()
        record(events.EnrolmentCodeRevoked(subject_id=row.id), access.actor)


def enrol_station(code: str, *, name: str, public_key: Mapping[str, Any]) -> tuple[Station, bool]:
    """Trust the key of a new station that shows an enrolment code; whether it is new is the second value.

    The same code with the same key again gives the same station (its first answer may have been lost). Raises
    :class:`Forbidden`, always the same one, for a code that does not (or no longer) open, :class:`Invalid` for a
    key that is no public Ed25519 key, :class:`Refused` for a key that enrolled otherwise.
    """
    key_id, x = _public_key(public_key)
    now = utc_now()
    row = _locked_code(code)
    known = db.session.scalars(select(Station).where(Station.key_id == key_id)).one_or_none()
    if known is not None:
        if known.enrolment_code_id != row.id or known.revoked_at is not None:
            raise Refused(gettext("Deze sleutel is al eens aangemeld. Maak een nieuwe."), code="key_known")
        return known, False
    _use(row, now)
    station = Station(
        id=new_id(),
        partner_id=row.partner_id,
        site_id=row.site_id,
        name=_text(name, "name", 100),
        key_id=key_id,
        public_key={"kty": "OKP", "crv": "Ed25519", "x": x},
        enrolment_code_id=row.id,
        enrolled_at=now,
    )
    _add_unique(station, "key_known", gettext("Deze sleutel is al eens aangemeld. Maak een nieuwe."))
    event = events.StationEnrolled(
        subject_id=station.id,
        partner_id=row.partner_id,
        site_id=row.site_id,
        key_id=key_id,
        enrolment_code_id=row.id,
    )
    record(event, Actor(kind="station", id=station.id))
    return station, True


def _public_key(jwk: Mapping[str, Any]) -> tuple[str, str]:
    try:
        if "d" in jwk:
            raise signing.SignatureInvalid("key.kind")
        key = signing.key_from_jwk(jwk)
    except signing.SignatureInvalid as error:
        message = gettext("Dit is geen publieke Ed25519-sleutel.")
        raise Invalid(message, errors=[FieldError("public_key", message)]) from error
    return signing.key_id(key), signing.public_jwk(key)["x"]


def _code_refused() -> Forbidden:
    message = gettext("Deze code geldt niet (meer). Vraag een nieuwe aan je beheerder.")
    return Forbidden(message, code="enrolment_code_invalid")


def _locked_code(code: str) -> EnrolmentCode:
    """The code's row, locked: two stations that enrol with it at the same moment take their turns."""
    digest = numbers.code_digest(code)
    statement = select(EnrolmentCode).where(EnrolmentCode.code_sha256 == digest).with_for_update()
    row = db.session.scalars(statement).one_or_none()
    if row is None or not hmac.compare_digest(row.code_sha256, digest) or row.revoked_at is not None:
        raise _code_refused()
    return row


def _use(row: EnrolmentCode, now: datetime) -> None:
    statement = (
        update(EnrolmentCode)
        .where(EnrolmentCode.id == row.id, EnrolmentCode.uses < EnrolmentCode.max_uses)
        .where(EnrolmentCode.revoked_at.is_(None), EnrolmentCode.expires_at > now)
        .values(uses=EnrolmentCode.uses + 1)
    )
    result = db.session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise _code_refused()


def revoke_station(access: Access, station_id: UUID, *, reason: RevocationReason) -> Station:
    """Trust the station's key no more; what it signed before stays provable."""
    station = _found(Station, station_id)
    access.demand([Role.PARTNER_ADMIN], station.partner_id, station.site_id)
    if station.revoked_at is None:
        station.revoked_at = utc_now()
        db.session.flush()
        event = events.StationRevoked(subject_id=station.id, key_id=station.key_id, reason=reason)
        record(event, access.actor)
    return station


def _check_site(partner_id: UUID, site_id: UUID) -> None:
    site = db.session.get(Site, site_id)
    known = site is not None and site.partner_id == partner_id
    _require(known, "site_id", gettext("Deze plaats hoort niet bij deze partner."))


def _check_language(language: str) -> None:
    _require(language in LANGUAGES, "language", gettext("Kies nl of en."))


def _require(holds: bool, field: str, message: str) -> None:
    if not holds:
        raise Invalid(message, errors=[FieldError(field, message)])


def _text(value: str, field: str, most: int) -> str:
    text = " ".join(value.split())
    _require(bool(text), field, gettext("Vul dit veld in."))
    _require(len(text) <= most, field, gettext("Hoogstens %(most)s tekens.", most=most))
    _require(text.isprintable(), field, gettext("Hier staan tekens in die niet mogen."))
    return text


def _optional(value: str | None, most: int) -> str | None:
    return _text(value, "address", most) if value and value.strip() else None


def _found(kind: type[Any], row_id: UUID | None) -> Any:
    row = db.session.get(kind, row_id) if row_id else None
    if row is None:
        raise NotFound
    return row


def _add(row: Any) -> None:
    db.session.add(row)
    db.session.flush()


def _add_unique(row: Any, code: str, message: str) -> None:
    try:
        _add(row)
    except IntegrityError as error:
        raise Refused(message, code=code) from error
