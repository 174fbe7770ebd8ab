"""A process that has a request in hand leaves the next connection to one that has none, but not for long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from asset_service import http_worker
from asset_service.http_worker import LEFT_TO_OTHERS_SECONDS, Connection, Listener, threads


class _Clock:
    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(http_worker.time, "monotonic", clock)
    return clock


def _empty(_environment: object, start: object) -> list[bytes]:
    start("204 No Content", [])
    return []


@pytest.fixture
def listener(clock: _Clock) -> Iterator[Listener]:
    dispatcher = threads(1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = http_worker._listener(_empty, listening, {}, dispatcher)
        yield made
        made.stop_accepting()
    dispatcher.shutdown(timeout=5)


@pytest.fixture
def connection(listener: Listener) -> Iterator[Connection]:
    ours, theirs = socket.socketpair()
    with theirs:
        made = Connection(listener, ours, ("127.0.0.1", 1), listener.adj, map={})
        yield made
        made.handle_close()


def test_who_has_nothing_in_hand_accepts(listener: Listener) -> None:
    assert listener.readable()


def test_who_has_a_request_in_hand_leaves_the_next_one_to_others_for_a_moment(
    listener: Listener, connection: Connection, clock: _Clock
) -> None:
    assert not connection.is_answered
    assert not listener.readable()
    clock.now += 2 * LEFT_TO_OTHERS_SECONDS
    assert listener.readable(), "nobody took it: it must not wait for a slow request here"


def test_who_has_answered_accepts_at_once(listener: Listener, connection: Connection) -> None:
    connection.has_asked = True
    assert listener.readable()


def test_a_client_that_went_away_keeps_nobody_waiting(listener: Listener, connection: Connection) -> None:
    connection.handle_close()
    assert listener.readable()
