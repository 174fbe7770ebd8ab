"""A machine in plain Dutch: what it is, whether it meets the minimum, and how its parts are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from intake_agent.console.machine_parts import part_lines
from intake_agent.judging import health, minimum
from intake_agent.judging.built_in import sees_own_disk
from intake_agent.machine import Battery, Disk, Health, Machine, MachineKind, Medium, Memory, MinimumVerdict, Processor
from wipe_reports import upgrade_words

_COLUMNS = 80
_MINIMUM_WORDS = {
    MinimumVerdict.PASS: "VOLDOET",
    MinimumVerdict.FAIL: "VOLDOET NIET",
    MinimumVerdict.REVIEW: "IEMAND MOET BESLISSEN",
}
_KIND_WORDS: Mapping[str | None, str] = {
    MachineKind.LAPTOP: "laptop",
    MachineKind.DESKTOP: "desktop",
    MachineKind.ALL_IN_ONE: "alles-in-één",
    MachineKind.TABLET: "tablet",
    MachineKind.SERVER: "server",
    MachineKind.VIRTUAL: "virtuele machine",
    MachineKind.OTHER: "ander toestel",
}
MEDIUM_WORDS = {
    Medium.HDD: "harde schijf",
    Medium.SSD: "SSD",
    Medium.NVME: "NVMe-SSD",
    Medium.EMMC: "eMMC",
    Medium.FLASH: "geheugenkaart",
    Medium.VIRTUAL: "virtuele schijf",
    Medium.UNKNOWN: "schijf",
}


def machine_lines(machine: Machine) -> Iterator[str]:
    """The whole machine, a line a fact, each folded to what fits beside the names of the facts."""
    for line in _facts(machine):
        yield from textwrap.wrap(line, _COLUMNS, subsequent_indent=" " * 12, break_on_hyphens=False)


def _facts(machine: Machine) -> Iterator[str]:
    system, processor, memory = machine.system, machine.processor, machine.memory
    yield f"Toestel     {_or_unknown(' '.join(filter(None, (system.manufacturer, system.product))))}"
    yield f"Soort       {kind_words(system.kind)}"
    yield f"Serienummer {_or_unknown(system.serial)}"
    yield f"Processor   {_processor_words(processor)}"
    yield f"Geheugen    {memory_words(memory)}"
    if memory.slots:
        most = f", hoogstens {memory.max_mib / 1024:g} GB" if memory.max_mib else ""
        yield f"            {len(memory.modules)} van {memory.slots} plaatsen gebruikt{most}"
    for disk in machine.disks:
        yield f"Schijf      {disk_words(disk)}"
        yield f"            {_health_words(disk.health, health.reasons_and_doubts(disk))}"
        yield from _hidden_lines(disk)
        if disk.behind:
            yield f"            {_behind_words(disk.behind)}"
    if not sees_own_disk(machine.disks):
        yield f"Schijf      {no_disk_words(machine)}"
    for battery in machine.batteries:
        yield f"Batterij    {_battery_words(battery)}"
    yield from part_lines(machine)
    yield from _minimum_lines(machine)


def no_disk_words(machine: Machine) -> str:
    """That no disk of the machine's own was surely seen; a stick, or the medium that we run from, is none."""
    none = "geen schijf van het toestel zelf gezien" if machine.disks else "geen schijf gezien"
    return f"{none}; er kan er toch een zijn: kijk in het toestel"


def _minimum_lines(machine: Machine) -> Iterator[str]:
    policy = f" ({machine.minimum.policy})" if machine.minimum.policy else ""
    yield f"Minimum     {_MINIMUM_WORDS[machine.minimum.verdict]}{policy}"
    for reason in machine.minimum.reasons:
        yield f"            - {minimum.in_words(reason)}"
    if machine.minimum.upgrade:
        yield f"            Te verhelpen: {upgrade_words.upgrade(machine.minimum.upgrade, 'nl')}"


