"""Requests whose end can be read in two ways, and heads that break a parser, on the served program."""

from __future__ import annotations

import re
import socket

import httpx
import pytest

HOST = b"Host: herstart\r\n"
NEXT = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
REPORT = b"POST /api/v1/reports HTTP/1.1\r\n"


def _answers(port: int, sent: bytes) -> list[int]:
    """The statuses of the answers on one connection, until the server closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall(sent)
        received = b""
        while piece := one.recv(65536):
            received += piece
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]


AMBIGUOUS = {
    "length and chunks": REPORT + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "chunks and length": REPORT + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + NEXT,
    "chunks before HTTP/1.1": b"POST /api/v1/reports HTTP/1.0\r\nConnection: keep-alive\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n" + NEXT,
    "two lengths": REPORT + HOST + b"Content-Length: 4\r\nContent-Length: 0\r\n\r\nabcd" + NEXT,
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n" + NEXT,
    "two hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + b"\r\n" + NEXT,
    "a host that is none": b"GET /healthz HTTP/1.1\r\nHost: a/b@c\r\n\r\n" + NEXT,
    "a length of 5,000 digits": REPORT + HOST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + NEXT,
    "chunked twice": REPORT + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "chunked on two lines": REPORT + HOST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n" + NEXT,
    "chunked after a comma": REPORT + HOST + b"Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "no word for chunks": REPORT + HOST + b"Transfer-Encoding:\r\n\r\n" + NEXT,
    "an address that is none": b"GET http://[::1/login HTTP/1.1\r\n" + HOST + b"\r\n" + NEXT,
}


@pytest.mark.parametrize("sent", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(served, sent):
    assert _answers(served.port, sent) == [400]


def test_who_expects_to_continue_without_a_body_gets_an_answer_of_its_own(served):
    """It took the next request on the connection for a part of this one."""
    asking = b"GET /nergens HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n\r\n"
    assert _answers(served.port, asking + NEXT) == [404, 200]


def test_who_expects_to_send_too_much_is_refused_before_it_is_sent(served):
    asking = REPORT + HOST + b"Content-Length: 99000000\r\nExpect: 100-continue\r\n\r\n"
    assert _answers(served.port, asking) == [413]


def test_a_body_is_still_read_after_the_word_to_continue(served):
    asking = REPORT + HOST + b"Content-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    assert _answers(served.port, asking + b"abcd") == [100, 400]


@pytest.mark.parametrize("begun", [b"", b"0\r\n"], ids=["a chunk's line", "a trailer"])
def test_a_line_without_an_end_in_a_chunked_body_is_cut_off(served, begun):
    """Read anew with each piece that came in, 30 MB of it kept a process busy for minutes."""
    sent = 0
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as one:
        one.sendall(REPORT + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + begun)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            while sent < 30_000_000:
                sent += one.send(b"a" * 65536)
    assert sent < 30_000_000


def test_an_answer_that_the_app_never_saw_has_the_headers_of_every_answer(served):
    answer = httpx.get(f"{served.address}/login", headers={"A": "b" * 20_000})
    assert answer.status_code == 431
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
