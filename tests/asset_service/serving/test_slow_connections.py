"""Connections that say nothing, half of something or a byte a second: pages go on, for everybody else."""

from __future__ import annotations

import contextlib
import signal
import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

HELD = 200
HALF_HEADER = b"GET /login HTTP/1.1\r\nHost: herstart\r\nAccept: te"
HALF_BODY = (
    b"POST /api/v1/reports HTTP/1.1\r\nHost: herstart\r\n"
    b"Content-Type: application/jose\r\nContent-Length: 5000\r\n\r\nabc"
)


@pytest.fixture
def database_url(sqlite_url):
    """How connections are served does not depend on the database."""
    return sqlite_url


def _held(port: int, first: bytes) -> list[socket.socket]:
    """Connections that have each sent ``first`` and no more."""
    held = []
    for _ in range(HELD):
        one = socket.create_connection(("127.0.0.1", port), timeout=30)
        one.sendall(first)
        held.append(one)
    return held


@contextlib.contextmanager
def _closed_after(connections):
    try:
        yield connections
    finally:
        for one in connections:
            one.close()


def _assert_pages_answer(served):
    for _ in range(5):
        assert httpx.get(f"{served.address}/login", timeout=30).status_code == 200


@contextlib.contextmanager
def _dripping(connections):
    """Send a byte a second on each."""
    stop = threading.Event()

    def drip():
        while not stop.wait(1):
            for one in connections:
                with contextlib.suppress(OSError):
                    one.send(b"a")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("first", "drips"),
    [(b"", False), (HALF_HEADER, False), (HALF_BODY, False), (HALF_HEADER, True), (HALF_BODY, True)],
    ids=["silent", "half a header", "half a body", "a header that drips", "a body that drips"],
)
def test_pages_answer_while_slow_connections_are_held(served, first, drips):
    with _closed_after(_held(served.port, first)) as held, _dripping(held) if drips else contextlib.nullcontext():
        _assert_pages_answer(served)
        for _ in range(5):
            assert httpx.get(f"{served.address}/readyz", timeout=30).status_code == 200


@pytest.mark.parametrize("first", [b"", HALF_HEADER, HALF_BODY], ids=["silent", "half a header", "half a body"])
def test_a_connection_that_stands_still_is_closed(served, first):
    with socket.create_connection(("127.0.0.1", served.port), timeout=120) as one:
        one.sendall(first)
        assert one.recv(1) == b""


def test_a_reader_that_takes_nothing_costs_no_thread(served):
    """More of them than there are threads, each owed more than the socket's buffers hold."""
    asked = b"GET /api/v1/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: herstart\r\n\r\n" * 20
    with _closed_after([socket.socket() for _ in range(40)]) as held:
        for one in held:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", served.port))
            one.sendall(asked)
        _assert_pages_answer(served)


def test_more_connections_than_places_push_out_the_oldest_that_wait(served):
    with _closed_after([one for _ in range(6) for one in _held(served.port, b"")]):
        _assert_pages_answer(served)


def test_pages_answer_while_the_database_is_locked(settings, serve, make_station, reports, post):
    """Whoever wants to write is told when to come back; whoever reads notices nothing."""
    station = make_station()
    served = serve(settings)
    locker = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(40) as pool:
        sent = [pool.submit(post, served, reports.report(None), station) for _ in range(40)]
        _assert_pages_answer(served)
        answers = [one.result() for one in sent]
    assert {one.status_code for one in answers} == {503}
    assert {one.headers["Content-Type"] for one in answers} == {"application/problem+json"}
    assert all(int(one.headers["Retry-After"]) >= 1 for one in answers)
    assert httpx.get(f"{served.address}/readyz", timeout=60).status_code == 503
    locker.execute("ROLLBACK")
    locker.close()
    assert post(served, reports.report(None), station).status_code == 201


def test_a_request_under_way_is_finished_when_the_service_stops(app, settings, serve, make_station, reports):
    station = make_station()
    served = serve(settings)
    body = reports.signed(reports.report(None), station.key).encode()
    head = f"POST /api/v1/reports HTTP/1.1\r\nHost: herstart\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as one:
        one.sendall(head + body[:-10])
        served.process.send_signal(signal.SIGTERM)
        one.sendall(body[-10:])
        assert one.recv(12) == b"HTTP/1.1 201"
    assert served.process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /api/v1/keys HTTP/1.1\r\nHost: h\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"POST /api/v1/reports HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST /api/v1/reports HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET /api/v1/keys HTTP/1.1\r\nHost : h\r\n\r\n", 400),
    ],
)
def test_what_never_reaches_the_app_is_refused_at_once(served, sent, status):
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as one:
        one.sendall(sent)
        answer = one.recv(12)
    assert answer in {f"HTTP/1.{minor} {status}".encode() for minor in (0, 1)}
