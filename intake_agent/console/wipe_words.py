"""Wiping in plain words: how a disk would be wiped, why it cannot be, how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from intake_agent.console.summary import disk_words, percent, serial_words, size_words
from intake_agent.language import gettext, gettext_noop, language
from intake_agent.machine import Disk
from intake_agent.probes.hidden_areas import is_direct
from intake_agent.wiping.drives import ata_security, nvme
from intake_agent.wiping.engine.journal import Cut
from intake_agent.wiping.plan import Plan
from intake_agent.wiping.progress import Phase, Progress
from wipe_reports import wipe_phrases, words
from wipe_reports.document import HiddenAreas, Level, Outcome, VerificationMethod, Wipe

_BLOCKED_WORDS = gettext_noop(
    "de schijf weigerde zichzelf te wissen, misschien door de BIOS (Block SID). Is niveau purge nodig: laat het "
    "toestel even slapen of zet dat af in de BIOS, en wis opnieuw"
)
_PHASE_WORDS = {
    "writing": gettext_noop("Overschrijven"),
    "erasing": gettext_noop("De schijf wist"),
    "planting": gettext_noop("Proefblokken"),
    "waiting": gettext_noop("Wachten"),
    "verifying": gettext_noop("Teruglezen"),
}


def method_words(plan: Plan) -> str:
    """The first step of a plan with its read-back."""
    sampled = plan.verification is VerificationMethod.SAMPLED_READ_BACK
    reading = gettext("steekproef teruglezen") if sampled else gettext("alles teruglezen")
    return f"{words.of(plan.row.method, language())}, {reading}"


def plan_lines(disk: Disk, plan: Plan) -> Iterator[str]:
    """What would be done to a disk, and what that reaches."""
    yield f"  {disk_words(disk)}"
    if plan.impossible is not None:
        yield "    " + gettext("Hier niet te wissen: {why}", why=plan.impossible)
        return
    yield "    " + gettext(
        "Methode: {method}. Niveau: {level}. Duur: {duration}.",
        method=method_words(plan),
        level=plan.level,
        duration=minutes_words(plan.minutes),
    )
    for remark in plan.remarks:
        yield "    " + gettext("Let op: {remark}", remark=remark)


def cut_words(cut: Cut) -> str:
    """What is known of a wipe that never ended."""
    if cut.finished:
        return gettext(
            "Een wissing van {began_at:%d/%m/%Y %H:%M} (UTC) liet ons wachtwoord op de schijf; begin opnieuw.",
            began_at=cut.began_at,
        )
    if not cut.resumable:
        return gettext(
            "Een wissing van {began_at:%d/%m/%Y %H:%M} (UTC) werd afgebroken; ze begint opnieuw.", began_at=cut.began_at
        )
    return gettext(
        "Een wissing van {began_at:%d/%m/%Y %H:%M} (UTC) werd afgebroken op {percent} %; verder gaan kan.",
        began_at=cut.began_at,
        percent=percent(cut.flushed_bytes, cut.size_bytes or 1),
    )


def outcome_words(wipe: Wipe) -> str:
    """How one wipe ended, in capitals, with the level that may be claimed."""
    left = "" if wipe.outcome is Outcome.ERASED else gettext(": er kunnen nog gegevens op staan")
    level = f" ({wipe_phrases.level(wipe.level, language())})" if wipe.level is not Level.NONE else ""
    return f"{words.of(wipe.outcome, language()).upper()}{left}{level}"


def exception_words(wipe: Wipe, disk: Disk | None = None, areas: HiddenAreas | None = None) -> Iterator[str]:
    """Everything that went otherwise, and what was done about a wipe that was cut before.

    With the ``disk`` and its hidden ``areas`` also how many sectors were not reached, and what to do about it.
    """
    for code in wipe.exceptions:
        yield wipe_phrases.exception(
            code,
            language(),
            sectors_not_reached=areas.sectors_not_reached if areas is not None else 0,
            is_direct=disk is None or is_direct(disk),
        )
    if wipe.unreadable_sectors:
        yield gettext("{count} sectoren waren niet te bereiken", count=wipe.unreadable_sectors)
    if wipe.attempts:
        yield gettext("eerst anders geprobeerd ({count} keer): het verslag zegt hoe", count=len(wipe.attempts))
    if any(map(nvme.maybe_blocked_by_bios, wipe.attempts)):
        yield gettext(_BLOCKED_WORDS)
    if wipe.resumed and (course := wipe_phrases.course(wipe, language())):
        yield course


def locked_words(disk: Disk, wipe: Wipe) -> str | None:
    """A drive that keeps our password, or may keep it: whoever does not know it takes the drive for broken."""
    password = ata_security.PASSWORD
    way_out = gettext(
        "Wis ze opnieuw, of doe: hdparm --security-disable {password} /dev/{name}", password=password, name=disk.name
    )
    if ata_security.leaves_locked(wipe):
        locked = gettext('VERGRENDELD: op deze schijf staat nog het wachtwoord "{password}".', password=password)
        return f"{locked} {way_out}"
    if wipe.outcome is Outcome.NOT_ERASED and wipe.method in {method.value for method in ata_security.METHODS}:
        locked = gettext(
            'MISSCHIEN VERGRENDELD: op deze schijf kan nog het wachtwoord "{password}" staan.', password=password
        )
        return f"{locked} {way_out}"
    return None


def advice(wipe: Wipe) -> str | None:
    """What must be done with a disk that is not simply erased."""
    if wipe.outcome is Outcome.ERASED:
        return None
    if wipe.interrupted:
        return gettext("Wis deze schijf opnieuw: verder gaan kan meestal.")
    return gettext("Probeer het nog eens. Lukt het niet: laat deze schijf vernietigen en geef haar niet mee.")


def outcome_lines(disk: Disk, wipe: Wipe, areas: HiddenAreas | None = None) -> Iterator[str]:
    """How one wipe ended, and what became of the hidden ``areas``."""
    yield f"{disk.name} ({serial_words(disk)}): {outcome_words(wipe)}"
    if locked := locked_words(disk, wipe):
        yield f"  {locked}"
    for line in exception_words(wipe, disk, areas):
        yield f"  - {line}"
    if todo := advice(wipe):
        yield f"  {todo}"


def minutes_words(minutes: int | None) -> str:
    """About how long something takes."""
    if minutes is None:
        return gettext("duur onbekend")
    return gettext("ongeveer {duration}", duration=_hours_and_minutes(minutes))


def _hours_and_minutes(minutes: int) -> str:
    if minutes < 60:
        return gettext("{minutes} min", minutes=minutes)
    return gettext("{hours} u {minutes:02d} min", hours=minutes // 60, minutes=minutes % 60)


def phase_words(phase: Phase) -> str:
    """What is being done to the disk now, padded so that figures stay in place."""
    return f"{gettext(_PHASE_WORDS.get(phase.value, phase.value)):<14}"


def percent_done(progress: Progress) -> int:
    """How much of the pass is behind us."""
    return min(100, percent(progress.done_bytes, max(progress.total_bytes, 1)))


def rate_words(progress: Progress) -> str:
    """``112 MB/s``."""
    return f"{size_words(int(progress.bytes_per_second))}/s" if progress.bytes_per_second >= 1e6 else gettext("traag")


def time_left(seconds: float | None) -> str:
    """``nog 41 min``; nothing where there is no rate to tell it by."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return gettext("nog minder dan een minuut") if seconds >= 1 else ""
    return gettext("nog {duration}", duration=_hours_and_minutes(minutes))
