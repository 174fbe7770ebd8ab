"""One look at a machine: raw facts through the probes and the rules into a :class:`Machine`, and that as JSON."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from intake_agent.health import with_verdicts
from intake_agent.machine import Disk, Machine, Processor, Smart
from intake_agent.minimum import judge
from intake_agent.policy import Policy
from intake_agent.probes.battery import batteries
from intake_agent.probes.disks import disks
from intake_agent.probes.display import displays
from intake_agent.probes.firmware import system
from intake_agent.probes.memory import memory
from intake_agent.probes.processor import processor
from intake_agent.raw_facts import RawFacts


def examine(facts: RawFacts, policy: Policy | None = None) -> Machine:
    """Everything the facts tell about the machine, with the verdicts on its disks, batteries and the minimum.

    ``policy`` is the rule for the minimum; ``None`` is the call's own.
    """
    seen_disks, seen_batteries = with_verdicts(disks(facts), batteries(facts.power_supplies))
    seen_system = system(facts.dmidecode, facts.dmi_files)
    if seen_system.kind is None and seen_batteries:
        seen_system = replace(seen_system, kind="laptop")
    machine = Machine(
        system=seen_system,
        processor=_completed(processor(facts.cpuinfo, facts.lscpu, facts.dmidecode), facts.processor),
        memory=memory(facts.dmidecode, facts.meminfo),
        disks=seen_disks,
        batteries=seen_batteries,
        displays=displays(facts.edids),
        tools=facts.tools,
    )
    return replace(machine, minimum=judge(machine, policy))


def _completed(seen: Processor, added: Processor) -> Processor:
    return Processor(
        brand=seen.brand or added.brand, cores=seen.cores or added.cores, threads=seen.threads or added.threads
    )


_SYSTEM_FIELDS = ("manufacturer", "product", "version", "serial", "uuid", "chassis", "kind")
_DISK_FIELDS = ("name", "model", "serial", "medium", "bus", "size_bytes")
_SMART_FIELDS = (
    *("passed", "reallocated", "pending", "uncorrectable", "power_on_hours"),
    *("percentage_used", "media_errors"),
)


def as_json(machine: Machine) -> dict[str, Any]:
    """The object ``inspect --json`` prints; unknown is ``None``."""
    return {
        "system": {name: getattr(machine.system, name) for name in _SYSTEM_FIELDS},
        "processor": asdict(machine.processor),
        "memory": asdict(machine.memory),
        "disks": [_disk_json(disk) for disk in machine.disks],
        "batteries": [asdict(battery) for battery in machine.batteries],
        "minimum": asdict(machine.minimum),
    }


def _disk_json(disk: Disk) -> dict[str, Any]:
    smart = disk.smart or Smart()
    return {
        **{name: getattr(disk, name) for name in _DISK_FIELDS},
        "health": asdict(disk.health),
        "smart": {name: getattr(smart, name) for name in _SMART_FIELDS},
    }
