"""Files that somebody carried here on a stick: signed reports one by one, or an export with many of them.

Whatever was made to hurt the reader stays within bounds: the table of contents of a ZIP, how many members are read,
and how many bytes each and all of them unpack to, whatever their headers say.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import unpack_from
from typing import BinaryIO

from flask_babel import gettext

from asset_service.core.security import MAX_BODY_BYTES

MAX_UPLOAD_BYTES = 32 * 1024 * 1024
MAX_REPORTS = 500
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
MAX_CONTENTS_BYTES = 256 * 1024
"""Of a ZIP's table of contents: about 2,000 members, most of what a stick can hold and nothing for an attacker."""

NAME_SHOWN = 100
REPORT_SUFFIX = ".jws"
_ZIP_START = b"PK\x03\x04"
_ZIP_ENDS = (b"PK\x05\x06", _ZIP_START)
_END_BYTES = 22
_LONGEST_COMMENT = 65_535
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What the library raises over a member that is damaged, encrypted or packed in a way it does not know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedFile:
    """One file with its bytes, or the reason (in words) why it was not read. ``name`` is for people only.

    ``skipped``: it lies in a ZIP beside the reports and does not say that it is one.
    """

    name: str
    raw: bytes = b""
    trouble: str | None = None
    skipped: bool = False


def read(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[CarriedFile]:
    """Every report in ``files``, given as (name, file) pairs, one at a time: a ZIP is opened, in it none other."""
    budget = _Budget()
    for name, file in files:
        shown = _shown(name)
        start = file.read(len(_ZIP_START))
        file.seek(0)
        if start in _ZIP_ENDS:
            yield from _members(shown, file, budget)
        else:
            yield budget.spend(shown, file)


class _Budget:
    """What may still be read."""

    def __init__(self) -> None:
        self.reports = MAX_REPORTS
        self.unpacked_bytes = MAX_UNPACKED_BYTES

    def spend(self, name: str, file: BinaryIO) -> CarriedFile:
        if not self.reports or self.unpacked_bytes <= 0:
            trouble = gettext("Niet gelezen: te veel in één keer. Breng dit bestand apart binnen.")
            return CarriedFile(name=name, trouble=trouble)
        self.reports -= 1
        # One byte more than is taken: the checks of a report then say themselves that it is too large.
        raw = file.read(MAX_BODY_BYTES + 1)
        self.unpacked_bytes -= len(raw)
        return CarriedFile(name=name, raw=raw)


def _members(name: str, file: BinaryIO, budget: _Budget) -> Iterator[CarriedFile]:
    unreadable = gettext("Dit ZIP-bestand is beschadigd of onleesbaar.")
    if _contents_bytes(file) > MAX_CONTENTS_BYTES:
        yield CarriedFile(name=name, trouble=gettext("Dit ZIP-bestand bevat te veel bestanden."))
        return
    try:
        archive = zipfile.ZipFile(file)
    except _UNREADABLE:
        yield CarriedFile(name=name, trouble=unreadable)
        return
    with archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if not members:
            yield CarriedFile(name=name, trouble=gettext("Dit ZIP-bestand is leeg."))
        for member in members:
            yield _member(archive, member, budget)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> CarriedFile:
    name = _shown(member.filename)
    if not member.filename.lower().endswith(REPORT_SUFFIX):
        trouble = gettext("Alleen bestanden op %(suffix)s zijn verslagen.", suffix=REPORT_SUFFIX)
        return CarriedFile(name=name, trouble=trouble, skipped=True)
    try:
        with archive.open(member) as opened:
            return budget.spend(name, opened)  # type: ignore[arg-type]
    except _UNREADABLE:
        return CarriedFile(name=name, trouble=gettext("Dit bestand in de ZIP is beschadigd of versleuteld."))


def _contents_bytes(file: BinaryIO) -> int:
    """How large the table of contents says it is: the library reads all of it before anybody can count.

    Also more than any bound where there is a ZIP64 end, which only archives far beyond ours need.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT - 20))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(_ZIP_ENDS[0])
    if end < 0 or len(tail) < end + _END_BYTES:
        return 0
    if b"PK\x06\x07" in tail[max(0, end - 20) : end]:
        return MAX_CONTENTS_BYTES + 1
    return int(unpack_from("<L", tail, end + 12)[0])


def _shown(name: str) -> str:
    """The last part of a file's name, for a page: no path, nothing that does not print."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(one if one.isprintable() else "?" for one in last)[:NAME_SHOWN] or "?"
