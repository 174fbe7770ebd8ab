"""What the probes make of real machines: a table of agreement with the truth tables, and not one crash."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake_agent.inspection import as_json, examine
from intake_agent.judging.minimum import judge_processor
from intake_agent.machine import System
from intake_agent.probes.firmware import system
from intake_agent.probes.memory import memory
from intake_agent.raw_facts import RawFacts

Record = Callable[[str, object], None]


def truth(corpus: Path, table: str) -> Iterator[dict[str, str]]:
    with (corpus / table).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


@pytest.fixture
def note(record_property: Record) -> Iterator[Note]:
    """Counts what agrees and what differs, and prints both with the tests' results."""
    counted = Note()
    yield counted
    for what, fact in sorted({*counted.agreed, *counted.differing}):
        agreed, differing = counted.agreed[what, fact], len(counted.differing.get((what, fact), []))
        record_property("agreement", f"{what:<22} {fact:<27} agree {agreed:5d}   differ {differing:3d}")


class Note:
    """Agreements counted and differences described, by what was looked at and which fact of it."""

    def __init__(self) -> None:
        self.agreed: Counter[tuple[str, str]] = Counter()
        self.differing: dict[tuple[str, str], list[str]] = {}

    def compare(self, what: str, fact: str, seen: object, told: str, where: str) -> None:
        if ("" if seen is None else str(seen)) == told:
            self.agreed[what, fact] += 1
        else:
            self.differing.setdefault((what, fact), []).append(f"{where}: {seen!r}, table says {told!r}")


def content(corpus: Path, row: dict[str, str]) -> str:
    return (corpus / row["file"]).read_text(encoding="utf-8", errors="replace")


def test_every_definition_row_of_the_processor_table_is_judged_alike(corpus: Path, note: Note) -> None:
    for row in truth(corpus, "cpu_minimum.tsv"):
        brand = row["brand_string"]
        note.compare("processor", row["basis"], judge_processor(brand).verdict, row["verdict"], brand)
    assert note.agreed["processor", "definition"] > 300
    assert ("processor", "definition") not in note.differing


WRITINGS: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    lambda brand: f"  {brand}  ",
    lambda brand: " ".join(brand.split()),
    lambda brand: brand.partition(" @")[0],
    lambda brand: brand.replace("(R)", "®").replace("(TM)", "™"),
    lambda brand: f"{brand} Processor",
)


@pytest.mark.parametrize("writing", range(len(WRITINGS)))
def test_another_way_of_writing_a_brand_changes_no_verdict(corpus: Path, writing: int) -> None:
    rows = [row for row in truth(corpus, "cpu_minimum.tsv") if row["basis"] == "definition"]
    written = [(WRITINGS[writing](row["brand_string"]), row["verdict"]) for row in rows]
    assert [brand for brand, verdict in written if judge_processor(brand).verdict != verdict] == []


KIND_OF_CHASSIS = {
    **dict.fromkeys(("Notebook", "Laptop", "Portable", "Sub Notebook", "Convertible", "Detachable"), "laptop"),
    **dict.fromkeys(("Desktop", "Tower", "Mini Tower", "Low Profile Desktop", "Space-saving"), "desktop"),
    **dict.fromkeys(("Mini PC", "Stick PC", "Lunch Box"), "desktop"),
    **dict.fromkeys(("All In One",), "all-in-one"),
    **dict.fromkeys(("Tablet", "Hand Held"), "tablet"),
    **dict.fromkeys(("Main Server Chassis", "Rack Mount Chassis", "Blade", "Multi-system"), "server"),
}
"""A lunch box was a portable computer once; in this century it is a Mac mini."""


