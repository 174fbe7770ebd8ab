"""Jobs in real processes: one that is killed half way is finished once, one that hangs holds up nothing for long."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import psutil
import pytest
import redis
from sqlalchemy import func, select, text

from asset_service.accounts.jobs import delete_ended_sessions
from asset_service.core import jobs
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.jobs import children, execution
from asset_service.core.jobs.models import BackgroundJob, JobSchedule, JobState
from asset_service.ledger.events import SYSTEM, Event
from asset_service.ledger.jobs import seal_everything
from asset_service.ledger.models import LedgerLeaf
from asset_service.ledger.operations import record

LEASE_SECONDS = 5

WORK = '''
import os
import time
from pathlib import Path
from sqlalchemy import text
from asset_service.core.db import db, transaction

def two_rows(folder):
    write("first")
    with Path(folder, "processes").open("a") as file:
        file.write(f"{os.getpid()}\\n")
    while Path(folder, "hang").exists():
        time.sleep(0.05)
    write("second")

INSERT = """INSERT INTO effect SELECT CAST(:step AS VARCHAR(20))
WHERE NOT EXISTS (SELECT 1 FROM effect WHERE step = :step)"""

def write(step):
    "Safe to run twice, as a job must be: what is there is not written again. Nothing in the table itself sees to it."
    with transaction():
        there = text(INSERT)
        db.session.execute(there, {"step": step})
'''


class SomethingHappened(Event):
    """An event of this test."""


@pytest.fixture
def settings(settings):
    return replace(settings, lease_seconds=LEASE_SECONDS)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module with the job, which a worker finds by its name too; the job hangs while the file ``hang`` is there."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "work_of_killed_processes.py").write_text(WORK)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "work_of_killed_processes", raising=False)
    (tmp_path / "hang").touch()
    return importlib.import_module("work_of_killed_processes")


@pytest.fixture
def effects(app) -> Iterator[Callable[[], list[str]]]:
    """``effects()`` → what the job wrote, in order of name."""
    with app.app_context(), transaction():
        db.session.execute(text("CREATE TABLE effect (step VARCHAR(20))"))

    def read() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(text("SELECT step FROM effect ORDER BY step")))

    return read


@pytest.fixture
def start(settings, tmp_path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """``start("worker", redis_url)`` → ``asset-service worker``, at work; it and all it started end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(command: str, redis_url: str = "") -> subprocess.Popen[bytes]:
        named = {
            "DATABASE_URL": settings.database_url,
            "HERSTART_DATA": str(settings.data_directory),
            "HERSTART_LOG_LEVEL": "warning",
            "HERSTART_LEASE_SECONDS": str(LEASE_SECONDS),
            "REDIS_URL": redis_url,
            "PYTHONPATH": str(tmp_path / "modules"),
        }
        words = [sys.executable, "-m", "asset_service.cli", command]
        process = subprocess.Popen(words, env={**os.environ, **named}, start_new_session=True)
        started.append(process)
        return process

    yield run
    for process in started:
        # The group is of this test's own making: RQ's scheduler outlives a worker that is killed.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def _processes(tmp_path: Path) -> list[int]:
    """The processes that came half way, in order."""
    written = tmp_path / "processes"
    return [int(line) for line in written.read_text().splitlines()] if written.exists() else []


def _add(app, function, *arguments) -> uuid.UUID:
    with app.app_context(), transaction():
        return jobs.add(function, *arguments).job_id


@contextmanager
def _row(app, job_id) -> Iterator[BackgroundJob]:
    with app.app_context():
        yield db.session.get(BackgroundJob, job_id)


def _state(app, job_id) -> JobState:
    with _row(app, job_id) as job:
        return job.state


def _make_due(app, function, cron: str) -> None:
    with app.app_context(), transaction():
        db.session.add(JobSchedule(function=jobs.name_of(function), cron=cron, next_at=utc_now()))


@pytest.mark.parametrize("command", ["background", "worker"])
def test_a_job_whose_process_is_killed_half_way_is_finished_once(
    *, app, work, effects, start, command, tmp_path, request
):
    redis_url = request.getfixturevalue("redis_url") if command == "worker" else ""
    job_id = _add(app, work.two_rows, str(tmp_path))
    first = start(command, redis_url)
    _until(lambda: len(_processes(tmp_path)) == 1)
    assert effects() == ["first"]
    (tmp_path / "hang").unlink()
    for pid in {first.pid, *_processes(tmp_path)}:
        os.kill(pid, signal.SIGKILL)
    first.wait()
    assert _state(app, job_id) is JobState.RUNNING
    start(command, redis_url)
    start(command, redis_url)
    _until(lambda: _state(app, job_id) is JobState.DONE)
    assert effects() == ["first", "second"]
    assert len(_processes(tmp_path)) == 2
    with _row(app, job_id) as job:
        assert (job.attempts, job.error, job.lease_until) == (2, None, None)


