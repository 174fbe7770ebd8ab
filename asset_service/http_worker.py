"""The worker of the web server: waitress in a gunicorn process: a slow connection costs a socket, never a thread.

One loop reads every connection of the process and hands a request to the threads only once it is here whole; it also
sends the answers, as fast as each client takes them. What stands still is bounded: see the constants.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from asset_service.core.db import THREADS
from asset_service.core.errors import RETRY_AFTER_SECONDS
from asset_service.http_framing import FramedRequest

CONNECTIONS = 500
"""Open connections per process. One more closes the one that has waited longest without a whole request."""

HEADER_SECONDS = 10
"""How long a connection may take to send a first byte, and from there the head of its request."""

BODY_SECONDS = 30
"""How long a body may take to arrive, and :data:`BODY_BYTES_A_SECOND` of it more for each further second."""

BODY_BYTES_A_SECOND = 20_000
STALLED_SECONDS = 30
"""How long a client may take nothing of its answer."""

MAX_HEADER_BYTES = 16 * 1024
MAX_BODY_BYTES = 33 * 1024 * 1024
"""A little over the largest upload that a view takes; each view has its own, smaller bound."""

UNFINISHED_BYTES = 256 * 1024 * 1024
"""What the bodies of one process that no thread serves yet may fill together; beyond it the largest is cut off."""

LEFT_TO_OTHERS_SECONDS = 0.01
"""How long a process with a request in hand leaves the next connection to processes that have none.

