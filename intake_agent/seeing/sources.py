"""Raw facts of this machine: the field's programs and the kernel's files, all asked at once.

A program that is not there, says nothing or does not answer in time leaves its facts unknown, never an error. A
folder with what another machine answered is read by :mod:`intake_agent.captures`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from intake_agent.machine import Disk, Processor, Tool
from intake_agent.probes.command_set import ATA_VENDOR
from intake_agent.probes.disks import disks
from intake_agent.probes.json_facts import text
from intake_agent.probes.processor import processor
from intake_agent.probes.self_tests import keeps_self_tests_in_text
from intake_agent.raw_facts import DMI_FILES, SUPPLY_FILES, RawFacts
from intake_agent.seeing import sysfs
from intake_agent.seeing.block_device import live_disks
from intake_agent.seeing.programs import printed

_NOT_ASKED = re.compile(r"(loop|zram|ram|sr|fd|nbd|rbd|drbd|zd|bcache|dm-|md|mtdblock|ubiblock)\d|mmcblk\d+(boot|rpmb)")
_VERSION_QUESTIONS = {
    "lsblk": ("lsblk", "--version"),
    "nvme": ("nvme", "version"),
    "hdparm": ("hdparm", "-V"),
    "lspci": ("lspci", "--version"),
}
_VERSION_WORDS = {
    "util-linux": ("lsblk", re.compile(r"util-linux (\S+)")),
    "nvme-cli": ("nvme", re.compile(r"nvme version (\S+)")),
    "hdparm": ("hdparm", re.compile(r"hdparm v(\S+)")),
    "pciutils": ("lspci", re.compile(r"lspci version (\S+)")),
}

Answers = dict[str, str]
_Ask = Callable[..., Future[str | None]]


def this_machine() -> RawFacts:
    """Ask this machine everything at once, so that it takes as long as its slowest tool."""
    names = sorted(name for name in sysfs.listing(sysfs.SYS / "block") if not _NOT_ASKED.match(name))
    with ThreadPoolExecutor(max_workers=16 + 3 * len(names)) as pool:

        def ask(*command: str, after: Future[str | None] | None = None) -> Future[str | None]:
            return pool.submit(printed, *command) if after is None else pool.submit(_run_if_ata, after, *command)

        smartctl = {name: pool.submit(_smartctl, name) for name in names}
        dmidecode, lscpu = ask("dmidecode"), ask("lscpu")
        lsblk, lspci = ask("lsblk", "-J", "-b", "-O"), ask("lspci", "-D", "-mm", "-nn")
        erasing = _how_they_erase(names, ask)
        versions = {name: ask(*question) for name, question in _VERSION_QUESTIONS.items()}
        cpuinfo, tree = sysfs.read(Path("/proc/cpuinfo")), pool.submit(sysfs.tree)
        health = _answers(smartctl)
        return RawFacts(
            cpuinfo=cpuinfo,
            lscpu=lscpu.result(),
            dmidecode=dmidecode.result(),
            lsblk=lsblk.result(),
            lspci=lspci.result(),
            meminfo=sysfs.read(Path("/proc/meminfo")),
            smartctl=health,
            **erasing(),
            power_supplies=power_supplies(),
            edids=_edids(),
            dmi_files=sysfs.files(sysfs.SYS / "class/dmi/id", DMI_FILES),
            sysfs=tree.result(),
            permanent_addresses=sysfs.permanent_addresses(),
            live_disks=live_disks(),
            processor=_processor_by_libraries(processor(cpuinfo, lscpu.result())),
            tools=_tools(dmidecode.result(), health, _answers(versions)),
        )


def disk_now(name: str) -> Disk | None:
    """What one disk says of itself at this moment, ``None`` when it is gone."""
    with ThreadPoolExecutor(max_workers=4) as pool:

        def ask(*command: str, after: Future[str | None] | None = None) -> Future[str | None]:
            return pool.submit(printed, *command) if after is None else pool.submit(_run_if_ata, after, *command)

        smartctl, lsblk = pool.submit(_smartctl, name), ask("lsblk", "-J", "-b", "-O", "--nodeps", f"/dev/{name}")
        facts = RawFacts(
            lsblk=lsblk.result(),
            smartctl=_answers({name: smartctl}),
            **_how_they_erase([name], ask)(),
            sysfs=sysfs.tree(),
        )
    found = disks(facts)
    return found[0] if found and facts.lsblk else None


def power_supplies() -> Mapping[str, Mapping[str, str]]:
    """The supplies of this machine at this moment; the wipe asks again whether it runs on battery."""
    root = sysfs.SYS / "class/power_supply"
    return {name: sysfs.files(root / name, SUPPLY_FILES) for name in sysfs.listing(root)}


def _smartctl(name: str) -> str | None:
    """What the drive says of itself; of a USB bridge that smartctl does not know, the usual way through it is tried.

    Releases that tell a SCSI drive's self-tests in their text only are asked for that text too.
    """
    answer = printed("smartctl", "--json", "-x", f"/dev/{name}")
    if answer is not None and "Unknown USB bridge" in answer:
        through = printed("smartctl", "--json", "-x", "-d", "sat,auto", f"/dev/{name}")
        return through or answer
    if answer is not None and keeps_self_tests_in_text(answer):
        return printed("smartctl", "--json=o", "-x", f"/dev/{name}") or answer
    return answer


def _how_they_erase(names: Iterable[str], ask: _Ask) -> Callable[[], dict[str, Any]]:
    """Ask each disk on a port of its own, in its own language, how it can erase; behind USB nothing is asked.

    Every drive that speaks ATA is asked for hidden areas, also behind a SAS host adapter.

    The questions are out when this returns; what it returns waits for the answers.
    """
    asked: dict[str, dict[str, Future[str | None]]] = {
        name: {} for name in ("nvme", "hdparm", "hpa", "dco", "sg_opcodes", "mmc_extcsd")
    }
    for name in names:
        where = str((sysfs.SYS / "block" / name).resolve())
        device = f"/dev/{name}"
        if name.startswith("nvme"):
            asked["nvme"][name] = ask("nvme", "id-ctrl", "--output-format=json", device)
        elif name.startswith("mmcblk"):
            asked["mmc_extcsd"][name] = ask("mmc", "extcsd", "read", device)
        elif name.startswith("sd") and "/usb" not in where:
            on_ata_port = re.search(r"/ata\d+/", where) is not None
            identity = asked["hdparm"][name] = ask("hdparm", "-I", device)
            first = None if on_ata_port or _is_translated_ata(name) else identity
            asked["hpa"][name] = ask("hdparm", "-N", device, after=first)
            asked["dco"][name] = ask("hdparm", "--dco-identify", device, after=first)
            if not on_ata_port:
                asked["sg_opcodes"][name] = ask("sg_opcodes", device)
    return lambda: {program: _answers(answers) for program, answers in asked.items()}


def _run_if_ata(identify: Future[str | None], *command: str) -> str | None:
    """``command`` on a drive that answered ``hdparm -I`` as an ATA drive does; another one is not asked."""
    return printed(*command) if "Commands/features" in (identify.result() or "") else None


def _is_translated_ata(name: str) -> bool:
    """Is this an ATA drive that a SAS host adapter shows as a SCSI one? A RAID volume gives its controller's vendor."""
    return (sysfs.read(sysfs.SYS / "block" / name / "device" / "vendor") or "").strip() == ATA_VENDOR


