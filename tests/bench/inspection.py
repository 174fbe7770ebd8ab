"""``inspect`` as ratios: to its own slowest tool, to ``lshw -json``, and to the same tools asked one after another.

A ratio is the other's time over the agent's, so that above 1 means that the agent is the faster one; only the rows
that end in *slowest tool* are the agent's time over that tool's, with 1.20 as the goal, and the last is its memory
over the goal of 120 MiB. Runs are interleaved. Run it as root on a real machine: here the disks are few and quick.
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

from intake_agent.inspection import examine
from intake_agent.seeing import sources, sysfs

ROUNDS = 9
GOAL_MIB = 120

Row = tuple[str, float, str]


def seconds(run: Callable[[], object]) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def slowest_tool_and_all() -> tuple[float, float]:
    """One look at this machine: how long its slowest tool took, and how long all of it with the probes and verdicts."""
    taken: list[float] = []
    run = sources.printed

    def timed(*command: str) -> str | None:
        began = time.perf_counter()
        try:
            return run(*command)
        finally:
            taken.append(time.perf_counter() - began)

    sources.printed = timed  # type: ignore[assignment]
    try:
        whole = seconds(lambda: examine(sources.this_machine()))
    finally:
        sources.printed = run
    return max(taken), whole


def one_after_another() -> None:
    """The questions that ``inspect`` asks at once, as an inventory agent asks them: each when the last one answered."""
    disks = [name for name in sysfs.listing(sysfs.SYS / "block") if not name.startswith(("loop", "ram", "zram", "sr"))]
    commands = [
        ("dmidecode",),
        ("lscpu",),
        ("lsblk", "-J", "-b", "-O"),
        ("lspci", "-D", "-mm", "-nn"),
        ("lsusb", "-v"),
        *(("smartctl", "--json", "-x", f"/dev/{name}") for name in disks),
        *(("hdparm", "-I", f"/dev/{name}") for name in disks),
        *(("nvme", "id-ctrl", f"/dev/{name}") for name in disks if name.startswith("nvme")),
        *((program, option) for program, option in (("lsblk", "--version"), ("nvme", "version"), ("hdparm", "-V"))),
    ]
    for command in commands:
        sources.printed(*command)


@contextmanager
def four_slow_disks() -> Iterator[None]:
    """Stand-ins for a bench with four SATA disks whose ``smartctl`` takes half a second, as real drives do."""
    with tempfile.TemporaryDirectory(prefix="herstart-bench-") as made:
        programs, sys_root = Path(made) / "programs", Path(made) / "sys"
        programs.mkdir()
        for name, pause in (("smartctl", "0.5"), ("hdparm", "0.1")):
            (programs / name).write_text(f"#!/bin/sh\nsleep {pause}\necho '{{}}'\n")
            (programs / name).chmod(0o755)
        (sys_root / "block").mkdir(parents=True)
        for number, disk in enumerate(("sda", "sdb", "sdc", "sdd")):
            place = sys_root / f"devices/pci0000:00/0000:00:1f.2/ata{number}/host{number}/block/{disk}"
            place.mkdir(parents=True)
            (sys_root / "block" / disk).symlink_to(place)
        was = (os.environ["PATH"], sysfs.SYS)
        os.environ["PATH"], sysfs.SYS = f"{programs}:{was[0]}", sys_root
        try:
            yield
        finally:
            os.environ["PATH"], sysfs.SYS = was


def command(*arguments: str) -> Callable[[], object]:
    """A whole program from start to end, its output thrown away."""
    # An installed agent has its bytecode; a shell that forbids writing it would measure the compiler.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False
    )


def peak_mib() -> float:
    """The most memory that a whole ``inspect --json`` held at once, its Python included."""
    code = (
        "import sys, resource\n"
        "from intake_agent.cli import main\n"
        "main(['inspect', '--json'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return int(done.stderr.splitlines()[-1]) / 1024


def measure() -> list[Row]:
    """The rows of the bench's table."""
    agent = str(Path(sys.executable).with_name("intake-agent"))
    looks = [slowest_tool_and_all() for _ in range(ROUNDS)]
    slowest, whole = (statistics.median(one) for one in zip(*looks, strict=True))
    rows = [
        (
            "inspect / its slowest tool",
            statistics.median(all_of_it / tool for tool, all_of_it in looks),
            f"goal 1.20; {whole * 1000:.0f} ms to {slowest * 1000:.0f} ms, start of Python not counted",
        )
    ]
    ours = lambda: examine(sources.this_machine())  # noqa: E731
    with four_slow_disks():
        looks = [slowest_tool_and_all() for _ in range(3)]
        slowest, whole = (statistics.median(one) for one in zip(*looks, strict=True))
        rows.append(
            (
                "four slow disks / slowest tool",
                whole / slowest,
                f"goal 1.20; {whole * 1000:.0f} ms to {slowest * 1000:.0f} ms; smartctl is a stand-in of 0.5 s",
            )
        )
        them = seconds(one_after_another)
        rows.append(
            ("four slow disks in turn / inspect", them / whole, f"{them * 1000:.0f} ms to {whole * 1000:.0f} ms")
        )
    rivals: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("tools one after another / inspect", one_after_another, ours)
    ]
    if shutil.which("lshw") and os.geteuid() == 0:
        rivals.append(("lshw -json / inspect --json", command("lshw", "-json"), command(agent, "inspect", "--json")))
        rivals.append(("lshw -json / inspect", command("lshw", "-json"), ours))
    for name, theirs, own in rivals:
        pairs = [(seconds(theirs), seconds(own)) for _ in range(ROUNDS)]
        them, us = (statistics.median(one) for one in zip(*pairs, strict=True))
        started = ", start of Python counted" if "--json / inspect --json" in name else ""
        rows.append((name, them / us, f"{them * 1000:.0f} ms to {us * 1000:.0f} ms{started}"))
    memory = peak_mib()
    rows.append(("memory of inspect / 120 MiB", memory / GOAL_MIB, f"{memory:.0f} MiB at most, start to end"))
    return rows