def disk_words(disk: Disk) -> str:
    """One disk on one line: name, model, serial, medium and size."""
    return (
        f"{disk.name}: {_or_unknown(disk.model)}, serienummer {_or_unknown(disk.serial)}, "
        f"{medium_words(disk)}, {size_words(disk.size_bytes)}"
    )


def medium_words(disk: Disk) -> str:
    """What the data lies on; of what nobody could tell, that it is a guess."""
    return MEDIUM_WORDS[disk.medium] + (" (niet zeker)" if disk.doubt is not None else "")


def size_words(size_bytes: int | None) -> str:
    """``500 GB`` as it stands on the drive (decimal), with MB for small ones."""
    if not size_bytes:
        return "grootte onbekend"
    gigabytes = size_bytes / 1e9
    return (
        f"{gigabytes:.0f} GB"
        if gigabytes >= 10
        else f"{one_decimal(gigabytes)} GB"
        if gigabytes >= 1
        else f"{size_bytes / 1e6:.0f} MB"
    )


def one_decimal(number: float) -> str:
    """``5,1``, with the comma of Dutch."""
    return f"{number:.1f}".replace(".", ",")


def percent(part: float, whole: float) -> int:
    """How many whole hundredths of ``whole`` are in ``part``; none of nothing."""
    return int(100 * part // whole) if whole else 0


def capacity_words(battery: Battery) -> str:
    """``nog 81 %`` of the capacity it was made with; nothing where a battery does not tell both."""
    return f"nog {percent(battery.full_mwh, battery.design_mwh)} %" if battery.full_mwh and battery.design_mwh else ""


def kind_words(kind: str | None) -> str:
    """A kind of device in Dutch."""
    return _KIND_WORDS.get(kind, "onbekend")


def memory_words(memory: Memory) -> str:
    """What is installed, or what the system sees where that is not known."""
    if memory.installed_mib:
        return f"{memory.installed_mib / 1024:g} GB".replace(".", ",")
    if memory.usable_mib:
        return f"{one_decimal(memory.usable_mib / 1024)} GB zichtbaar (geplaatst: onbekend)"
    return "onbekend"


def _battery_words(battery: Battery) -> str:
    share = f", {capacity}" if (capacity := capacity_words(battery)) else ""
    cycles = f", {battery.cycles} keer geladen" if battery.cycles else ""
    return f"{_or_unknown(battery.model)}{share}{cycles}, {_health_words(battery.health, battery.health.reasons)}"


def _processor_words(processor: Processor) -> str:
    """The name and what may keep a system from running on it."""
    cores = f"{processor.cores} kernen" if processor.cores else None
    old = "32-bit: te oud voor Windows 11 en de meeste Linux-systemen" if processor.is_64_bit is False else None
    told = ", ".join(word for word in (cores, old) if word)
    return _or_unknown(processor.brand) + (f" ({told})" if told else "")


def _hidden_lines(disk: Disk) -> Iterator[str]:
    for sectors in (disk.hidden_areas.hpa_sectors, disk.hidden_areas.dco_sectors):
        if sectors:
            yield f"            met een verborgen gebied van {size_words(sectors * disk.logical_block_bytes)}"


def _behind_words(behind: str) -> str:
    """A RAID controller or USB bridge as ``probes/controllers.py`` names it."""
    name = behind.removeprefix("RAID controller").removeprefix("USB bridge").strip()
    if behind.startswith("RAID controller"):
        return f"achter een RAID-controller ({name}): de schijven zelf zijn niet te bereiken"
    return f"aan USB{f' ({name})' if name else ''}"


def _health_words(verdict: Health, told: tuple[str, ...]) -> str:
    reasons = ", ".join(health.in_words(reason) for reason in told)
    return health.verdict_words(verdict.verdict) + (f" ({reasons})" if reasons else "")


def _or_unknown(text: str | None) -> str:
    return text or "onbekend"
