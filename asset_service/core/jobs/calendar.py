"""When periodic jobs are due: cron times by the clock in Brussels, each made once however many processes look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter
from sqlalchemy import select, update

from asset_service.core.db import db, transaction, utc_now
from asset_service.core.i18n import TIME_ZONE
from asset_service.core.jobs.models import JobSchedule
from asset_service.core.jobs.queue import add, hasten, name_of, start
from asset_service.core.rows import insert_if_absent


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A periodic job: what is called, and when (five fields of cron, in Brussels).

    One that is ``by_ticker`` is also done by the ticker itself: it waits for no other job.
    """

    function: Callable[[], Any]
    cron: str
    by_ticker: bool = False


def every_minutes(minutes: int) -> str:
    """The cron time of *every so many minutes*; from 60 up it counts in whole hours, up to once a day."""
    if minutes < 60:
        return f"*/{minutes} * * * *"
    hours = round(minutes / 60)
    return f"0 */{hours} * * *" if hours < 24 else "0 0 * * *"


def next_time(cron: str, after: datetime) -> datetime:
    """The first moment (UTC) behind ``after`` at which ``cron`` is due by the clock in Brussels.

    An hour that the clock skips in March is made up for right behind it. In the hour that comes twice in October a
    job of fixed hours is due once, the first time; one of every hour or minute goes on. Raises ValueError for what is
    no cron time.
    """
    hour_field = cron.split()[1]
    moments = croniter(cron, after.astimezone(ZoneInfo(TIME_ZONE)))
    while True:
        moment: datetime = moments.get_next(datetime)
        if moment.fold and not hour_field.startswith("*"):
            continue
        return moment.astimezone(UTC)


def make_due_jobs(scheduled: Sequence[Scheduled]) -> int:
    """Make a job of everything that is due, and give their number. What was missed meanwhile is made up for once."""
    now, made = utc_now(), 0
    rows = {row.function: row for row in db.session.scalars(select(JobSchedule))}
    known = {name: (row.cron, row.next_at) for name, row in rows.items()}
    db.session.rollback()
    for one in scheduled:
        name, following = name_of(one.function), next_time(one.cron, now)
        cron, next_at = known.get(name, ("", now))
        if not cron:
            _note(name, one.cron, following)
        elif cron != one.cron or next_at > following:  # it was changed, or the clock was ahead and is put right
            _move(name, next_at, one.cron, following)
        elif next_at <= now:
            made += _make(one, next_at, following)
    return made


def _note(name: str, cron: str, next_at: datetime) -> None:
    with transaction():
        insert = insert_if_absent(db.session.connection(), JobSchedule)
        db.session.execute(insert.values(function=name, cron=cron, next_at=next_at))


def _move(name: str, seen: datetime, cron: str, next_at: datetime) -> None:
    with transaction():
        _moved(name, seen, cron, next_at)


def _moved(name: str, seen: datetime, cron: str, next_at: datetime) -> bool:
    """Move the time on, where nobody did so since ``seen`` was read."""
    unmoved = (JobSchedule.function == name, JobSchedule.next_at == seen)
    moved = update(JobSchedule).where(*unmoved).values(cron=cron, next_at=next_at).returning(JobSchedule.function)
    return db.session.scalar(moved) is not None


def _make(one: Scheduled, seen: datetime, following: datetime) -> int:
    name = name_of(one.function)
    with transaction():
        if not _moved(name, seen, one.cron, following):
            return 0
        added = add(one.function, key=name)
        hasten(added.job_id)  # the last one may have failed, and wait out a pause that is longer than the period
    start(added)
    return 1
