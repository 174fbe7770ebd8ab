"""Which disks will be wiped: those the operator names by serial number, and only where nothing speaks against it."""

from __future__ import annotations

from dataclasses import replace

from intake_agent.candidates import Candidate, Ticked, resuming
from intake_agent.console import summary, terminal, wipe_words
from intake_agent.judging.built_in import sees_own_disk
from intake_agent.language import gettext
from intake_agent.wiping import judgements
from intake_agent.wiping.drives import suspend
from intake_agent.work import Work, offered

_YES = frozenset({"ja", "j", "yes", "y"})


class WipeRefusedError(Exception):
    """A named disk may not be wiped; nothing was touched. Each line is a sentence."""


def by_command_line(work: Work) -> list[Ticked]:
    """The disks that ``--yes-wipe`` named. Raises :class:`WipeRefusedError` when one is absent or may not be wiped."""
    named = work.options.named_serials
    chosen = [one for one in offered(work) if one.disk.serial in named]
    against = [why for one in chosen for why in one.why_not]
    missing = named - {one.disk.serial for one in chosen}
    against += [gettext("Er is geen schijf met serienummer {serial}.", serial=serial) for serial in sorted(missing)]
    if against:
        raise WipeRefusedError("\n".join(against))
    return [resuming(one) for one in chosen]


def by_asking(work: Work) -> list[Ticked]:
    """The disks whose serial numbers the operator types or scans; an empty line ends it."""
    chosen: list[Ticked] = []
    if not work.machine.disks:
        where = (
            gettext("Geen losse schijf gezien")
            if work.options.bench
            else summary.no_disk_words(work.machine).capitalize()
        )
        terminal.say("", gettext("{where}. Er is niets om te wissen.", where=where))
        return []
    found = _thawing(work, offered(work))
    if not work.options.bench and not sees_own_disk(work.machine.disks):
        terminal.say("", gettext("Let op: {warning}.", warning=summary.no_disk_words(work.machine)))
    terminal.say("", gettext("Schijven:"))
    for one in found:
        _tell(one)
    while serial := terminal.ask(gettext("Typ of scan het serienummer van een schijf om te wissen (leeg = klaar): ")):
        named = [one for one in offered(work) if one.disk.serial == serial]
        if not named:
            terminal.say(gettext("Er is geen schijf met serienummer {serial}.", serial=serial))
            continue
        for one in named:  # the namespaces of one NVMe drive share a serial number
            terminal.say_all(one.why_not)
            if one.disk in [before.candidate.disk for before in chosen]:
                continue
            if (ticked := _ticked(one)) is not None:
                chosen.append(ticked)
                terminal.say(gettext("{name} wordt gewist. ALLE gegevens gaan weg.", name=one.disk.name))
    return chosen


def _ticked(one: Candidate) -> Ticked | None:
    """The disk as it will be wiped; where only judgements speak against it, a person may set them aside knowingly."""
    if one.may_be_wiped:
        return resuming(one)
    if not one.asks_person:
        return None
    serial, size_bytes = one.disk.serial, one.disk.size_bytes
    typed = terminal.ask(gettext("{question} (leeg = niet wissen): ", question=judgements.asking(serial, size_bytes)))
    return resuming(one, judgements.ALL) if judgements.names_disk(typed, serial, size_bytes) else None


def _thawing(work: Work, found: list[Candidate]) -> list[Candidate]:
    """The disks again, planned with the machine's sleep where that helps one of them and the operator says yes."""
    if not any(one.gains_by_sleep for one in found):
        return found
    if (
        terminal.ask(gettext("{why} Laten slapen? (ja = slapen, leeg = niet): ", why=gettext(suspend.ASKING))).lower()
        not in _YES
    ):
        return found
    work.options = replace(work.options, allow_suspend=True)
    return offered(work)


def _tell(one: Candidate) -> None:
    """How a disk would be wiped, or why it cannot be."""
    if not one.may_be_wiped:
        terminal.say(
            gettext("{name} kan nu niet gewist worden:", name=one.disk.name), *(f"  {why}" for why in one.why_not)
        )
    else:
        terminal.say_all(wipe_words.plan_lines(one.disk, one.plan))
    if one.cut is not None:
        terminal.say("    " + wipe_words.cut_words(one.cut))
