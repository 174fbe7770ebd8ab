"""Which disks will be wiped: those the operator names by serial number, and only where nothing speaks against it."""

from __future__ import annotations

from pathlib import Path

from intake_agent import sources
from intake_agent.console import summary, terminal
from intake_agent.console.wishes import Wishes
from intake_agent.machine import Disk, Machine
from intake_agent.probes.battery import is_on_battery
from intake_agent.wiping.block_device import look
from intake_agent.wiping.plan import plan
from intake_agent.wiping.safety import Consent, Refusal, refusals


class WipeRefusedError(Exception):
    """A named disk may not be wiped; nothing was touched. Each line is a Dutch sentence."""


def check(disk: Disk, machine: Machine, consent: Consent) -> list[Refusal]:
    """Everything that speaks against wiping ``disk`` at this moment; the drive is asked its serial number again."""
    path = Path("/dev") / disk.name
    try:
        device = look(path)
    except (OSError, ValueError) as error:
        return [Refusal("gone", f"{disk.name}: de schijf is er niet meer ({error}).")]
    now = sources.disk_now(disk.name)
    return refusals(
        disk,
        device,
        consent,
        other_serials=[other.serial for other in machine.disks if other.name != disk.name],
        serial_now=now.serial if now else None,
        on_battery=is_on_battery(sources.power_supplies()),
    )


def by_command_line(machine: Machine, wishes: Wishes) -> list[Disk]:
    """The disks that ``--yes-wipe`` named. Raises :class:`WipeRefusedError` when one is absent or may not be wiped."""
    consent = Consent(named_serials=wishes.named_serials, accepts_signatures=wishes.accepts_signatures)
    chosen = [disk for disk in machine.disks if disk.serial in wishes.named_serials]
    against = [refusal.sentence for disk in chosen for refusal in check(disk, machine, consent)]
    missing = wishes.named_serials - {disk.serial for disk in chosen}
    against += [f"Er is geen schijf met serienummer {serial}." for serial in sorted(missing)]
    if against:
        raise WipeRefusedError("\n".join(against))
    return chosen


def by_asking(machine: Machine, wishes: Wishes) -> list[Disk]:
    """The disks whose serial numbers the operator types or scans; an empty line ends it."""
    chosen: list[Disk] = []
    if not machine.disks:
        terminal.say("", "Dit toestel heeft geen schijf die gevonden is. Er is niets om te wissen.")
        return chosen
    _tell_each(machine, wishes)
    while serial := terminal.ask("Typ of scan het serienummer van een schijf om te wissen (leeg = klaar): "):
        named = [disk for disk in machine.disks if disk.serial == serial]
        if not named:
            terminal.say(f"Er is geen schijf met serienummer {serial}.")
            continue
        disk = named[0]
        against = check(disk, machine, _consent_to(disk, wishes))
        terminal.say_all(refusal.sentence for refusal in against)
        if not against and disk not in chosen:
            chosen.append(disk)
            terminal.say(f"{disk.name} wordt gewist. ALLE gegevens gaan weg.")
    return chosen


def _tell_each(machine: Machine, wishes: Wishes) -> None:
    """Every disk: how it would be wiped, or why it cannot be."""
    terminal.say("", "Schijven:")
    for disk in machine.disks:
        against = check(disk, machine, _consent_to(disk, wishes))
        if against:
            terminal.say(f"{disk.name} kan nu niet gewist worden:", *(f"  {one.sentence}" for one in against))
        else:
            terminal.say_all(summary.plan_lines(disk, plan(disk, sampled=wishes.sampled)))


def _consent_to(disk: Disk, wishes: Wishes) -> Consent:
    return Consent(named_serials=frozenset({disk.serial or ""}), accepts_signatures=wishes.accepts_signatures)
