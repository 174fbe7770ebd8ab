"""A machine in plain Dutch: what it is, whether it meets the minimum, and how its parts are."""

from __future__ import annotations

from collections.abc import Iterator

from intake_agent import health, minimum, upgrade
from intake_agent.machine import Battery, Disk, Health, Machine
from intake_agent.wiping.plan import Plan
from wipe_reports.document import Level, Outcome, Wipe

_MINIMUM_WORDS = {"pass": "VOLDOET", "fail": "VOLDOET NIET", "review": "IEMAND MOET BESLISSEN"}
_KIND_WORDS = {
    "laptop": "laptop",
    "desktop": "desktop",
    "all-in-one": "alles-in-één",
    "tablet": "tablet",
    "server": "server",
    "virtual": "virtuele machine",
    "other": "ander toestel",
}
_MEDIUM_WORDS = {
    "hdd": "harde schijf",
    "ssd": "SSD",
    "nvme": "NVMe-SSD",
    "emmc": "eMMC",
    "flash": "geheugenkaart",
    "virtual": "virtuele schijf",
    "unknown": "schijf",
}
_OUTCOME_WORDS = {
    Outcome.ERASED: "GEWIST",
    Outcome.ERASED_WITH_EXCEPTIONS: "GEWIST MET UITZONDERINGEN - deze schijf moet vernietigd worden",
    Outcome.NOT_ERASED: "NIET GEWIST - er kunnen nog gegevens op staan",
}
_EXCEPTION_WORDS = {
    "interrupted": "het wissen werd afgebroken",
    "carrier_gone": "de schijf viel weg tijdens het wissen",
    "flush_failed": "de schijf bevestigde niet dat alles geschreven is",
    "reader_failed": "het teruglezen werd niet afgemaakt",
    "write_errors": "een deel kon niet geschreven worden",
    "not_all_written": "niet alles werd geschreven",
    "not_verified": "er werd niet teruggelezen",
    "read_errors": "een deel kon niet gelezen worden",
    "read_back_differs": "er stond iets anders op de schijf dan geschreven was: de schijf liegt",
    "hidden_area_left": "de schijf heeft een verborgen gebied dat niet gewist is",
    "hidden_area_unknown": "kon niet nakijken of de schijf een verborgen gebied heeft",
}


def machine_lines(machine: Machine) -> Iterator[str]:
    """The whole machine, a line a fact."""
    system, processor, memory = machine.system, machine.processor, machine.memory
    yield f"Toestel     {_or_unknown(' '.join(filter(None, (system.manufacturer, system.product))))}"
    yield f"Soort       {_KIND_WORDS.get(system.kind or '', 'onbekend')}"
    yield f"Serienummer {_or_unknown(system.serial)}"
    cores = f" ({processor.cores} kernen)" if processor.cores else ""
    yield f"Processor   {_or_unknown(processor.brand)}{cores}"
    yield f"Geheugen    {_memory_words(memory.installed_mib, memory.usable_mib)}"
    if memory.slots:
        yield f"            {len(memory.modules)} van {memory.slots} plaatsen gebruikt"
    for display in machine.displays:
        size = f", {display.diagonal_tenths_inch / 10:.1f} inch" if display.diagonal_tenths_inch else ""
        yield f"Scherm      {display.width_px or '?'} x {display.height_px or '?'}{size}"
    for disk in machine.disks:
        yield f"Schijf      {disk_words(disk)}"
        yield f"            {_health_words(disk.health)}"
    if not machine.disks:
        yield "Schijf      geen schijf gezien (er kan er toch een zijn: kijk in het toestel)"
    for battery in machine.batteries:
        yield f"Batterij    {_battery_words(battery)}"
    yield from _minimum_lines(machine)


def _minimum_lines(machine: Machine) -> Iterator[str]:
    yield f"Minimum     {_MINIMUM_WORDS[machine.minimum.verdict]} ({machine.minimum.policy})"
    for reason in machine.minimum.reasons:
        yield f"            - {minimum.in_words(reason)}"
    if machine.minimum.upgrade:
        yield f"            Te verhelpen: {upgrade.in_words(machine.minimum.upgrade)}"


def disk_words(disk: Disk) -> str:
    """One disk on one line: name, model, serial, medium and size."""
    return (
        f"{disk.name}: {_or_unknown(disk.model)}, serienummer {_or_unknown(disk.serial)}, "
        f"{_MEDIUM_WORDS[disk.medium]}, {size_words(disk.size_bytes)}"
    )


def plan_lines(disk: Disk, plan: Plan) -> Iterator[str]:
    """What would be done to a disk, and what that reaches."""
    yield f"  {disk_words(disk)}"
    yield f"    Methode: één keer overschrijven en teruglezen. Niveau: {plan.row.level}."
    for remark in plan.remarks:
        yield f"    Let op: {remark}"


def outcome_lines(disk: Disk, wipe: Wipe) -> Iterator[str]:
    """How one wipe ended."""
    level = f" (niveau {wipe.level})" if wipe.level is not Level.NONE else ""
    yield f"{disk.name} ({disk.serial}): {_OUTCOME_WORDS[wipe.outcome]}{level}"
    for key in wipe.exceptions:
        yield f"  - {_EXCEPTION_WORDS.get(key, key)}"
    if wipe.unreadable_sectors:
        yield f"  - {wipe.unreadable_sectors} sectoren waren niet te bereiken"


def size_words(size_bytes: int | None) -> str:
    """``500 GB`` as it stands on the drive (decimal), with MB for small ones."""
    if not size_bytes:
        return "grootte onbekend"
    gigabytes = size_bytes / 1e9
    return (
        f"{gigabytes:.0f} GB"
        if gigabytes >= 10
        else f"{gigabytes:.1f} GB"
        if gigabytes >= 1
        else f"{size_bytes / 1e6:.0f} MB"
    )


def _memory_words(installed_mib: int | None, usable_mib: int | None) -> str:
    if installed_mib:
        return f"{installed_mib / 1024:g} GB"
    return f"{usable_mib / 1024:.1f} GB zichtbaar (geplaatst: onbekend)" if usable_mib else "onbekend"


def _battery_words(battery: Battery) -> str:
    share = f", nog {100 * battery.full_mwh // battery.design_mwh} %" if battery.full_mwh and battery.design_mwh else ""
    return f"{_or_unknown(battery.model)}{share}, {_health_words(battery.health)}"


def _health_words(verdict: Health) -> str:
    reasons = ", ".join(health.in_words(reason) for reason in verdict.reasons)
    return health.VERDICT_WORDS["nl"][verdict.verdict] + (f" ({reasons})" if reasons else "")


def _or_unknown(text: str | None) -> str:
    return text or "onbekend"
