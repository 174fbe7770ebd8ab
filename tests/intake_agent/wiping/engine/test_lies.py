"""Each lie of a carrier that can be told here: the agent must not believe it.

The lies are real: loop devices and files whose content is changed behind the agent's back between its two passes, or
that end earlier than they say.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from intake_agent.machine import Disk, Medium
from intake_agent.wiping.drives.hidden_areas import NO_AREAS
from intake_agent.wiping.engine.stamp import CHUNK_BYTES
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.wipe import wipe
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Phase, Progress, Watch
from wipe_reports.document import AreaState, HiddenAreas, Level, Outcome, VerificationMethod, Wipe
from wipe_reports.reasons import MediaErrorReason

SIZE = 3 * CHUNK_BYTES + 512 * 5
PLAN = plan(Disk(name="proef", medium=Medium.VIRTUAL, size_bytes=SIZE))


def a_file(folder: Path, size: int = SIZE) -> Path:
    path = folder / "schijf"
    path.write_bytes(os.urandom(size))
    return path


def between_the_passes(act: Callable[[], None]) -> Watch:
    """Runs ``act`` once, when everything is written and nothing is read back yet."""
    todo = [act]

    def listen(progress: Progress) -> None:
        if progress.phase is Phase.WRITING and progress.done_bytes == progress.total_bytes and todo:
            todo.pop()()

    return Watch(listen, lambda: False)


QUIET = Watch(lambda progress: None, lambda: False)


def wiped(path: Path, watch: Watch = QUIET, size: int = SIZE, areas: HiddenAreas = NO_AREAS) -> Wipe:
    return wipe(Target(path=path, size_bytes=size, hidden_areas=areas), PLAN, None, watch)


def assert_not_believed(done: Wipe) -> None:
    assert done.outcome is Outcome.NOT_ERASED
    assert done.level is Level.NONE
    assert not done.verification.passed


def test_an_honest_carrier_is_erased_and_every_byte_of_it_read_back(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    before = path.read_bytes()
    done = wiped(path)
    assert (done.outcome, done.level) == (Outcome.ERASED, Level.CLEAR)
    assert done.verification.method is VerificationMethod.FULL_READ_BACK
    assert done.verification.bytes_read == done.bytes_written == SIZE
    after = path.read_bytes()
    assert len(after) == SIZE
    assert not any(before[at : at + 512] in after for at in range(0, SIZE, 64 * 512))


@pytest.mark.parametrize("size", [1, 511, 512, 513, 4096, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES - 512])
def test_sizes_that_fit_no_chunk_sector_or_page_are_wiped_to_the_last_byte(tmp_path: Path, size: int) -> None:
    path = a_file(tmp_path, size)
    last = path.read_bytes()[-1:]
    done = wiped(path, size=size)
    assert done.outcome is Outcome.ERASED
    assert done.verification.bytes_read == size
    assert path.stat().st_size == size
    if size > 64:
        assert path.read_bytes()[-32:] != last * 32


def test_a_sampled_read_back_reads_a_tenth_and_says_so(tmp_path: Path) -> None:
    size = 200 * 1024 * 1024
    path = tmp_path / "schijf"
    path.touch()
    os.truncate(path, size)
    sampled = plan(Disk(name="proef", medium=Medium.VIRTUAL, size_bytes=size), sampled=True)
    done = wipe(Target(path=path, size_bytes=size, hidden_areas=NO_AREAS), sampled, None, QUIET)
    assert (done.outcome, done.level) == (Outcome.ERASED, Level.CLEAR)
    assert done.verification.method is VerificationMethod.SAMPLED_READ_BACK
    assert size // 10 <= done.verification.bytes_read < size // 4


def test_dropped_writes_are_seen_when_the_old_content_comes_back(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    old = path.read_bytes()
    done = wiped(path, between_the_passes(lambda: path.write_bytes(old)))
    assert_not_believed(done)
    assert done.verification.bytes_mismatched == SIZE


def test_one_dropped_sector_is_seen_and_its_place_told(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    at = 2 * CHUNK_BYTES + 512 * 77
    old = path.read_bytes()[at : at + 512]

    def drop() -> None:
        with path.open("r+b") as file:
            file.seek(at)
            file.write(old)

    done = wiped(path, between_the_passes(drop))
    assert_not_believed(done)
    assert done.verification.bytes_mismatched == 512
    (error,) = done.errors
    assert (error.operation, error.offset_bytes, error.length_bytes) == ("compare", at, 512)
    assert error.reason == MediaErrorReason.DIFFERS


def test_a_carrier_that_reads_zeros_is_not_a_wiped_one(tmp_path: Path) -> None:
    path = a_file(tmp_path)

    def zero() -> None:
        os.truncate(path, 0)
        os.truncate(path, SIZE)

    assert_not_believed(wiped(path, between_the_passes(zero)))


@pytest.mark.parametrize("step", [512, 4096, CHUNK_BYTES])
def test_aliased_addresses_are_seen_at_sector_page_and_chunk(tmp_path: Path, step: int) -> None:
    """A carrier that is smaller than it says writes far addresses over near ones: each place holds another's stamp."""
    path = a_file(tmp_path)

    def alias() -> None:
        content = path.read_bytes()
        with path.open("r+b") as file:
            file.write(content[step : 2 * step])

    done = wiped(path, between_the_passes(alias))
    assert_not_believed(done)
    assert done.verification.bytes_mismatched == step


