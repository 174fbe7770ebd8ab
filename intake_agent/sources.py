"""Where raw facts come from: this machine (runs the field's programs) or a captured folder (reads what they printed).

A captured folder holds ``cpuinfo lscpu.txt dmidecode.txt lsblk.json meminfo smartctl-NAME.json nvme-NAME.json
power_supply/SUPPLY/FILE edid-CONNECTOR.bin capture.json``; any of them may be absent. What cannot be had is absent
in :class:`RawFacts`, never an error: a missing program is one more thing that is unknown.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from intake_agent.machine import Disk, Processor, Tool
from intake_agent.probes.disks import disks
from intake_agent.probes.json_facts import at, number, text
from intake_agent.probes.processor import processor

_TIMEOUT_SECONDS = 60
"""A dying disk answers ``smartctl`` after half a minute of retries; past this the fact counts as absent."""
_MAX_FILE_BYTES = 8 * 1024 * 1024
_SYS = Path("/sys")
_DMI_FILES = (
    *("sys_vendor", "product_name", "product_version", "product_serial", "product_uuid", "chassis_type"),
    *("board_vendor", "board_name", "board_serial", "bios_version", "bios_date"),
)
_SUPPLY_FILES = (
    *("type", "scope", "present", "online", "status", "manufacturer", "model_name", "serial_number", "technology"),
    *("energy_full_design", "energy_full", "charge_full_design", "charge_full", "voltage_min_design", "voltage_now"),
    "cycle_count",
)
_NOT_ASKED = re.compile(r"(loop|zram|ram|sr|fd|nbd|dm-|md)\d|mmcblk\d+(boot|rpmb)")


@dataclass(frozen=True, kw_only=True, slots=True)
class RawFacts:
    """What the tools printed, untouched. ``smartctl`` and ``nvme`` go by device name, ``edids`` by connector.

    ``processor`` is what py-cpuinfo and psutil add on this machine where the kernel's own text is silent.
    """

    cpuinfo: str | None = None
    lscpu: str | None = None
    dmidecode: str | None = None
    lsblk: str | None = None
    meminfo: str | None = None
    smartctl: Mapping[str, str] = field(default_factory=dict)
    nvme: Mapping[str, str] = field(default_factory=dict)
    power_supplies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edids: Mapping[str, bytes] = field(default_factory=dict)
    dmi_files: Mapping[str, str] = field(default_factory=dict)
    processor: Processor = field(default_factory=Processor)
    tools: tuple[Tool, ...] = ()


class CaptureUnreadableError(Exception):
    """The folder is no capture: it is not there, or is no folder. The message is for the operator, in Dutch."""


class CaptureFolderTakenError(Exception):
    """The folder for a capture is not empty. The message is for the operator, in Dutch."""


def this_machine() -> RawFacts:
    """Ask this machine everything at once, so that it takes as long as its slowest tool."""
    names = sorted(name for name in _listing(_SYS / "block") if not _NOT_ASKED.match(name))
    with ThreadPoolExecutor(max_workers=8 + 2 * len(names)) as pool:
        dmidecode = pool.submit(_run, "dmidecode")
        lscpu = pool.submit(_run, "lscpu")
        lsblk = pool.submit(_run, "lsblk", "-J", "-b", "-O")
        versions = {
            name: pool.submit(_run, name, option) for name, option in (("lsblk", "--version"), ("nvme", "version"))
        }
        smartctl = {name: pool.submit(_run, "smartctl", "--json", "-x", f"/dev/{name}") for name in names}
        nvme = {
            name: pool.submit(_run, "nvme", "id-ctrl", "--output-format=json", f"/dev/{name}")
            for name in names
            if name.startswith("nvme")
        }
        cpuinfo = _read(Path("/proc/cpuinfo"))
        answers = _told(smartctl)
        return RawFacts(
            cpuinfo=cpuinfo,
            lscpu=lscpu.result(),
            dmidecode=dmidecode.result(),
            lsblk=lsblk.result(),
            meminfo=_read(Path("/proc/meminfo")),
            smartctl=answers,
            nvme=_told(nvme),
            power_supplies=power_supplies(),
            edids=_edids(),
            dmi_files=_files(_SYS / "class/dmi/id", _DMI_FILES),
            processor=_processor_by_libraries(processor(cpuinfo, lscpu.result())),
            tools=_tools(dmidecode.result(), answers, _told(versions)),
        )


def disk_now(name: str) -> Disk | None:
    """What one disk says of itself at this moment, ``None`` when it is gone."""
    lsblk = _run("lsblk", "-J", "-b", "-O", "--nodeps", f"/dev/{name}")
    smartctl = _run("smartctl", "--json", "-x", f"/dev/{name}")
    found = disks(lsblk, {name: smartctl} if smartctl else {})
    return found[0] if found and lsblk else None


def power_supplies() -> Mapping[str, Mapping[str, str]]:
    """The supplies of this machine at this moment; the wipe asks again whether it runs on battery."""
    root = _SYS / "class/power_supply"
    return {name: _files(root / name, _SUPPLY_FILES) for name in _listing(root)}


def captured_folder(folder: Path) -> RawFacts:
    """What a capture holds, from this or any other machine. Raises :class:`CaptureUnreadableError` for no folder."""
    if not folder.is_dir():
        raise CaptureUnreadableError(f"{folder} is geen map met een opname.")
    about = _capture_json(folder / "capture.json")
    supplies = folder / "power_supply"
    dmi = at(about, "dmi_id")
    return RawFacts(
        cpuinfo=_read(folder / "cpuinfo"),
        lscpu=_read(folder / "lscpu.txt"),
        dmidecode=_read(folder / "dmidecode.txt"),
        lsblk=_read(folder / "lsblk.json"),
        meminfo=_read(folder / "meminfo"),
        smartctl=_read_each(folder, "smartctl-", ".json"),
        nvme=_read_each(folder, "nvme-", ".json"),
        power_supplies={name: _files(supplies / name, _SUPPLY_FILES) for name in _listing(supplies)},
        edids={
            path.name.removeprefix("edid-").removesuffix(".bin"): content
            for path in sorted(folder.glob("edid-*.bin"))
            if (content := _read_bytes(path)) is not None
        },
        dmi_files={name: value for name in _DMI_FILES if (value := text(dmi, name))} if isinstance(dmi, dict) else {},
        processor=Processor(
            brand=text(about, "processor", "brand"),
            cores=number(about, "processor", "cores"),
            threads=number(about, "processor", "threads"),
        ),
        tools=tuple(_captured_tools(about)),
    )


def write_capture(facts: RawFacts, folder: Path, taken_at: datetime) -> None:
    """Write ``facts`` as a captured folder, made where it is not there.

    Raises :class:`CaptureFolderTakenError` for a folder that holds anything, OSError where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise CaptureFolderTakenError(
            f"In de map {folder} staat al iets; twee toestellen zouden door elkaar lopen. Kies een nieuwe map."
        )
    texts = {
        "cpuinfo": facts.cpuinfo,
        "lscpu.txt": facts.lscpu,
        "dmidecode.txt": facts.dmidecode,
        "lsblk.json": facts.lsblk,
        "meminfo": facts.meminfo,
        **{f"smartctl-{name}.json": output for name, output in facts.smartctl.items()},
        **{f"nvme-{name}.json": output for name, output in facts.nvme.items()},
    }
    for name, content in texts.items():
        if content is not None:
            (folder / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    for connector, edid in facts.edids.items():
        (folder / f"edid-{connector}.bin").write_bytes(edid)
    for supply, files in facts.power_supplies.items():
        (folder / "power_supply" / supply).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / "power_supply" / supply / name).write_text(content, encoding="utf-8")
    about = {
        "agent": f"herstart {version('herstart')}",
        "captured_at": taken_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "tools": [{"name": tool.name, "version": tool.version} for tool in facts.tools],
        "processor": asdict(facts.processor),
        "dmi_id": dict(facts.dmi_files),
    }
    (folder / "capture.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _run(*command: str) -> str | None:
    """What a program printed, whatever its exit code (``smartctl`` tells its findings in it), or ``None``."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", errors="replace") or None


def _told(futures: Mapping[str, Future[str | None]]) -> dict[str, str]:
    return {name: output for name, future in futures.items() if (output := future.result()) is not None}


def _processor_by_libraries(told: Processor) -> Processor:
    return Processor(
        brand=told.brand or _brand_by_cpuid(),
        cores=told.cores or psutil.cpu_count(logical=False),
        threads=told.threads or psutil.cpu_count(),
    )


def _brand_by_cpuid() -> str | None:
    """py-cpuinfo asks the processor itself and a dozen places more; slow, so only where the kernel has no name."""
    from cpuinfo import get_cpu_info  # noqa: PLC0415 - it takes a second to import and to run

    return text(get_cpu_info(), "brand_raw")


def _tools(dmidecode: str | None, smartctl: Mapping[str, str], versions: Mapping[str, str]) -> tuple[Tool, ...]:
    tools = []
    if banner := re.match(r"# dmidecode (\S+)", dmidecode or ""):
        tools.append(Tool(name="dmidecode", version=banner.group(1)))
    if util_linux := re.search(r"util-linux (\S+)", versions.get("lsblk", "")):
        tools.append(Tool(name="util-linux", version=util_linux.group(1)))
    asked = next(iter(smartctl.values()), "")
    if smartmontools := re.search(r'"version":\s*\[\s*(\d+),\s*(\d+)', asked[max(asked.find('"smartctl"'), 0) :]):
        tools.append(Tool(name="smartmontools", version=".".join(smartmontools.groups())))
    if nvme := re.search(r"nvme version (\S+)", versions.get("nvme", "")):
        tools.append(Tool(name="nvme-cli", version=nvme.group(1)))
    return tuple(tools)


def _captured_tools(about: object) -> Iterator[Tool]:
    rows = at(about, "tools")
    for row in rows if isinstance(rows, list) else ():
        if name := text(row, "name"):
            yield Tool(name=name, version=text(row, "version"))


def _capture_json(path: Path) -> object:
    try:
        return json.loads(_read(path) or "{}")
    except (ValueError, RecursionError):
        return {}


def _edids() -> dict[str, bytes]:
    root = _SYS / "class/drm"
    found = {name: _read_bytes(root / name / "edid") for name in _listing(root) if "-" in name}
    return {name.partition("-")[2]: edid for name, edid in found.items() if edid}


def _read_each(folder: Path, prefix: str, suffix: str) -> dict[str, str]:
    paths = sorted(folder.glob(f"{prefix}*{suffix}"))
    return {
        path.name.removeprefix(prefix).removesuffix(suffix): content
        for path in paths
        if (content := _read(path)) is not None
    }


def _files(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    return {name: content.strip() for name in names if (content := _read(folder / name)) is not None}


def _listing(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str | None:
    content = _read_bytes(path)
    return None if content is None else content.decode("utf-8", errors="replace")


def _read_bytes(path: Path) -> bytes | None:
    """A file's first 8 MiB, or ``None`` where it cannot be read; what the firmware hides from us is unknown."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_FILE_BYTES)
    except OSError:
        return None
