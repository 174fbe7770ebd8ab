"""What an event is: a plain fact in the past tense, without personal data, and who caused it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who caused an event: a user, a station, or the system itself (``id`` is then ``None``)."""

    kind: Literal["user", "station", "system"]
    id: UUID | None = None


SYSTEM = Actor(kind="system")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of every room's events. Subclass as a frozen dataclass; fields may be ``str``, ``int``, ``bool``,
    ``UUID``, ``datetime``, ``Decimal``, enums, ``None`` and lists of these. The class name is the event's kind.

    ``subject_id`` is the row the event is about (device, carrier, station, …); ``device_id`` puts it on that
    device's timeline.
    """

    subject_id: UUID
    device_id: UUID | None = None
