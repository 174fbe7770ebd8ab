"""A command loads what it needs and no more: an old machine takes seconds for what is loaded for nothing."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from intake_agent.cli import GROUPS

NOT_FOR_INSPECT = (
    "intake_agent.commands.reporting",
    "intake_agent.commands.testing",
    "intake_agent.commands.wiping",
    "intake_agent.part_tests",
    "intake_agent.station",
    "intake_agent.unattended",
    "intake_agent.wiping",
    "intake_agent.work",
    "cryptography",
    "httpx",
    "joserfc",
    "marshmallow",
    "pyhanko",
    "rich",
    "segno",
    "textual",
    "typst",
)
INSPECT = """
import sys
from intake_agent.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(code, *sys.modules, file=sys.stderr)
"""


def loaded_by(*options: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", INSPECT, *options], check=True, capture_output=True, text=True)
    code, *modules = done.stderr.split()
    assert code == "0"
    return modules


def test_inspecting_loads_nothing_that_wipes_sends_or_draws(captures: Path) -> None:
    modules = loaded_by("inspect", "--captured", str(captures / "thin-laptop"))
    assert [one for one in modules if one.startswith(NOT_FOR_INSPECT)] == []


@pytest.mark.parametrize(
    "options",
    [("--help",), ("run", "--help"), ("send", "--help"), ("assess", "--processors", "/dev/null")],
    ids=lambda options: options[0],
)
def test_help_and_judging_names_load_as_little(options: tuple[str, ...]) -> None:
    own = ("intake_agent.commands", "intake_agent.console")
    assert [one for one in loaded_by(*options) if one.startswith(NOT_FOR_INSPECT) and not one.startswith(own)] == []


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_the_commands_that_it_is_loaded_for(group: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"intake_agent.commands.{group}").add(commands)
    assert sorted(commands.choices) == sorted(GROUPS[group])
