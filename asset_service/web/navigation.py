"""The menus: what this user may open, and where they are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext

from asset_service.accounts.access import current_access
from asset_service.accounts.access_rules import ANY_USER
from asset_service.devices.roles import READERS
from asset_service.frame.rooms import MenuEntry, rooms


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as drawn."""

    url: str
    words: LazyString
    icon: str
    current: bool


def navigation() -> list[Entry]:
    """The main menu of the present user; the pages for administrators stand behind its last entry."""
    entries = _entries(_open_to_user("main"))
    administration = admin_navigation()
    if administration:
        current = any(entry.current for entry in administration)
        entries.append(Entry(administration[0].url, lazy_gettext("Beheer"), "settings", current))
    return entries


def admin_navigation() -> list[Entry]:
    """The menu of the pages for administrators."""
    return _entries(_open_to_user("administration"))


def may_scan() -> bool:
    """Is there anything that a scan finds for the present user?"""
    return current_access().has(READERS)


def _open_to_user(menu: Literal["main", "administration"]) -> list[MenuEntry]:
    access = current_access()
    return [entry for entry in rooms().menu if entry.menu == menu and access.has(entry.rule or ANY_USER)]


def _entries(places: Iterable[MenuEntry]) -> list[Entry]:
    here = request.endpoint or ""
    return [Entry(url_for(place.endpoint), place.words, place.icon, here.startswith(place.within)) for place in places]
