"""Wiping in plain Dutch: how a disk would be wiped, why it cannot be, how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from intake_agent.console.summary import disk_words, percent, size_words
from intake_agent.machine import Disk
from intake_agent.probes.hidden_areas import is_direct
from intake_agent.wiping.drives import ata_security, nvme
from intake_agent.wiping.engine.journal import Cut
from intake_agent.wiping.plan import Plan
from intake_agent.wiping.progress import Phase, Progress
from wipe_reports import wipe_phrases, words
from wipe_reports.document import HiddenAreas, Level, Outcome, VerificationMethod, Wipe
from wipe_reports.words import HOUSE_LANGUAGE

_BLOCKED_WORDS = (
    "de schijf weigerde zichzelf te wissen, misschien door de BIOS (Block SID). Is niveau purge nodig: laat het "
    "toestel even slapen of zet dat af in de BIOS, en wis opnieuw"
)
_PHASE_WORDS = {
    "writing": "Overschrijven",
    "erasing": "De schijf wist",
    "planting": "Proefblokken",
    "waiting": "Wachten",
    "verifying": "Teruglezen",
}


def method_words(plan: Plan) -> str:
    """The first step of a plan with its read-back."""
    reading = (
        "steekproef teruglezen" if plan.verification is VerificationMethod.SAMPLED_READ_BACK else "alles teruglezen"
    )
    return f"{words.of(plan.row.method, HOUSE_LANGUAGE)}, {reading}"


def plan_lines(disk: Disk, plan: Plan) -> Iterator[str]:
    """What would be done to a disk, and what that reaches."""
    yield f"  {disk_words(disk)}"
    if plan.impossible is not None:
        yield f"    Hier niet te wissen: {plan.impossible}"
        return
    yield f"    Methode: {method_words(plan)}. Niveau: {plan.level}. Duur: {minutes_words(plan.minutes)}."
    for remark in plan.remarks:
        yield f"    Let op: {remark}"


def cut_words(cut: Cut) -> str:
    """What is known of a wipe that never ended."""
    if cut.ended:
        return f"Een wissing van {cut.began_at:%d/%m/%Y %H:%M} (UTC) liet ons wachtwoord op de schijf; begin opnieuw."
    began = f"Een wissing van {cut.began_at:%d/%m/%Y %H:%M} (UTC) werd afgebroken"
    if not cut.resumable:
        return f"{began}; ze begint opnieuw."
    return f"{began} op {percent(cut.flushed_bytes, cut.size_bytes or 1)} %; verder gaan kan."


def outcome_words(wipe: Wipe) -> str:
    """How one wipe ended, in capitals, with the level that may be claimed."""
    left = "" if wipe.outcome is Outcome.ERASED else ": er kunnen nog gegevens op staan"
    level = f" ({wipe_phrases.level(wipe.level, HOUSE_LANGUAGE)})" if wipe.level is not Level.NONE else ""
    return f"{words.of(wipe.outcome, HOUSE_LANGUAGE).upper()}{left}{level}"


def exception_words(wipe: Wipe, disk: Disk | None = None, areas: HiddenAreas | None = None) -> Iterator[str]:
    """Everything that went otherwise, and what was done about a wipe that was cut before.

    With the ``disk`` and its hidden ``areas`` also how many sectors were not reached, and what to do about it.
    """
    for code in wipe.exceptions:
        yield wipe_phrases.exception(
            code,
            HOUSE_LANGUAGE,
            sectors_not_reached=areas.sectors_not_reached if areas is not None else 0,
            is_direct=disk is None or is_direct(disk),
        )
    if wipe.unreadable_sectors:
        yield f"{wipe.unreadable_sectors} sectoren waren niet te bereiken"
    if wipe.attempts:
        yield f"eerst anders geprobeerd ({len(wipe.attempts)} keer): het verslag zegt hoe"
    if any((attempt.detail or "").startswith(nvme.BLOCKED) for attempt in wipe.attempts):
        yield _BLOCKED_WORDS
    if wipe.resumed:
        yield "verder gegaan waar een eerdere wissing afgebroken werd"


def locked_words(disk: Disk, wipe: Wipe) -> str | None:
    """A drive that keeps our password, or may keep it: whoever does not know it takes the drive for broken."""
    own = f'het wachtwoord "{ata_security.PASSWORD}"'
    way_out = f"Wis ze opnieuw, of doe: hdparm --security-disable {ata_security.PASSWORD} /dev/{disk.name}"
    if ata_security.leaves_locked(wipe):
        return f"VERGRENDELD: op deze schijf staat nog {own}. {way_out}"
    if wipe.outcome is Outcome.NOT_ERASED and wipe.method in {method.value for method in ata_security.METHODS}:
        return f"MISSCHIEN VERGRENDELD: op deze schijf kan nog {own} staan. {way_out}"
    return None


def advice(wipe: Wipe) -> str | None:
    """What must be done with a disk that is not simply erased."""
    if wipe.outcome is Outcome.ERASED:
        return None
    if wipe.interrupted:
        return "Wis deze schijf opnieuw: verder gaan kan meestal."
    return "Probeer het nog eens. Lukt het niet: laat deze schijf vernietigen en geef haar niet mee."


def outcome_lines(disk: Disk, wipe: Wipe, areas: HiddenAreas | None = None) -> Iterator[str]:
    """How one wipe ended, and what became of the hidden ``areas``."""
    yield f"{disk.name} ({disk.serial or 'serienummer onbekend'}): {outcome_words(wipe)}"
    if locked := locked_words(disk, wipe):
        yield f"  {locked}"
    for line in exception_words(wipe, disk, areas):
        yield f"  - {line}"
    if todo := advice(wipe):
        yield f"  {todo}"


def minutes_words(minutes: int | None) -> str:
    """About how long something takes."""
    if minutes is None:
        return "duur onbekend"
    return f"ongeveer {minutes} min" if minutes < 60 else f"ongeveer {minutes // 60} u {minutes % 60:02d} min"


def phase_words(phase: Phase) -> str:
    """What is being done to the disk now, padded so that figures stay in place."""
    return f"{_PHASE_WORDS.get(phase.value, phase.value):<14}"


def percent_done(progress: Progress) -> int:
    """How much of the pass is behind us."""
    return min(100, percent(progress.done_bytes, max(progress.total_bytes, 1)))


def rate_words(progress: Progress) -> str:
    """``112 MB/s``."""
    return f"{size_words(int(progress.bytes_per_second))}/s" if progress.bytes_per_second >= 1e6 else "traag"


def time_left(seconds: float | None) -> str:
    """``nog 41 min``; nothing where there is no rate to tell it by."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "nog minder dan een minuut" if seconds >= 1 else ""
    return f"nog {minutes} min" if minutes < 60 else f"nog {minutes // 60} u {minutes % 60:02d} min"
