"""Whatever the tools print, no figure leaves a probe that the report would refuse, and none that no part can mean."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.captures import captured_folder
from intake_agent.inspection import examine
from intake_agent.machine import Disk, Machine, Smart
from intake_agent.probes.bounds import bounded, bounds_of
from intake_agent.raw_facts import RawFacts
from intake_agent.station.report import Signatory, WipedDisk, build
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from wipe_reports import contradictions, document, hardware, schema, shape, signing
from wipe_reports.fields import RecordSchema, Whole
from wipe_reports.record_schemas import schema_of

KEY = signing.generate_key()
CAPTURES = Path(__file__).parents[1] / "captures"
HUGE = (
    2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1, 18446744073321613488, 2**70, 10**400, -1, -(2**40), 0,
)  # fmt: skip
_figures = st.sampled_from(HUGE) | st.integers(-(2**70), 2**70)


def reported(machine: Machine) -> bytes:
    """The report's bytes, with every disk that can be planned told as being wiped."""
    now = datetime.now(UTC)
    wiped = {
        disk.name: WipedDisk(disk=disk, wipe=unfinished(made, now, None), hidden_areas=disk.hidden_areas)
        for disk in machine.disks
        if (made := plan(disk)).steps
    }
    who = Signatory(station="Bank 1", key=KEY, operator="An")
    report = build(
        machine,
        wiped,
        who,
        report_id="0192f0c1-2b3a-7c4d-8e5f-000000000001",
        created_at=datetime.now(UTC),
        test=False,
    )
    assert contradictions.find(report) == []
    return schema.to_bytes(report)