def _answers(futures: Mapping[str, Future[str | None]]) -> Answers:
    return {name: output for name, future in futures.items() if (output := future.result()) is not None}


def _processor_by_libraries(known: Processor) -> Processor:
    """What the kernel's own text leaves open. psutil takes longer to load than most tools to answer, so only then."""
    if known.brand and known.cores and known.threads:
        return Processor(brand=known.brand, cores=known.cores, threads=known.threads)
    import psutil  # noqa: PLC0415

    return Processor(
        brand=known.brand or _brand_by_cpuid(),
        cores=known.cores or psutil.cpu_count(logical=False),
        threads=known.threads or psutil.cpu_count(),
    )


def _brand_by_cpuid() -> str | None:
    """py-cpuinfo asks the processor itself and a dozen places more; slow, so only where the kernel has no name."""
    from cpuinfo import get_cpu_info  # noqa: PLC0415 - it takes a second to import and to run

    return text(get_cpu_info(), "brand_raw")


def _tools(dmidecode: str | None, smartctl: Answers, versions: Answers) -> tuple[Tool, ...]:
    tools = []
    if banner := re.match(r"# dmidecode (\S+)", dmidecode or ""):
        tools.append(Tool(name="dmidecode", version=banner.group(1)))
    asked = next(iter(smartctl.values()), "")
    if smartmontools := re.search(r'"version":\s*\[\s*(\d+),\s*(\d+)', asked[max(asked.find('"smartctl"'), 0) :]):
        tools.append(Tool(name="smartmontools", version=".".join(smartmontools.groups())))
    for name, (program, words) in _VERSION_WORDS.items():
        if version := words.search(versions.get(program, "")):
            tools.append(Tool(name=name, version=version.group(1)))
    return tuple(tools)


def _edids() -> dict[str, bytes]:
    root = sysfs.SYS / "class/drm"
    found = {name: sysfs.read_bytes(root / name / "edid") for name in sysfs.listing(root) if "-" in name}
    return {name.partition("-")[2]: edid for name, edid in found.items() if edid}
