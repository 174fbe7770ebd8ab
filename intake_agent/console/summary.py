"""A machine in plain words: what it is, whether it meets the minimum, and how its parts are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from intake_agent.console.machine_parts import NAME_COLUMNS, fact_line, part_lines
from intake_agent.judging import health, minimum
from intake_agent.judging.built_in import sees_own_disk
from intake_agent.language import decimal, gettext, language
from intake_agent.machine import (
    Battery,
    Disk,
    Health,
    Machine,
    MachineKind,
    Memory,
    Processor,
    Upgrade,
)
from wipe_reports import upgrade_words, words

_COLUMNS = 80


def machine_lines(machine: Machine) -> Iterator[str]:
    """The whole machine, a line a fact, each folded to what fits beside the names of the facts."""
    for line in _facts(machine):
        yield from textwrap.wrap(line, _COLUMNS, subsequent_indent=" " * NAME_COLUMNS, break_on_hyphens=False)


def _facts(machine: Machine) -> Iterator[str]:
    system, processor, memory = machine.system, machine.processor, machine.memory
    yield fact_line(gettext("Toestel"), _or_unknown(" ".join(filter(None, (system.manufacturer, system.product)))))
    yield fact_line(gettext("Soort"), kind_words(system.kind))
    yield fact_line(gettext("Serienummer"), _or_unknown(system.serial))
    yield fact_line(gettext("Processor"), _processor_words(processor))
    yield fact_line(gettext("Geheugen"), memory_words(memory))
    if memory.slots:
        most = gettext(", hoogstens {size:g} GB", size=memory.max_mib / 1024) if memory.max_mib else ""
        used = gettext("{count} van {slots} plaatsen gebruikt", count=len(memory.modules), slots=memory.slots)
        yield fact_line("", f"{used}{most}")
    for disk in machine.disks:
        yield fact_line(gettext("Schijf"), disk_words(disk))
        yield fact_line("", _health_words(disk.health, health.reasons_and_doubts(disk)))
        yield from _hidden_lines(disk)
        if disk.behind:
            yield fact_line("", _behind_words(disk.behind))
    if not sees_own_disk(machine.disks):
        yield fact_line(gettext("Schijf"), no_disk_words(machine))
    for battery in machine.batteries:
        yield fact_line(gettext("Batterij"), _battery_words(battery))
    yield from part_lines(machine)
    yield from _minimum_lines(machine)


def no_disk_words(machine: Machine) -> str:
    """That no disk of the machine's own was surely seen; a stick, or the medium that we run from, is none."""
    none = gettext("geen schijf van het toestel zelf gezien") if machine.disks else gettext("geen schijf gezien")
    return gettext("{none_seen}; er kan er toch een zijn: kijk in het toestel", none_seen=none)


def _minimum_lines(machine: Machine) -> Iterator[str]:
    policy = f" ({machine.minimum.policy})" if machine.minimum.policy else ""
    yield fact_line(gettext("Minimum"), f"{words.of(machine.minimum.verdict, language()).upper()}{policy}")
    for reason in machine.minimum.reasons:
        yield fact_line("", f"- {minimum.in_words(reason, language())}")
    if machine.minimum.upgrade:
        yield fact_line("", upgrade_line(machine.minimum.upgrade))


def upgrade_line(upgrade: Upgrade) -> str:
    """What would make the machine pass."""
    return gettext("Te verhelpen: {upgrade}", upgrade=upgrade_words.upgrade(upgrade, language()))


def disk_words(disk: Disk) -> str:
    """One disk on one line: name, model, serial, medium and size."""
    return gettext(
        "{name}: {model}, serienummer {serial}, {medium}, {size}",
        name=disk.name,
        model=_or_unknown(disk.model),
        serial=_or_unknown(disk.serial),
        medium=medium_words(disk),
        size=size_words(disk.size_bytes),
    )


def disk_title(disk: Disk) -> str:
    """One disk in few words: name, model and size."""
    return f"{disk.name}  {model_words(disk)}, {size_words(disk.size_bytes)}"


