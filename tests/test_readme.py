"""The README cannot drift: its commands run, its settings table is the code's, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from asset_service.app import ROOMS
from asset_service.config import described
from intake_agent.unattended import policy

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("$ ")
]


def settings_table() -> str:
    rows = [
        f"| `{variable}` | {meaning} | {f'`{default}`' if default else ''} |"
        for variable, meaning, default in described()
    ]
    return "\n".join(["| variable | meaning | default |", "|---|---|---|", *rows])


def test_the_readme_names_the_two_commands_a_newcomer_needs() -> None:
    assert {"make demo", "make test"} <= set(COMMANDS)


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    environment = os.environ | {
        "HERSTART_DATA": str(tmp_path / "data"),
        "HERSTART_STATE": str(tmp_path / "state"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    for command in COMMANDS:
        words, folder = shlex.split(command), tmp_path
        if words[0] == "make":
            # The test is itself run by make; that the target and what it needs exist is what can be asked of it here.
            words, folder = ["make", "--dry-run", *words[1:]], ROOT
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"


def test_the_settings_table_is_the_code_s_own() -> None:
    shown = re.search(r"<!-- settings:.*?-->\n(.*?)\n?<!-- /settings -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == settings_table(), f"put this table into README.md:\n{settings_table()}"


def test_the_policy_in_the_readme_is_one_that_the_agent_takes(tmp_path: Path) -> None:
    shown = re.search(r"<!-- policy:.*?-->\n```toml\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    path = tmp_path / "beleid.toml"
    path.write_text(shown[1], encoding="utf-8")
    told = policy.read(path)
    assert (told.operator, told.after) == ("Noor Peeters", policy.After.POWER_OFF)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_links_within_the_repository_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def _changes() -> str:
    found = re.search(r"## Where a change goes\n(.*?)\n## ", README, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w.]+/[\w./]*)`", _changes()))))
def test_where_a_change_goes_names_what_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_rooms_that_stand_and_those_still_to_come_are_the_code_s_own() -> None:
    standing, coming = re.search(
        r"floor up: (.*?)\. The floors.*?still to come: (.*?)\.", _changes(), re.DOTALL
    ).groups()
    assert re.findall(r"`(\w+)`", standing) == [room.name for room in ROOMS]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(one["layers"] for one in contracts if one["name"] == "The floors of the service")
    assert set(re.findall(r"\w+", coming)) == set(re.findall(r"\((\w+)\)", " ".join(floors)))


def test_no_file_names_a_package_index() -> None:
    """A mirror, an air-gapped bench or a distribution brings its own index; none may be written down here."""
    hosts = ["py" + "pi.org", "files.python" + "hosted.org", "registry.np" + "mjs.org", "deb.deb" + "ian.org"]
    pattern = "|".join(host.replace(".", r"\.") for host in hosts)
    found = subprocess.run(["git", "grep", "-lIE", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
