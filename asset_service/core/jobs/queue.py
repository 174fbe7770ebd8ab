"""Putting jobs into the table, trying a failed one again, and forgetting old ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from flask_babel import gettext
from sqlalchemy import and_, delete, or_, select, update

from asset_service.core.db import db, in_transaction, new_id, transaction, utc_now
from asset_service.core.errors import NotFound, Refused, unavailable
from asset_service.core.jobs.connection import wake_a_worker
from asset_service.core.jobs.models import BackgroundJob, JobState
from asset_service.core.outages import Outage
from asset_service.core.rows import insert_if_absent

KEEP_DONE = timedelta(days=7)
KEEP_FAILED = timedelta(days=90)
UNFINISHED = (JobState.WAITING, JobState.RUNNING)
ATTEMPTS = 3

_ADDED = (BackgroundJob.id, BackgroundJob.attempts)


class Added(NamedTuple):
    """A job that waits, and the number of attempts behind it (an unfinished one of the same key may have some)."""

    job_id: UUID
    attempts: int


def name_of(function: Callable[..., Any]) -> str:
    """The dotted name by which a worker finds ``function``. Raises ValueError for one that has no such name."""
    name = f"{function.__module__}.{function.__qualname__}"
    if not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"a job must be a function of a module, not {name}")
    return name


def add(function: Callable[..., Any], *arguments: Any, key: str | None = None, asked_by: UUID | None = None) -> Added:
    """Write down that ``function(*arguments)`` must be done, within the caller's transaction.

    It is done if and only if that transaction is committed; :func:`start` may wake a worker for it afterwards. With
    ``key`` the unfinished job of that key is given where there is one. ``asked_by`` is the user who may follow it.
    Raises RuntimeError outside a transaction, TypeError for arguments that are no JSON.
    """
    if not in_transaction():
        raise RuntimeError("a job is added in the transaction that it belongs to")
    values = {
        "id": new_id(),
        "function": name_of(function),
        "arguments": orjson.loads(orjson.dumps(arguments)),
        "key": key,
        "asked_by": asked_by,
    }
    made = insert_if_absent(db.session.connection(), BackgroundJob).values(values).returning(*_ADDED)
    same = select(*_ADDED).where(BackgroundJob.key == key, BackgroundJob.state.in_(UNFINISHED))
    for _ in range(ATTEMPTS):
        # The other one of the key may have ended between the two.
        found = db.session.execute(made).first() or db.session.execute(same).first()
        if found is not None:
            return Added(found.id, found.attempts)
    raise unavailable(Outage.BUSY)


def start(added: Added) -> None:
    """Wake a worker for the job that :func:`add` gave. Call it after the transaction; without Redis nothing is done."""
    wake_a_worker(added.job_id, added.attempts)


def enqueue(function: Callable[..., Any], *args: Any, job_id: str | None = None, asked_by: UUID | None = None) -> UUID:
    """Let ``function(*args)`` be done in the background; call it after the transaction that it builds on.

    With ``job_id`` no second one is made while one of that key is unfinished. Raises RuntimeError inside a
    transaction: there :func:`add` is what commits with it.
    """
    if in_transaction():
        raise RuntimeError("a job is enqueued after its transaction, never inside it")
    with transaction():
        added = add(function, *args, key=job_id, asked_by=asked_by)
    start(added)
    return added.job_id


def hasten(job_id: UUID) -> None:
    """Let a waiting job be due now, whatever pause was left of it, within the caller's transaction."""
    waits = (BackgroundJob.id == job_id, BackgroundJob.state == JobState.WAITING)
    later = BackgroundJob.next_attempt_at > utc_now()
    db.session.execute(update(BackgroundJob).where(*waits, later).values(next_attempt_at=utc_now()))


def retry(job_id: UUID) -> None:
    """Try a failed job again, as if it were new, within the caller's transaction.

    Raises :class:`NotFound`, and :class:`Refused` for a job that did not fail or of whose key another one waits.
    """
    job = db.session.get(BackgroundJob, job_id, with_for_update=True)
    if job is None:
        raise NotFound(gettext("Deze opdracht is er niet (meer)."))
    if job.state is not JobState.FAILED:
        raise Refused(gettext("Deze opdracht is niet mislukt."))
    same = select(BackgroundJob.id).where(BackgroundJob.key == job.key, BackgroundJob.state.in_(UNFINISHED))
    if job.key is not None and db.session.scalar(same) is not None:
        raise Refused(gettext("Dezelfde opdracht wacht of loopt al."))
    job.state, job.attempts, job.next_attempt_at, job.finished_at = JobState.WAITING, 0, utc_now(), None


def forget_old_jobs() -> int:
    """Delete what was done a week ago and what failed three months ago, and give the number. Safe to run twice."""
    now = utc_now()
    old = or_(
        and_(BackgroundJob.state == JobState.DONE, BackgroundJob.finished_at < now - KEEP_DONE),
        and_(BackgroundJob.state == JobState.FAILED, BackgroundJob.finished_at < now - KEEP_FAILED),
    )
    with transaction():
        return len(db.session.scalars(delete(BackgroundJob).where(old).returning(BackgroundJob.id)).all())
