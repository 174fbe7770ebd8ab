"""Working on one row of the job table: claim it, run it under a lease that is renewed, write down how it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, cast
from uuid import UUID

import structlog
from flask import Flask, current_app
from flask_babel import gettext
from rq.timeouts import JobTimeoutException
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from asset_service.core.db import db, transaction, utc_now
from asset_service.core.errors import DomainError
from asset_service.core.jobs.connection import JOB_TIMEOUT_SECONDS, wake_a_worker
from asset_service.core.jobs.models import BackgroundJob, JobState

RENEW_SECONDS = 20
"""How often a lease is renewed at least; a short one more often."""

PROGRESS_SECONDS = 1.0
"""How often progress is written at most: each time is a transaction."""

PAUSES = tuple(timedelta(seconds=one) for one in (10, 60, 600, 3600, 4 * 3600, 12 * 3600))
"""The pauses before the attempts after the first one; a job that fails after the last of them has failed."""

log = structlog.get_logger(__name__)


class LeaseLost(RuntimeError):  # noqa: N818 - read as what it says
    """Another process took the job over: this one must stop working on it."""


@dataclass(slots=True)
class Claim:
    """One attempt at a job: nobody else works on it while the lease is renewed."""

    job_id: UUID
    function: str
    arguments: Sequence[Any]
    attempt: int
    wrote_progress_at: float = field(default=0.0)  # by time.monotonic()


_running: ContextVar[Claim | None] = ContextVar("job that runs here", default=None)


def lease() -> timedelta:
    """How long a process may be silent about its job before another one takes it up."""
    seconds: int = current_app.extensions["herstart_settings"].lease_seconds
    return timedelta(seconds=seconds)


def due_jobs(now: datetime, limit: int, functions: Collection[str] | None = None) -> list[tuple[UUID, int]]:
    """The ids and attempts of jobs that wait to be worked on, longest waiting first, with those of killed processes.

    With ``functions`` only those that call one of these.
    """
    waiting = and_(BackgroundJob.state == JobState.WAITING, BackgroundJob.next_attempt_at <= now)
    abandoned = and_(BackgroundJob.state == JobState.RUNNING, BackgroundJob.lease_until < now)
    found = select(BackgroundJob.id, BackgroundJob.attempts).where(or_(waiting, abandoned))
    if functions is not None:
        found = found.where(BackgroundJob.function.in_(functions))
    rows = db.session.execute(found.order_by(BackgroundJob.next_attempt_at).limit(limit)).all()
    db.session.rollback()
    return [(row.id, row.attempts) for row in rows]


def work_off(limit: int = 100, functions: Collection[str] | None = None) -> int:
    """Work on up to ``limit`` jobs that are due, one after the other in this process, and give their number.

    With ``functions`` only on those that call one of these.
    """
    return sum(work_on(str(job_id)) for job_id, _ in due_jobs(utc_now(), limit, functions))


def work_on(job_id: str) -> bool:
    """Work on the job where it is due and nobody does; what goes wrong in it is written in its row."""
    claim = _claim(UUID(job_id))
    if claim is None:
        return False
    mark = _running.set(claim)
    try:
        with _renewed_lease(claim):
            _function(claim.function)(*claim.arguments)
    except LeaseLost:
        log.warning("a job was taken over by another process", job=claim.function, id=job_id)
    except Exception as error:
        log.warning("a job failed", job=claim.function, id=job_id, attempt=claim.attempt, exc_info=True)
        db.session.rollback()
        _fail(claim, words_of(error))
    else:
        _end(claim, state=JobState.DONE, error=None, finished_at=utc_now())
    finally:
        _running.reset(mark)
    return True


def progress(done: int, total: int) -> None:
    """Write down how far the job that runs here is, outside its transactions; in no job nothing is done.

    Raises :class:`LeaseLost` where another process has taken the job over.
    """
    claim = _running.get()
    if claim is None:
        return
    now = time.monotonic()
    if done < total and now - claim.wrote_progress_at < PROGRESS_SECONDS:
        return
    claim.wrote_progress_at = now
    _renew_or_stop(claim, progress_done=done, progress_total=total)


def renew_lease() -> None:
    """Make sure that the job that runs here is still its own, before what must not be done twice; in no job nothing.

    Raises :class:`LeaseLost`.
    """
    claim = _running.get()
    if claim is not None:
        _renew_or_stop(claim)


def _renew_or_stop(claim: Claim, **values: Any) -> None:
    if not _write(claim, lease_until=utc_now() + lease(), **values):
        raise LeaseLost(claim.function)


def on_last_attempt() -> bool:
    """Will the job that runs here not be tried again where this attempt fails? In no job it will."""
    claim = _running.get()
    return claim is not None and claim.attempt > len(PAUSES)


def seconds_left() -> float:
    """How long the job that runs here may still go on without any progress, after what it showed; in no job 0."""
    claim = _running.get()
    return 0.0 if claim is None else max(0.0, claim.wrote_progress_at + JOB_TIMEOUT_SECONDS - time.monotonic())


def is_alive(job_id: UUID) -> bool:
    """Does a process work on the job, and has it said so within the lease?"""
    job = db.session.get(BackgroundJob, job_id, populate_existing=True)
    alive = job is not None and job.state is JobState.RUNNING and not _lease_ran_out(job, utc_now())
    db.session.rollback()
    return alive


def fail_hanging(job_id: UUID) -> None:
    """Write that the job took too long, where its lease ran out; it is tried again after a pause."""
    job = db.session.get(BackgroundJob, job_id, populate_existing=True)
    hangs = job is not None and job.state is JobState.RUNNING and _lease_ran_out(job, utc_now())
    claim = Claim(job.id, job.function, job.arguments, job.attempts) if job is not None and hangs else None
    db.session.rollback()
    if claim is not None:
        _fail(claim, _no_progress())


def _no_progress() -> str:
    return gettext("Er kwam te lang geen teken van vooruitgang: de poging is afgebroken.")


def words_of(error: Exception) -> str:
    """What an admin reads of ``error``: a refusal's own words, else its kind only, for it may quote personal data."""
    if isinstance(error, DomainError):
        return str(error.detail or error.title)[:1000]
    if isinstance(error, JobTimeoutException):
        return _no_progress()
    return gettext("Onverwachte fout: %(kind)s. Het logboek van de dienst zegt meer.", kind=type(error).__name__)


