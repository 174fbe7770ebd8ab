"""Refusals that rest on a judgement: a person at the machine may know better, says so knowingly, and the report tells.

What is a fact stays a refusal whatever anybody says: the medium that we run from, a disk that is mounted or held, one
that the kernel holds read-only, one without a size, or one whose serial number changed. No policy sets one aside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake_agent.language import gettext
from wipe_reports.document import Judgement, Override

SIGNATURES = frozenset({Judgement.SIGNATURES, Judgement.SIGNATURES_UNKNOWN})
"""What ``--yes-volumes`` sets aside: the marks of RAID, LVM and encryption."""
ALL = frozenset(Judgement)
TAIL_CHARACTERS = 4


class Fact(StrEnum):
    """What keeps a disk from being wiped whatever anybody says."""

    SERIAL_EMPTY = "serial_empty"
    SERIAL_DUPLICATED = "serial_duplicated"
    SERIAL_CHANGED = "serial_changed"
    NOT_NAMED = "not_named"
    """Nobody gave the disk's serial number."""
    REMOVABLE = "removable"
    """As above, of a disk that is loose."""
    LIVE_MEDIUM = "live_medium"
    MOUNTED = "mounted"
    SWAP = "swap"
    HELD = "held"
    PARTITION = "partition"
    READ_ONLY = "read_only"
    SIZE_ZERO = "size_zero"
    SIZE_CHANGED = "size_changed"
    GONE = "gone"
    JOURNAL = "journal"
    """Whether an earlier wipe was cut cannot be read."""
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a disk is left alone: a key for programs and a sentence for the technician.

    ``seen`` is what a judgement rests on, for the report (:class:`wipe_reports.document.Override`).
    """

    key: Fact | Judgement
    sentence: str
    seen: tuple[str, ...] = ()

    @property
    def judgement(self) -> Judgement | None:
        """The judgement on which this rests; ``None`` for a fact, that nobody sets aside."""
        return Judgement(self.key) if self.key in ALL else None


def standing(refusals: Iterable[Refusal], set_aside: Collection[Judgement]) -> list[Refusal]:
    """The refusals that still stand when these judgements are set aside."""
    return [one for one in refusals if one.judgement is None or one.judgement not in set_aside]


def overrides(refusals: Iterable[Refusal], set_aside: Collection[Judgement], by: str) -> tuple[Override, ...]:
    """What the report records of the refusals that ``by`` set aside."""
    return tuple(
        Override(judgement=one.judgement, by=by, seen=one.seen)
        for one in refusals
        if one.judgement is not None and one.judgement in set_aside
    )


def is_tail_of(typed: str, serial: str | None) -> bool:
    """Are these the last characters of the serial number, and no more than those? A scan gives the whole of it.

    Case and spaces do not matter. A serial number of no more than so many characters could be scanned: it is refused.
    """
    one_line, whole = _compared(typed), _compared(serial)
    return len(whole) > TAIL_CHARACTERS == len(one_line) and whole.endswith(one_line)


def asking(serial: str | None, size_bytes: int | None) -> str:
    """What is asked of who sets a judgement aside: something that must be read and that no label's scan gives."""
    if (whole := _with_size(serial, size_bytes)) is not None:
        return gettext(
            "Toch wissen? Het serienummer is kort. Typ het met de grootte in GB erachter: {whole}", whole=whole
        )
    words = gettext("Toch wissen? Typ de laatste {count} tekens van het serienummer", count=TAIL_CHARACTERS)
    return f"{words} {serial or ''}".rstrip()


def names_disk(typed: str, serial: str | None, size_bytes: int | None) -> bool:
    """Was what :func:`asking` asks for typed?

    Of a serial number that is so short that it is its own end, it is the number and the disk's size. A disk without
    one cannot be named at all: nothing would tell, right before the wipe, that it is still the disk that was meant.
    """
    whole = _with_size(serial, size_bytes)
    return is_tail_of(typed, serial) if whole is None else _compared(typed) == _compared(whole)


def _with_size(serial: str | None, size_bytes: int | None) -> str | None:
    """A short serial number and the size in GB as it stands on the drive; ``None`` for any other."""
    if not serial or not size_bytes or len(_compared(serial)) > TAIL_CHARACTERS:
        return None
    return f"{serial} {size_bytes / 10**9:.0f}"


def _compared(text: str | None) -> str:
    return "".join((text or "").split()).upper()
