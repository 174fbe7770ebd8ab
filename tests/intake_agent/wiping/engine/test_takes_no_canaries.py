"""A drive whose sanitize failed, or whose life is over, takes no writes: the command that may save it is sent."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.machine import Disk, Medium, Support
from intake_agent.wiping.drives.hidden_areas import NO_AREAS
from intake_agent.wiping.engine.carrier_file import CarrierNotOpenedError, opened
from intake_agent.wiping.engine.remembered import RememberedBlocks
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.wipe import Commands, wipe
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Watch
from wipe_reports import wipe_phrases
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Level, Outcome, Technique, Wipe

SIZE = 17 * 1024 * 1024
QUIET = Watch(lambda progress: None, lambda: False)
BLOCK = frozenset({Support.NVME_SANITIZE_BLOCK})
CRYPTO = frozenset({Support.NVME_SANITIZE_CRYPTO})


def words_of(attempt: Attempt) -> str:
    return wipe_phrases.attempt(attempt, "en", detailed=True)


class Protected:
    """A carrier that answers every write with an error until ``opens`` is called, and reads only where it ``reads``."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, *, reads: bool = True) -> None:
        self.path, self.takes_writes, self.reads = path, False, reads
        write, read = os.pwritev, os.preadv

        def pwritev(*arguments: Any) -> int:
            if not self.takes_writes:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return write(*arguments)

        def preadv(*arguments: Any) -> int:
            if not self.reads:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return read(*arguments)

        monkeypatch.setattr(os, "pwritev", pwritev)
        monkeypatch.setattr(os, "preadv", preadv)

    def wiped(self, disk: Disk, drive: Any) -> Wipe:
        target = Target(path=self.path, size_bytes=SIZE, hidden_areas=NO_AREAS)
        return wipe(target, plan(disk), "nonce", QUIET, commands=Commands(disk=disk, firmware=drive))


def nvme(supports: frozenset[Support]) -> Disk:
    return Disk(name="schijf", serial="S-1", medium=Medium.NVME, bus="nvme", size_bytes=SIZE, supports=supports)


@pytest.fixture
def carrier(fast_folder: Path) -> Path:
    path = fast_folder / "schijf"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def protected(carrier: Path, monkeypatch: pytest.MonkeyPatch) -> Protected:
    return Protected(carrier, monkeypatch)


@pytest.mark.parametrize("noise", [False, True], ids=["block erase", "crypto erase"])
def test_a_read_only_drive_erases_itself_and_is_cleared_by_blocks_that_changed(
    protected: Protected, stand_in_drive: Any, report_stands: Any, fills: Any, noise: bool
) -> None:
    act = (lambda path: path.write_bytes(os.urandom(SIZE)) and None) if noise else fills(b"\xff")
    disk, drive = nvme(CRYPTO if noise else BLOCK), stand_in_drive(erases=[act])
    done = protected.wiped(disk, drive)
    report_stands(disk, done)
    assert drive.asked == [Method.NVME_SANITIZE_CRYPTO if noise else Method.NVME_SANITIZE_BLOCK]
    assert (done.outcome, done.level, done.attempts) == (Outcome.ERASED, Level.CLEAR, ())
    assert (done.verification.canaries, done.errors, done.unreadable_sectors) == (None, (), 0)
    blocks = done.verification.compared_blocks
    assert blocks is not None
    assert (blocks.changed, blocks.unchanged) == (2002, 0)


@pytest.mark.parametrize("supports", [BLOCK, CRYPTO], ids=["block erase", "crypto erase"])
def test_a_read_only_drive_that_says_yes_and_erases_nothing_is_not_erased(
    protected: Protected, stand_in_drive: Any, report_stands: Any, supports: frozenset[Support]
) -> None:
    disk = nvme(supports)
    done = protected.wiped(disk, stand_in_drive(erases=[lambda path: None]))
    report_stands(disk, done)
    assert (done.outcome, done.level) == (Outcome.NOT_ERASED, Level.NONE)
    assert "blocks that changed: 0/2002" in words_of(done.attempts[0])


@pytest.mark.parametrize("kept", [0, SIZE - 4096], ids=["first block", "last block"])
def test_one_end_that_reads_as_before_is_seen(
    protected: Protected, carrier: Path, stand_in_drive: Any, report_stands: Any, kept: int
) -> None:
    theirs = carrier.read_bytes()[kept : kept + 4096]

    def all_but_one(path: Path) -> None:
        content = bytearray(os.urandom(SIZE))
        content[kept : kept + 4096] = theirs
        path.write_bytes(content)

    disk = nvme(CRYPTO)
    done = protected.wiped(disk, stand_in_drive(erases=[all_but_one]))
    report_stands(disk, done)
    assert done.outcome is Outcome.NOT_ERASED
    assert "blocks that changed: 2001/2002" in words_of(done.attempts[0])


