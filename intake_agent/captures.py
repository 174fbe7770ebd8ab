"""A captured folder: what one machine answered, as files, so that any machine in the world can be inspected again.

A folder holds, each of them optional:

- ``cpuinfo meminfo`` as in ``/proc``; ``lscpu.txt dmidecode.txt lsblk.json lspci.txt`` as those programs print it
  (``lsblk -J -b -O``, ``lspci -D -mm -nn``);
- a file a drive: ``smartctl-NAME.json nvme-NAME.json hdparm-NAME.txt hpa-NAME.txt dco-NAME.txt sg-opcodes-NAME.txt
  mmc-extcsd-NAME.txt`` (``smartctl --json -x``, ``nvme id-ctrl``, ``hdparm -I``, ``hdparm -N``,
  ``hdparm --dco-identify``, ``sg_opcodes``, ``mmc extcsd read``);
- ``power_supply/SUPPLY/FILE`` and ``edid-CONNECTOR.bin`` as in ``/sys/class``;
- ``sysfs.json``: path under ``/sys`` → content (of a link: where it leads; empty: only known to be there), with what
  :mod:`intake_agent.seeing.sysfs` gathers;
- ``capture.json``: when and by which agent it was taken, the tools' versions, ``dmi_id`` (``/sys/class/dmi/id``),
  ``permanent_addresses`` (interface → MAC), ``live_disks`` (the disks that the system ran from), and what libraries
  added about the processor.

A Windows key, a password or the content of an ACPI table is never in it: they are never read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake_agent.language import gettext
from intake_agent.machine import Processor, Tool
from intake_agent.probes.json_facts import at, flag, number, text
from intake_agent.raw_facts import DMI_FILES, SUPPLY_FILES, RawFacts
from intake_agent.seeing import sysfs

_SINGLE_FILES = {
    "cpuinfo": "cpuinfo",
    "lscpu": "lscpu.txt",
    "dmidecode": "dmidecode.txt",
    "lsblk": "lsblk.json",
    "lspci": "lspci.txt",
    "meminfo": "meminfo",
}
_FILES_A_DRIVE = {
    "smartctl": ("smartctl-", ".json"),
    "nvme": ("nvme-", ".json"),
    "hdparm": ("hdparm-", ".txt"),
    "hpa": ("hpa-", ".txt"),
    "dco": ("dco-", ".txt"),
    "sg_opcodes": ("sg-opcodes-", ".txt"),
    "mmc_extcsd": ("mmc-extcsd-", ".txt"),
}


class CaptureUnreadableError(Exception):
    """The folder is no capture: it is not there, or is no folder. The message is for the operator."""


class CaptureFolderTakenError(Exception):
    """The folder for a capture is not empty. The message is for the operator."""


def captured_folder(folder: Path) -> RawFacts:
    """What a capture holds, from this or any other machine. Raises :class:`CaptureUnreadableError` for no folder."""
    if not folder.is_dir():
        raise CaptureUnreadableError(gettext("{folder} is geen map met een opname.", folder=folder))
    about = _json(folder / "capture.json")
    supplies, dmi = folder / "power_supply", _strings(at(about, "dmi_id"))
    texts: dict[str, Any] = {fact: sysfs.read(folder / name) for fact, name in _SINGLE_FILES.items()}
    texts |= {fact: _read_each(folder, *names) for fact, names in _FILES_A_DRIVE.items()}
    return RawFacts(
        **texts,
        power_supplies={name: sysfs.files(supplies / name, SUPPLY_FILES) for name in sysfs.listing(supplies)},
        edids={
            path.name.removeprefix("edid-").removesuffix(".bin"): content
            for path in sorted(folder.glob("edid-*.bin"))
            if (content := sysfs.read_bytes(path)) is not None
        },
        dmi_files={name: value for name in DMI_FILES if (value := dmi.get(name)) is not None},
        sysfs=_strings(_json(folder / "sysfs.json")),
        permanent_addresses=_strings(at(about, "permanent_addresses")),
        live_disks=tuple(name for name in _list(at(about, "live_disks")) if isinstance(name, str)),
        processor=_processor(at(about, "processor")),
        tools=tuple(_tools(about)),
    )


def write_capture(facts: RawFacts, folder: Path, taken_at: datetime) -> None:
    """Write ``facts`` as a captured folder, made where it is not there.

    Raises :class:`CaptureFolderTakenError` for a folder that holds anything, OSError where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise CaptureFolderTakenError(
            gettext(
                "In de map {folder} staat al iets; twee toestellen zouden door elkaar lopen. Kies een nieuwe map.",
                folder=folder,
            )
        )
    for name, content in _texts(facts).items():
        (folder / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    for connector, edid in facts.edids.items():
        (folder / f"edid-{connector}.bin").write_bytes(edid)
    for supply, files in facts.power_supplies.items():
        (folder / "power_supply" / supply).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / "power_supply" / supply / name).write_text(content, encoding="utf-8")
    from importlib.metadata import version  # noqa: PLC0415 - a tenth of a second that only a capture must wait for

    about = {
        "agent": f"herstart {version('herstart')}",
        "captured_at": taken_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "tools": [{"name": tool.name, "version": tool.version} for tool in facts.tools],
        "processor": asdict(facts.processor),
        "dmi_id": dict(facts.dmi_files),
        "permanent_addresses": dict(facts.permanent_addresses),
        "live_disks": list(facts.live_disks),
    }
    _write_json(folder / "capture.json", about)


def _texts(facts: RawFacts) -> dict[str, str]:
    """Every text file of a capture: name → content."""
    texts = {name: getattr(facts, fact) for fact, name in _SINGLE_FILES.items()}
    for fact, (prefix, suffix) in _FILES_A_DRIVE.items():
        answers: Mapping[str, str] = getattr(facts, fact)
        texts |= {f"{prefix}{name}{suffix}": output for name, output in answers.items()}
    if facts.sysfs:
        texts["sysfs.json"] = json.dumps(dict(facts.sysfs), indent=0, ensure_ascii=False) + "\n"
    return {name: content for name, content in texts.items() if content is not None}


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _processor(recorded: object) -> Processor:
    return Processor(
        brand=text(recorded, "brand"),
        cores=number(recorded, "cores"),
        threads=number(recorded, "threads"),
        family=text(recorded, "family"),
        is_64_bit=flag(recorded, "is_64_bit"),
        has_virtualisation=flag(recorded, "has_virtualisation"),
    )


def _tools(about: object) -> Iterator[Tool]:
    for row in _list(at(about, "tools")):
        if name := text(row, "name"):
            yield Tool(name=name, version=text(row, "version"))


def _list(recorded: object) -> list[object]:
    return recorded if isinstance(recorded, list) else []


def _json(path: Path) -> object:
    try:
        return json.loads(sysfs.read(path) or "{}")
    except (ValueError, RecursionError):
        return {}


def _strings(recorded: object) -> dict[str, str]:
    """The members of an object that are texts; a capture is a file that anybody may have changed."""
    members = recorded.items() if isinstance(recorded, dict) else ()
    return {name: value for name, value in members if isinstance(value, str)}


def _read_each(folder: Path, prefix: str, suffix: str) -> dict[str, str]:
    return {
        path.name.removeprefix(prefix).removesuffix(suffix): content
        for path in sorted(folder.glob(f"{prefix}*{suffix}"))
        if (content := sysfs.read(path)) is not None
    }
