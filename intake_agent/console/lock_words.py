"""What each lock that the probes saw means for whoever prepares the machine."""

from __future__ import annotations

from wipe_reports import words
from wipe_reports.reasons import FirmwareLock
from wipe_reports.words import HOUSE_LANGUAGE, Language

HIDES_DISKS = frozenset(
    {FirmwareLock.HIDDEN_NVME_DISKS, FirmwareLock.STORAGE_WITHOUT_DISK, FirmwareLock.STORAGE_WITHOUT_DRIVER}
)
"""Locks that say that there may be a disk which nobody sees, and which is then not wiped either."""


def in_words(lock: str, language: Language = HOUSE_LANGUAGE) -> str:
    """A lock's key in words; a key this version does not know is given back as it is."""
    return words.of_text(lock, FirmwareLock, language)
