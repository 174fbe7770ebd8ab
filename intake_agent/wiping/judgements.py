"""Refusals that rest on a judgement: a person at the machine may know better, says so knowingly, and the report tells.

What is a fact stays a refusal whatever anybody says: the medium that we run from, a disk that is mounted or held, one
that the kernel holds read-only, one without a size, or one whose serial number changed. No policy sets one aside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from wipe_reports.document import Judgement, Override

SIGNATURES = frozenset({Judgement.SIGNATURES, Judgement.SIGNATURES_UNKNOWN})
"""What ``--yes-volumes`` sets aside: the marks of RAID, LVM and encryption."""
ALL = frozenset(Judgement)
TAIL_CHARACTERS = 4
ASKING = f"Toch wissen? Typ de laatste {TAIL_CHARACTERS} tekens van het serienummer"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a disk is left alone: a key for programs and a sentence for the technician."""

    key: str
    sentence: str

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
        Override(judgement=one.judgement, by=by, told=one.sentence)
        for one in refusals
        if one.judgement is not None and one.judgement in set_aside
    )


def is_tail_of(typed: str, serial: str | None) -> bool:
    """Are these the last characters of the serial number, and no more than those? A scan gives the whole of it.

    Case and spaces do not matter. A serial number of no more than so many characters could be scanned: it is refused.
    """
    said, whole = ("".join(text.split()).upper() for text in (typed, serial or ""))
    return len(whole) > TAIL_CHARACTERS == len(said) and whole.endswith(said)
