"""What the agent's tests share: the captures, the corpus where it is, loop devices where they may be made."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CAPTURES = Path(__file__).parent / "captures"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture(scope="session")
def captures() -> Path:
    """Small hand-made captures, one folder a machine."""
    return CAPTURES


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Dumps of real machines with truth tables; they are no part of the project."""
    if not CORPUS.is_dir():
        pytest.skip("no corpus of real machines beside the repository (../shared/corpus)")
    return CORPUS


def _why_no_loop_devices() -> str | None:
    if os.geteuid() != 0:
        return "needs root to make loop devices"
    if shutil.which("losetup") is None or not Path("/dev/loop-control").exists():
        return "this system has no loop devices"
    return None


LoopMaker = Callable[..., Path]


@pytest.fixture
def loop_device(tmp_path: Path) -> Iterator[LoopMaker]:
    """Makes loop devices: ``loop_device(file, *losetup_options) -> /dev/loopN``; all are detached afterwards."""
    if reason := _why_no_loop_devices():
        pytest.skip(reason)
    made: list[Path] = []

    def make(backing: Path, *options: str) -> Path:
        command = ["losetup", "--find", "--show", *options, str(backing)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=30)
        made.append(Path(done.stdout.decode().strip()))
        return made[-1]

    yield make
    for device in reversed(made):
        subprocess.run(["losetup", "--detach", str(device)], check=True, timeout=30)
