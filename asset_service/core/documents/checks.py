"""What a file's first bytes and structure must be, checked while it streams by. Images: see :mod:`.images`.

A check takes the pieces of a file and gives the pieces to store. It raises :class:`Invalid`, in words for whoever sent
the file, as soon as it knows.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterable, Iterator

import orjson
from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.core.errors import Invalid

_END_OF_ZIP = struct.Struct("<4sHHHHIIH")
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF


def unchecked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Anything."""
    yield from pieces


def pdf(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A PDF begins with its name."""
    return _beginning_with((b"%PDF-",), pieces, lazy_gettext("Dit bestand is geen pdf, of het is beschadigd."))


def utf8_text(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Text in UTF-8, without a character that no text holds (NUL, as UTF-16 is full of)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            if "\0" in decoder.decode(piece):
                raise _no_text()
            yield piece
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _no_text() from error


def json_document(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """One value of JSON. It is read whole; the kind's largest size is the bound of that."""
    content = b"".join(pieces)
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(gettext("Dit bestand is geen geldige JSON, of het is beschadigd.")) from error
    yield content


def zip_archive(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A ZIP file that is here whole: its directory stands at its end, where the end says it is."""
    return _zip(pieces, b"", lazy_gettext("Dit bestand is geen zip-bestand, of het is beschadigd."))


def spreadsheet(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A workbook of Office Open XML: a ZIP file that begins with the list of its parts, or names it at its end."""
    words = lazy_gettext("Dit bestand is geen Excel-bestand (xlsx), of het is beschadigd.")
    return _zip(pieces, b"[Content_Types].xml", words)


def _no_text() -> Invalid:
    return Invalid(gettext("Dit csv-bestand is niet in UTF-8 bewaard. Kies in Excel bij Opslaan als voor „CSV UTF-8”."))


def _beginning_with(starts: tuple[bytes, ...], pieces: Iterable[bytes], words: LazyString) -> Iterator[bytes]:
    """``pieces``, where they begin with one of ``starts``, which are equally long."""
    pieces, start = iter(pieces), b""
    while len(start) < len(starts[0]) and (piece := next(pieces, b"")):
        start += piece
    if not start.startswith(starts):
        raise Invalid(str(words))
    yield start
    yield from pieces


def _zip(pieces: Iterable[bytes], named: bytes, words: LazyString) -> Iterator[bytes]:
    size, tail, is_named = 0, b"", False
    for piece in _beginning_with((b"PK\x03\x04", b"PK\x05\x06"), pieces, words):
        # Of a file of many parts only the last part of the directory is at hand; Excel writes this one first.
        is_named = is_named or (not size and named in piece)
        size += len(piece)
        tail = (tail + piece)[-_END_OF_ZIP.size - _LONGEST_COMMENT :]
        yield piece
    if not _ends_whole(tail, size) or not (is_named or named in tail):
        raise Invalid(str(words))


def _ends_whole(tail: bytes, size: int) -> bool:
    """Does the file end with the end of a directory that lies right before it? In ZIP64 that stands elsewhere."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_OF_ZIP.size:
        return False
    *_, directory_bytes, directory_at, comment_bytes = _END_OF_ZIP.unpack_from(tail, at)
    if at + _END_OF_ZIP.size + comment_bytes != len(tail):
        return False
    end_at = size - len(tail) + at
    return _IN_ZIP64 in {directory_bytes, directory_at} or directory_at + directory_bytes <= end_at
