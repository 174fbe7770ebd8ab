"""What waits for a user: exceptions first, then what is blocked and why, then what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from asset_service.accounts.access import Access
from asset_service.accounts.access_rules import SERVICE_ADMINS
from asset_service.core.db import utc_now
from asset_service.core.paging import COUNT_LIMIT
from asset_service.devices import queries as devices_queries
from asset_service.devices.models import DataStatus, Device, State
from asset_service.devices.roles import READERS, TOTALS_READERS
from asset_service.devices.totals import Totals, totals_of
from asset_service.devices.words import DEVICE_STATES
from asset_service.frame.looks import Look, look
from asset_service.frame.rooms import rooms
from asset_service.ledger import queries as ledger_queries

SHOWN = 8

WHY_BLOCKED = {
    DataStatus.EXPOSED: lazy_gettext("Eerst wissen of vernietigen: op een schijf kunnen nog gegevens staan."),
    DataStatus.UNKNOWN: lazy_gettext("De agent zag geen schijf. Kijk na of er een in zit."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A kind of thing that waits, with how many there are."""

    words: LazyString | str
    url: str
    look: Look


@dataclass(frozen=True, kw_only=True, slots=True)
class StateCount:
    """How many devices are at a step."""

    look: Look
    url: str
    count: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """A device that cannot go on, and why."""

    device: Device
    reason: LazyString


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkQueue:
    """A user's queue; ``reads_devices`` is false for who only makes reports.

    Who ``counts_devices`` may see totals; who sees no device has them here at once, in ``totals``.
    ``clock_behind`` is shown to an admin only: the moment in the ledger that is still to come.
    """

    reads_devices: bool
    counts_devices: bool = False
    totals: Totals | None = None
    exceptions: Sequence[Waiting] = ()
    states: Sequence[StateCount] = ()
    blocked: Sequence[Blocked] = ()
    more_blocked: bool = False
    recent: Sequence[Device] = ()
    clock_behind: datetime | None = None


def capped(count: int) -> str:
    """A count for people: exact up to 1,000, then ``1000+`` (counting on would cost more than it tells)."""
    return f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)


def of(access: Access) -> WorkQueue:
    """The queue of this user."""
    counts_devices = access.has(TOTALS_READERS)
    if not access.has(READERS):
        return WorkQueue(
            reads_devices=False, counts_devices=counts_devices, totals=totals_of(access) if counts_devices else None
        )
    blocked = devices_queries.blocked_by_data(access, SHOWN + 1)
    return WorkQueue(
        reads_devices=True,
        counts_devices=counts_devices,
        exceptions=_exceptions(access),
        states=_states(access),
        blocked=[Blocked(device=device, reason=WHY_BLOCKED[device.data_status]) for device in blocked[:SHOWN]],
        more_blocked=len(blocked) > SHOWN,
        recent=devices_queries.devices(access, limit=SHOWN).items,
        clock_behind=ledger_queries.recorded_ahead(utc_now()) if access.has(SERVICE_ADMINS) else None,
    )


def _exceptions(access: Access) -> list[Waiting]:
    counted = ((line, line.count(access)) for line in rooms().queue)
    return [
        Waiting(
            words=line.words,
            url=url_for(line.endpoint),
            look=Look(f"{capped(count)} {line.unit}", "warning", line.tone),
        )
        for line, count in counted
        if count
    ]


def _states(access: Access) -> list[StateCount]:
    counts = devices_queries.state_counts(access)
    return [
        StateCount(
            look=look(DEVICE_STATES, state),
            url=url_for("web.devices", state=state),
            count=capped(counts[state]),
        )
        for state in map(State, DEVICE_STATES)
        if counts.get(state)
    ]