def test_serve_finishes_the_job_of_a_process_that_was_killed(*, app, settings, work, effects, serve, tmp_path):
    job_id = _add(app, work.two_rows, str(tmp_path))
    environment = {"HERSTART_LEASE_SECONDS": str(LEASE_SECONDS), "PYTHONPATH": str(tmp_path / "modules")}
    served = serve(settings, workers=1, **environment)
    _until(lambda: len(_processes(tmp_path)) == 1)
    (tmp_path / "hang").unlink()
    of_job = psutil.Process(_processes(tmp_path)[0])
    assert of_job.parent().parent().pid == served.process.pid
    of_job.kill()
    _until(lambda: _state(app, job_id) is JobState.DONE)
    assert effects() == ["first", "second"]


def test_a_periodic_job_is_made_once_by_two_workers_and_a_lost_message_is_sent_again(
    *, app, work, effects, start, redis_url, tmp_path
):
    (tmp_path / "hang").unlink()
    lost = _add(app, work.two_rows, str(tmp_path))
    _make_due(app, delete_ended_sessions, "40 * * * *")
    redis.Redis.from_url(redis_url).flushdb()
    start("worker", redis_url)
    start("worker", redis_url)
    made = select(BackgroundJob.state).where(BackgroundJob.function == jobs.name_of(delete_ended_sessions))

    def all_is_done() -> bool:
        with app.app_context():
            states = db.session.scalars(made).all()
        return _state(app, lost) is JobState.DONE and bool(states) and set(states) == {JobState.DONE}

    _until(all_is_done)
    with app.app_context():
        assert db.session.scalars(made).all() == [JobState.DONE]
    assert effects() == ["first", "second"]
    assert len(_processes(tmp_path)) == 1


@pytest.mark.parametrize("command", ["background", "worker"])
def test_a_seal_waits_for_no_job_that_hangs(*, app, work, effects, start, command, tmp_path, request):
    redis_url = request.getfixturevalue("redis_url") if command == "worker" else ""
    _add(app, work.two_rows, str(tmp_path))
    start(command, redis_url)
    _until(lambda: len(_processes(tmp_path)) == 1)
    with app.app_context(), transaction():
        record(SomethingHappened(subject_id=uuid.uuid4()), SYSTEM)
        db.session.get(JobSchedule, jobs.name_of(seal_everything)).next_at = utc_now()

    def sealed() -> bool:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(LedgerLeaf)) == 1

    _until(sealed)
    assert effects() == ["first"]
    assert (tmp_path / "hang").exists()


def test_a_job_that_hangs_is_ended_and_the_next_one_gets_its_turn(
    *, app, work, effects, tmp_path, monkeypatch, set_clock
):
    monkeypatch.setattr(execution, "JOB_TIMEOUT_SECONDS", 1)
    (tmp_path / "elsewhere").mkdir()
    hanging = _add(app, work.two_rows, str(tmp_path))
    next_one = _add(app, work.two_rows, str(tmp_path / "elsewhere"))
    one_at_a_time = children.OneAtATime(app)
    try:
        deadline = time.monotonic() + 120
        while _state(app, next_one) is not JobState.DONE and time.monotonic() < deadline:
            one_at_a_time.work_for(0.5)
    finally:
        one_at_a_time.stop()
    assert _state(app, next_one) is JobState.DONE
    (pid,) = _processes(tmp_path)
    assert not psutil.pid_exists(pid)
    with _row(app, hanging) as job:
        assert (job.state, job.attempts, job.lease_until) == (JobState.WAITING, 1, None)
        assert job.error == "Er kwam te lang geen teken van vooruitgang: de poging is afgebroken."
    # After the pause it is tried again, and does what was left of it.
    (tmp_path / "hang").unlink()
    set_clock(execution.PAUSES[0] + timedelta(seconds=1))
    one_at_a_time.work_for(5)
    assert _state(app, hanging) is JobState.DONE
    assert effects() == ["first", "second"]
