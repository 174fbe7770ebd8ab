"""The main menu: what this user may open, and where they are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext

from asset_service.accounts.access import current_access
from asset_service.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a menu: an endpoint, and the roles that may open it (none: everybody who is logged in)."""

    endpoint: str
    words: LazyString
    icon: str
    roles: tuple[Role, ...] = ()
    within: tuple[str, ...] = ()
    """Endpoints that lie behind this entry, for marking where the user is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as drawn."""

    url: str
    words: LazyString
    icon: str
    current: bool


MAIN = (
    Place("web.home", lazy_gettext("Start"), "home", within=("web.home",)),
    Place("web.devices", lazy_gettext("Toestellen"), "device", within=("web.devices", "web.device")),
    Place(
        "intake.unmatched",
        lazy_gettext("Verslagen"),
        "inbox",
        (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN),
        ("intake.unmatched", "intake.report", "intake_import"),
    ),
    Place(
        "accounts.stations",
        lazy_gettext("Beheer"),
        "settings",
        (Role.PARTNER_ADMIN,),
        (
            "accounts.stations",
            "accounts.users",
            "accounts.create_code",
            "accounts.revoke",
            "intake.quarantine",
            "minimum",
        ),
    ),
)

ADMINISTRATION = (
    Place(
        "accounts.stations",
        lazy_gettext("Stations"),
        "station",
        (Role.PARTNER_ADMIN,),
        ("accounts.stations", "accounts.create_code"),
    ),
    Place("minimum.policy", lazy_gettext("Minimum"), "flag", (Role.PARTNER_ADMIN,), ("minimum",)),
    Place("accounts.users", lazy_gettext("Gebruikers"), "user", (Role.PARTNER_ADMIN,), ("accounts.users",)),
    Place("intake.quarantine", lazy_gettext("Quarantaine"), "shield", (Role.ADMIN,), ("intake.quarantine",)),
)


def _entries(places: Iterable[Place]) -> list[Entry]:
    access = current_access()
    here = request.endpoint or ""
    return [
        Entry(url_for(place.endpoint), place.words, place.icon, here.startswith(place.within))
        for place in places
        if access.has(place.roles)
    ]


def navigation() -> list[Entry]:
    """The main menu of the present user."""
    return _entries(MAIN)


def admin_navigation() -> list[Entry]:
    """The menu of the pages for administrators."""
    return _entries(ADMINISTRATION)