def _claim(job_id: UUID) -> Claim | None:
    now = utc_now()
    with transaction():
        job = db.session.get(BackgroundJob, job_id, with_for_update=True)
        if job is None or not _is_due(job, now):
            return None
        if job.attempts > len(PAUSES):
            job.state, job.finished_at, job.lease_until = JobState.FAILED, now, None
            job.error = gettext("Het proces dat eraan werkte, is telkens gestopt voor het klaar was.")
            return None
        job.state, job.lease_until, job.attempts = JobState.RUNNING, now + lease(), job.attempts + 1
        job.started_at = job.started_at or now
        return Claim(job.id, job.function, job.arguments, job.attempts)


def _is_due(job: BackgroundJob, now: datetime) -> bool:
    if job.state is JobState.RUNNING:
        return _lease_ran_out(job, now)
    return job.state is JobState.WAITING and job.next_attempt_at <= now


def _lease_ran_out(job: BackgroundJob, now: datetime) -> bool:
    return job.lease_until is not None and job.lease_until < now


def _function(name: str) -> Any:
    module, _, function = name.rpartition(".")
    return getattr(import_module(module), function)


def _fail(claim: Claim, error: str) -> None:
    if claim.attempt > len(PAUSES):
        _end(claim, state=JobState.FAILED, error=error, finished_at=utc_now())
        return
    pause = PAUSES[claim.attempt - 1]
    if _end(claim, state=JobState.WAITING, error=error, next_attempt_at=utc_now() + pause):
        # A little later, so that it is due by every clock.
        wake_a_worker(claim.job_id, claim.attempt, pause + timedelta(seconds=1))


def _end(claim: Claim, **values: Any) -> bool:
    return _write(claim, lease_until=None, **values)


def _write(claim: Claim, **values: Any) -> bool:
    """Write in the row, where this attempt is still the one that runs."""
    own = (
        BackgroundJob.id == claim.job_id,
        BackgroundJob.attempts == claim.attempt,
        BackgroundJob.state == JobState.RUNNING,
    )
    changed = update(BackgroundJob).where(*own).values(**values).returning(BackgroundJob.id)
    with transaction():
        return db.session.scalar(changed) is not None


@contextmanager
def _renewed_lease(claim: Claim) -> Iterator[None]:
    """Renew the lease from a thread beside the job, until it ends or hangs: then another process may take it over."""
    finished = threading.Event()
    app: Flask = cast(Any, current_app)._get_current_object()
    renewing = threading.Thread(target=_renew, args=(app, claim, finished), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        finished.set()
        renewing.join()


def _renew(app: Flask, claim: Claim, finished: threading.Event) -> None:
    hangs_at = time.monotonic() + JOB_TIMEOUT_SECONDS
    with app.app_context():
        pause_seconds = min(RENEW_SECONDS, lease().total_seconds() / 6)
    while not finished.wait(pause_seconds) and time.monotonic() < max(
        hangs_at, claim.wrote_progress_at + JOB_TIMEOUT_SECONDS
    ):
        try:
            with app.app_context():
                _write(claim, lease_until=utc_now() + lease())
        except (SQLAlchemyError, DomainError):
            log.warning("a lease was not renewed; the next time may do", job=claim.function)
