"""Which disks will be wiped: those the operator names by serial number, and only where nothing speaks against it."""

from __future__ import annotations

from intake_agent.console import summary, terminal
from intake_agent.work import Candidate, Work, candidates


class WipeRefusedError(Exception):
    """A named disk may not be wiped; nothing was touched. Each line is a Dutch sentence."""


def by_command_line(work: Work) -> list[Candidate]:
    """The disks that ``--yes-wipe`` named. Raises :class:`WipeRefusedError` when one is absent or may not be wiped."""
    named = work.wishes.named_serials
    chosen = [one for one in candidates(work) if one.disk.serial in named]
    against = [refusal.sentence for one in chosen for refusal in one.against]
    missing = named - {one.disk.serial for one in chosen}
    against += [f"Er is geen schijf met serienummer {serial}." for serial in sorted(missing)]
    if against:
        raise WipeRefusedError("\n".join(against))
    return chosen


def by_asking(work: Work) -> list[Candidate]:
    """The disks whose serial numbers the operator types or scans; an empty line ends it."""
    chosen: list[Candidate] = []
    if not work.machine.disks:
        terminal.say("", "Dit toestel heeft geen schijf die gevonden is. Er is niets om te wissen.")
        return chosen
    terminal.say("", "Schijven:")
    for one in candidates(work):
        _tell(one)
    while serial := terminal.ask("Typ of scan het serienummer van een schijf om te wissen (leeg = klaar): "):
        named = [one for one in candidates(work) if one.disk.serial == serial]
        if not named:
            terminal.say(f"Er is geen schijf met serienummer {serial}.")
            continue
        one = named[0]
        terminal.say_all(refusal.sentence for refusal in one.against)
        if one.may_be_wiped and one.disk not in [before.disk for before in chosen]:
            chosen.append(one)
            terminal.say(f"{one.disk.name} wordt gewist. ALLE gegevens gaan weg.")
    return chosen


def _tell(one: Candidate) -> None:
    """How a disk would be wiped, or why it cannot be."""
    if one.against:
        terminal.say(f"{one.disk.name} kan nu niet gewist worden:", *(f"  {why.sentence}" for why in one.against))
    else:
        terminal.say_all(summary.plan_lines(one.disk, one.plan))
