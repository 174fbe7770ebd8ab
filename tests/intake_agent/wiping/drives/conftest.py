"""Scripted drives (see ``scripted/README.md``): programs in the formats of the real ones, put first in PATH."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake_agent.wiping.progress import Progress, Watch

SCRIPTS = Path(__file__).parent / "scripted"
PROGRAMS = {
    "hdparm": "hdparm.py",
    "nvme": "nvme.py",
    "sg_opcodes": "sg.py",
    "sg_requests": "sg.py",
    "sg_sanitize": "sg.py",
    "mmc": "emmc.py",
    "blkdiscard": "emmc.py",
    "rtcwake": "rtcwake.py",
}
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
        self._file = folder / "drive.json"
        self._file.write_text(json.dumps(state))

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self._file.read_text())

    def change(self, **parts: Any) -> None:
        """As if something happened to the drive: a restart, a power cut, another host."""
        self._file.write_text(json.dumps({**self.state, **parts}))

    def asked(self, word: str) -> list[list[str]]:
        """The calls with this word among their arguments."""
        calls = self._file.with_suffix(".calls")
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [call for call in map(json.loads, lines) if any(word in one for one in call)]


DriveMaker = Callable[[dict[str, Any]], ScriptedDrive]


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DriveMaker:
    """Makes the one scripted drive of a test, from its state."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in PROGRAMS.items():
        (programs / name).symlink_to(SCRIPTS / script)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SCRIPTED_DRIVE", str(tmp_path / "drive.json"))
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
