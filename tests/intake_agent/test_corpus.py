"""What the probes make of real machines: a table of agreement with the truth tables, and not one crash."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake_agent.inspection import as_json, examine
from intake_agent.machine import Smart
from intake_agent.minimum import judge_processor
from intake_agent.probes.disks import drive
from intake_agent.probes.firmware import system
from intake_agent.probes.memory import memory
from intake_agent.sources import RawFacts

Record = Callable[[str, object], None]


def truth(corpus: Path, table: str) -> Iterator[dict[str, str]]:
    with (corpus / table).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def content(corpus: Path, row: dict[str, str]) -> str:
    return (corpus / row["file"]).read_text(encoding="utf-8", errors="replace")


def report(record: Record, what: str, agreed: Counter[str], differing: list[str]) -> None:
    wrong = Counter(line.split(" ", 1)[0] for line in differing)
    for fact in sorted(agreed | wrong):
        record("agreement", f"{what:<22} {fact:<18} agree {agreed[fact]:5d}   differ {wrong[fact]:3d}")


def test_every_definition_row_of_the_processor_table_is_judged_alike(corpus: Path, record_property: Record) -> None:
    agreed, differing = Counter(), []
    for row in truth(corpus, "cpu_minimum.tsv"):
        verdict = judge_processor(row["brand_string"]).verdict
        if verdict == row["verdict"]:
            agreed[row["basis"]] += 1
        else:
            differing.append(f"{row['basis']} {row['brand_string']!r}: {verdict}, table says {row['verdict']}")
    report(record_property, "processor", agreed, differing)
    assert agreed["definition"] > 300
    assert [line for line in differing if line.startswith("definition")] == []


def test_every_sure_row_of_the_memory_table_is_read_alike(corpus: Path, record_property: Record) -> None:
    agreed, differing = Counter(), []
    for row in truth(corpus, "ram_truth.tsv"):
        if row["confidence"] != "high":
            continue
        text = content(corpus, row)
        seen, who = memory(text, None), system(text)
        facts = {
            "ram_mib": seen.installed_mib,
            "modules": len(seen.modules) or None,
            "slots_type17": seen.slots,
            "chassis_type": who.chassis,
            "manufacturer": who.manufacturer,
            "product": who.product,
            "version": who.version,
            "serial": who.serial,
        }
        for name, fact in facts.items():
            said = "" if row[name].strip().lower() == "not specified" else row[name].strip()
            said = "" if name in {"modules", "slots_type17"} and said == "0" else said
            if ("" if fact is None else str(fact)) == said:
                agreed[name] += 1
            else:
                differing.append(f"{name} {row['file']}: {fact!r}, table says {row[name]!r}")
    report(record_property, "memory and identity", agreed, differing)
    assert agreed["ram_mib"] > 400
    assert differing == []


def test_every_json_drive_of_the_smart_table_is_read_alike(corpus: Path, record_property: Record) -> None:
    agreed, differing = Counter(), []
    for row in truth(corpus, "smart_verdicts.tsv"):
        if row["format"] != "json":
            continue
        seen = drive("sdx", content(corpus, row))
        smart = seen.smart or Smart()
        facts = {
            "kind": "" if seen.medium == "unknown" else str(seen.medium),
            "model": seen.model,
            "serial": seen.serial,
            "overall_passed": None if smart.passed is None else str(smart.passed).lower(),
            "attr5_reallocated": smart.reallocated,
            "attr197_pending": smart.pending,
            "attr198_uncorrectable": smart.uncorrectable,
            "power_on_hours": smart.power_on_hours,
            "percentage_used": smart.percentage_used,
            "nvme_media_errors": smart.media_errors,
        }
        packed = {
            name
            for note, name in (
                ("pending_raw_packed", "attr197_pending"),
                ("offline_unc_raw_packed", "attr198_uncorrectable"),
                ("poh_implausible", "power_on_hours"),
            )
            if note in row["notes"]
        }
        for name, fact in facts.items():
            if name in packed:
                continue
            if ("" if fact is None else str(fact)) == row[name]:
                agreed[name] += 1
            else:
                differing.append(f"{name} {row['file']}: {fact!r}, table says {row[name]!r}")
        if row["bad_signs"] and seen.medium != "unknown":
            from intake_agent.health import judge_disk  # noqa: PLC0415

            key = "not called healthy"
            if judge_disk(seen).verdict in {"worn", "failing"}:
                agreed[key] += 1
            else:
                differing.append(f"{key} {row['file']}: {judge_disk(seen)}")
    report(record_property, "drives", agreed, differing)
    assert agreed["kind"] > 100
    assert differing == []


FOLDERS = {
    "cpuinfo": "cpuinfo",
    "lscpu": "lscpu",
    "dmidecode": "dmidecode",
    "dmidecode-partial": "dmidecode",
    "lsblk-json": "lsblk",
    "lsblk-text": "lsblk",
    "smartctl-json": "smartctl",
    "smartctl-text": "smartctl",
    "nvme": "nvme",
    "lshw-xml": "dmidecode",
    "hw-probe": "dmidecode",
}


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_no_file_crashes_the_inspection_whatever_probe_it_is_fed_to(
    corpus: Path, folder: str, record_property: Record
) -> None:
    files = sorted((corpus / folder).glob("*"))
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        named = {"smartctl": {"sda": text}, "nvme": {"sda": text}}
        everywhere = RawFacts(
            cpuinfo=text, lscpu=text, dmidecode=text, lsblk=text, meminfo=text, smartctl={"x": text}, nvme={"x": text}
        )
        own = FOLDERS[folder]
        machine = examine(RawFacts(**{own: named.get(own, text)}))
        json.dumps([as_json(machine), as_json(examine(everywhere))])
    record_property("agreement", f"{'no crash':<22} {folder:<18} files {len(files):5d}")
    assert files


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
