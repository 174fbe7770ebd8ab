"""What the probes make of real drives, as JSON and as text, beside the table of what each of them printed."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from intake_agent.judging.health import judge_disk
from intake_agent.machine import Disk, HealthVerdict, Smart
from intake_agent.probes.disks import drive

Record = Callable[[str, object], None]
Row = dict[str, str]

PACKED = {
    "pending_raw_packed": "attr197_pending",
    "offline_unc_raw_packed": "attr198_uncorrectable",
    "poh_implausible": "power_on_hours",
}
"""Notes of the table by which a vendor packed something else into a fact: the number is not to be asserted."""
LARGEST_COUNT = 1 << 31

TEXT_FLOORS = {
    "kind": 476,
    "model": 478,
    "serial": 479,
    "overall_passed": 479,
    "attr5_reallocated": 479,
    "attr197_pending": 477,
    "attr198_uncorrectable": 476,
    "attr187_reported_uncorrect": 476,
    "power_on_hours": 478,
    "percentage_used": 479,
    "nvme_media_errors": 479,
    "nvme_critical_warning": 479,
    "nvme_available_spare": 479,
    "nvme_spare_threshold": 479,
}
"""So many of the 479 drives in text agree today, packed numbers left out; an agreement that is lost is a fault.

Not said by the text alone: the kind of two CompactFlash cards and a storage array's volume (the table has it from the
folder they were found in), and that array's model without its vendor."""


def _converter() -> ModuleType:
    path = Path(__file__).with_name("smartctl_text.py")
    spec = importlib.util.spec_from_file_location("smartctl_text", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


smartctl_text = _converter()


@cache
def drives(corpus: Path, form: str) -> tuple[tuple[Row, Disk], ...]:
    """The rows of the table in one form (json or text), each with the drive as the probes read it."""
    return tuple(_drives(corpus, form))


def _drives(corpus: Path, form: str) -> Iterator[tuple[Row, Disk]]:
    with (corpus / "smart_verdicts.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["format"] == form:
                output = (corpus / row["file"]).read_text(encoding="utf-8", errors="replace")
                answer = output if form == "json" else json.dumps(smartctl_text.as_json(output))
                yield row, drive("sdx", answer)


def facts(disk: Disk) -> dict[str, object]:
    """The facts of the table as the probes read them."""
    smart = disk.smart or Smart()
    return {
        "kind": "" if disk.medium == "unknown" else str(disk.medium),
        "model": disk.model,
        "serial": disk.serial,
        "overall_passed": None if smart.passed is None else str(smart.passed).lower(),
        "attr5_reallocated": smart.reallocated,
        "attr197_pending": smart.pending,
        "attr198_uncorrectable": smart.uncorrectable,
        "attr187_reported_uncorrect": disk.signs.reported_uncorrectable,
        "power_on_hours": smart.power_on_hours,
        "percentage_used": smart.percentage_used,
        "nvme_media_errors": smart.media_errors,
        "nvme_critical_warning": disk.signs.critical_warning,
        "nvme_available_spare": disk.signs.spare_percent,
        "nvme_spare_threshold": disk.signs.spare_threshold_percent,
    }


def compare(rows: Iterable[tuple[Row, Disk]]) -> tuple[Counter[str], list[str]]:
    agreed, differing = Counter(), []
    for row, disk in rows:
        packed = {name for note, name in PACKED.items() if note in row["notes"]}
        for name, fact in facts(disk).items():
            told = _unquoted(row[name])
            if ("" if fact is None else str(fact)) == told:
                agreed[name] += 1
            elif name not in packed and not _is_packed(told):
                differing.append(f"{name} {row['file']}: {fact!r}, table says {told!r}")
    return agreed, differing


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') and cell.endswith('"') else cell


def _is_packed(told: str) -> bool:
    return told.isdigit() and int(told) >= LARGEST_COUNT


def record(record_property: Record, what: str, agreed: Counter[str], differing: list[str]) -> None:
    wrong = Counter(line.split(" ", 1)[0] for line in differing)
    for fact in sorted(agreed | wrong):
        record_property("agreement", f"{what:<22} {fact:<27} agree {agreed[fact]:5d}   differ {wrong[fact]:3d}")


def test_every_json_drive_of_the_smart_table_is_read_alike(corpus: Path, record_property: Record) -> None:
    agreed, differing = compare(drives(corpus, "json"))
    record(record_property, "drives in JSON", agreed, differing)
    assert agreed["kind"] > 100
    assert differing == []


def test_the_drives_in_text_agree_as_far_as_text_goes(corpus: Path, record_property: Record) -> None:
    agreed, differing = compare(drives(corpus, "text"))
    record(record_property, "drives in text", agreed, differing)
    assert {fact: agreed[fact] for fact in TEXT_FLOORS if agreed[fact] < TEXT_FLOORS[fact]} == {}, differing


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_drive_with_bad_signs_is_called_healthy_and_none_without_is_called_failing(
    corpus: Path, form: str, record_property: Record
) -> None:
    verdicts, wrong = Counter(), []
    for row, disk in drives(corpus, form):
        verdict = judge_disk(disk).verdict
        verdicts["bad signs" if row["bad_signs"] else "no bad signs", str(verdict)] += 1
        if row["bad_signs"] and verdict not in {HealthVerdict.WORN, HealthVerdict.FAILING}:
            wrong.append(f"{row['file']}: {row['bad_signs']} called {verdict}")
        if not row["bad_signs"] and verdict is HealthVerdict.FAILING:
            wrong.append(f"{row['file']}: no bad signs, called failing for {judge_disk(disk).reasons}")
    for (signs, verdict), count in sorted(verdicts.items()):
        record_property("agreement", f"{f'health in {form}':<22} {f'{signs}: {verdict}':<27} drives {count:4d}")
    assert verdicts["bad signs", "failing"] > 0
    assert wrong == []
