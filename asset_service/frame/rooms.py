"""What a room declares of itself, and all rooms' declarations together.

``app.py`` and ``web/`` read nothing else of a room: a new one is a folder with a ``room.py`` and one line in ``ROOMS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, has_request_context, url_for
from flask_babel import LazyString
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy import Connection

from asset_service.config import Settings
from asset_service.core import jobs
from asset_service.core.forms import Form
from asset_service.frame.device_parts import DevicePart, PageRequest
from asset_service.frame.looks import Looks

EXTENSION = "herstart_rooms"

EventWords = LazyString | Callable[[Mapping[str, Any]], Any]
"""An event in words; a function makes them of the event's own fields as JSON values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MenuEntry:
    """One entry of a menu: an endpoint, and the rule of who may open it (none: everybody who is logged in).

    ``within`` holds what the endpoints begin with that lie behind this entry, for marking where the user is. Entries
    are drawn by ``order``, in the main menu or in that of the pages for administrators.
    """

    endpoint: str
    words: LazyString
    icon: str
    order: int
    rule: Any = None
    within: tuple[str, ...] = ()
    menu: Literal["main", "administration"] = "main"


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueLine:
    """Something that waits for people: what it is, where it is seen to, and how many there are for a user.

    ``count`` takes the user's access; ``unit`` stands behind the number, such as *te bevestigen*.
    """

    words: LazyString
    endpoint: str
    count: Callable[[Any], int]
    unit: LazyString
    tone: Literal["wait", "bad"]
    order: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepButton:
    """A step of a device's life as a person takes it: its words, an icon, and the endpoint that takes it.

    A step that asks something first has a ``form``, and a ``template`` that draws it.
    """

    words: LazyString
    endpoint: str
    icon: str
    form: type[Form] | None = None
    template: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The answer to a scan: in one word, in a sentence, and as an address to go on to.

    Where there is something to choose, ``template`` draws it from ``choice``.
    """

    result: Literal["found", "several", "unknown"]
    words: str
    url: str
    template: str | None = None
    choice: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodicJob:
    """A job that is done again and again; safe to run twice.

    ``cron`` says when, in cron's five fields by the clock in Brussels; it may depend on the settings. One that is
    ``by_ticker`` waits for no other job, also where there is one worker: for short work that never waits long itself.
    """

    function: Callable[[], Any]
    cron: str | Callable[[Settings], str]
    by_ticker: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """One room's declaration.

    ``gates`` are the conditions behind names in the table of steps (``devices.lifecycle.Gate``); ``step_buttons`` are
    by the names of that table's actions. ``event_words`` are by the class of the event. ``looks`` are tables by the
    name that templates call them by. ``device_part`` takes the user's access, the device and what is asked of its
    page. ``scan`` takes the user's access and what was scanned, and gives None for what the room does not know.
    ``job_words`` name background jobs by the function that they call. ``addresses`` are the endpoints of pages that
    rooms below link to too, by a name of the whole house (:func:`address`).
    ``database_checks`` give the names of what is missing before the service may take requests.
    """

    name: str
    apis: Sequence[ApiBlueprint] = ()
    pages: Sequence[Blueprint] = ()
    menu: Sequence[MenuEntry] = ()
    queue: Sequence[QueueLine] = ()
    gates: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    step_buttons: Mapping[str, StepButton] = field(default_factory=dict)
    device_part: Callable[[Any, Any, PageRequest], DevicePart] | None = None
    event_words: Mapping[type, EventWords] = field(default_factory=dict)
    looks: Mapping[str, Looks] = field(default_factory=dict)
    filters: Sequence[Callable[..., Any]] = ()
    scan: Callable[[Any, str], Found | None] | None = None
    periodic_jobs: Sequence[PeriodicJob] = ()
    job_words: Mapping[Callable[..., Any], LazyString] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    database_checks: Mapping[str, Callable[[Connection], list[str]]] = field(default_factory=dict)


class Rooms:
    """The rooms of one app, from the ground floor up, and what they declare together."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        self.all = tuple(rooms)
        self.event_words = _joined("event", (({k.__name__: w for k, w in one.event_words.items()}) for one in rooms))
        self.gates = _joined("gate", (one.gates for one in rooms))
        self.step_buttons = _joined("step", (one.step_buttons for one in rooms))
        self.looks = _joined("table of looks", (one.looks for one in rooms))
        self.queue = sorted(chain.from_iterable(one.queue for one in rooms), key=lambda line: line.order)
        self.menu = sorted(chain.from_iterable(one.menu for one in rooms), key=lambda entry: entry.order)
        self.job_words = _joined(
            "job", ({jobs.name_of(job): words for job, words in one.job_words.items()} for one in rooms)
        )
        self.addresses = _joined("address", (one.addresses for one in rooms))
        self.periodic_jobs = tuple(chain.from_iterable(one.periodic_jobs for one in rooms))
        self.scans = tuple(one.scan for one in rooms if one.scan is not None)

    def schedule(self, settings: Settings) -> list[jobs.Scheduled]:
        """When each periodic job is due. Raises ValueError for what is no cron time."""
        return [
            jobs.Scheduled(
                job.function, job.cron if isinstance(job.cron, str) else job.cron(settings), by_ticker=job.by_ticker
            )
            for job in self.periodic_jobs
        ]

    def device_parts(self, access: Any, device: Any, asked: PageRequest) -> list[DevicePart]:
        """What each room shows of ``device``.

        From the top floor down: what an upper room read is at hand where a lower one reads it again.
        """
        parts = [one.device_part for one in reversed(self.all) if one.device_part is not None]
        return [part(access, device, asked) for part in parts]


def _joined(what: str, tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for table in tables:
        if twice := joined.keys() & table.keys():
            raise ValueError(f"two rooms declare the {what} {', '.join(sorted(twice))}")
        joined |= table
    return joined


def register(app: Flask, rooms: Sequence[Room]) -> Rooms:
    """Give the app its rooms. Raises ValueError where two declare the same thing."""
    declared = Rooms(rooms)
    app.extensions[EXTENSION] = declared
    return declared


def rooms() -> Rooms:
    """The rooms of the present app."""
    declared: Rooms = current_app.extensions[EXTENSION]
    return declared


def address(name: str, **values: Any) -> str:
    """The address of the page that some room declares as ``name``; ``values`` as of :func:`flask.url_for`.

    Outside a request, as for a mail that a job writes, it begins with the service's own ``base_url``.
    """
    endpoint = rooms().addresses[name]
    if has_request_context():
        return url_for(endpoint, **values)
    base = urlsplit(current_app.extensions["herstart_settings"].base_url)
    bound = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return bound.build(endpoint, values, force_external=True)
