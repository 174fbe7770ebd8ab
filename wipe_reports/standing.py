"""What a wipe is worth, in one word: the rule behind the large word on the attest, the check page and every screen.

A station's report says what happened. Whether that counts, and still counts, only the service knows: it gave the
nonce, a person confirmed, the disk was used again. :class:`ServiceWord` is what its books hold beside the report, and
:func:`standing` makes one word of the two. Nothing else decides that word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

from wipe_reports import figures, wipe_phrases
from wipe_reports.document import Carrier, Outcome, VerificationMethod, Wipe, WipeReport
from wipe_reports.fields import Moment, written
from wipe_reports.words import Language, capitalized, has_words, of, say

_MOMENT = Moment()


class Standing(StrEnum):
    """What a wipe is worth now.

    ``UNCONFIRMED``: erased, says the station, and a person must still confirm it. ``OVERTAKEN``: the disk may hold
    data again. ``UNCOUNTED``: the wipe came for a time that was over, or for a disk that was clean.
    """

    ERASED = "erased"
    UNCONFIRMED = "unconfirmed"
    ERASED_WITH_EXCEPTIONS = "erased_with_exceptions"
    NOT_ERASED = "not_erased"
    REHEARSAL = "rehearsal"
    OVERTAKEN = "overtaken"
    UNCOUNTED = "uncounted"
    DESTROYED = "destroyed"


class Bond(StrEnum):
    """By what the service holds the wipe to belong to the disk and to what was on it."""

    NONCE = "nonce"
    PERSON = "person"
    NOTHING_YET = "nothing_yet"
    NOT_THIS = "not_this"


Tone = Literal["good", "wait", "bad", "plain"]
_TONES: Mapping[Standing, Tone] = {
    Standing.ERASED: "good",
    Standing.NOT_ERASED: "bad",
    Standing.DESTROYED: "plain",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceWord:
    """What the service's books hold of one wipe at one moment, beside the station's report.

    ``reasons`` are keys of why it waits for a person, and of what stays doubtful once one has confirmed it.
    ``used_since`` is when data may have come onto the disk after the wipe, ``destroyed_at`` when the disk was
    destroyed. ``validator`` vouched for the wipe at ``validated_at``, in the ``validator_position`` that they had then.
    """

    bond: Bond
    reasons: tuple[str, ...] = ()
    used_since: datetime | None = None
    destroyed_at: datetime | None = None
    validator: str | None = None
    validator_position: str | None = None
    validated_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The members as ``attest.json`` holds them."""
        return {
            "bond": self.bond.value,
            "reasons": list(self.reasons),
            "used_since": _written(self.used_since),
            "destroyed_at": _written(self.destroyed_at),
            "validator": self.validator,
            "validator_position": self.validator_position,
            "validated_at": _written(self.validated_at),
        }

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> ServiceWord:
        """Read :meth:`to_json`. Raises ValueError, KeyError or TypeError for anything else."""
        words = (members["validator"], members["validator_position"], *members["reasons"])
        if not all(one is None or isinstance(one, str) for one in words):
            raise TypeError("names, positions and reasons are text")
        return cls(
            bond=Bond(members["bond"]),
            reasons=tuple(members["reasons"]),
            used_since=_read(members["used_since"]),
            destroyed_at=_read(members["destroyed_at"]),
            validator=members["validator"],
            validator_position=members["validator_position"],
            validated_at=_read(members["validated_at"]),
        )


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else written(moment)


def _read(moment: object) -> datetime | None:
    return None if moment is None else _MOMENT.parse(moment)


def word_of_report(wipe: Wipe) -> ServiceWord:
    """What stands in for the service's word where only the report is at hand: a nonce binds it, without one nothing."""
    if wipe.nonce is not None:
        return ServiceWord(bond=Bond.NONCE)
    return ServiceWord(bond=Bond.NOTHING_YET, reasons=("absent",))


def standing(outcome: Outcome, *, test: bool, word: ServiceWord) -> Standing:
    """The one word. What weighs most comes first: a rehearsal proves nothing, whatever went well in it."""
    if test:
        return Standing.REHEARSAL
    if word.destroyed_at is not None:
        return Standing.DESTROYED
    if outcome is not Outcome.ERASED:
        return Standing(outcome.value)
    if word.used_since is not None:
        return Standing.OVERTAKEN
    bound = {Bond.NONCE: Standing.ERASED, Bond.PERSON: Standing.ERASED, Bond.NOT_THIS: Standing.UNCOUNTED}
    return bound.get(word.bond, Standing.UNCONFIRMED)


def tone(found: Standing) -> Tone:
    """The colour of the word, which never stands alone: only *erased* is good."""
    return _TONES.get(found, "wait")


def headline(found: Standing, outcome: Outcome, method: VerificationMethod, language: Language) -> str:
    """The word as it is shown: of an erased disk also that it was not read back whole, of a rehearsal how it ended."""
    words = capitalized(of(found, language))
    if found is Standing.REHEARSAL:
        return f"{words}: {capitalized(of(outcome, language))}"
    if found is Standing.ERASED and method is not VerificationMethod.FULL_READ_BACK:
        return f"{words}, {of(method, language)}"
    return words


def cautions(report: WipeReport, carrier: Carrier, word: ServiceWord, language: Language) -> Iterator[str]:
    """Whole sentences on what the word leaves open: why it waits, what was not read back, which clock it follows."""
    wipe = carrier.wipe
    if wipe is None:
        return
    found = standing(wipe.outcome, test=report.test, word=word)
    if found in (Standing.ERASED, Standing.UNCONFIRMED):
        yield from reasons(word, language)
    if found is Standing.OVERTAKEN and word.used_since is not None:
        yield say("caution.used_since", language, moment=figures.moment(word.used_since, language))
    if found is Standing.DESTROYED and word.destroyed_at is not None:
        yield say("caution.destroyed", language, moment=figures.moment(word.destroyed_at, language))
    if found in (Standing.ERASED, Standing.UNCONFIRMED):
        yield from _read_back(carrier, wipe, language)
    clock = wipe_phrases.clock(report.clock, language)
    if clock and report.clock is not None and not report.clock.corrected:
        yield say("caution.clock", language, clock=clock)


def reasons(word: ServiceWord, language: Language) -> Iterator[str]:
    """Why the wipe waits or waited for a person; a reason without words of its own is not left out."""
    for key in word.reasons:
        yield say(f"reason.{key}" if has_words(f"reason.{key}") else "reason.other", language)


def _read_back(carrier: Carrier, wipe: Wipe, language: Language) -> Iterator[str]:
    method, read = wipe.verification.method, wipe.verification.bytes_read
    if method is VerificationMethod.FULL_READ_BACK:
        return
    share = Fraction(read, carrier.size_bytes) if carrier.size_bytes else Fraction(0)
    yield say(f"caution.{method.value}", language, percent=figures.percent(share, language))


def validated_by(word: ServiceWord, language: Language) -> str | None:
    """Who vouched for the wipe, in which position and when; ``None`` where nobody did."""
    if word.validator is None:
        return None
    position = word.validator_position
    if position is not None and has_words(f"position.{position}"):
        position = say(f"position.{position}", language)
    moment = None if word.validated_at is None else figures.moment(word.validated_at, language)
    return ", ".join(part for part in (word.validator, position, moment) if part)
