"""A drive's own erase is believed for what is read afterwards, never for what the drive says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.machine import AtaSecurity, Disk, Medium, Support
from intake_agent.wiping.drives.hidden_areas import NO_AREAS
from intake_agent.wiping.engine.sample import draw, ranges, total
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.wipe import Commands, wipe
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Phase, Progress, Watch
from intake_agent.wiping.table import TABLE
from wipe_reports import wipe_phrases
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Level, Outcome, Technique, VerificationMethod, Wipe

MEBIBYTE = 1024 * 1024
SIZE = 17 * MEBIBYTE
"""Just large enough that canaries lie at places and do not cover all of it."""
SMALL = 2 * MEBIBYTE
QUIET = Watch(lambda progress: None, lambda: False)
BLOCK = frozenset({Support.NVME_SANITIZE_BLOCK})
CRYPTO = frozenset({Support.NVME_SANITIZE_CRYPTO})
Act = Callable[[Path], AttemptResult | None]


def nvme(supports: frozenset[Support] = BLOCK, size: int = SIZE) -> Disk:
    return Disk(name="schijf", serial="S-1", medium=Medium.NVME, bus="nvme", size_bytes=size, supports=supports)


@pytest.fixture
def carrier(fast_folder: Path) -> Path:
    """A carrier with somebody's data on every sector."""
    path = fast_folder / "schijf"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def wiped(carrier: Path, stand_in_drive: Any, report_stands: Any) -> Callable[..., Wipe]:
    """Wipes the carrier by its drive's own methods, each doing the next of ``acts``; the report must stand."""

    def run(disk: Disk, *acts: Act, watch: Watch = QUIET, **planned: Any) -> Wipe:
        target = Target(path=carrier, size_bytes=disk.size_bytes or 0, hidden_areas=NO_AREAS)
        commands = Commands(disk=disk, firmware=stand_in_drive(erases=list(acts)))
        done = wipe(target, plan(disk, **planned), "nonce", watch, commands=commands)
        report_stands(disk, done)
        return done

    return run


def words_of(attempt: Attempt) -> str:
    return wipe_phrases.attempt(attempt, "en", detailed=True)


def assert_next_method_was_needed(done: Wipe, reason: str, result: AttemptResult = AttemptResult.NOT_VERIFIED) -> None:
    """The lie is told as an attempt, and what counts is the overwrite after it."""
    (attempt,) = done.attempts
    assert attempt.result is result
    assert reason in words_of(attempt)
    assert (done.outcome, done.technique, done.level) == (Outcome.ERASED, Technique.OVERWRITE, Level.CLEAR)
    assert done.verification.bytes_read == SIZE


@pytest.mark.parametrize(
    ("pattern", "found"),
    [(b"\0", "uniform 00"), (b"\xff", "uniform ff"), (b"\x33\xcc\x55\xaa", "uniform 33cc55aa")],
)
def test_a_drive_that_erases_is_purged_whatever_it_fills_itself_with(
    wiped: Any, fills: Any, pattern: bytes, found: str
) -> None:
    done = wiped(nvme(), fills(pattern))
    assert (done.outcome, done.level) == (Outcome.ERASED, Level.PURGE)
    assert done.attempts == ()
    assert done.method == Method.NVME_SANITIZE_BLOCK
    assert done.tool.name == "stand-in"
    check = done.verification
    assert (check.method, check.bytes_read, check.found) == (VerificationMethod.FULL_READ_BACK, SIZE, found)
    assert check.canaries is not None
    assert (check.canaries.planted, check.canaries.survived) == (2002, 0)


def test_a_drive_that_says_yes_and_erases_nothing_is_overwritten(wiped: Any) -> None:
    assert_next_method_was_needed(
        wiped(nvme(), lambda path: None), "canaries survived, or what lay there before came back: 2002/2002"
    )


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_a_drive_that_erases_a_part_is_overwritten(wiped: Any, fills: Any, share: float) -> None:
    end = int(SIZE * share) // 4096 * 4096
    assert_next_method_was_needed(wiped(nvme(), fills(b"\0", 0, end)), "canaries survived")


def test_data_left_where_no_canary_lay_is_seen_because_it_is_no_fill(wiped: Any, carrier: Path, fills: Any) -> None:
    def all_but_one_sector(path: Path) -> None:
        content = path.read_bytes()
        fills()(path)
        theirs = next(at for at in range(512, SIZE, 512) if content[at : at + 512] == original[at : at + 512])
        with path.open("r+b") as file:
            file.seek(theirs)
            file.write(content[theirs : theirs + 512])

    original = carrier.read_bytes()
    assert_next_method_was_needed(wiped(nvme(), all_but_one_sector), "512 bytes read back other")


