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
    "rich",
    "textual",
)
INSPECT = """
import sys
from intake_agent.cli import main
code = main(sys.argv[1:])
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


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_the_commands_that_it_is_loaded_for(group: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"intake_agent.commands.{group}").add(commands)
    assert sorted(commands.choices) == sorted(GROUPS[group])
