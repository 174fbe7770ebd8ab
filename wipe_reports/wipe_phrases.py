"""How a wipe went, said in words: for the attest, the terminal, the agent's screens and the service's pages alike."""

from __future__ import annotations

from wipe_reports import figures
from wipe_reports.codes import MediumDoubt, Method
from wipe_reports.document import (
    Attempt,
    Carrier,
    ClockCheck,
    Level,
    Operator,
    Outcome,
    Override,
    Sample,
    Verification,
    Wipe,
)
from wipe_reports.reasons import AttemptFinding, UnattendedSource, WipeException
from wipe_reports.wipe import Bus
from wipe_reports.words import Language, has_words, of, of_reason, of_text, say

CLOCK_RIGHT_SECONDS = 60
"""A clock that is not further off than this is not worth a word."""

_INDIRECT_BUSES = frozenset({Bus.SAS, Bus.SCSI, Bus.USB})


def exception(code: str, language: Language, *, sectors_not_reached: int = 0, is_direct: bool = True) -> str:
    """What stood in the way; a code that has no words yet is shown as it is, never hidden.

    ``sectors_not_reached`` is how much of a hidden area was left. Where the drive hangs on no port that lets it be
    asked (not ``is_direct``), what to do about it is said too.
    """
    words = of_text(code, WipeException, language)
    if code == WipeException.HIDDEN_AREA_LEFT and sectors_not_reached:
        count = figures.count(sectors_not_reached, language)
        return say("exception.sectors", language, exception=words, count=count)
    if code == WipeException.HIDDEN_AREA_UNKNOWN and not is_direct:
        return say("exception.connect_directly", language, exception=words)
    return words


def exception_of(carrier: Carrier, code: str, language: Language) -> str:
    """What stood in the way of wiping ``carrier``, as far as its report tells."""
    return exception(
        code,
        language,
        sectors_not_reached=carrier.hidden_areas.sectors_not_reached,
        is_direct=carrier.bus not in _INDIRECT_BUSES,
    )


def level(reached: Level, language: Language) -> str:
    """The level that may be claimed, as it stands beside other words: *niveau clear*."""
    if reached is Level.NONE:
        return say("wipe.no_level", language)
    return say("wipe.level", language, level=of(reached, language))


def attempt(one: Attempt, language: Language, *, detailed: bool = False) -> str:
    """What was tried before the method that counted, how it ended, when, and (``detailed``) what was seen and said."""
    facts = {
        "method": of_text(one.method, Method, language),
        "result": of(one.result, language),
        "moment": figures.moment(one.ended_at or one.started_at, language),
    }
    seen = [_attempt_finding(code, language) for code in one.findings]
    detail = ", ".join([*seen, one.detail] if one.detail else seen)
    if not detail or not detailed:
        return say("attempt.line", language, **facts)
    return say("attempt.detail", language, **facts, detail=detail)


def _attempt_finding(code: str, language: Language) -> str:
    if code in tuple(WipeException):
        return exception(code, language)
    return of_reason(code, AttemptFinding, language)


def operator(one: Operator, language: Language) -> str:
    """Who answered for the work, with the role where it is known, and by what leave where nobody was at the machine."""
    named = one.name
    if one.position is not None:
        named = say("value.signed_by", language, name=one.name, position=one.position)
    if not one.unattended_by:
        return named
    sources = [of_reason(source, UnattendedSource, language) for source in one.unattended_by]
    return say(
        "operator.unattended", language, operator=named, sources=f" {say('operator.and', language)} ".join(sources)
    )


def override(one: Override, language: Language) -> str:
    """Which judgement of the agent a person set aside, what it rested on, and who did."""
    judgement = of(one.judgement, language)
    if not one.seen:
        return say("override.line", language, judgement=judgement, name=one.by)
    seen = ", ".join(of_text(text, MediumDoubt, language) for text in one.seen)
    return say("override.seen", language, judgement=judgement, seen=seen, name=one.by)


def course(wipe: Wipe, language: Language) -> str | None:
    """Was it cut, and what then? ``None`` for a wipe that went on undisturbed."""
    if wipe.resumed:
        return say("course.resumed", language)
    if not wipe.interrupted:
        return None
    return say("course.cut" if wipe.outcome is Outcome.NOT_ERASED else "course.again", language)


def found(check: Verification, language: Language) -> str | None:
    """What was read back everywhere; a word of the agent's that has no translation is shown as it is."""
    if not check.found or check.bytes_mismatched:
        return None
    kind, _, fill = check.found.partition(" ")
    if kind == "uniform" and fill:
        return say("found.uniform", language, fill=fill)
    key = f"found.{check.found}"
    return say(key, language) if has_words(key) else check.found


def sample(drawn: Sample, language: Language) -> str:
    """How many ranges were read, how large, and spread over how much of the disk."""
    return say(
        "sample.ranges",
        language,
        count=figures.count(drawn.sections * drawn.samples_per_section, language),
        size=figures.size(drawn.bytes_per_sample, language),
        sections=figures.count(drawn.sections, language),
    )


def clock(check: ClockCheck | None, language: Language) -> str | None:
    """How the device's clock stood against the service's; ``None`` where it was right or never compared."""
    if check is None or abs(check.ahead_seconds) < CLOCK_RIGHT_SECONDS:
        return None
    direction = "clock.ahead" if check.ahead_seconds > 0 else "clock.behind"
    stood = say(direction, language, time=_duration(abs(check.ahead_seconds), language))
    return say("clock.corrected" if check.corrected else "clock.left", language, clock=stood)


def _duration(seconds: int, language: Language) -> str:
    for unit, length in (("days", 86_400), ("hours", 3600)):
        if seconds >= 2 * length:
            return say(f"duration.{unit}", language, count=figures.count(seconds // length, language))
    return say("duration.minutes", language, count=seconds // 60)
