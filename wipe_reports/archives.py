"""ZIP files from strangers, opened within bounds: by :mod:`zipfile` only, once it can see one table of contents only.

A ZIP is read from its end, and readers differ on which end that is where several could be it. So none is taken but
a file whose one end record closes it, without comment, right behind the table of contents (APPNOTE.TXT 4.3.16).
"""

from __future__ import annotations

import zipfile
import zlib
from struct import Struct
from typing import IO

MAX_CONTENTS_BYTES = 256 * 1024
"""Of a table of contents: about 2,000 members, most of what a stick can hold and nothing for an attacker."""
UNREADABLE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OSError, IndexError, KeyError,
)  # fmt: skip
"""What :mod:`zipfile` raises over a member that is damaged, encrypted or packed in a way it does not know."""

STARTS = (b"PK\x03\x04", b"PK\x05\x06")
"""How a ZIP begins: with its first member, or (empty) with its end."""

_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How our own files are packed, and all that :mod:`zipfile` unpacks no further than it is asked: of bzip2 and LZMA it
unpacks whatever a read of the file gives, gigabytes from less than a kilobyte."""

_END = Struct("<4s4H2LH")
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES = 20


class ArchiveInvalid(ValueError):  # noqa: N818 - beside BundleInvalid and ReportInvalid
    """No plain ZIP. ``too_many``: its table of contents is larger than the bound."""

    def __init__(self, *, too_many: bool = False) -> None:
        super().__init__("too many members" if too_many else "no plain ZIP file")
        self.too_many = too_many


def open_archive(file: IO[bytes], max_contents_bytes: int = MAX_CONTENTS_BYTES) -> zipfile.ZipFile:
    """The ZIP in ``file``, to be closed by the caller. Raises :class:`ArchiveInvalid`, before anything is unpacked."""
    if _contents_bytes(file) > max_contents_bytes:
        raise ArchiveInvalid(too_many=True)
    try:
        return zipfile.ZipFile(file)
    except UNREADABLE as error:
        raise ArchiveInvalid from error


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in it. One without a name is a file too, and so is one that only its name calls a folder."""
    return [one for one in archive.infolist() if not one.filename.endswith("/") or one.file_size or one.compress_size]


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """The member's first ``most`` bytes, whatever its headers say. Raises one of :data:`UNREADABLE`."""
    if member.compress_type not in _BOUNDED:
        raise NotImplementedError(f"packed by method {member.compress_type}")
    with archive.open(member) as opened:
        return opened.read(most)


def _contents_bytes(file: IO[bytes]) -> int:
    """The size of the table of contents that the one end record names."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise ArchiveInvalid
    file.seek(max(0, size - _END.size - _ZIP64_LOCATOR_BYTES))
    tail = file.read()
    file.seek(0)
    signature, disk, first_disk, here, total, length, start, comment = _END.unpack(tail[-_END.size :])
    is_whole = signature == STARTS[1] and not (disk or first_disk or comment) and here == total
    if not is_whole or start + length + _END.size != size or tail.startswith(_ZIP64_LOCATOR):
        # Also one that grew beyond four gigabytes (ZIP64), which none of ours does.
        raise ArchiveInvalid
    return int(length)
