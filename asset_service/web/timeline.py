"""A device's timeline: the ledger's events in plain words, with who caused them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext

from asset_service.accounts import queries as accounts_queries
from asset_service.frame.rooms import rooms
from asset_service.ledger import queries as ledger_queries
from asset_service.ledger.models import LedgerEvent

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One event as read: when, what, and by whom."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Part of a timeline, latest first; ``older`` is the cursor of what came before."""

    lines: Sequence[Line]
    older: str | None


def words_of(event: LedgerEvent) -> str:
    """The event in words; one that has none yet is named as the ledger names it, never left out."""
    words = rooms().event_words.get(event.kind, event.kind)
    return str(words(ledger_queries.data_of(event)) if callable(words) else words)


def of_device(device_id: UUID, after: str | None = None) -> Timeline:
    """The device's events, latest first."""
    page = ledger_queries.timeline(device_id, after, PAGE_SIZE)
    names = accounts_queries.actor_names({(event.actor_kind, event.actor_id) for event in page.items})
    lines = [Line(event.recorded_at, words_of(event), _by(event, names)) for event in page.items]
    return Timeline(lines, page.next_cursor)


def _by(event: LedgerEvent, names: Mapping[UUID, str]) -> str:
    name = names.get(event.actor_id) if event.actor_id else None
    if event.actor_kind == "station":
        return gettext("station %(name)s", name=name or "?")
    return name or gettext("de dienst zelf")
