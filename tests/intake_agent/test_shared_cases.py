"""Small inputs that failed once, beside the repository (``../shared/cases/agent``), each with its right value."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake_agent.captures import captured_folder
from intake_agent.inspection import as_json, examine
from intake_agent.machine import Machine
from intake_agent.probes.battery import is_on_battery
from intake_agent.station.report import Signatory, build, signed
from intake_agent.unattended.policy import from_values
from wipe_reports import signing

CASES = Path(__file__).parents[3] / "shared" / "cases" / "agent"
CHECKED_ELSEWHERE = {"source", "said", "why", "how", "note", "acceptable", "plan"}
"""``plan`` is prose; ``test_namespaces.py`` holds it."""


def _cases() -> list[Path]:
    return sorted(folder for folder in CASES.iterdir() if folder.is_dir()) if CASES.is_dir() else []


def _machine(case: Path) -> Machine:
    return examine(captured_folder(case))


def _differences(expected: Any, seen: Any, path: str = "") -> list[str]:
    """Where ``seen`` is not as expected; of an object the named members count, disks go by name."""
    if isinstance(expected, dict):
        found = []
        for name, value in expected.items():
            if name == "verdict_not":
                found += [f"{path}.verdict is {value}"] if seen["verdict"] == value else []
            else:
                found += _differences(value, seen[name], f"{path}.{name}")
        return found
    if isinstance(expected, list) and expected and isinstance(expected[0], dict):
        by_name = {one["name"]: one for one in seen}
        if len(by_name) != len(expected):
            return [f"{path}: {sorted(by_name)}"]
        return [line for one in expected for line in _differences(one, by_name[one["name"]], f"{path}.{one['name']}")]
    if path == ".minimum.reasons":  # the case names the one that decides
        return [f"{path}: {seen}"] if set(expected) - set(seen) else []
    return [] if expected == seen else [f"{path}: {seen!r}, not {expected!r}"]


def _with_acceptable(expected: dict[str, Any], acceptable: dict[str, Any]) -> dict[str, Any]:
    """The expectation with what is acceptable in place of the figures of that name, and without what explains those."""
    dropped = ("reasons", *(f"{name}_" for name in acceptable))
    changed: dict[str, Any] = {}
    for name, value in expected.items():
        if acceptable.keys() & expected.keys() and (name in acceptable or name.startswith(dropped)):
            changed |= {name: acceptable[name]} if name in acceptable else {}
        elif isinstance(value, dict):
            changed[name] = _with_acceptable(value, acceptable)
        elif isinstance(value, list):
            changed[name] = [_with_acceptable(one, acceptable) if isinstance(one, dict) else one for one in value]
        else:
            changed[name] = value
    return changed


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_each_case_gives_its_right_value(case: Path) -> None:
    told = json.loads((case / "expected.json").read_text())
    machine, facts = _machine(case), captured_folder(case)
    seen = json.loads(json.dumps({**as_json(machine), "on_battery": is_on_battery(facts.power_supplies)}))
    asked = {name: told[name] for name in told.keys() - CHECKED_ELSEWHERE - {"policy", "report"}}
    assert asked or told.keys() & {"policy", "report", "plan"}, "this case asks nothing"
    found = _differences(asked, seen)
    if found and "acceptable" in told:
        found = _differences(_with_acceptable(asked, told["acceptable"]), seen)
    assert found == []
    if "policy" in told:
        policy = from_values({"operator": "An", "wipe": told["policy"]["wipe"]}, sources=("policy_file:bank.toml",))
        assert all(policy.covers(disk) is told["policy"]["covers"] for disk in machine.disks)


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_each_case_can_be_reported(case: Path) -> None:
    signatory = Signatory(station="Bank 1", key=signing.generate_key(), operator="An", position=None, code=None)
    report = build(
        _machine(case), {}, signatory, report_id="019ac000-0000-7000-8000-000000000000",
        created_at=datetime(2026, 11, 27, tzinfo=UTC), test=False,
    )  # fmt: skip
    assert signed(report, signatory.key)
