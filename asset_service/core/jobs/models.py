"""Tables of background work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from asset_service.core.db import Base, JsonObject, new_id, utc_now


class JobState(StrEnum):
    """How far a job is. A job that failed and is tried again is waiting."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


_UNFINISHED = text("state IN ('waiting', 'running')")


class BackgroundJob(Base):
    """One job. ``function`` is the dotted name of what it calls, ``arguments`` holds nothing about a person.

    While it runs, its process renews ``lease_until``; a lease that ran out is that of a process that was killed.
    ``attempts`` counts the starts, and tells a process whether the job is still its own. Of one ``key`` no two jobs
    are unfinished at the same time. ``error`` says in words, for an admin, why the last attempt failed.
    """

    __tablename__ = "background_job"
    __table_args__ = (
        Index("ix_background_job_state_next_attempt_at", "state", "next_attempt_at"),
        Index("ix_background_job_asked_by_id", "asked_by", "id"),
        Index("uq_background_job_key", "key", unique=True, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    function: Mapped[str] = mapped_column(String(200))
    arguments: Mapped[list[Any]] = mapped_column(JsonObject)
    key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(1000))
    asked_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobSchedule(Base):
    """When a periodic job is due next: whoever moves ``next_at`` on makes the job, so that it is made once."""

    __tablename__ = "job_schedule"

    function: Mapped[str] = mapped_column(String(200), primary_key=True)
    cron: Mapped[str] = mapped_column(String(100))
    next_at: Mapped[datetime]
