"""Wipe and read back, as ratios to ``dd`` and to ``nwipe`` on the same loop devices, in interleaved runs.

One disk, and two at once: the agent's jobs, with their journals, against as many ``dd`` side by side. A ratio
above 1 means that the agent is the faster one. Needs root, loop devices and, for the last row, ``nwipe``.
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
from intake_agent.wiping.engine.jobs import Job, wipe_all
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.plan import plan
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


def by_agent(*devices: Path) -> None:
    """Stamp the whole of every device and read all of it back, all devices at once."""
    with tempfile.TemporaryDirectory(prefix="herstart-bench-", dir="/var/tmp") as state:
        ended = wipe_all(
            [job(device) for device in devices],
            follow=lambda disk, progress: None,
            stop_asked=lambda: False,
            may_start=lambda disk: [],
            journals=Journals(Path(state)),
        )
    for one in ended:
        if one.wipe is None or one.wipe.outcome is not Outcome.ERASED:
            raise SystemExit(f"the wipe that was to be measured failed: {one.trouble or one.wipe}")


def job(device: Path) -> Job:
    """The whole of ``device``, by the overwrite."""
    disk = Disk(name=device.name, serial=device.name, medium=Medium.VIRTUAL, bus="loop", size_bytes=SIZE_BYTES)
    return Job(disk=disk, path=device, plan=plan(disk), nonce=None)


def by_dd(*devices: Path) -> None:
    """Write and read as many bytes, without looking at them, all devices at once."""
    blocks = f"count={SIZE_BYTES // (4 * 1024 * 1024)}"
    common = ["dd", "bs=4M", blocks, "status=none"]
    for ways in (
        [[*common, "if=/dev/zero", f"of={device}", "oflag=direct", "conv=fdatasync"] for device in devices],
        [[*common, f"if={device}", "of=/dev/null", "iflag=direct"] for device in devices],
    ):
        running = [subprocess.Popen(command) for command in ways]
        exit_codes = [one.wait() for one in running]
        if any(exit_codes):
            raise SystemExit("dd failed")


def by_nwipe(device: Path) -> None:
    """One pass of zeros with the last pass verified."""
    options = ["--autonuke", "--nogui", "--nowait", "--method=zero", "--rounds=1", "--noblank", "--verify=last"]
    subprocess.run(["nwipe", *options, "--logfile=/dev/null", str(device)], check=True, capture_output=True)


def seconds(run: Callable[..., None], devices: tuple[Path, ...]) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    run(*devices)
    return time.perf_counter() - began


def rate(times: list[float], devices: int) -> str:
    """Bytes of all devices per second through both passes, at the median."""
    return f"{SIZE_BYTES * devices / statistics.median(times) / 1e9:.2f} GB/s"


def side_by_side(other: Callable[..., None], devices: tuple[Path, ...], rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of the agent and of ``other``, in turns and in changing order: a busy moment meets both."""
    agent_times, other_times = [], []
    for number in range(rounds):
        if number % 2:
            other_times.append(seconds(other, devices))
        agent_times.append(seconds(by_agent, devices))
        if not number % 2:
            other_times.append(seconds(other, devices))
    return agent_times, other_times


def row(name: str, other: Callable[..., None], devices: tuple[Path, ...], rounds: int) -> Row:
    """The median of the rounds' own ratios."""
    agent_times, other_times = side_by_side(other, devices, rounds)
    ratio = statistics.median(theirs / ours for ours, theirs in zip(agent_times, other_times, strict=True))
    return (
        name,
        ratio,
        f"agent {rate(agent_times, len(devices))}, other {rate(other_times, len(devices))}, {rounds} rounds",
    )


def rows(place: str, folder: str) -> list[Row]:
    """The ratios with the devices' files in ``folder``. ``nwipe`` flushes every block: one round is long enough."""
    with loop_device(folder) as device, loop_device(folder) as second:
        by_dd(device, second)
        by_agent(device, second)
        table = [
            row(f"wipe + verify / dd ({place})", by_dd, (device,), ROUNDS),
            row(f"two disks at once / two dd ({place})", by_dd, (device, second), ROUNDS),
        ]
        name = f"wipe + verify / nwipe ({place})"
        if shutil.which("nwipe"):
            table.append(row(name, by_nwipe, (device,), 1))
        else:
            table.append((name, float("nan"), "nwipe is not installed"))
    return table


def measure() -> list[Row]:
    """Rows of name, ratio and note: on the disk and, where there is room, in memory."""
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists():
        return [("wipe + verify", float("nan"), "needs root and loop devices")]
    table = rows("disk", "/var/tmp")
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 5 * SIZE_BYTES:
        table += rows("memory", str(memory))
    return table


if __name__ == "__main__":
    for name, ratio, note in measure():
        print(f"{name:<36} {ratio:5.2f}  {note}")
    sys.exit(0)
