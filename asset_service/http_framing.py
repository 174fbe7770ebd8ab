"""Where a request ends and the next begins (RFC 9112 §3.2, §6): what two readers could read in two ways is refused.

A proxy in front shares its connections to us among strangers. If it and we part one of them at different places,
one stranger's bytes become the head of another's request.
"""

from __future__ import annotations

import re

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest, Error

MAX_CHUNK_LINE_BYTES = 4 * 1024
"""The size of a chunk with its extensions. Waitress reads an unfinished line anew with each piece that comes in."""

MAX_TRAILER_BYTES = 16 * 1024

_CODINGS = re.compile(rb"^transfer-encoding[ \t]*:([^\n]*)", re.IGNORECASE | re.MULTILINE)
_HOST = re.compile(r"[A-Za-z0-9._~%!$&'()*+;=:\[\]-]*", re.ASCII)


class NoRoom(Error):  # noqa: N818 - beside BadRequest
    """A body is larger than what is kept in memory, and the disk for the rest of it cannot be written."""

    code = 503
    reason = "Service Unavailable"


class FramedRequest(HTTPRequestParser):
    """One request as it comes in. What is wrong with its frame is answered with 400, and the connection closed."""

    body_bytes_received: int

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head. Raises waitress' ``ParsingError``, also where a number or an address in it cannot be read."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError(str(error)) from error
        codings = [one.strip(b" \t\r").lower() for one in _CODINGS.findall(header_plus)]
        if codings and codings != [b"chunked"]:
            # Twice chunked, or nothing at all: waitress reads these as once and as none.
            raise ParsingError("another Transfer-Encoding than chunked")
        if "TRANSFER_ENCODING" in self.headers:
            # Only HTTP/1.1 knows it; waitress leaves it where it did not read the body by it.
            raise ParsingError("Transfer-Encoding before HTTP/1.1")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("both Content-Length and Transfer-Encoding")
        host = self.headers.get("HOST")
        if (host is None and self.version == "1.1") or not _HOST.fullmatch(host or ""):
            raise ParsingError("no Host, or more than one")
        # To wait for more of a request without a body would make the next request on the connection a part of it.
        self.expect_continue &= self.chunked or 0 < self.content_length < self.adj.max_request_body_size

    def received(self, data: bytes) -> int:
        """Take what came in, and give how much of it is this request's."""
        try:
            taken = int(super().received(data))
        except OSError as error:
            self.error, self.completed = NoRoom(str(error)), True
            return len(data)
        body = self.body_rcv
        if isinstance(body, ChunkedReceiver) and not self.completed and _is_too_long(body):
            self.error = BadRequest("a chunk's line or trailer is too long")
            self.completed = True
        return taken


def _is_too_long(body: ChunkedReceiver) -> bool:
    return len(body.control_line) > MAX_CHUNK_LINE_BYTES or len(body.trailer) > MAX_TRAILER_BYTES
