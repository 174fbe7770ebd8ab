"""What the wiping engine's tests share: carriers that are files, and a drive that really changes them, or lies."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_agent.clock import CLOCK
from intake_agent.machine import AtaSecurity, Disk
from intake_agent.wiping.drive import Drives
from intake_agent.wiping.firmware import FirmwareErase
from intake_agent.wiping.hidden_areas import NO_AREAS, OpenedAreas
from intake_agent.wiping.method import Method
from intake_agent.wiping.progress import Watch
from wipe_reports import contradictions, schema
from wipe_reports.document import (
    Agent,
    AttemptResult,
    Carrier,
    Device,
    HiddenAreas,
    Operator,
    Tool,
    Wipe,
    WipeReport,
)

Act = Callable[[Path], AttemptResult | None]


@dataclass
class StandInDrive:
    """A drive whose commands are functions that change its file, or do not. ``erases`` are used in turn.

    It stands in for the programs that speak to a drive, nothing else: the carrier is real, and so is the read-back.
    """

    erases: list[Act] = field(default_factory=list)
    asked: list[Method] = field(default_factory=list)
    runs: Method | None = None
    seen: HiddenAreas = NO_AREAS
    opens: Callable[[Path], OpenedAreas] | None = None
    thawed: AtaSecurity | None = None
    words: str = "the drive's own words"

    def erase(self, method: Method, disk: Disk, path: Path, watch: Watch) -> FirmwareErase:
        self.asked.append(method)
        started_at = CLOCK.now()
        result = self.erases.pop(0)(path)
        detail = None if result is None else self.words
        tool = Tool(name="stand-in", version="1")
        return FirmwareErase(started_at=started_at, ended_at=CLOCK.now(), result=result, detail=detail, tool=tool)

    def running(self, disk: Disk, path: Path) -> Method | None:
        return self.runs

    def wait_for_running(self, method: Method, disk: Disk, path: Path, watch: Watch) -> FirmwareErase:
        return self.erase(method, disk, path, watch)

    def look_for_hidden_areas(self, disk: Disk, path: Path) -> HiddenAreas:
        return self.seen

    def open_hidden_areas(self, disk: Disk, path: Path, seen: HiddenAreas) -> OpenedAreas:
        assert self.opens is not None
        return self.opens(path)

    def unfreeze(self, disk: Disk, path: Path) -> AtaSecurity | None:
        self.asked.append(Method.ATA_SECURITY_ERASE)
        return self.thawed

    def as_drives(self) -> Drives:
        return Drives(self, self, self)


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one: thousands of small flushed writes take seconds on a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="herstart-test-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def stand_in_drive() -> type[StandInDrive]:
    return StandInDrive


@pytest.fixture
def report_stands() -> Callable[[Disk, Wipe, HiddenAreas], None]:
    """Asserts that a report with this wipe is one the service takes: it travels and does not contradict itself."""

    def check(disk: Disk, wipe: Wipe, areas: HiddenAreas = NO_AREAS) -> None:
        carrier = Carrier(
            name=disk.name,
            model=disk.model,
            serial=disk.serial,
            medium=disk.medium,
            bus=disk.bus,
            size_bytes=disk.size_bytes or 0,
            sectors=(disk.size_bytes or 0) // 512,
            hidden_areas=areas,
            wipe=wipe,
        )
        report = WipeReport(
            report_id="0198a1b2-0000-7000-8000-000000000001",
            created_at=max(CLOCK.now(), datetime.now(UTC)),
            station="bank",
            operator=Operator(name="An"),
            agent=Agent(version="1"),
            device=Device(),
            carriers=(carrier,),
        )
        assert schema.from_bytes(schema.to_bytes(report)) == report
        assert contradictions.find(report) == []

    return check


def fill(path: Path, pattern: bytes = b"\0", start: int = 0, end: int | None = None) -> None:
    """What a drive does that erases: every byte from ``start`` to ``end`` becomes ``pattern``, repeated."""
    end = path.stat().st_size if end is None else end
    block = pattern * (1024 * 1024 // len(pattern))
    with path.open("r+b") as file:
        file.seek(start)
        for at in range(start, end, len(block)):
            file.write(block[: end - at])
        file.flush()
        os.fsync(file.fileno())


@pytest.fixture
def fills() -> Callable[..., Act]:
    """Makes an erase: ``fills(pattern, start, end)`` fills that part of the carrier and says that it is done."""

    def made(pattern: bytes = b"\0", start: int = 0, end: int | None = None) -> Act:
        return lambda path: fill(path, pattern, start, end)

    return made
