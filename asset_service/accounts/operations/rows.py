"""What the operations of this room share: finding and adding rows, and refusing what a field cannot hold."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from asset_service.accounts.models import Site
from asset_service.core.db import Base, db
from asset_service.core.errors import FieldError, Invalid, NotFound, Refused
from asset_service.core.texts import is_readable

Found = TypeVar("Found", bound=Base)


def check_site(partner_id: UUID, site_id: UUID) -> None:
    """Raise :class:`Invalid` unless the site is the partner's."""
    site = db.session.get(Site, site_id)
    known = site is not None and site.partner_id == partner_id
    require(known, "site_id", gettext("Deze plaats hoort niet bij deze partner."))


def require(holds: bool, field: str, message: str) -> None:
    """Raise :class:`Invalid` about ``field`` unless ``holds``."""
    if not holds:
        raise Invalid(message, errors=[FieldError(field, message)])


def clean_text(value: str, field: str, most: int) -> str:
    """``value`` without surplus spaces. Raises :class:`Invalid` where it is empty, too long or unprintable."""
    text = " ".join(value.split())
    require(bool(text), field, gettext("Vul dit veld in."))
    require(len(text) <= most, field, gettext("Hoogstens %(most)s tekens.", most=most))
    require(is_readable(text), field, gettext("Hier staan tekens in die niet mogen."))
    return text


def optional_text(value: str | None, most: int) -> str | None:
    """An address, or ``None`` where it is left empty."""
    return clean_text(value, "address", most) if value and value.strip() else None


def found(kind: type[Found], row_id: UUID | None) -> Found:
    """The row of ``kind`` with this id. Raises :class:`NotFound`."""
    row = db.session.get(kind, row_id) if row_id else None
    if row is None:
        raise NotFound
    return row


def add(row: Any) -> None:
    """Insert the row now, so that its constraints speak now."""
    db.session.add(row)
    db.session.flush()


def add_unique(row: Any, code: str, message: str) -> None:
    """Insert the row. Raises :class:`Refused` with ``code`` where another one stands in its way."""
    try:
        add(row)
    except IntegrityError as error:
        raise Refused(message, code=code) from error
