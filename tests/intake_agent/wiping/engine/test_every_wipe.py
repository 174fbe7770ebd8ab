"""Whatever a drive, a cable or a hand does: the report stands, and what is called erased holds nothing of before."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from intake_agent.machine import Disk, Machine, Medium, Support
from intake_agent.station.clock import CLOCK
from intake_agent.station.report import Signatory, WipedDisk, build
from intake_agent.wiping.drives.hidden_areas import OpenedAreas
from intake_agent.wiping.engine import sample
from intake_agent.wiping.engine.jobs import Finished, Job, wipe_all
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Progress
from wipe_reports import contradictions, schema, signing
from wipe_reports.codes import Method
from wipe_reports.document import AreaState, AttemptResult, HiddenAreas, Outcome

KEY = signing.generate_key()
THEIRS = b"belasting"
"""Somebody's data: nine bytes, so that it is no fill of a drive."""
NVME = [Support.NVME_SANITIZE_BLOCK, Support.NVME_SANITIZE_CRYPTO, Support.NVME_FORMAT, Support.NVME_FORMAT_CRYPTO]
ATA = [Support.ATA_SANITIZE_BLOCK, Support.ATA_SANITIZE_CRYPTO]
SCSI = [Support.SCSI_SANITIZE_BLOCK, Support.SCSI_SANITIZE_CRYPTO, Support.SCSI_SANITIZE_OVERWRITE]
KINDS = [
    (Medium.NVME, "nvme", NVME),
    (Medium.SSD, "sata", ATA),
    (Medium.HDD, "sata", ATA),
    (Medium.HDD, "sas", SCSI),
    (Medium.EMMC, "mmc", [Support.EMMC_SANITIZE, Support.EMMC_SECURE_DISCARD]),
    (Medium.UNKNOWN, None, []),
]
SIZES = [512, 4096, 3 * 4096 + 512, 100_001, 64 * 4096, 100 * 4096 + 512]
SHARE = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@dataclass(frozen=True)
class Faults:
    """Parts of the carrier, as shares of it, that answer with an error or lose what is written; where a stop falls."""

    unreadable: list[float]
    unwritable: list[float]
    dropping: list[float]
    stops_at: int


@contextmanager
def failing(faults: Faults, size: int) -> Iterator[None]:
    """The system's own transfers with the faults of the carrier in them."""
    read, write = os.preadv, os.pwritev

    def meets(part: list[float], offset: int, length: int) -> bool:
        return bool(part) and offset < part[1] * size and offset + length > part[0] * size

    def preadv(descriptor: int, buffers: list[memoryview], offset: int) -> int:
        if meets(faults.unreadable, offset, len(buffers[0])):
            raise OSError(errno.EIO, "unreadable")
        return read(descriptor, buffers, offset)

    def pwritev(descriptor: int, buffers: list[memoryview], offset: int) -> int:
        if meets(faults.unwritable, offset, len(buffers[0])):
            raise OSError(errno.EIO, "unwritable")
        if meets(faults.dropping, offset, len(buffers[0])):
            return len(buffers[0])
        return write(descriptor, buffers, offset)

    with mock.patch("os.preadv", preadv), mock.patch("os.pwritev", pwritev):
        yield


PART = st.one_of(st.just([]), SHARE)
FAULTS = st.one_of(
    st.just(Faults([], [], [], 10**6)),
    st.builds(Faults, PART, PART, PART, st.one_of(st.just(10**6), st.integers(0, 12))),
)
RESULTS = st.one_of(st.none(), st.sampled_from(AttemptResult))
ERASES = st.lists(st.tuples(RESULTS, st.sampled_from([b"\0", b"\xff", b"ab", None]), PART), min_size=9, max_size=9)
AREAS = st.builds(
    HiddenAreas, hpa=st.sampled_from(AreaState), dco=st.sampled_from(AreaState), hpa_sectors=st.none()
).filter(lambda areas: AreaState.OPENED not in {areas.hpa, areas.dco})


