"""What the wiping engine's tests share: carriers that are files, and a drive that really changes them, or lies."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake_agent.judging.reasons import Reason
from intake_agent.machine import AtaSecurity, Disk, Medium
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives.drive import Drives
from intake_agent.wiping.drives.hidden_areas import NO_AREAS, OpenedAreas
from intake_agent.wiping.drives.own_erase import FirmwareErase
from intake_agent.wiping.engine.jobs import Finished, Job, wipe_all
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.engine.stamp import CHUNK_BYTES
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Phase, Progress, Watch
from intake_agent.wiping.safety import Refusal
from wipe_reports import contradictions, schema
from wipe_reports.codes import Method
from wipe_reports.document import (
    Agent,
    AttemptResult,
    Carrier,
    Device,
    HiddenAreas,
    Operator,
    Outcome,
    Tool,
    Wipe,
    WipeReport,
)

SIZE = 8 * CHUNK_BYTES
"""Of the disks of a :class:`Bench`."""
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
    findings: tuple[Reason, ...] = ()

    def erase(self, method: Method, disk: Disk, path: Path, watch: Watch) -> FirmwareErase:
        self.asked.append(method)
        started_at = CLOCK.now()
        result = self.erases.pop(0)(path)
        return FirmwareErase(
            started_at=started_at,
            ended_at=CLOCK.now(),
            result=result,
            detail=None if result is None else self.words,
            tool=Tool(name="stand-in", version="1"),
            findings=() if result is None else self.findings,
        )

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


@dataclass
class Bench:
    """The folder of the disks' files and of the stick, and what was told while they were wiped."""

    folder: Path
    drive: Any
    told: list[tuple[str, Progress]] = field(default_factory=list)
    stop_when: Callable[[str, Progress], bool] = lambda name, progress: False
    stopped: bool = False
    against: dict[str, list[Refusal]] = field(default_factory=dict)

    @property
    def journals(self) -> Journals:
        return Journals(self.folder / "stick")

    def disk(self, name: str = "een", **facts: Any) -> Disk:
        """A disk with somebody's data on it."""
        made = Disk(
            **{"name": name, "model": "Model", "serial": f"S-{name}", "medium": Medium.HDD, "bus": "sata", **facts},
            size_bytes=SIZE,
        )
        (self.folder / name).write_bytes(os.urandom(SIZE))
        return made

    def job(self, disk: Disk, *, resume: bool = False, **planned: Any) -> Job:
        cut = self.journals.cut(disk) if resume else None
        return Job(disk=disk, path=self.folder / disk.name, plan=plan(disk, **planned), nonce=None, resume=cut)

    def follow(self, disk: Disk, progress: Progress) -> None:
        self.told.append((disk.name, progress))
        self.stopped = self.stopped or self.stop_when(disk.name, progress)

    def wipe(self, *jobs: Job) -> list[Finished]:
        return wipe_all(
            jobs,
            follow=self.follow,
            stop_asked=lambda: self.stopped,
            may_start=lambda disk: self.against.get(disk.name, []),
            journals=self.journals,
            drives=self.drive.as_drives(),
        )

    def wipe_one(self, disk: Disk, **how: Any) -> Finished:
        (finished,) = self.wipe(self.job(disk, **how))
        return finished

    def cut_at(self, disk: Disk, phase: Phase) -> None:
        """A wipe that ends by a key press when ``phase`` is under way."""
        self.stop_when = lambda name, progress: progress.phase is phase
        finished = self.wipe_one(disk)
        assert finished.wipe is not None
        assert (finished.wipe.outcome, finished.wipe.interrupted) == (Outcome.NOT_ERASED, True)
        self.stop_when, self.stopped = lambda name, progress: False, False


@pytest.fixture
def bench(fast_folder: Path, stand_in_drive: Any, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr("intake_agent.wiping.progress._SECONDS_BETWEEN_REPORTS", 0)
    return Bench(fast_folder, stand_in_drive())
