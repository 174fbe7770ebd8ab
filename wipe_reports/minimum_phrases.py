"""Does a machine meet the minimum, and why, said in words: for the agent's screens and the service's pages alike."""

from __future__ import annotations

from wipe_reports.codes import MachineKind
from wipe_reports.hardware import MinimumVerdict
from wipe_reports.reasons import MinimumReason
from wipe_reports.words import Language, of, of_reason, of_text, say

_CALLS_MEMORY = "4 GB"
"""The memory that the call asks for, where an older agent named no figure."""

_BY_MEMORY = (
    MinimumReason.MEMORY_PASS,
    MinimumReason.MEMORY_FAIL,
    MinimumReason.MEMORY_PASS_BY_USABLE,
    MinimumReason.MEMORY_FAIL_BY_USABLE,
)


def verdict(judged: MinimumVerdict, language: Language, *, emphasized: bool = False) -> str:
    """Does a machine meet the minimum, as a line of its own; ``emphasized`` puts the verdict itself in capitals."""
    words = of(judged, language)
    return say(f"minimum.{judged.value}", language, verdict=words.upper() if emphasized else words)


def is_known(reason: str) -> bool:
    """Has this version words for a reason of the minimum's?"""
    return reason.partition(":")[0] in tuple(MinimumReason)


def reason(one: str, language: Language) -> str:
    """What decided about the minimum, such as ``processor_pass:Core i5``; one that is not known stays as it is."""
    code, _, figure = one.partition(":")
    if code == MinimumReason.KIND_NOT_COVERED:
        return of_reason(f"{code}:{of_text(figure, MachineKind, language)}", MinimumReason, language)
    if code in _BY_MEMORY and not figure:
        return of_reason(f"{code}:{_CALLS_MEMORY}", MinimumReason, language)
    return of_reason(one, MinimumReason, language)
