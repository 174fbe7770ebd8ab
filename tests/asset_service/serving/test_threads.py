"""The threads that answer requests: the one that was idle last goes first, and none is lost."""

from __future__ import annotations

import threading
import time

from asset_service.http_worker import threads

SECONDS = 10


class Task:
    """What waitress hands to a thread: here it notes which thread that was."""

    def __init__(self, held_by: threading.Event | None = None) -> None:
        self._held_by = held_by
        self.begun = threading.Event()
        self.thread = 0

    def service(self) -> None:
        """Run until let go."""
        self.thread = threading.get_ident()
        self.begun.set()
        if self._held_by is not None:
            self._held_by.wait(SECONDS)

    def cancel(self) -> None:
        """Nothing is left to cancel."""


class Failing(Task):
    """A task that raises."""

    def service(self) -> None:
        """Begin, and fail."""
        super().service()
        raise RuntimeError("on purpose")


def _until_all_are_idle(dispatcher):
    deadline = time.monotonic() + SECONDS
    while dispatcher.active_count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_requests_one_after_another_keep_to_one_thread():
    dispatcher = threads(8)
    used = set()
    for _ in range(40):
        _until_all_are_idle(dispatcher)
        task = Task()
        dispatcher.add_task(task)
        assert task.begun.wait(SECONDS)
        used.add(task.thread)
    dispatcher.shutdown(timeout=SECONDS)
    assert len(used) == 1


def test_as_many_requests_run_at_once_as_there_are_threads_and_the_next_waits():
    dispatcher, let_go = threads(4), threading.Event()
    tasks = [Task(let_go) for _ in range(6)]
    for task in tasks:
        dispatcher.add_task(task)
    assert all(task.begun.wait(SECONDS) for task in tasks[:4])
    assert not any(task.begun.is_set() for task in tasks[4:])
    let_go.set()
    assert all(task.begun.wait(SECONDS) for task in tasks[4:])
    assert len({task.thread for task in tasks[:4]}) == 4
    dispatcher.shutdown(timeout=SECONDS)


def test_a_request_that_fails_costs_no_thread():
    dispatcher = threads(1)
    for task in (Failing(), Task()):
        dispatcher.add_task(task)
        assert task.begun.wait(SECONDS)
    dispatcher.shutdown(timeout=SECONDS)


def test_a_shutdown_ends_every_thread():
    dispatcher = threads(8)
    _until_all_are_idle(dispatcher)
    dispatcher.shutdown(timeout=SECONDS)
    assert not dispatcher.threads
