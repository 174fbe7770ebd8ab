"""A stored document as the answer to a request."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
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
        response.make_conditional(request.environ, accept_ranges=True, complete_length=document.size_bytes)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


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