def test_a_drive_in_sanitize_failed_is_saved_by_the_command_and_then_overwritten(
    carrier: Path, monkeypatch: pytest.MonkeyPatch, stand_in_drive: Any, report_stands: Any, fills: Any
) -> None:
    """Nothing could be read before, so its own erase proves nothing: but now it takes the overwrite that does."""
    drive_state = Protected(carrier, monkeypatch, reads=False)

    def saved(path: Path) -> None:
        drive_state.takes_writes = drive_state.reads = True
        fills()(path)

    disk, drive = nvme(BLOCK), stand_in_drive(erases=[saved])
    done = drive_state.wiped(disk, drive)
    report_stands(disk, done)
    assert drive.asked == [Method.NVME_SANITIZE_BLOCK]
    assert (done.outcome, done.level, done.technique) == (Outcome.ERASED, Level.CLEAR, Technique.OVERWRITE)
    assert "took no canaries" in words_of(done.attempts[0])


def test_a_drive_of_which_nothing_was_read_and_nothing_can_be_written_is_for_destruction(
    carrier: Path, monkeypatch: pytest.MonkeyPatch, stand_in_drive: Any, report_stands: Any, fills: Any
) -> None:
    drive_state = Protected(carrier, monkeypatch, reads=False)

    def readable(path: Path) -> None:
        drive_state.reads = True
        fills()(path)

    disk = nvme(BLOCK)
    done = drive_state.wiped(disk, stand_in_drive(erases=[readable]))
    report_stands(disk, done)
    assert (done.outcome, done.level) == (Outcome.NOT_ERASED, Level.NONE)


def test_a_drive_that_cannot_be_opened_again_after_an_unproven_erase_is_not_erased(
    carrier: Path, monkeypatch: pytest.MonkeyPatch, stand_in_drive: Any, report_stands: Any, fills: Any
) -> None:
    """Its report must stand although no step followed that could tell more."""
    drive_state = Protected(carrier, monkeypatch, reads=False)

    def opened_for_reading_only(path: Path, *, writing: bool) -> Any:
        if writing:
            raise CarrierNotOpenedError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return opened(path, writing=False)

    def readable(path: Path) -> None:
        drive_state.reads = True
        fills()(path)
        monkeypatch.setattr("intake_agent.wiping.engine.overwrite.opened", opened_for_reading_only)

    disk = nvme(BLOCK)
    done = drive_state.wiped(disk, stand_in_drive(erases=[readable]))
    report_stands(disk, done)
    assert (done.outcome, done.level, done.exceptions) == (Outcome.NOT_ERASED, Level.NONE, ("not_verified",))


def test_what_the_drive_says_of_its_failed_erase_is_told(
    protected: Protected, stand_in_drive: Any, report_stands: Any
) -> None:
    disk = nvme(BLOCK)
    done = protected.wiped(disk, stand_in_drive(erases=[lambda path: AttemptResult.FAILED]))
    report_stands(disk, done)
    assert done.outcome is Outcome.NOT_ERASED
    assert (done.attempts[0].result, done.attempts[0].detail) == (AttemptResult.FAILED, "the drive's own words")


def compared(path: Path, before: bytes, after: bytes) -> RememberedBlocks:
    blocks = RememberedBlocks(bytes(32), Target(path=path, size_bytes=len(before), hidden_areas=NO_AREAS))
    path.write_bytes(before)
    blocks.remember(path, QUIET)
    path.write_bytes(after)
    blocks.compare(path, QUIET)
    return blocks


SMALL = 256 * 4096


@pytest.mark.parametrize(
    ("before", "after", "figures"),
    [
        (lambda: bytes(SMALL), lambda: bytes(SMALL), (0, 0, False)),
        (lambda: b"\xa5" * SMALL, lambda: bytes(SMALL), (256, 0, True)),
        (lambda: os.urandom(SMALL), lambda: bytes(SMALL), (256, 0, True)),
        (lambda: bytes(SMALL - 99 * 4096) + os.urandom(99 * 4096), lambda: bytes(SMALL), (99, 0, False)),
        (lambda: bytes(SMALL - 100 * 4096) + os.urandom(100 * 4096), lambda: bytes(SMALL), (100, 0, True)),
    ],
    ids=["empty stays empty", "another fill", "data", "too few", "just enough"],
)
def test_a_block_that_was_one_fill_and_still_is_tells_nothing(
    fast_folder: Path, before: Callable[[], bytes], after: Callable[[], bytes], figures: tuple[int, int, bool]
) -> None:
    blocks = compared(fast_folder / "schijf", before(), after())
    assert (blocks.changed, blocks.unchanged, blocks.proves) == figures


@given(st.integers(0, 255))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_single_block_that_reads_alike_disproves_the_rest(fast_folder: Path, kept: int) -> None:
    before, after = os.urandom(SMALL), bytearray(os.urandom(SMALL))
    after[kept * 4096 : (kept + 1) * 4096] = before[kept * 4096 : (kept + 1) * 4096]
    blocks = compared(fast_folder / "schijf", before, bytes(after))
    assert (blocks.unchanged, blocks.proves) == (1, False)