@pytest.mark.parametrize("noise", [False, True], ids=["one fill", "noise"])
def test_a_canary_that_survives_at_another_address_is_seen(wiped: Any, fills: Any, noise: bool) -> None:
    def alias(path: Path) -> None:
        canary = path.read_bytes()[:512]
        if noise:
            path.write_bytes(os.urandom(SIZE))
        else:
            fills()(path)
        with path.open("r+b") as file:
            file.seek(SIZE // 2 + 512 * 7)
            file.write(canary)

    done = wiped(nvme(CRYPTO if noise else BLOCK), alias)
    assert_next_method_was_needed(done, "came back: 1/2002")


def test_after_a_crypto_erase_noise_without_a_canary_is_a_purge(wiped: Any) -> None:
    def forget_the_key(path: Path) -> None:
        path.write_bytes(os.urandom(SIZE))

    done = wiped(nvme(CRYPTO), forget_the_key)
    assert (done.outcome, done.level, done.technique) == (Outcome.ERASED, Level.PURGE, Technique.CRYPTO_ERASE)
    assert done.verification.found == "no canary"
    assert done.verification.canaries is not None
    assert done.verification.canaries.planted * 4096 >= SIZE * 5 // 100


def test_a_crypto_erase_that_left_its_content_readable_is_overwritten(wiped: Any) -> None:
    assert_next_method_was_needed(wiped(nvme(CRYPTO), lambda path: None), "canaries survived")


@pytest.mark.parametrize("result", [AttemptResult.REFUSED, AttemptResult.FAILED, AttemptResult.NOT_COMPLETED])
def test_a_method_that_does_not_end_well_is_told_and_the_next_is_tried(wiped: Any, result: AttemptResult) -> None:
    assert_next_method_was_needed(wiped(nvme(), lambda path: result), "the drive's own words", result)


def test_every_method_is_tried_in_its_order_and_the_first_that_holds_counts(wiped: Any, fills: Any) -> None:
    supports = BLOCK | CRYPTO | {Support.NVME_FORMAT}
    done = wiped(nvme(supports), lambda path: AttemptResult.FAILED, lambda path: None, fills())
    assert [one.method for one in done.attempts] == [Method.NVME_SANITIZE_BLOCK, Method.NVME_SANITIZE_CRYPTO]
    assert (done.method, done.level, done.outcome) == (Method.NVME_FORMAT, Level.CLEAR, Outcome.ERASED)


def test_a_drive_that_no_longer_gives_all_its_bytes_after_the_erase_is_not_purged(wiped: Any, fills: Any) -> None:
    def shrink(path: Path) -> None:
        fills()(path)
        os.truncate(path, SIZE - 8192)

    done = wiped(nvme(), shrink)
    assert_next_method_was_needed(done, "could not be read")


def test_a_stop_while_the_drive_erases_ends_the_wipe_and_never_calls_it_erased(wiped: Any) -> None:
    done = wiped(nvme(), lambda path: AttemptResult.INTERRUPTED)
    assert (done.outcome, done.level, done.interrupted) == (Outcome.NOT_ERASED, Level.NONE, True)
    assert [one.detail for one in done.attempts] == ["the drive's own words"]


def test_a_sampled_read_back_of_a_block_erase_reaches_no_purge_and_its_ranges_can_be_drawn_again(
    wiped: Any, fills: Any
) -> None:
    done = wiped(nvme(), fills(), sampled=True)
    check = done.verification
    assert (done.outcome, done.level) == (Outcome.ERASED, Level.CLEAR)
    assert check.method is VerificationMethod.SAMPLED_READ_BACK
    assert check.sample is not None
    assert total(ranges(SIZE, check.sample)) == check.bytes_read
    assert check.bytes_read >= SIZE // 10


def test_a_sampled_read_back_of_a_crypto_erase_is_a_purge_because_its_canaries_changed(wiped: Any) -> None:
    done = wiped(nvme(CRYPTO), lambda path: path.write_bytes(os.urandom(SIZE)) and None, sampled=True)
    assert (done.outcome, done.level) == (Outcome.ERASED, Level.PURGE)


def test_a_security_erase_of_a_hard_disk_purges_and_of_an_ssd_clears(wiped: Any, fills: Any) -> None:
    security = AtaSecurity(enabled=False, locked=False, frozen=False)
    for medium, level in ((Medium.HDD, Level.PURGE), (Medium.SSD, Level.CLEAR)):
        disk = Disk(
            name="schijf",
            medium=medium,
            bus="sata",
            size_bytes=SIZE,
            supports=frozenset({Support.ATA_SECURITY_ERASE_ENHANCED}),
            security=security,
        )
        done = wiped(disk, fills())
        assert (done.outcome, done.level, done.technique) == (Outcome.ERASED, level, Technique.SECURE_ERASE)


def test_a_drives_own_overwrite_counts_its_bytes_and_purges(wiped: Any, fills: Any) -> None:
    sas = Disk(
        name="schijf",
        medium=Medium.HDD,
        bus="sas",
        size_bytes=SIZE,
        supports=frozenset({Support.SCSI_SANITIZE_OVERWRITE}),
    )
    done = wiped(sas, fills())
    assert (done.outcome, done.level, done.bytes_written) == (Outcome.ERASED, Level.PURGE, SIZE)


LIES: dict[str, Callable[[Path, bytes], None]] = {
    "nothing": lambda path, theirs: None,
    "zeros": lambda path, theirs: path.write_bytes(bytes(SMALL)) and None,
    "first half": lambda path, theirs: path.write_bytes(bytes(SMALL // 2) + path.read_bytes()[SMALL // 2 :]) and None,
    "their data comes back": lambda path, theirs: path.write_bytes(theirs) and None,
    "their last sector comes back": lambda path, theirs: path.write_bytes(bytes(SMALL - 512) + theirs[-512:]) and None,
    "canaries moved": lambda path, theirs: path.write_bytes(path.read_bytes()[512:] + bytes(512)) and None,
}


@given(st.lists(st.sampled_from(sorted(LIES)), min_size=2, max_size=2))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_drive_does_nothing_is_called_erased_that_still_holds_somebodys_data(
    fast_folder: Path, stand_in_drive: Any, report_stands: Any, lies: list[str]
) -> None:
    path = fast_folder / "schijf"
    theirs = os.urandom(SMALL)
    path.write_bytes(theirs)
    disk = nvme(BLOCK | {Support.NVME_FORMAT}, SMALL)
    acts = [lambda path, lie=LIES[lie]: lie(path, theirs) for lie in lies]
    target = Target(path=path, size_bytes=SMALL, hidden_areas=NO_AREAS)
    commands = Commands(disk=disk, firmware=stand_in_drive(erases=acts))
    done = wipe(target, plan(disk), None, QUIET, commands=commands)
    report_stands(disk, done)
    assert done.outcome is Outcome.ERASED
    after = path.read_bytes()
    assert not any(theirs[at : at + 512] == after[at : at + 512] for at in range(0, SMALL, 512))


def test_canaries_that_are_not_there_before_the_erase_prove_nothing_after_it(
    carrier: Path, stand_in_drive: Any, report_stands: Any
) -> None:
    """A carrier that drops writes shows no canary after any erase; it is not asked to erase, and not believed."""
    theirs = carrier.read_bytes()

    def drop_writes(progress: Progress) -> None:
        if progress.done_bytes == progress.total_bytes and progress.phase in {Phase.PLANTING, Phase.WRITING}:
            carrier.write_bytes(theirs)

    disk, drive = nvme(CRYPTO), stand_in_drive()
    target = Target(path=carrier, size_bytes=SIZE, hidden_areas=NO_AREAS)
    watch = Watch(drop_writes, lambda: False)
    done = wipe(target, plan(disk), None, watch, commands=Commands(disk=disk, firmware=drive))
    report_stands(disk, done)
    assert drive.asked == []
    assert "drops writes" in words_of(done.attempts[0])
    assert (done.outcome, done.level) == (Outcome.NOT_ERASED, Level.NONE)


def test_old_content_that_comes_back_after_a_crypto_erase_is_seen(wiped: Any, carrier: Path) -> None:
    """A drive that loses its cached writes has no canaries either; what lay there before them gives it away."""
    theirs = carrier.read_bytes()
    done = wiped(nvme(CRYPTO), lambda path: path.write_bytes(theirs) and None)
    assert_next_method_was_needed(done, "what lay there before came back")


def test_canaries_lie_over_the_whole_address_range_and_before_a_crypto_erase_on_a_twentieth_of_it() -> None:
    size = 10 * 1024 * MEBIBYTE
    for share, least in ((0, 2002 * 4096), (5, size * 5 // 100)):
        chosen = list(ranges(size, draw(size, bytes(range(16)), share=share / 100 if share else 0)))
        assert sum(length for _, length in chosen) >= least
        touched = {offset * 1000 // size for offset, _ in chosen}
        assert len(touched) == 1000


def test_every_row_but_the_overwrite_owes_canaries() -> None:
    assert [row.method for row in TABLE if not row.owes_canaries] == [Method.OVERWRITE]
