"""Enrolment codes, and the stations that enrol with them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import CursorResult, select, update

from asset_service.accounts import events, numbers
from asset_service.accounts.models import EnrolmentCode, RevocationReason, Station
from asset_service.accounts.operations.rows import add, add_unique, check_site, clean_text, found, require
from asset_service.accounts.roles import ADMINISTRATORS
from asset_service.accounts.scope import Access
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import FieldError, Forbidden, Invalid, Refused
from asset_service.ledger.events import Actor
from asset_service.ledger.operations import record
from wipe_reports import signing

MAX_CODE_USES = 1000
MAX_CODE_LIFE = timedelta(days=31)


def create_enrolment_code(
    access: Access, partner_id: UUID, site_id: UUID, *, max_uses: int = 1, valid_for: timedelta = timedelta(days=1)
) -> tuple[EnrolmentCode, str]:
    """A code with which up to ``max_uses`` stations enrol at the site; the second value is the code itself."""
    access.demand(ADMINISTRATORS, partner_id, site_id)
    require(1 <= max_uses <= MAX_CODE_USES, "max_uses", gettext("Kies 1 tot %(most)s keer.", most=MAX_CODE_USES))
    short_enough = timedelta(0) < valid_for <= MAX_CODE_LIFE
    require(short_enough, "valid_for", gettext("Een code geldt hoogstens %(days)s dagen.", days=MAX_CODE_LIFE.days))
    check_site(partner_id, site_id)
    code = numbers.new_code()
    row = EnrolmentCode(
        id=new_id(),
        partner_id=partner_id,
        site_id=site_id,
        code_sha256=numbers.code_digest(code),
        max_uses=max_uses,
        expires_at=utc_now() + valid_for,
    )
    add(row)
    event = events.EnrolmentCodeCreated(
        subject_id=row.id, partner_id=partner_id, site_id=site_id, max_uses=max_uses, expires_at=row.expires_at
    )
    record(event, access.actor)
    return row, code


def revoke_enrolment_code(access: Access, code_id: UUID) -> None:
    """The code opens nothing any more; stations that enrolled with it stay."""
    row = found(EnrolmentCode, code_id)
    access.demand(ADMINISTRATORS, row.partner_id, row.site_id)
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
        name=clean_text(name, "name", 100),
        key_id=key_id,
        public_key={"kty": "OKP", "crv": "Ed25519", "x": x},
        enrolment_code_id=row.id,
        enrolled_at=now,
    )
    add_unique(station, "key_known", gettext("Deze sleutel is al eens aangemeld. Maak een nieuwe."))
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
    message = gettext("Dit is geen publieke Ed25519-sleutel.")
    require("d" not in jwk, "public_key", message)
    try:
        key = signing.key_from_jwk(jwk)
    except signing.SignatureInvalid as error:
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
    station = found(Station, station_id)
    access.demand(ADMINISTRATORS, station.partner_id, station.site_id)
    if station.revoked_at is None:
        station.revoked_at = utc_now()
        db.session.flush()
        event = events.StationRevoked(subject_id=station.id, key_id=station.key_id, reason=reason)
        record(event, access.actor)
    return station
