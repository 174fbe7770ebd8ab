"""Wipe and read back, as ratios to ``dd`` and to ``nwipe`` on the same loop device, in interleaved runs.

A ratio above 1 means that the agent is the faster one. Needs root, loop devices and, for the second row, ``nwipe``.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from intake_agent.machine import Disk, Medium
from intake_agent.wiping.hidden_areas import NO_AREAS
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Watch
from intake_agent.wiping.target import Target
from intake_agent.wiping.wipe import wipe
from wipe_reports.document import Outcome

SIZE_BYTES = 512 * 1024 * 1024
ROUNDS = 7

Row = tuple[str, float, str]


@contextmanager
def loop_device(folder: str) -> Iterator[Path]:
    """A loop device with direct I/O over a file whose blocks are all there, so that no run pays for making them."""
    with tempfile.TemporaryDirectory(prefix="herstart-bench-", dir=folder) as made:
        backing = Path(made) / "disk"
        with backing.open("wb") as file:
            for _ in range(SIZE_BYTES // (1024 * 1024)):
                file.write(os.urandom(1024 * 1024))
            os.fsync(file.fileno())
        command = ["losetup", "--find", "--show", "--direct-io=on", str(backing)]
        device = Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
        try:
            yield device
        finally:
            subprocess.run(["losetup", "--detach", str(device)], check=True)


def by_agent(device: Path) -> None:
    """Stamp the whole device and read all of it back."""
    target = Target(path=device, size_bytes=SIZE_BYTES, hidden_areas=NO_AREAS)
    method = plan(Disk(name=device.name, medium=Medium.VIRTUAL, size_bytes=SIZE_BYTES))
    done = wipe(target, method, None, Watch(lambda progress: None, lambda: False))
    if done.outcome is not Outcome.ERASED:
        raise SystemExit(f"the wipe that was to be measured failed: {done.exceptions}")


def by_dd(device: Path) -> None:
    """Write and read as many bytes, without looking at them."""
    blocks = f"count={SIZE_BYTES // (4 * 1024 * 1024)}"
    writing = ["dd", "if=/dev/zero", f"of={device}", "oflag=direct", "conv=fdatasync", "bs=4M", blocks, "status=none"]
    subprocess.run(writing, check=True)
    subprocess.run(["dd", f"if={device}", "of=/dev/null", "iflag=direct", "bs=4M", blocks, "status=none"], check=True)


def by_nwipe(device: Path) -> None:
    """One pass of zeros with the last pass verified."""
    options = ["--autonuke", "--nogui", "--nowait", "--method=zero", "--rounds=1", "--noblank", "--verify=last"]
    subprocess.run(["nwipe", *options, "--logfile=/dev/null", str(device)], check=True, capture_output=True)


def seconds(run: Callable[[Path], None], device: Path) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    run(device)
    return time.perf_counter() - began


def rate(times: list[float]) -> str:
    """Bytes of the device per second through both passes, at the median."""
    return f"{SIZE_BYTES / statistics.median(times) / 1e9:.2f} GB/s"


def side_by_side(other: Callable[[Path], None], device: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of the agent and of ``other``, in turns and in changing order: a busy moment meets both."""
    agent_times, other_times = [], []
    for number in range(rounds):
        if number % 2:
            other_times.append(seconds(other, device))
        agent_times.append(seconds(by_agent, device))
        if not number % 2:
            other_times.append(seconds(other, device))
    return agent_times, other_times


def row(name: str, other: Callable[[Path], None], device: Path, rounds: int) -> Row:
    """The median of the rounds' own ratios."""
    agent_times, other_times = side_by_side(other, device, rounds)
    ratio = statistics.median(theirs / ours for ours, theirs in zip(agent_times, other_times, strict=True))
    return (name, ratio, f"agent {rate(agent_times)}, other {rate(other_times)}, {rounds} rounds")


def rows(place: str, folder: str) -> list[Row]:
    """The ratios with the device's file in ``folder``. ``nwipe`` flushes every block: one round is long enough."""
    with loop_device(folder) as device:
        by_dd(device)
        by_agent(device)
        table = [row(f"wipe + verify / dd ({place})", by_dd, device, ROUNDS)]
        name = f"wipe + verify / nwipe ({place})"
        if shutil.which("nwipe"):
            table.append(row(name, by_nwipe, device, 1))
        else:
            table.append((name, float("nan"), "nwipe is not installed"))
    return table


def measure() -> list[Row]:
    """Rows of name, ratio and note: on the disk and, where there is room, in memory."""
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists():
        return [("wipe + verify", float("nan"), "needs root and loop devices")]
    table = rows("disk", "/var/tmp")
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 4 * SIZE_BYTES:
        table += rows("memory", str(memory))
    return table


if __name__ == "__main__":
    for name, ratio, note in measure():
        print(f"{name:<34} {ratio:5.2f}  {note}")
    sys.exit(0)
