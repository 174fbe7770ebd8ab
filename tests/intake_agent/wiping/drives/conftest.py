"""Scripted drives (see ``scripted/README.md``): programs in the formats of the real ones, put first in PATH."""

from __future__ import annotations

import ast
import marshal
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake_agent.machine import Disk, Medium
from intake_agent.wiping.progress import Progress, Watch

SCRIPTS = Path(__file__).parent / "scripted"
PROGRAMS = {
    "hdparm": "hdparm",
    "nvme": "nvme",
    "sg_opcodes": "sg",
    "sg_requests": "sg",
    "sg_sanitize": "sg",
    "mmc": "emmc",
    "blkdiscard": "emmc",
    "rtcwake": "rtcwake",
}
"""Which module of ``scripted/`` answers for a program."""

STATE = "drive.state"
PROGRAM = """#!{python} -SE
import sys
sys.path.insert(0, {scripts!r})
sys.argv[:1] = [{state!r}, {name!r}]
import {module}
"""
COMMON: dict[str, Any] = {
    "fails": {},  # command -> what the program complains of; it exits with an error
    "lies": [],  # commands that change nothing, exit 0, and print the sign that nothing happened
    "idles": [],  # commands that change nothing, exit 0, and say nothing of it
    "seconds": {},  # command -> how long it takes
}


class ScriptedDrive:
    """One drive: its state as a dictionary on disk, what was asked of it, and a path to name it by."""

    def __init__(self, folder: Path, state: dict[str, Any]) -> None:
        self.path = folder / "schijf"
        self.path.touch()
        self._file = folder / STATE
        self._file.write_bytes(marshal.dumps(state))

    @property
    def state(self) -> dict[str, Any]:
        return marshal.loads(self._file.read_bytes())  # noqa: S302 - written by this test

    def change(self, **parts: Any) -> None:
        """As if something happened to the drive: a restart, a power cut, another host."""
        self._file.write_bytes(marshal.dumps({**self.state, **parts}))

    def asked(self, word: str) -> list[list[str]]:
        """The calls one of whose words begins so, the program's name among them."""
        calls = self._file.with_name(f"{STATE}.calls")
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [call for call in map(ast.literal_eval, lines) if any(one.startswith(word) for one in call)]


DriveMaker = Callable[[dict[str, Any]], ScriptedDrive]


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DriveMaker:
    """Makes the one scripted drive of a test, from its state."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in PROGRAMS.items():
        words = {"python": sys.executable, "scripts": str(SCRIPTS), "state": str(tmp_path / STATE)}
        program = programs / name
        program.write_text(PROGRAM.format(**words, name=name, module=module))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return lambda state: ScriptedDrive(tmp_path, COMMON | state)


class Follower:
    """Keeps all progress that it is told, and may ask to stop once there was any."""

    def __init__(self) -> None:
        self.told: list[Progress] = []
        self.stop_after: Callable[[], bool] = lambda: False

    @property
    def watch(self) -> Watch:
        return Watch(self.told.append, self._stop_asked)

    def _stop_asked(self) -> bool:
        return self.stop_after()


@pytest.fixture
def follower() -> Follower:
    return Follower()


SATA: dict[str, Any] = {
    "model": "Samsung SSD 860 EVO 500GB",
    "serial": "S3Z2NB0K123456A",
    "features": ["SANITIZE feature set", "CRYPTO_SCRAMBLE_EXT command", "BLOCK_ERASE_EXT command"],
    "security": {
        **dict.fromkeys(("enabled", "locked", "frozen"), False),
        **dict.fromkeys(("supported", "enhanced"), True),
        "password": None,
        "times": "2min for SECURITY ERASE UNIT. 8min for ENHANCED SECURITY ERASE UNIT.",
    },
    "sanitize": {"state": "idle", "done": False, "polls": 2, "ends": "idle"},
    "sectors": {"visible": 976773168, "native": 976773168, "real": 976773168},
    "accessible_address": False,  # ACS-3's Accessible Max Address in the place of the HPA feature set
    "wakes": "open",  # or frozen, gone, another
    "gone": False,
    "dies_at": None,  # the security command at which it goes
    "warns": [],  # security commands that it carries out, with the sign of not having done so
}


@pytest.fixture
def disk() -> Disk:
    """The plan's idea of the scripted SATA drive."""
    return Disk(name="schijf", serial=SATA["serial"], medium=Medium.SSD, bus="sata", size_bytes=500_107_862_016)


@pytest.fixture
def sata(scripted: DriveMaker) -> Callable[..., ScriptedDrive]:
    """Makes a scripted SATA drive; a part given as a dictionary changes only what it names."""

    def make(**parts: Any) -> ScriptedDrive:
        merged = {
            name: {**SATA[name], **part} if isinstance(part, dict) and name in SATA else part
            for name, part in parts.items()
        }
        return scripted(SATA | merged)

    return make
