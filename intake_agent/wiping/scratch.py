"""A scratch carrier for rehearsals: a loop device over a file of our own where allowed, else the plain file.

It has a serial no drive has (``TEST-…``), and it is the only thing a rehearsal writes to.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from intake_agent.machine import Disk, Medium

MODEL = "Herstart proefschijf"


@dataclass(frozen=True, slots=True)
class Scratch:
    """The carrier as a disk, and where it is written to: a loop device or a file."""

    disk: Disk
    path: Path


@contextmanager
def scratch(size_bytes: int) -> Iterator[Scratch]:
    """A new scratch carrier, filled with bytes that are not ours to find again; gone when the block ends.

    Raises OSError when there is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="herstart-proef-", dir=_roomy_folder()) as folder:
        file = Path(folder) / "proefschijf"
        _fill(file, size_bytes)
        device = _attach(file)
        try:
            path = device or file
            yield Scratch(_as_disk(path, size_bytes, "loop" if device else "file"), path)
        finally:
            if device is not None:
                subprocess.run(["losetup", "--detach", str(device)], check=True, capture_output=True, timeout=60)


def _roomy_folder() -> str | None:
    """``/var/tmp`` lies on a disk on most systems; ``/tmp`` is often memory, of which old machines have little."""
    return "/var/tmp" if os.access("/var/tmp", os.W_OK) else None  # noqa: S108 - mkdtemp inside makes a private folder


def _fill(file: Path, size_bytes: int) -> None:
    block = os.urandom(1024 * 1024)
    with file.open("xb") as target:
        for offset in range(0, size_bytes, len(block)):
            target.write(block[: size_bytes - offset])
        target.flush()
        os.fsync(target.fileno())


def _attach(file: Path) -> Path | None:
    """A loop device over ``file``, or ``None`` where loop devices are not ours to make."""
    command = ["losetup", "--find", "--show", "--direct-io=on", str(file)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(done.stdout.decode().strip())


def _as_disk(path: Path, size_bytes: int, bus: str) -> Disk:
    return Disk(
        name=path.name,
        model=MODEL,
        serial=f"TEST-{secrets.token_hex(6).upper()}",
        medium=Medium.VIRTUAL,
        bus=bus,
        size_bytes=size_bytes,
    )
