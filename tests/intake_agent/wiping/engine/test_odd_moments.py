"""What happens to a disk, a sanitize, a hidden area or a console in the middle of a wipe."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake_agent.machine import Medium, Support
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives.hidden_areas import OpenedAreas
from intake_agent.wiping.engine.canaries import Canaries
from intake_agent.wiping.engine.content import OneFill
from intake_agent.wiping.engine.jobs import Finished
from intake_agent.wiping.engine.stamp import CHUNK_BYTES
from intake_agent.wiping.engine.verify import ReadBack, read_back
from intake_agent.wiping.progress import Progress, Watch
from wipe_reports.codes import Method
from wipe_reports.document import AreaState, AttemptResult, HiddenAreas, Outcome

SIZE = 8 * CHUNK_BYTES
NVME = {"medium": Medium.NVME, "bus": "nvme", "supports": frozenset({Support.NVME_SANITIZE_BLOCK})}


def outcomes(finished: list[Finished]) -> list[Outcome | None]:
    return [one.wipe.outcome if one.wipe else None for one in finished]


def opened(extra: int, **told: Any) -> Callable[[Path], OpenedAreas]:
    def open_them(path: Path) -> OpenedAreas:
        os.truncate(path, SIZE + extra)
        areas = HiddenAreas(hpa=AreaState.OPENED, hpa_sectors=extra // 512, dco=AreaState.ABSENT)
        return OpenedAreas(**{"areas": areas, **told})

    return open_them


@pytest.mark.root
def test_the_name_of_a_disk_that_falls_away_goes_to_no_other_disk_while_the_wipe_lasts(
    bench: Any, loop_device: Callable[..., Path]
) -> None:
    """A dock: between a failed erase and the overwrite the disk is pulled, and another would take its name."""
    disk, theirs = bench.disk("lus", **NVME), os.urandom(SIZE)
    (bench.folder / "buur").write_bytes(theirs)
    device = loop_device(bench.folder / "lus")

    def swapped(path: Path) -> AttemptResult:
        subprocess.run(["losetup", "--detach", str(path)], check=True, capture_output=True)
        subprocess.run(["losetup", str(path), str(bench.folder / "buur")], check=False, capture_output=True)
        return AttemptResult.FAILED

    bench.drive.erases = [swapped]
    bench.wipe(replace(bench.job(disk), path=device))
    subprocess.run(["losetup", str(device), str(bench.folder / "lus")], check=False, capture_output=True)
    assert (bench.folder / "buur").read_bytes() == theirs


@pytest.mark.parametrize(
    ("facts", "named", "runs"),
    [
        (NVME, Method.NVME_FORMAT, Method.NVME_SANITIZE_BLOCK),
        (NVME, Method.NVME_SANITIZE_CRYPTO, Method.NVME_SANITIZE_BLOCK),
        ({}, Method.ATA_SECURITY_ERASE_ENHANCED, Method.ATA_SANITIZE_BLOCK),
    ],
)
def test_a_sanitize_that_runs_is_waited_for_as_itself_whatever_else_the_journal_names(
    bench: Any, fills: Any, facts: dict[str, Any], named: Method, runs: Method
) -> None:
    disk = bench.disk(**facts)
    journal = bench.journals.begin(disk, began_at=CLOCK.now())
    journal.method_begins(named, CLOCK.now(), bytes(32))
    journal.close_resumable()
    bench.drive.runs, bench.drive.erases = runs, [fills(), fills()]
    done = bench.wipe_one(disk).wipe
    assert done is not None
    assert bench.drive.asked[0] is runs
    assert done.outcome is Outcome.ERASED


def test_a_hidden_area_that_is_said_to_be_open_but_does_not_show_is_not_wiped_around(bench: Any) -> None:
    bench.drive.seen = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.ABSENT)
    bench.drive.opens = opened(0)
    disk = bench.disk()
    theirs = (bench.folder / "een").read_bytes()
    finished = bench.wipe_one(disk)
    assert finished.wipe is None
    assert "weer aan" in (finished.trouble or "")
    assert (bench.folder / "een").read_bytes() == theirs


def test_a_progress_that_can_no_longer_be_shown_does_not_stop_the_wipe(bench: Any) -> None:
    def fallen_away(name: str, progress: Progress) -> bool:
        raise BrokenPipeError("the line fell away")

    bench.stop_when = fallen_away
    finished = bench.wipe_one(bench.disk())
    assert outcomes([finished]) == [Outcome.ERASED]
    assert "getoond" in finished.remarks[0]


def test_a_disk_that_falls_away_once_its_canaries_were_written_is_not_called_untouched(
    bench: Any, monkeypatch: pytest.MonkeyPatch, report_stands: Any
) -> None:
    def gone(self: Canaries, path: Path, watch: Watch) -> ReadBack:
        (bench.folder / "een").unlink()
        return read_back(path, self.ranges(), self.total_bytes, OneFill(b""), watch)

    monkeypatch.setattr(Canaries, "look_planted", gone)
    finished = bench.wipe_one(bench.disk(**NVME))
    assert finished.wipe is not None
    assert finished.wipe.outcome is Outcome.NOT_ERASED
    report_stands(finished.disk, finished.wipe, finished.hidden_areas)