def model_words(disk: Disk) -> str:
    """The model, or that it is unknown."""
    return disk.model or gettext("model onbekend")


def serial_words(disk: Disk) -> str:
    """The serial number, or that it is unknown."""
    return disk.serial or gettext("serienummer onbekend")


def medium_words(disk: Disk) -> str:
    """What the data lies on; of what nobody could tell, that it is a guess."""
    return words.of(disk.medium, language()) + (gettext(" (niet zeker)") if disk.doubt is not None else "")


def size_words(size_bytes: int | None) -> str:
    """``500 GB`` as it stands on the drive (decimal), with MB for small ones."""
    if not size_bytes:
        return gettext("grootte onbekend")
    gigabytes = size_bytes / 1e9
    return (
        f"{gigabytes:.0f} GB"
        if gigabytes >= 10
        else f"{one_decimal(gigabytes)} GB"
        if gigabytes >= 1
        else f"{size_bytes / 1e6:.0f} MB"
    )


def one_decimal(number: float) -> str:
    """``5,1``, with the decimal mark of the language in force."""
    return decimal(f"{number:.1f}")


def percent(part: float, whole: float) -> int:
    """How many whole hundredths of ``whole`` are in ``part``; none of nothing."""
    return int(100 * part // whole) if whole else 0


def capacity_words(battery: Battery) -> str:
    """``nog 81 %`` of the capacity it was made with; nothing where a battery does not tell both."""
    if not battery.full_mwh or not battery.design_mwh:
        return ""
    return gettext("nog {percent} %", percent=percent(battery.full_mwh, battery.design_mwh))


def kind_words(kind: str | None) -> str:
    """A kind of device in words."""
    return words.of(MachineKind(kind), language()) if kind in tuple(MachineKind) else gettext("onbekend")


def memory_words(memory: Memory) -> str:
    """What is installed, or what the system sees where that is not known."""
    if memory.installed_mib:
        return decimal(f"{memory.installed_mib / 1024:g} GB")
    if memory.usable_mib:
        return gettext("{size} GB zichtbaar (geplaatst: onbekend)", size=one_decimal(memory.usable_mib / 1024))
    return gettext("onbekend")


def _battery_words(battery: Battery) -> str:
    share = f", {capacity}" if (capacity := capacity_words(battery)) else ""
    cycles = gettext(", {cycles} keer geladen", cycles=battery.cycles) if battery.cycles else ""
    return f"{_or_unknown(battery.model)}{share}{cycles}, {_health_words(battery.health, battery.health.reasons)}"


def _processor_words(processor: Processor) -> str:
    """The name and what may keep a system from running on it."""
    cores = gettext("{count} kernen", count=processor.cores) if processor.cores else None
    old = (
        gettext("32-bit: te oud voor Windows 11 en de meeste Linux-systemen") if processor.is_64_bit is False else None
    )
    details = ", ".join(word for word in (cores, old) if word)
    return _or_unknown(processor.brand) + (f" ({details})" if details else "")


def _hidden_lines(disk: Disk) -> Iterator[str]:
    for sectors in (disk.hidden_areas.hpa_sectors, disk.hidden_areas.dco_sectors):
        if sectors:
            size = size_words(sectors * disk.logical_block_bytes)
            yield fact_line("", gettext("met een verborgen gebied van {size}", size=size))


def _behind_words(behind: str) -> str:
    """A RAID controller or USB bridge as ``probes/controllers.py`` names it."""
    name = behind.removeprefix("RAID controller").removeprefix("USB bridge").strip()
    if behind.startswith("RAID controller"):
        return gettext("achter een RAID-controller ({name}): de schijven zelf zijn niet te bereiken", name=name)
    return gettext("aan USB") + (f" ({name})" if name else "")


def _health_words(verdict: Health, reason_keys: tuple[str, ...]) -> str:
    reasons = ", ".join(health.in_words(reason, language()) for reason in reason_keys)
    return health.verdict_words(verdict.verdict, language()) + (f" ({reasons})" if reasons else "")


def _or_unknown(text: str | None) -> str:
    return text or gettext("onbekend")