Two requests in one process share one processor, while the other stands idle: a fifth of an ingest was that.
"""

LAST_WORDS_SECONDS = 2
"""How long a stopping process still waits for the rest of a request that had begun to arrive."""

_FAULTS = {
    400: ("bad_request", "Deze vraag kan niet gelezen worden."),
    413: ("too_large", "Dit is groter dan de dienst aanneemt."),
    431: ("header_too_large", "De kop of het adres van deze vraag is te lang."),
    500: ("internal_error", "Er ging iets mis bij ons."),
    501: ("not_implemented", "Zo'n vraag wordt hier niet gelezen."),
    503: (
        "disk_full",
        "De server kan nu niets bewaren, er is niets half bewaard. Probeer het over een minuut opnieuw.",
    ),
}
_FAULT_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("Cache-Control", "no-store"),
)


class Fault(ErrorTask):
    """The answer to what never reached the app, in the shape of the app's own errors."""

    def execute(self) -> None:
        """Say it as problem+json under ``/api/``, else as a page."""
        error = self.request.error
        code, words = _FAULTS[error.code]
        if str(getattr(self.request, "path", "")).startswith("/api/"):
            problem = {"type": f"urn:herstart:problem:{code}", "title": words, "status": error.code, "detail": words}
            kind, text = "application/problem+json", json.dumps({**problem, "code": code})
        else:
            kind, text = "text/html; charset=utf-8", f'<!doctype html><html lang="nl"><title>{words}</title><p>{words}'
        body = text.encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", kind), *_FAULT_HEADERS]
        if error.code == 503:
            self.response_headers.append(("Retry-After", str(RETRY_AFTER_SECONDS[code])))
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class Connection(HTTPChannel):
    """One client's connection, which knows since when it keeps us waiting."""

    error_task_class = Fault
    parser_class = FramedRequest

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.waiting_since = time.monotonic()
        self.body_since: float | None = None
        self.sent_since = time.monotonic()
        self.is_served = False
        self.has_asked = False
        super().__init__(*arguments, **named)
        self.server.assign(self)

    def received(self, data: bytes) -> bool:
        """Take what came in; a request begins with its first byte, its body where the head ends."""
        if self.request is None:
            self.waiting_since = time.monotonic()
        taken = bool(super().received(data))
        self.has_asked = self.has_asked or bool(self.requests)
        if self.request is None:
            self.body_since = None
            self.waiting_since = time.monotonic()
        elif self.request.headers_finished and self.body_since is None:
            self.body_since = time.monotonic()
        return taken

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send some of the answer, and remember when the client last took any."""
        sent = int(super().send(data, do_close=do_close))
        if sent:
            self.sent_since = time.monotonic()
        return sent

    def service(self) -> None:
        """Answer one request, in a thread."""
        self.sent_since = time.monotonic()
        self.server.answered += 1
        self.is_served = True
        super().service()
        self.is_served = False
        self.sent_since = self.waiting_since = time.monotonic()

    def writable(self) -> bool:
        """Is there something to send that may go out now?

        Of an answer in the making only large pieces do, and its thread wakes the loop at its end. The parent says yes
        for the smallest piece too, and sends nothing: the loop turned round and round while the view worked.
        """
        if self.requests and not self.will_close and self.total_outbufs_len < self.adj.send_bytes:
            return False
        return bool(super().writable())

    @property
    def is_answered(self) -> bool:
        """Did a request come, and is there none to answer any more?"""
        return self.has_asked and not self.requests

    @property
    def is_waiting(self) -> bool:
        """Is there no request of it to answer, and no answer to send?"""
        return not self.requests and not self.total_outbufs_len

    @property
    def has_begun(self) -> bool:
        """Has a request begun to arrive?"""
        return self.request is not None

    @property
    def unfinished_bytes(self) -> int:
        """What has arrived of the body of a request that is not whole."""
        request: FramedRequest | None = self.request
        return request.body_bytes_received if request is not None else 0

    @property
    def unserved_bytes(self) -> int:
        """What it holds of bodies, not whole or waiting for a thread."""
        waiting: list[FramedRequest] = self.requests[1:] if self.is_served else self.requests
        return self.unfinished_bytes + sum(one.body_bytes_received for one in waiting)

    def is_overdue(self, now: float) -> bool:
        """Has it kept us waiting too long, for a head, a body or for taking its answer?"""
        if self.requests:
            return False
        if self.total_outbufs_len:
            return now - self.sent_since > STALLED_SECONDS
        if self.body_since is None:
            return now - self.waiting_since > HEADER_SECONDS
        return now - self.body_since > BODY_SECONDS + self.unfinished_bytes / BODY_BYTES_A_SECOND


class Listener(TcpWSGIServer):
    """One listening socket of the process, and the connections that came in by it."""

    channel_class = Connection
    answered = 0
    next_channel_cleanup: float
    _in_hand: Connection | None = None
    _in_hand_since = 0.0

    def assign(self, connection: Connection) -> None:
        """Note the connection that was accepted last."""
        self._in_hand = connection
        self._in_hand_since = time.monotonic()

    def is_busy(self) -> bool:
        """Does the next connection first belong to the processes that have nothing in hand?"""
        latest = self._in_hand
        if latest is None or latest.is_answered or not latest.connected:
            return False
        return time.monotonic() - self._in_hand_since <= LEFT_TO_OTHERS_SECONDS

    def readable(self) -> bool:
        """Ready to accept while there is room, or a connection that waits and can make some."""
        now = time.time()
        if now >= self.next_channel_cleanup:
            self.next_channel_cleanup = now + self.adj.cleanup_interval
            self.maintenance(now)
        if self.is_busy():
            return False
        return bool(self.accepting) and (len(self.active_channels) < CONNECTIONS or bool(self._waiting()))

    def handle_accept(self) -> None:
        """Accept one connection, where need be in the place of another."""
        if len(self.active_channels) >= CONNECTIONS and (waiting := self._waiting()):
            min(waiting, key=lambda one: (one.has_begun, one.waiting_since)).handle_close()
        super().handle_accept()

    def _waiting(self) -> list[Connection]:
        return [one for one in self.active_channels.values() if one.is_waiting]

    def maintenance(self, now: float) -> None:
        """Close the connections that are overdue, and the largest unserved ones where they fill too much together."""
        moment = time.monotonic()
        channels = [one for one in self.active_channels.values() if not one.will_close]
        for channel in channels:
            channel.will_close = channel.is_overdue(moment)
        held = {channel: channel.unserved_bytes for channel in channels}
        filled = sum(held.values())
        for channel in sorted(channels, key=held.__getitem__, reverse=True):
            if filled <= UNFINISHED_BYTES:
                break
            channel.will_close = True
            filled -= held[channel]

    def stop_accepting(self) -> None:
        """Leave the socket to the other processes."""
        self.accepting = False
        self.del_channel()
        self.socket.close()


class LastIdleFirst:
    """The condition that idle threads wait on: wakes the one that became idle last, where the standard one takes turns.

    Two requests at a time then keep to two threads, whose stacks and heaps the processor still has at hand: by turns
    over eight threads, the same request cost half as much processor time again.
    """

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._idle: list[threading.Lock] = []

    def wait(self) -> None:
        """Wait to be woken; the lock, which the caller holds, is free meanwhile."""
        woken = threading.Lock()
        woken.acquire()
        self._idle.append(woken)
        self._lock.release()
        woken.acquire()
        self._lock.acquire()

    def notify(self) -> None:
        """Wake one thread, where one is idle. The caller holds the lock."""
        if self._idle:
            self._idle.pop().release()

    def notify_all(self) -> None:
        """Wake every idle thread. The caller holds the lock."""
        while self._idle:
            self.notify()


def threads(count: int) -> ThreadedTaskDispatcher:
    """That many threads which answer requests, started."""
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.queue_cv = LastIdleFirst(dispatcher.lock)
    dispatcher.set_thread_count(count)
    return dispatcher


class FrontWorker(Worker):
    """A gunicorn worker that serves with waitress: several threads behind one loop."""

    _shown_alive = 0.0

    def run(self) -> None:
        """Serve until told to stop, until the master is gone, or until it is time for a fresh process."""
        sockets: dict[int, Any] = {}
        dispatcher = threads(THREADS)
        listeners = [_listener(self.wsgi, one.sock, sockets, dispatcher) for one in self.sockets]
        while self.alive and self.ppid == os.getppid() and sum(one.answered for one in listeners) < self.max_requests:
            self._show_alive()
            timeout = LEFT_TO_OTHERS_SECONDS if any(one.is_busy() for one in listeners) else 1.0
            wasyncore.loop(timeout=timeout, use_poll=True, map=sockets, count=1)
        for listener in listeners:
            listener.stop_accepting()
        self._finish(sockets)
        dispatcher.shutdown(timeout=1)
        wasyncore.close_all(sockets, ignore_all=True)

    def _show_alive(self) -> None:
        """Tell the master, at most once a second: it waits for many, and the loop turns several times a request."""
        if time.monotonic() - self._shown_alive >= 1:
            self.notify()
            self._shown_alive = time.monotonic()

    def _finish(self, sockets: dict[int, Any]) -> None:
        """Answer what is under way; who sends nothing is let go, who is sending a request gets a moment."""
        began = time.monotonic()
        while time.monotonic() - began < self.cfg.graceful_timeout - LAST_WORDS_SECONDS:
            patient = time.monotonic() - began < LAST_WORDS_SECONDS
            for one in [one for one in sockets.values() if isinstance(one, Connection)]:
                if one.is_waiting and not (patient and one.has_begun):
                    with contextlib.suppress(OSError):
                        one.handle_close()
            if not any(isinstance(one, Connection) for one in sockets.values()):
                return
            self.notify()
            wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)


def _listener(app: Any, sock: Any, sockets: dict[int, Any], dispatcher: ThreadedTaskDispatcher) -> Listener:
    adjustments = Adjustments(
        sockets=[sock],
        ident=None,
        backlog=2048,
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=MAX_BODY_BYTES,
        inbuf_overflow=256 * 1024,
        # More than the largest document: a thread never waits for a slow reader.
        outbuf_high_watermark=64 * 1024 * 1024,
        cleanup_interval=1,
        # The app trusts as many proxies as HERSTART_TRUSTED_PROXIES says, and must see what they wrote.
        clear_untrusted_proxy_headers=False,
    )
    info = (sock.family, sock.type, sock.proto, sock.getsockname())
    return Listener(app, sockets, True, sock, dispatcher=dispatcher, adj=adjustments, sockinfo=info, bind_socket=False)