def test_yesterdays_wipe_is_not_todays(tmp_path: Path) -> None:
    """Stamps of an earlier run, at their right places, show that today's writes were dropped."""
    path = a_file(tmp_path)
    assert wiped(path).outcome is Outcome.ERASED
    yesterday = path.read_bytes()
    assert_not_believed(wiped(path, between_the_passes(lambda: path.write_bytes(yesterday))))


def test_a_carrier_that_ends_before_its_size_is_not_erased_whole(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    done = wiped(path, between_the_passes(lambda: os.truncate(path, CHUNK_BYTES)))
    assert done.outcome is not Outcome.ERASED
    assert done.level is Level.NONE
    assert "read_errors" in done.exceptions
    assert done.verification.bytes_read == CHUNK_BYTES


def test_a_carrier_that_is_gone_when_it_must_be_read_back_is_not_verified(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    done = wiped(path, between_the_passes(path.unlink))
    assert_not_believed(done)
    assert done.verification.method is VerificationMethod.NONE
    assert "not_verified" in done.exceptions


@pytest.mark.parametrize("after_reports", [1, 2])
def test_a_wipe_that_was_stopped_is_never_called_erased(tmp_path: Path, after_reports: int) -> None:
    heard: list[Progress] = []
    watch = Watch(heard.append, lambda: len(heard) >= after_reports)
    done = wiped(a_file(tmp_path), watch)
    assert_not_believed(done)
    assert "interrupted" in done.exceptions
    assert done.interrupted


@pytest.mark.parametrize("state", [AreaState.LEFT, AreaState.UNKNOWN])
def test_a_hidden_area_that_is_left_or_unknown_takes_the_word_erased_away(tmp_path: Path, state: AreaState) -> None:
    done = wiped(a_file(tmp_path), areas=HiddenAreas(hpa=state, dco=AreaState.ABSENT))
    assert done.outcome is Outcome.ERASED_WITH_EXCEPTIONS
    assert done.level is Level.NONE


@pytest.mark.root
def test_a_loop_device_larger_than_its_file_gives_write_errors_that_are_counted(
    tmp_path: Path, loop_device: Callable[..., Path]
) -> None:
    """The kernel's own short device: the file behind it was cut after the device was made."""
    backing = a_file(tmp_path, 4 * CHUNK_BYTES)
    device = loop_device(backing)
    done = wipe(Target(path=device, size_bytes=8 * CHUNK_BYTES, hidden_areas=NO_AREAS), PLAN, None, QUIET)
    assert done.outcome is not Outcome.ERASED
    assert done.level is Level.NONE
    assert done.bytes_written == 4 * CHUNK_BYTES
    assert done.unreadable_sectors == 4 * CHUNK_BYTES // 512
    assert "write_errors" in done.exceptions


@pytest.mark.root
def test_dropped_writes_behind_a_loop_device_are_seen_past_the_page_cache(
    tmp_path: Path, loop_device: Callable[..., Path]
) -> None:
    backing = a_file(tmp_path, 4 * CHUNK_BYTES)
    old = backing.read_bytes()
    device = loop_device(backing, "--direct-io=on")

    def restore() -> None:
        with backing.open("r+b") as file:
            file.write(old)
            os.fsync(file.fileno())

    done = wiped(device, between_the_passes(restore), size=4 * CHUNK_BYTES)
    assert_not_believed(done)
    assert done.verification.bytes_mismatched == 4 * CHUNK_BYTES


@pytest.mark.root
@pytest.mark.parametrize("block", [512, 4096])
def test_a_loop_device_of_either_logical_block_is_erased_whole(
    tmp_path: Path, loop_device: Callable[..., Path], block: int
) -> None:
    size = 2 * CHUNK_BYTES + 3 * 4096
    device = loop_device(a_file(tmp_path, size), f"--sector-size={block}")
    target = Target(path=device, size_bytes=size, logical_block_bytes=block, hidden_areas=NO_AREAS)
    done = wipe(target, PLAN, "nonce", QUIET)
    assert done.outcome is Outcome.ERASED
    assert done.nonce == "nonce"
    assert "buffered" not in done.method


@pytest.mark.root
def test_bad_places_are_counted_and_the_rest_is_still_wiped(tmp_path: Path, loop_device: Callable[..., Path]) -> None:
    """A file that may not grow past a limit answers ENOSPC in the middle, as a bad range of a drive would EIO."""
    folder = tmp_path / "klein"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={3 * CHUNK_BYTES}", "herstart-test", str(folder)], check=True)
    try:
        backing = folder / "schijf"
        with backing.open("wb") as file:
            os.truncate(file.fileno(), 4 * CHUNK_BYTES)
        device = loop_device(backing)
        done = wiped(device, size=4 * CHUNK_BYTES)
        assert done.outcome is not Outcome.ERASED
        assert done.level is Level.NONE
        assert 0 < done.unreadable_sectors < 4 * CHUNK_BYTES // 512
        assert done.bytes_written >= 2 * CHUNK_BYTES
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
