"""Images as they are stored: whole, of a size that a browser can draw, and without what a camera adds.

A phone writes where and when a photo was taken, by which device, and often a small copy of the uncropped picture. That
is personal data and nobody here asked for it. Nothing is decoded: the parts of the file that draw the picture are
copied, all others left out, also whatever follows the end. Of EXIF only the orientation stays, without which photos lie
on their side.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NoReturn

from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.core.errors import Invalid

MAX_PIXELS = 120_000_000
"""A small file may unpack to gigabytes of picture; a phone's largest photos have 108 million pixels."""

_MAX_READS = 200_000
"""A real image has hundreds of parts, with a few reads each; millions of empty ones would cost seconds."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DRAWN = frozenset({b"PLTE", b"IDAT", b"IEND"})
_PNG_COLORS = frozenset({b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs"})

_SOI, _EOI, _SOS, _JFIF, _EXIF, _ICC, _ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
"""Huffman and arithmetic codes, quantization, number of lines, restart interval."""

_JPEG_WITHOUT_LENGTH = frozenset({0x00, 0x01, _SOI, *range(0xD0, 0xD8)})
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def png(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A PNG image of what draws it, with each chunk's checksum right. Of an animation the first frame is left."""
    file = _Pieces(pieces, lazy_gettext("Dit bestand is geen png-afbeelding, of het is beschadigd."))
    if file.take(len(_PNG)) != _PNG:
        file.refuse()
    yield _PNG
    yield from _png_header(file)
    name, drawn = b"", False
    while name != b"IEND":
        length, name = struct.unpack(">I4s", file.take(8))
        # An upper-case letter in front: who does not know this chunk cannot draw the image.
        if name not in _PNG_DRAWN and name[:1].isupper():
            file.refuse()
        stored = name in _PNG_DRAWN or name in _PNG_COLORS
        checksum = zlib.crc32(name)
        if stored:
            yield struct.pack(">I4s", length, name)
        for piece in file.up_to(length):
            checksum = zlib.crc32(piece, checksum)
            if stored:
                yield piece
        if file.take(4) != struct.pack(">I", checksum):
            file.refuse()
        if stored:
            yield struct.pack(">I", checksum)
        drawn = drawn or name == b"IDAT"
    if not drawn:
        file.refuse()


def _png_header(file: _Pieces) -> Iterator[bytes]:
    header = file.take(25)  # length, name, 13 bytes, checksum
    length, name, width, height = struct.unpack_from(">I4sII", header)
    if (length, name) != (13, b"IHDR") or header[21:] != struct.pack(">I", zlib.crc32(header[4:21])):
        file.refuse()
    file.check_pixels(width, height)
    yield header


def jpeg(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A JPEG photo of its drawn segments, its colour profile and its orientation."""
    file = _Pieces(pieces, lazy_gettext("Dit bestand is geen jpeg-foto, of het is beschadigd."))
    if file.take(2) != bytes((0xFF, _SOI)):
        file.refuse()
    yield bytes((0xFF, _SOI))
    framed = drawn = False
    while (marker := file.marker()) != _EOI:
        if marker in _JPEG_WITHOUT_LENGTH:
            file.refuse()
        length = int.from_bytes(file.take(2), "big")
        if length < 2:
            file.refuse()
        content = file.take(length - 2)
        if marker in _JPEG_FRAMES:
            framed = True
            file.check_pixels(int.from_bytes(content[3:5], "big"), int.from_bytes(content[1:3], "big"))
        yield _jpeg_segment(marker, _jpeg_content(marker, content))
        if marker == _SOS:
            drawn = framed
            yield from file.scan()
    if not drawn:
        file.refuse()
    yield bytes((0xFF, _EOI))


def _jpeg_segment(marker: int, content: bytes | None) -> bytes:
    return b"" if content is None else struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _jpeg_content(marker: int, content: bytes) -> bytes | None:
    """What is stored of a segment; ``None`` for one that is left out."""
    if marker in _JPEG_FRAMES or marker in _JPEG_TABLES or marker == _SOS:
        return content
    if marker == _EXIF:
        orientation = _orientation(content)
        return None if orientation is None else _exif_of(orientation)
    drawn = (
        (marker == _JFIF and content.startswith(b"JFIF\0") and len(content) == 14)  # longer: it has a small copy inside
        or (marker == _ICC and content.startswith(b"ICC_PROFILE\0"))
        or (marker == _ADOBE and content.startswith(b"Adobe") and len(content) == 12)
    )
    return content if drawn else None


def _orientation(exif: bytes) -> int | None:
    """How the picture must be turned (EXIF, 2 to 8), where it says so."""
    tiff = exif[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if not exif.startswith(b"Exif\0\0") or order is None:
        return None
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for at in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, number, value = struct.unpack_from(f"{order}HHIH", tiff, at)
            if (tag, kind, number) == (0x0112, 3, 1):
                return value if 2 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _exif_of(orientation: int) -> bytes:
    """EXIF that says nothing but this."""
    return b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


class _Pieces:
    """A file's pieces, read by number of bytes; a file that ends too early is refused with ``words``."""

    def __init__(self, pieces: Iterable[bytes], words: LazyString) -> None:
        self._pieces, self._words = iter(pieces), words
        self._buffer, self._at, self._reads = b"", 0, 0

    def refuse(self) -> NoReturn:
        """Raise the refusal: this is no such image."""
        raise Invalid(str(self._words))

    def check_pixels(self, width: int, height: int) -> None:
        """Raise :class:`Invalid` for an image of no size, or of too many pixels."""
        if not width or not height:
            self.refuse()
        if width * height > MAX_PIXELS:
            millions = MAX_PIXELS // 1_000_000
            raise Invalid(
                gettext("Deze afbeelding is te groot: ze heeft meer dan %(count)s miljoen beeldpunten.", count=millions)
            )

    def take(self, count: int) -> bytes:
        """Exactly ``count`` bytes; few, for they are held in memory."""
        self._reads += 1
        if self._reads > _MAX_READS:
            self.refuse()
        while len(self._buffer) - self._at < count:
            self._fill()
        return self._next(count)

    def up_to(self, count: int) -> Iterator[bytes]:
        """The next ``count`` bytes, in pieces."""
        while count:
            if self._at == len(self._buffer):
                self._fill()
            piece = self._next(count)
            count -= len(piece)
            yield piece

    def marker(self) -> int:
        """A JPEG marker; any number of FF may stand in front of it."""
        if self.take(1) != b"\xff":
            self.refuse()
        while (byte := self.take(1)) == b"\xff":
            continue
        return byte[0]

    def scan(self) -> Iterator[bytes]:
        """The coded picture of a JPEG, up to the marker behind it."""
        while (end := _SCAN_END.search(self._buffer, self._at)) is None:
            # The marker may begin with the last byte here.
            yield self._next(len(self._buffer) - self._at - self._buffer.endswith(b"\xff"))
            self._fill()
        yield self._next(end.start() - self._at)

    def _next(self, count: int) -> bytes:
        piece = self._buffer[self._at : self._at + count]
        self._at += len(piece)
        return piece

    def _fill(self) -> None:
        piece = next(self._pieces, b"")
        if not piece:
            self.refuse()
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
