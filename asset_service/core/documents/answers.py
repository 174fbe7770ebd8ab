"""A stored document as the answer to a request."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header
from werkzeug.wsgi import FileWrapper

from asset_service.core.documents.kinds import kind_of
from asset_service.core.documents.store import PIECE_BYTES, Document

_LONGEST_NAME = 100
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|%;\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


def answer_with(document: Document, digest: str, name: str, *, download: bool = False) -> Response:
    """``document`` as a stream: whole, the part of it that was asked for, or *not modified*; its SHA-256 is its ETag.

    ``name`` is the file's name without its ending, cleaned here. Images and PDFs are shown by the browser, unless
    ``download``; the rest is downloaded.
    """
    kind = kind_of(document.media_type)
    response = Response(FileWrapper(document.file, PIECE_BYTES), mimetype=kind.media_type, direct_passthrough=True)
    response.content_length = document.size_bytes
    response.set_etag(digest)
    disposition = "attachment" if download else kind.shown
    response.headers["Content-Disposition"] = content_disposition(disposition, f"{_clean(name)}.{kind.suffix}")
    response.headers["X-Content-Type-Options"] = "nosniff"
    try:
        response.make_conditional(_asked(document.size_bytes), accept_ranges=True, complete_length=document.size_bytes)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def _asked(size_bytes: int) -> dict[str, Any]:
    """The present request, without a ``Range`` that is not one part of the document: then it is answered whole.

    So may a server do (RFC 9110, 14.2) that sends one part at a time; Werkzeug would refuse the request.
    """
    environ = request.environ
    counts = request.method == "GET" and "HTTP_IF_NONE_MATCH" not in environ
    if counts and _is_one_part(parse_range_header(environ.get("HTTP_RANGE")), size_bytes):
        return environ
    return {name: value for name, value in environ.items() if name != "HTTP_RANGE"}


def _is_one_part(asked: Range | None, size_bytes: int) -> bool:
    # A start below zero counts from the end; what would begin before the document is the whole of it.
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1 and -asked.ranges[0][0] <= size_bytes


def content_disposition(disposition: str, file_name: str) -> str:
    """The header (RFC 6266) for a name without quotes; what is not ASCII stands in a second form of it."""
    ascii_name = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    if ascii_name.startswith("."):
        ascii_name = f"document{ascii_name}"
    header = f'{disposition}; filename="{ascii_name}"'
    return header if ascii_name == file_name else f"{header}; filename*=UTF-8''{quote(file_name, safe='')}"


def _clean(name: str) -> str:
    readable = unicodedata.normalize("NFC", name.encode(errors="replace").decode())
    return _NOT_IN_A_NAME.sub("_", readable)[:_LONGEST_NAME].strip(" .") or "document"
