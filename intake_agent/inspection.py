"""One look at a machine: raw facts through the probes and the rules into a :class:`Machine`, and that as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass, replace
from typing import Any

from intake_agent.judging.estimate import estimate
from intake_agent.judging.health import with_verdicts
from intake_agent.judging.kind import kind
from intake_agent.judging.minimum import judge
from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Machine, Processor, Smart
from intake_agent.policy import Policy
from intake_agent.probes.battery import batteries, of_the_system
from intake_agent.probes.bounds import bounded
from intake_agent.probes.controllers import storage_controllers, storage_locks
from intake_agent.probes.disks import disks
from intake_agent.probes.display import displays, doubted_sizes
from intake_agent.probes.firmware import firmware, system
from intake_agent.probes.memory import memory
from intake_agent.probes.network import network
from intake_agent.probes.pci import graphics
from intake_agent.probes.ports import ports
from intake_agent.probes.processor import doubted_counts, processor
from intake_agent.probes.smbios import of_type, structures
from intake_agent.probes.usb import cameras
from intake_agent.raw_facts import RawFacts
from wipe_reports.reasons import MinimumReason

_DOUBTED_COUNTS = {"cores": MinimumReason.CORES_DOUBTED, "threads": MinimumReason.THREADS_DOUBTED}


def examine(facts: RawFacts, policy: Policy | None = None) -> Machine:
    """Everything the facts tell about the machine, with the verdicts on its disks, batteries and the minimum.

    ``policy`` is the rule for the minimum; ``None`` is the call's own.
    """
    seen_disks, seen_batteries = with_verdicts(disks(facts), tuple(map(bounded, batteries(facts.power_supplies))))
    seen_displays = tuple(map(bounded, displays(facts.edids)))
    seen_system = system(facts.dmidecode, facts.dmi_files)
    has_battery_table = bool(of_type(structures(facts.dmidecode or ""), 22))
    seen_system = replace(
        seen_system, kind=kind(seen_system, seen_batteries, seen_displays, has_battery_table=has_battery_table)
    )
    counts = doubted_counts(facts.cpuinfo, facts.lscpu, facts.dmidecode)
    seen_processor = _completed(
        bounded(processor(facts.cpuinfo, facts.lscpu, facts.dmidecode)), bounded(facts.processor), counts
    )
    storage = storage_controllers(facts.sysfs, facts.lspci, seen_disks if _were_listed(facts) else None)
    seen_firmware = firmware(facts.dmidecode, facts.sysfs, facts.dmi_files)
    locks = {*seen_firmware.locks, *storage_locks(storage or (), facts.sysfs)}
    seen_firmware = replace(seen_firmware, locks=tuple(sorted(map(str, locks))))
    machine = Machine(
        system=seen_system,
        processor=seen_processor,
        memory=bounded(memory(facts.dmidecode, facts.meminfo)),
        disks=seen_disks,
        batteries=seen_batteries,
        displays=seen_displays,
        graphics=graphics(facts.sysfs, facts.lspci),
        network=network(facts.sysfs, facts.lspci, facts.permanent_addresses),
        cameras=cameras(facts.sysfs),
        ports=tuple(map(bounded, ports(facts.dmidecode, seen_system.kind, facts.sysfs))),
        firmware=seen_firmware,
        storage=storage,
        estimate=estimate(
            seen_system, seen_processor.brand, seen_displays, seen_firmware, of_the_system(facts.power_supplies)
        ),
        tools=facts.tools,
        doubts=tuple(_doubts(counts, doubted_sizes(facts.edids))),
    )
    return replace(machine, minimum=judge(machine, policy))


def _were_listed(facts: RawFacts) -> bool:
    """Did anything say which block devices there are? ``lsblk`` prints nothing where the kernel has none at all."""
    has_block_device = any(path.startswith("block/") for path in facts.sysfs)
    return facts.lsblk is not None or ("block" in facts.sysfs and not has_block_device)


def _completed(seen: Processor, added: Processor, doubted: Mapping[str, tuple[int, ...]]) -> Processor:
    """What the kernel's text leaves open, by the libraries; never a count that is unknown because it is doubted."""
    return replace(
        seen,
        brand=seen.brand or added.brand,
        cores=seen.cores if "cores" in doubted else seen.cores or added.cores,
        threads=seen.threads if "threads" in doubted else seen.threads or added.threads,
    )


def _doubts(counts: Mapping[str, tuple[int, ...]], sizes: Mapping[str, str]) -> Iterator[str]:
    for name, figures in counts.items():
        yield str(Reason(_DOUBTED_COUNTS[name], "/".join(str(one) for one in figures)))
    for connector, size in sizes.items():
        yield str(Reason(MinimumReason.DISPLAY_DOUBTED, f"{connector} {size}"))


_SYSTEM_FIELDS = ("manufacturer", "product", "version", "serial", "uuid", "chassis", "kind")
_ADDED_FACTS = ("displays", "graphics", "network", "cameras", "ports", "firmware", "estimate", "tools")
_DISK_FIELDS = ("name", "model", "serial", "medium", "bus", "size_bytes")
_ADDED_DISK_FIELDS = ("manufacturer", "firmware", "removable", "behind", "doubt")
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
        **{name: _plain(getattr(machine, name)) for name in _ADDED_FACTS},
    }


def _plain(fact: Any) -> Any:
    """A record as an object, records in a row as a list of them, anything else as it is."""
    if isinstance(fact, tuple):
        return [_plain(one) for one in fact]
    return asdict(fact) if is_dataclass(fact) and not isinstance(fact, type) else fact


def _disk_json(disk: Disk) -> dict[str, Any]:
    smart = disk.smart or Smart()
    return {
        **{name: getattr(disk, name) for name in _DISK_FIELDS},
        "health": asdict(disk.health),
        "smart": {name: getattr(smart, name) for name in _SMART_FIELDS},
        **{name: getattr(disk, name) for name in _ADDED_DISK_FIELDS},
        "supports": sorted(disk.supports),
        "security": _plain(disk.security),
        "hidden_areas": _plain(disk.hidden_areas),
    }
