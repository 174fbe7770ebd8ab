"""Several disks at once, wipes that were cut and go on, hidden areas that are opened first."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake_agent.machine import AtaSecurity, Disk, Medium, Support
from intake_agent.seeing.block_device import look
from intake_agent.wiping.drives.hidden_areas import OpenedAreas
from intake_agent.wiping.engine.jobs import Finished, Job, wipe_all
from intake_agent.wiping.engine.stamp import CHUNK_BYTES
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Phase
from intake_agent.wiping.safety import Consent, Refusal, refusals
from wipe_reports.codes import Method
from wipe_reports.document import AreaState, AttemptResult, HiddenAreas, Level, Outcome, Technique

SIZE = 8 * CHUNK_BYTES
NVME = {"medium": Medium.NVME, "bus": "nvme", "supports": frozenset({Support.NVME_SANITIZE_BLOCK})}


def outcomes(finished: list[Finished]) -> list[Outcome | None]:
    return [one.wipe.outcome if one.wipe else None for one in finished]


def test_several_disks_are_wiped_at_once_each_with_its_own_progress(bench: Any) -> None:
    disks = [bench.disk(name) for name in ("een", "twee", "drie")]
    finished = bench.wipe(*(bench.job(disk) for disk in disks))
    assert [one.disk for one in finished] == disks
    assert outcomes(finished) == [Outcome.ERASED] * 3
    for disk in disks:
        reached = [progress.done_bytes for name, progress in bench.told if name == disk.name]
        assert reached.count(SIZE) == 2
    contents = [(bench.folder / disk.name).read_bytes() for disk in disks]
    assert len(set(contents)) == 3
    assert list(bench.journals.folder.iterdir()) == []


def test_one_disk_that_is_gone_or_refused_does_not_hurt_the_others(bench: Any) -> None:
    disks = [bench.disk(name) for name in ("goed", "weg", "aangekoppeld")]
    (bench.folder / "weg").unlink()
    bench.against["aangekoppeld"] = [Refusal("mounted", "De schijf is in gebruik.")]
    theirs = (bench.folder / "aangekoppeld").read_bytes()
    finished = bench.wipe(*(bench.job(disk) for disk in disks))
    assert outcomes(finished) == [Outcome.ERASED, None, None]
    assert "niet geopend" in (finished[1].trouble or "")
    assert finished[2].trouble == "De schijf is in gebruik."
    assert (bench.folder / "aangekoppeld").read_bytes() == theirs


def test_a_fault_of_the_agent_itself_on_one_disk_is_told_as_not_erased(bench: Any, report_stands: Any) -> None:
    disks = [bench.disk("goed"), bench.disk("fout", **NVME)]
    bench.drive.erases = []
    good, wrong = bench.wipe(*(bench.job(disk) for disk in disks))
    assert outcomes([good, wrong]) == [Outcome.ERASED, Outcome.NOT_ERASED]
    assert wrong.wipe is not None
    assert wrong.wipe.exceptions == ("interrupted",)
    assert "IndexError" in (wrong.trouble or "")
    report_stands(wrong.disk, wrong.wipe, wrong.hidden_areas)


def test_a_stop_stops_them_all_and_none_is_called_erased(bench: Any) -> None:
    disks = [bench.disk(name) for name in ("een", "twee")]
    bench.stop_when = lambda name, progress: progress.phase is Phase.WRITING
    finished = bench.wipe(*(bench.job(disk) for disk in disks))
    assert Outcome.ERASED not in outcomes(finished)


def test_an_impossible_plan_touches_nothing_and_says_what_to_do(bench: Any) -> None:
    disk = bench.disk(security=AtaSecurity(enabled=True, locked=True, frozen=False))
    theirs = (bench.folder / "een").read_bytes()
    finished = bench.wipe_one(disk)
    assert finished.wipe is None
    assert "wachtwoord" in (finished.trouble or "")
    assert (bench.folder / "een").read_bytes() == theirs


@pytest.mark.parametrize("phase", [Phase.WRITING, Phase.VERIFYING])
def test_a_wipe_that_was_cut_goes_on_where_it_was_and_every_byte_is_read_back(
    bench: Any, phase: Phase, report_stands: Any
) -> None:
    disk = bench.disk()
    bench.cut_at(disk, phase)
    cut = bench.journals.cut(disk)
    assert cut is not None
    assert cut.resumable
    before = (bench.folder / "een").read_bytes()[: cut.flushed_bytes]
    finished = bench.wipe_one(disk, resume=True)
    done = finished.wipe
    assert done is not None
    assert (done.outcome, done.level, done.resumed, done.interrupted) == (Outcome.ERASED, Level.CLEAR, True, True)
    assert [one.result for one in done.attempts] == [AttemptResult.INTERRUPTED]
    assert done.verification.bytes_read == done.bytes_written == SIZE
    assert (bench.folder / "een").read_bytes()[: cut.flushed_bytes] == before
    assert cut.flushed_bytes > 0
    assert bench.journals.cut(disk) is None
    report_stands(finished.disk, done, finished.hidden_areas)


def test_a_wipe_that_was_cut_can_begin_again_and_says_so(bench: Any, report_stands: Any) -> None:
    disk = bench.disk()
    bench.cut_at(disk, Phase.WRITING)
    before = (bench.folder / "een").read_bytes()[:CHUNK_BYTES]
    finished = bench.wipe_one(disk)
    done = finished.wipe
    assert done is not None
    assert (done.outcome, done.resumed, done.interrupted) == (Outcome.ERASED, False, True)
    assert [one.result for one in done.attempts] == [AttemptResult.INTERRUPTED]
    assert (bench.folder / "een").read_bytes()[:CHUNK_BYTES] != before
    report_stands(finished.disk, done, finished.hidden_areas)


def test_what_the_carrier_lost_since_the_cut_is_seen_and_all_is_written_again(bench: Any, report_stands: Any) -> None:
    disk = bench.disk()
    bench.cut_at(disk, Phase.VERIFYING)
    with (bench.folder / "een").open("r+b") as file:
        file.write(os.urandom(512))
    finished = bench.wipe_one(disk, resume=True)
    done = finished.wipe
    assert done is not None
    assert (done.outcome, done.resumed, done.interrupted) == (Outcome.ERASED, False, True)
    assert [one.result for one in done.attempts] == [AttemptResult.INTERRUPTED, AttemptResult.NOT_VERIFIED]
    report_stands(finished.disk, done, finished.hidden_areas)


def test_a_damaged_journal_still_says_that_a_wipe_was_cut(bench: Any, report_stands: Any) -> None:
    disk = bench.disk()
    bench.cut_at(disk, Phase.WRITING)
    (journal,) = bench.journals.folder.iterdir()
    journal.write_bytes(b"\0" * 100)
    finished = bench.wipe_one(disk, resume=True)
    done = finished.wipe
    assert done is not None
    assert (done.outcome, done.resumed, done.interrupted) == (Outcome.ERASED, False, True)
    report_stands(finished.disk, done, finished.hidden_areas)


def test_a_stick_that_cannot_keep_the_journal_touches_nothing(bench: Any) -> None:
    disk = bench.disk()
    theirs = (bench.folder / "een").read_bytes()
    (bench.folder / "stick").write_text("a file where the folder should be")
    finished = bench.wipe_one(disk)
    assert finished.wipe is None
    assert "stick" in (finished.trouble or "")
    assert (bench.folder / "een").read_bytes() == theirs


def test_a_sanitize_that_ran_on_through_a_cut_is_waited_for_and_proven_by_its_canaries(
    bench: Any, fills: Any, report_stands: Any
) -> None:
    disk = bench.disk(**NVME)
    bench.drive.erases = [lambda path: AttemptResult.INTERRUPTED]
    first = bench.wipe_one(disk)
    assert first.wipe is not None
    assert first.wipe.interrupted
    bench.drive.runs, bench.drive.erases = Method.NVME_SANITIZE_BLOCK, [fills()]
    finished = bench.wipe_one(disk, resume=True)
    done = finished.wipe
    assert done is not None
    assert (done.outcome, done.level, done.resumed, done.interrupted) == (Outcome.ERASED, Level.PURGE, True, True)
    assert done.verification.canaries is not None
    assert done.verification.canaries.planted == 2002
    report_stands(finished.disk, done, finished.hidden_areas)


def test_a_sanitize_that_ran_on_and_left_its_canaries_is_not_believed(bench: Any) -> None:
    disk = bench.disk(**NVME)
    bench.drive.erases = [lambda path: AttemptResult.INTERRUPTED]
    bench.wipe_one(disk)
    bench.drive.runs = Method.NVME_SANITIZE_BLOCK
    bench.drive.erases = [lambda path: None, lambda path: AttemptResult.REFUSED]
    done = bench.wipe_one(disk, resume=True).wipe
    assert done is not None
    assert (done.outcome, done.technique, done.level) == (Outcome.ERASED, Technique.OVERWRITE, Level.CLEAR)
    assert [one.result for one in done.attempts] == [
        AttemptResult.INTERRUPTED,
        AttemptResult.NOT_VERIFIED,
        AttemptResult.REFUSED,
    ]


def test_a_sanitize_that_nobody_here_began_is_waited_for_and_then_all_is_done_anew(bench: Any, fills: Any) -> None:
    disk = bench.disk(**NVME)
    bench.drive.runs, bench.drive.erases = Method.NVME_SANITIZE_CRYPTO, [fills(), fills()]
    done = bench.wipe_one(disk).wipe
    assert done is not None
    assert bench.drive.asked == [Method.NVME_SANITIZE_CRYPTO, Method.NVME_SANITIZE_BLOCK]
    assert (done.outcome, done.level) == (Outcome.ERASED, Level.PURGE)
    assert [one.result for one in done.attempts] == [AttemptResult.NOT_VERIFIED]


def opened(extra: int, **told: Any) -> Callable[[Path], OpenedAreas]:
    def open_them(path: Path) -> OpenedAreas:
        os.truncate(path, SIZE + extra)
        areas = HiddenAreas(hpa=AreaState.OPENED, hpa_sectors=extra // 512, dco=AreaState.ABSENT)
        return OpenedAreas(**{"areas": areas, **told})

    return open_them


def test_a_hidden_area_is_opened_first_and_wiped_with_the_rest(bench: Any, report_stands: Any) -> None:
    bench.drive.seen = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.ABSENT)
    bench.drive.opens = opened(2048 * 512)
    finished = bench.wipe_one(bench.disk())
    assert finished.wipe is not None
    assert finished.disk.size_bytes == SIZE + 2048 * 512
    assert finished.wipe.outcome is Outcome.ERASED
    assert finished.wipe.verification.bytes_read == SIZE + 2048 * 512
    assert (finished.hidden_areas.hpa, finished.hidden_areas.hpa_sectors) == (AreaState.OPENED, 2048)
    report_stands(finished.disk, finished.wipe, finished.hidden_areas)


def test_a_hidden_area_that_needs_the_power_off_is_said_and_nothing_is_wiped(bench: Any) -> None:
    bench.drive.seen = HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.LEFT, dco_sectors=1)
    bench.drive.opens = opened(0, needs_power_cycle=True)
    disk = bench.disk()
    theirs = (bench.folder / "een").read_bytes()
    finished = bench.wipe_one(disk)
    assert finished.wipe is None
    assert "weer aan" in (finished.trouble or "")
    assert (bench.folder / "een").read_bytes() == theirs


@pytest.mark.parametrize(
    ("supports", "outcome"),
    [
        (frozenset(), Outcome.ERASED_WITH_EXCEPTIONS),
        (frozenset({Support.NVME_FORMAT}), Outcome.ERASED_WITH_EXCEPTIONS),
        (frozenset({Support.NVME_SANITIZE_BLOCK}), Outcome.ERASED),
    ],
)
def test_what_lies_in_no_namespace_is_reached_by_a_sanitize_only(
    bench: Any, fills: Any, report_stands: Any, supports: frozenset[Support], outcome: Outcome
) -> None:
    disk = bench.disk(medium=Medium.NVME, bus="nvme", supports=supports, unallocated_bytes=10**9)
    bench.drive.erases = [fills()]
    finished = bench.wipe_one(disk)
    assert finished.wipe is not None
    assert finished.wipe.outcome is outcome
    assert ("capacity_unallocated" in finished.wipe.exceptions) is (outcome is not Outcome.ERASED)
    assert any("namespace" in remark for remark in plan(disk).remarks) is (outcome is not Outcome.ERASED)
    report_stands(finished.disk, finished.wipe, finished.hidden_areas)


def test_a_drive_that_took_the_command_is_not_asked_at_every_run(
    bench: Any, monkeypatch: pytest.MonkeyPatch, report_stands: Any
) -> None:
    """A lasting command is sent once: while the power was not off it waits, after that what is hidden is reported."""
    left = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=409600, dco=AreaState.ABSENT)
    asked: list[Path] = []

    def takes(path: Path) -> OpenedAreas:
        asked.append(path)
        return OpenedAreas(areas=left, needs_power_cycle=True)

    bench.drive.seen, bench.drive.opens = left, takes
    disk = bench.disk()
    for _ in range(2):
        finished = bench.wipe_one(disk)
        assert finished.wipe is None
        assert "helemaal uit" in (finished.trouble or "")
    assert len(asked) == 1

    monkeypatch.setattr("intake_agent.wiping.engine.openings._boot_id", lambda: "een andere start")
    finished = bench.wipe_one(disk)
    assert len(asked) == 1
    assert finished.wipe is not None
    assert finished.wipe.outcome is Outcome.ERASED_WITH_EXCEPTIONS
    assert finished.hidden_areas.sectors_not_reached == 409600
    assert any("niet open" in remark for remark in finished.remarks)
    report_stands(finished.disk, finished.wipe, finished.hidden_areas)


def test_an_area_that_shows_once_the_power_was_off_is_told_as_opened(bench: Any, report_stands: Any) -> None:
    left = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=409600, dco=AreaState.ABSENT)
    bench.drive.seen = left
    bench.drive.opens = lambda path: OpenedAreas(areas=left, needs_power_cycle=True)
    disk = bench.disk()
    assert bench.wipe_one(disk).wipe is None
    bench.drive.seen = HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.ABSENT)
    finished = bench.wipe_one(disk)
    assert finished.wipe is not None
    assert finished.wipe.outcome is Outcome.ERASED
    assert (finished.hidden_areas.hpa, finished.hidden_areas.hpa_sectors) == (AreaState.OPENED, 409600)
    report_stands(finished.disk, finished.wipe, finished.hidden_areas)
    assert not list((bench.folder / "stick").rglob("*.opening"))


@pytest.mark.parametrize("broken", ["close_finished", "close_resumable", "close_locked"])
def test_a_journal_that_fails_at_the_end_costs_no_proof(
    bench: Any, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fails(_journal: object) -> None:
        raise RuntimeError("no more threads")

    monkeypatch.setattr(f"intake_agent.wiping.engine.journal.Journal.{broken}", fails)
    finished = bench.wipe_one(bench.disk())
    assert finished.wipe is not None
    assert finished.wipe.outcome is Outcome.ERASED
    assert any("no more threads" in remark for remark in finished.remarks) is (broken == "close_finished")


def test_a_disk_for_which_no_thread_can_be_had_costs_the_others_nothing(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, calls = ThreadPoolExecutor.submit, []

    def submits(pool: ThreadPoolExecutor, *work: Any, **how: Any) -> Any:
        calls.append(work)
        if len(calls) == 2:
            raise RuntimeError("can't start new thread")
        return submit(pool, *work, **how)

    first, second = bench.disk("een"), bench.disk("twee")
    monkeypatch.setattr(ThreadPoolExecutor, "submit", submits)
    done, failed = bench.wipe(bench.job(first), bench.job(second))
    assert done.wipe is not None
    assert failed.wipe is not None
    assert (done.wipe.outcome, failed.wipe.outcome) == (Outcome.ERASED, Outcome.NOT_ERASED)


def test_a_hidden_area_that_stays_closed_takes_the_word_erased_away(bench: Any) -> None:
    left = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.ABSENT)
    bench.drive.seen, bench.drive.opens = left, lambda path: OpenedAreas(areas=left)
    finished = bench.wipe_one(bench.disk())
    assert finished.wipe is not None
    assert (finished.wipe.outcome, finished.wipe.level) == (Outcome.ERASED_WITH_EXCEPTIONS, Level.NONE)


def test_a_disk_that_changed_its_size_without_a_hidden_area_is_another_disk(bench: Any) -> None:
    disk = bench.disk()
    os.truncate(bench.folder / "een", SIZE - 512)
    finished = bench.wipe_one(disk)
    assert finished.wipe is None
    assert "anders van grootte" in (finished.trouble or "")


FROZEN = AtaSecurity(enabled=False, locked=False, frozen=True)


@pytest.mark.parametrize("thaws", [True, False])
def test_a_frozen_drive_is_thawed_before_anything_and_refuses_where_that_fails(
    bench: Any, fills: Any, thaws: bool
) -> None:
    supports = frozenset({Support.ATA_SECURITY_ERASE_ENHANCED})
    disk = bench.disk(supports=supports, security=FROZEN)
    bench.drive.thawed = replace(FROZEN, frozen=not thaws)
    bench.drive.erases = [fills() if thaws else lambda path: AttemptResult.REFUSED]
    done = bench.wipe_one(disk, allow_suspend=True).wipe
    assert done is not None
    assert bench.drive.asked[0] is Method.ATA_SECURITY_ERASE
    assert done.outcome is Outcome.ERASED
    assert done.level is (Level.PURGE if thaws else Level.CLEAR)


@pytest.mark.root
def test_a_disk_made_read_only_is_refused_just_before_its_first_byte(
    bench: Any, loop_device: Callable[..., Path]
) -> None:
    disk = replace(bench.disk(), name="lus")
    device = loop_device(bench.folder / "een", "--read-only")
    consent = Consent(named_serials=frozenset({disk.serial or ""}))

    def may_start(asked: Disk) -> list[Refusal]:
        return refusals(asked, look(device), consent, others=[], serial_now=asked.serial, on_battery=False)

    job = Job(disk=disk, path=device, plan=plan(disk), nonce=None)
    (finished,) = wipe_all(
        [job],
        follow=bench.follow,
        stop_asked=lambda: False,
        may_start=may_start,
        journals=bench.journals,
        drives=bench.drive.as_drives(),
    )
    assert finished.wipe is None
    assert "beveiligd tegen schrijven" in (finished.trouble or "")
