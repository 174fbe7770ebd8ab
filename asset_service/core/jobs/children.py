"""Processes of their own for jobs, where there is no Redis: one that hangs or crashes takes nothing else along."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from uuid import UUID

import structlog
from flask import Flask

from asset_service.core.db import db, utc_now
from asset_service.core.jobs.execution import due_jobs, fail_hanging, is_alive, lease, work_on
from asset_service.core.processes import end_with

log = structlog.get_logger(__name__)


SECONDS_PER_CHILD = 5.0
"""How long a child goes on to the next job: forking one for each of many short ones costs more than they do."""


@dataclass(slots=True)
class Child:
    """A process, and the job that it says it works on since about ``since`` (by time.monotonic())."""

    process: BaseProcess
    says: Connection
    job_id: UUID | None = None
    since: float = field(default_factory=time.monotonic)

    def listen(self) -> None:
        """Take in what it said meanwhile."""
        while self.says.poll():
            try:
                self.job_id, self.since = UUID(bytes=self.says.recv_bytes()), time.monotonic()
            except EOFError:
                return

    def close(self) -> None:
        """Forget a process that has ended."""
        self.says.close()
        self.process.close()


class OneAtATime:
    """Lets a child process work on what is due, job after job, and ends it where its job shows no sign of life.

    A child is forked: it has the app at hand, and starts within milliseconds.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._child: Child | None = None

    def work_for(self, seconds: float) -> None:
        """Let children work as long as this lasts; one that still works then goes on."""
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
            if not due_jobs(utc_now(), 1):
                return False
            # A connection must not cross the fork: SQLite's locks and PostgreSQL's socket are this process's own.
            db.session.remove()
            db.engine.dispose()
        forking = multiprocessing.get_context("fork")
        hear, say = forking.Pipe(duplex=False)
        process = forking.Process(target=_work, args=(self._app, say, os.getpid()))
        process.start()
        say.close()
        self._child = Child(process, hear)
        return True

    def _forget_what_ended(self) -> None:
        child = self._child
        if child is not None and not child.process.is_alive():
            child.listen()
            if child.process.exitcode:
                log.error("the process of a job ended early", id=child.job_id, ended_with=child.process.exitcode)
            child.close()
            self._child = None

    def _end_what_hangs(self) -> None:
        child = self._child
        if child is None:
            return
        child.listen()
        # Before that, it may not have come to its claim yet.
        if time.monotonic() - child.since < lease().total_seconds():
            return
        job_id = child.job_id
        if job_id is not None and is_alive(job_id):
            return
        child.listen()
        if child.job_id == job_id:  # else that job has just ended, and the child is at the next one
            log.error("a job shows no sign of life: its process is killed", id=job_id)
            self._kill(child)
            if job_id is not None:
                fail_hanging(job_id)

    def _kill(self, child: Child) -> None:
        child.process.kill()
        child.process.join()
        child.listen()
        child.close()
        self._child = None


def _work(app: Flask, say: Connection, parent: int) -> None:
    """Work on what is due until nothing is, or the time of a child is over; say first which job it is."""
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    deadline = time.monotonic() + SECONDS_PER_CHILD
    with app.app_context():
        while time.monotonic() < deadline and (due := due_jobs(utc_now(), 1)):
            job_id = due[0][0]
            say.send_bytes(job_id.bytes)
            work_on(str(job_id))
