"""Files that somebody carried here on a stick: signed reports one by one, or an export with many of them.

Whatever was made to hurt the reader stays within bounds: the table of contents of a ZIP, how many members are read,
and how many bytes each and all of them unpack to, whatever their headers say.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import gettext

from asset_service.core.security import MAX_BODY_BYTES
from asset_service.core.texts import JOINERS
from wipe_reports import archives

MAX_UPLOAD_BYTES = 32 * 1024 * 1024
MAX_REPORTS = 500
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
NAME_SHOWN = 100
REPORT_SUFFIX = ".jws"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineFile:
    """One file with its bytes, or the reason (in words) why it was not read. ``name`` is for people only.

    ``skipped``: it lies in a ZIP beside the reports and does not say that it is one.
    """

    name: str
    raw: bytes = b""
    trouble: str | None = None
    skipped: bool = False


def read(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[OfflineFile]:
    """Every report in ``files``, given as (name, file) pairs, one at a time: a ZIP is opened, in it none other."""
    budget = _Budget()
    for name, file in files:
        shown = _shown(name)
        start = file.read(len(archives.STARTS[0]))
        file.seek(0)
        if start in archives.STARTS:
            yield from _members(shown, file, budget)
        else:
            yield budget.spend(shown, file.read)


class _Budget:
    """What may still be read."""

    def __init__(self) -> None:
        self.reports = MAX_REPORTS
        self.unpacked_bytes = MAX_UNPACKED_BYTES

    def spend(self, name: str, read: Callable[[int], bytes]) -> OfflineFile:
        if not self.reports or self.unpacked_bytes <= 0:
            trouble = gettext("Niet gelezen: te veel in één keer. Breng dit bestand apart binnen.")
            return OfflineFile(name=name, trouble=trouble)
        self.reports -= 1
        # One byte more than is taken: the checks of a report then say themselves that it is too large.
        raw = read(MAX_BODY_BYTES + 1)
        self.unpacked_bytes -= len(raw)
        return OfflineFile(name=name, raw=raw)


def _members(name: str, file: BinaryIO, budget: _Budget) -> Iterator[OfflineFile]:
    try:
        archive = archives.open_archive(file)
    except archives.ArchiveInvalid as error:
        many = gettext("Dit ZIP-bestand bevat te veel bestanden.")
        unreadable = gettext("Dit ZIP-bestand is beschadigd of onleesbaar.")
        yield OfflineFile(name=name, trouble=many if error.too_many else unreadable)
        return
    with archive:
        members = archives.members(archive)
        if not members:
            yield OfflineFile(name=name, trouble=gettext("Dit ZIP-bestand is leeg."))
        for member in members:
            yield _member(archive, member, budget)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> OfflineFile:
    name = _shown(member.filename)
    if not member.filename.lower().endswith(REPORT_SUFFIX):
        trouble = gettext("Alleen bestanden op %(suffix)s zijn verslagen.", suffix=REPORT_SUFFIX)
        return OfflineFile(name=name, trouble=trouble, skipped=True)
    try:
        return budget.spend(name, lambda most: archives.read_member(archive, member, most))
    except archives.UNREADABLE:
        return OfflineFile(name=name, trouble=gettext("Dit bestand in de ZIP is beschadigd of versleuteld."))


def _shown(name: str) -> str:
    """The last part of a file's name, for a page: no path, nothing that does not print."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(one if one.isprintable() or one in JOINERS else "?" for one in last)[:NAME_SHOWN] or "?"
