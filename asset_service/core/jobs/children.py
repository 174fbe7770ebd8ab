"""A process of its own for each job, where there is no Redis: one that hangs or crashes takes nothing else along."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from uuid import UUID

import structlog
from flask import Flask

from asset_service.core.db import db, utc_now
from asset_service.core.jobs.execution import due_jobs, fail_hanging, is_alive, lease, work_on
from asset_service.core.processes import end_with

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Child:
    """A process and the job that it works on since ``started_at`` (by time.monotonic())."""

    process: BaseProcess
    job_id: UUID
    started_at: float


class OneAtATime:
    """Lets a child process work on what is due, job after job, and ends the one whose job shows no sign of life.

    A child is forked: it has the app at hand, and starts within milliseconds.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._child: Child | None = None

    def work_for(self, seconds: float) -> None:
        """Start a child for each job that is due, as long as this lasts; what still runs then goes on."""
        deadline = time.monotonic() + seconds
        with self._app.app_context():
            self._end_what_hangs()
        while (left := deadline - time.monotonic()) > 0:
            if self._child is None and not self._start_next():
                time.sleep(left)
            elif self._child is not None:
                self._child.process.join(left)
                self._forget_what_ended()

    def stop(self) -> None:
        """Kill the child; its job is taken up again once its lease ran out."""
        if self._child is not None:
            self._kill(self._child)

    def _start_next(self) -> bool:
        with self._app.app_context():
            due = due_jobs(utc_now(), 1)
            # A connection must not cross the fork: SQLite's locks and PostgreSQL's socket are this process's own.
            db.session.remove()
            db.engine.dispose()
        if not due:
            return False
        job_id = due[0][0]
        process = multiprocessing.get_context("fork").Process(target=_work, args=(self._app, job_id, os.getpid()))
        process.start()
        self._child = Child(process, job_id, time.monotonic())
        return True

    def _forget_what_ended(self) -> None:
        child = self._child
        if child is not None and not child.process.is_alive():
            if child.process.exitcode:
                log.error("the process of a job ended early", id=child.job_id, exit_code=child.process.exitcode)
            child.process.close()
            self._child = None

    def _end_what_hangs(self) -> None:
        child = self._child
        # Before that, it may not have come to its claim yet.
        if child is None or time.monotonic() - child.started_at < lease().total_seconds():
            return
        if not is_alive(child.job_id):
            log.error("a job shows no sign of life: its process is killed", id=child.job_id)
            self._kill(child)
            fail_hanging(child.job_id)

    def _kill(self, child: Child) -> None:
        child.process.kill()
        child.process.join()
        child.process.close()
        self._child = None


def _work(app: Flask, job_id: UUID, parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with app.app_context():
        work_on(str(job_id))