class Spoiling:
    """Puts figures of ``draw`` in the place of numbers in a tool's text or JSON; ``dice`` says how many stay."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data
        self._left = 6

    def figure(self, now: Any) -> Any:
        if self._left and self._data.draw(st.integers(0, 15)) == 0:
            self._left -= 1
            return self._data.draw(_figures)
        return now

    def text(self, told: str) -> str:
        words = told.split(" ")
        return " ".join(str(self.figure(word)) if word.strip("\n,kBGM").isdigit() else word for word in words)

    def tree(self, told: Any) -> Any:
        if isinstance(told, dict):
            return {name: self.tree(value) for name, value in told.items()}
        if isinstance(told, list):
            return [self.tree(value) for value in told]
        return self.figure(told) if isinstance(told, int) and not isinstance(told, bool) else told

    def json(self, told: str) -> str:
        try:
            return json.dumps(self.tree(json.loads(told)))
        except ValueError:
            return told


def spoilt(facts: RawFacts, data: st.DataObject) -> RawFacts:
    spoiling = Spoiling(data)
    texts = {
        name: spoiling.text(told)
        for name in ("cpuinfo", "lscpu", "dmidecode", "meminfo")
        if (told := getattr(facts, name)) is not None
    }
    answers = {
        name: {device: how(told) for device, told in getattr(facts, name).items()}
        for name, how in (
            *((name, spoiling.json) for name in ("smartctl", "nvme")),
            *((name, spoiling.text) for name in ("hdparm", "hpa", "dco", "sg_opcodes", "mmc_extcsd", "sysfs")),
        )
    }
    supplies = {
        name: {file: str(spoiling.figure(value)) if value.isdigit() else value for file, value in files.items()}
        for name, files in facts.power_supplies.items()
    }
    lsblk = spoiling.json(facts.lsblk) if facts.lsblk else None
    return replace(facts, **texts, **answers, lsblk=lsblk, power_supplies=supplies)


MACHINES = {path.name: captured_folder(path) for path in sorted(CAPTURES.iterdir())}


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(sorted(MACHINES)), st.data())
def test_any_figures_that_the_tools_print_make_a_machine_whose_report_stands(name: str, data: st.DataObject) -> None:
    machine = examine(spoilt(MACHINES[name], data))
    assert reported(machine)
    assert machine == bounded(machine)


@pytest.mark.parametrize("figure", HUGE)
@pytest.mark.parametrize("name", sorted(MACHINES))
def test_one_impossible_figure_everywhere_makes_a_machine_whose_report_stands(name: str, figure: int) -> None:
    class Always(Spoiling):
        def __init__(self) -> None:
            """Without chance."""

        def figure(self, now: Any) -> Any:
            return figure

    facts, all_of = MACHINES[name], Always()
    machine = examine(
        replace(
            facts,
            **{one: all_of.text(getattr(facts, one) or "") for one in ("cpuinfo", "lscpu", "dmidecode", "meminfo")},
            smartctl={device: all_of.json(told) for device, told in facts.smartctl.items()},
            nvme={device: all_of.json(told) for device, told in facts.nvme.items()},
            sysfs={path: str(figure) if told.isdigit() else told for path, told in facts.sysfs.items()},
            power_supplies={
                supply: {file: str(figure) if told.isdigit() else told for file, told in files.items()}
                for supply, files in facts.power_supplies.items()
            },
            lsblk=all_of.json(facts.lsblk or ""),
        )
    )
    assert reported(machine)


def test_a_number_of_five_thousand_digits_makes_no_probe_fall() -> None:
    digits = "9" * 5000
    for name, facts in MACHINES.items():
        texts = {
            one: "".join(digits if part.isdigit() and len(part) > 1 else part for part in _parts(getattr(facts, one)))
            for one in ("cpuinfo", "lscpu", "dmidecode", "meminfo", "lsblk", "lspci")
            if getattr(facts, one)
        }
        sysfs = {path: digits if told.isdigit() else told for path, told in facts.sysfs.items()}
        areas = {"sda": f" max sectors   = {digits}/{digits}"}
        machine = examine(replace(facts, **texts, sysfs=sysfs, hpa=areas, dco={"sda": f"Real max sectors: {digits}"}))
        assert reported(machine), name


def _parts(text: str) -> list[str]:
    parts, last = [], ""
    for character in text:
        if last and character.isdigit() != last[-1].isdigit():
            parts.append(last)
            last = ""
        last += character
    return [*parts, last]


def schemas() -> dict[type, RecordSchema]:
    return {record: schema_of(record)() for record in shape.records(document.WipeReport)}


def test_every_figure_of_a_machine_has_bounds_that_the_report_takes() -> None:
    """A figure that is added later must be given its bounds, and ones that its field in the report holds."""
    known = schemas()
    for record in _records(Machine):
        for field in fields(record):
            if get_type_hints(record)[field.name] in {int, int | None}:
                lowest, highest = bounds_of(record)[field.name]
                rule = known[record].fields.get(field.name) if record in known else None
                assert rule is None or (isinstance(rule, Whole) and rule.minimum <= lowest <= highest <= rule.maximum)
    carrier = schema_of(document.Carrier)().fields
    for name in ("size_bytes", "logical_block_bytes"):
        lowest, highest = bounds_of(Disk)[name]
        assert carrier[name].minimum <= lowest <= highest <= carrier[name].maximum


def _records(record: type, seen: set[type] | None = None) -> set[type]:
    seen = set() if seen is None else seen
    if record in seen:
        return seen
    seen.add(record)
    for hint in get_type_hints(record).values():
        for one in (hint, *getattr(hint, "__args__", ())):
            if isinstance(one, type) and is_dataclass(one):
                _records(one, seen)
            for inner in getattr(one, "__args__", ()):
                if isinstance(inner, type) and is_dataclass(inner):
                    _records(inner, seen)
    return seen


def test_an_impossible_figure_is_unknown_and_the_others_stay() -> None:
    smart = Smart(passed=True, power_on_hours=2**32 - 1, temperature_celsius=65262, reallocated=3)
    disk = bounded(Disk(name="sda", size_bytes=2**64 - 1, logical_block_bytes=0, smart=smart))
    assert (disk.size_bytes, disk.logical_block_bytes) == (None, 512)
    assert disk.smart == Smart(passed=True, reallocated=3)
    assert bounds_of(hardware.Port)