def test_every_sure_row_of_the_memory_table_is_read_alike(corpus: Path, note: Note) -> None:
    for row in truth(corpus, "ram_truth.tsv"):
        if row["confidence"] != "high":
            continue
        text = content(corpus, row)
        seen, who = memory(text, None), system(text)
        note.compare("memory", "ram_mib", seen.installed_mib, row["ram_mib"], row["file"])
        note.compare("memory", "modules", len(seen.modules), row["modules"] or "0", row["file"])
        note.compare("memory", "slots_type17", seen.slots or 0, row["slots_type17"] or "0", row["file"])
        free = int(row["slots_type17"] or 0) - int(row["modules"] or 0)
        note.compare("memory", "slots free", (seen.slots or 0) - len(seen.modules), str(free), row["file"])
        for name in ("manufacturer", "product", "version", "serial"):
            told = "" if row[name].strip().lower() == "not specified" else row[name].strip()
            note.compare("identity", name, getattr(who, name), told, row["file"])
        note.compare("identity", "chassis_type", who.chassis, row["chassis_type"].strip(), row["file"])
        _compare_kind(note, who, row)
    assert note.agreed["memory", "ram_mib"] > 400
    assert note.agreed["identity", "kind by chassis"] > 400
    assert note.differing == {}


def _compare_kind(note: Note, who: System, row: dict[str, str]) -> None:
    kind = KIND_OF_CHASSIS.get(row["chassis_type"].strip())
    if kind is not None and who.kind != "virtual":
        note.compare("identity", "kind by chassis", who.kind, kind, row["file"])


FOLDERS = {
    "cpuinfo": "cpuinfo",
    "lscpu": "lscpu",
    "dmidecode": "dmidecode",
    "dmidecode-partial": "dmidecode",
    "lsblk-json": "lsblk",
    "lsblk-text": "lsblk",
    "lshw-json": "lsblk",
    "lshw-xml": "dmidecode",
    "smartctl-json": "smartctl",
    "smartctl-text": "smartctl",
    "smartctl-scan": "smartctl",
    "nvme": "nvme",
    "hw-probe": "dmidecode",
}
BY_DEVICE = {"smartctl", "nvme", "hdparm", "sg_opcodes", "mmc_extcsd"}
TEXTS = ("cpuinfo", "lscpu", "dmidecode", "lsblk", "lspci", "meminfo")


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_no_file_crashes_the_inspection_whatever_probe_it_is_fed_to(corpus: Path, folder: str, note: Note) -> None:
    files = sorted((corpus / folder).glob("*"))
    own = FOLDERS[folder]
    for number, path in enumerate(files):
        text = path.read_text(encoding="utf-8", errors="replace")
        machines = [examine(RawFacts(**{own: {"sda": text} if own in BY_DEVICE else text}))]
        if number % 8 == 0:
            machines.append(examine(_everywhere(text)))
        json.dumps([as_json(machine) for machine in machines])
        note.agreed["no crash", folder] += 1
    assert note.agreed["no crash", folder] == len(files) > 0


def test_no_file_of_a_snapshot_crashes_the_inspection(corpus: Path, note: Note) -> None:
    for path in sorted((corpus / "ghw-snapshots").glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
            texts = {name: file.read().decode("utf-8", "replace") for name, file in files.items() if file}
        sysfs = {name.partition("/sys/")[2]: text for name, text in texts.items() if "/sys/" in name}
        named = {name.rpartition("/proc/")[2]: text for name, text in texts.items() if "/proc/" in name}
        whole = RawFacts(cpuinfo=named.get("cpuinfo"), meminfo=named.get("meminfo"), sysfs=sysfs)
        json.dumps([as_json(examine(whole)), *(as_json(examine(_everywhere(text))) for text in set(texts.values()))])
        note.agreed["no crash", "ghw-snapshots"] += len(texts)
    assert note.agreed["no crash", "ghw-snapshots"] > 100


def _everywhere(text: str) -> RawFacts:
    """The same text as the answer of every tool and of the kernel's files."""
    return RawFacts(
        **dict.fromkeys(TEXTS, text),
        **{tool: {"x": text} for tool in BY_DEVICE},
        sysfs={"class/net/x/address": text, "block/x/size": text},
        dmi_files={"chassis_type": text, "bios_date": text},
    )


def test_the_command_line_judges_the_whole_table_as_the_function_does(corpus: Path) -> None:
    brands = [row["brand_string"] for row in truth(corpus, "cpu_minimum.tsv")]
    done = subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", "assess", "--processors", "-"],
        input="\n".join(brands).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [answer["processor"] for answer in answers] == brands
    assert [answer["verdict"] for answer in answers] == [judge_processor(brand).verdict for brand in brands]