def an_erase(result: AttemptResult | None, fill: bytes | None, part: list[float]) -> Callable[[Path], Any]:
    """A drive that fills a part of itself, or with ``None`` all of it with noise, and then says ``result``."""

    def act(path: Path) -> AttemptResult | None:
        size = path.stat().st_size
        start, end = (int(share * size) for share in (part or [0, 1]))
        with path.open("r+b") as file:
            file.seek(start)
            file.write(os.urandom(end - start) if fill is None else (fill * (end - start))[: end - start])
            file.flush()
            os.fsync(file.fileno())
        return result

    return act


def session(folder: Path, disk: Disk, drive: Any, faults: Faults, *, sampled: bool) -> Finished:
    """One start of the agent: it goes on with what was cut, if anything was."""
    journals, told = Journals(folder / "stick"), []

    def follow(one: Disk, progress: Progress) -> None:
        told.append(progress)

    cut = journals.cut(disk)
    job = Job(disk=disk, path=folder / disk.name, plan=plan(disk, sampled=sampled), nonce="nonce", resume=cut)
    with failing(faults, disk.size_bytes or 0):
        (finished,) = wipe_all(
            [job],
            follow=follow,
            stop_asked=lambda: len(told) >= faults.stops_at,
            may_start=lambda disk: [],
            journals=journals,
            drives=drive.as_drives(),
        )
    return finished


def stands(finished: Finished) -> None:
    """Would the service take a report with this wipe?"""
    disk, wipe = finished.disk, finished.wipe
    assert wipe is not None
    report = build(
        Machine(disks=(disk,)),
        {disk.name: WipedDisk(disk=disk, wipe=wipe, hidden_areas=finished.hidden_areas)},
        Signatory(station="bank", key=KEY, operator="An"),
        report_id="0198a1b2-0000-7000-8000-000000000001",
        created_at=CLOCK.now(),
        test=False,
    )
    assert contradictions.find(schema.from_bytes(schema.to_bytes(report))) == []


@pytest.fixture
def small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples of carriers that take no second: ten sections in place of a thousand."""
    monkeypatch.setattr(sample, "_SECTIONS", 10)
    monkeypatch.setattr("intake_agent.wiping.progress._SECONDS_BETWEEN_REPORTS", 0)


@pytest.mark.usefixtures("small_samples")
@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_report_stands_and_what_is_erased_holds_nothing_of_before(stand_in_drive: Any, data: Any) -> None:
    medium, bus, supports = data.draw(st.sampled_from(KINDS))
    size, block = data.draw(st.sampled_from(SIZES)), data.draw(st.sampled_from([512, 4096]))
    sampled = data.draw(st.booleans())
    disk = Disk(
        name="schijf",
        model="Model",
        serial="S-0001",
        medium=medium,
        bus=bus,
        size_bytes=size,
        logical_block_bytes=block,
        supports=frozenset(data.draw(st.sets(st.sampled_from(supports)) if supports else st.just(set()))),
    )
    areas = data.draw(AREAS)
    drive = stand_in_drive(seen=areas, opens=lambda path: OpenedAreas(areas=areas))
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:
        folder = Path(name)
        (folder / disk.name).write_bytes((THEIRS * size)[:size])
        for number in range(2):
            drive.erases = [an_erase(*one) for one in data.draw(ERASES)]
            drive.runs = data.draw(st.sampled_from([None, *Method])) if number and supports else None
            if drive.runs is not None and "sanitize" not in drive.runs.value:
                drive.runs = None
            finished = session(folder, replace(disk), drive, data.draw(FAULTS), sampled=sampled)
            if finished.wipe is None:
                continue
            stands(finished)
            event(f"{finished.wipe.outcome} {finished.wipe.level}")
            if finished.wipe.outcome is Outcome.ERASED and not sampled:
                assert THEIRS * 20 not in (folder / disk.name).read_bytes()
