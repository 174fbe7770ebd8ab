"""Whatever a program answers, and also when it is not there: no drive is called erased, and nothing is raised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Medium
from intake_agent.wiping.drives import own_erase
from intake_agent.wiping.drives.hidden_areas import look_for_hidden_areas
from intake_agent.wiping.drives.waiting import (
    MAX_DETAIL_CHARACTERS,
    Condition,
    Patience,
    Status,
    one_line,
    run_long,
    wait_for_sanitize,
)
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import AreaState, AttemptResult
from wipe_reports.reasons import AttemptFinding

OWN = [method for method in Method if method is not Method.OVERWRITE]
QUIET = Watch(lambda progress: None, lambda: False)
MEDIA = {
    "nvme": (Medium.NVME, "nvme"),
    "eMMC": (Medium.EMMC, "mmc"),
    "SCSI": (Medium.HDD, "sas"),
    "ATA": (Medium.SSD, "sata"),
}
JUNK = {
    "nothing": "exit 0",
    "a usage text": "echo 'Usage: program [options] <device>' >&2; exit 1",
    "bytes": "printf '\\000\\377\\376{\\033[1m}\\n'",
    "other JSON": "echo '[{\"sstat\": {}}, 1, null]'",
    "JSON of nothing": 'echo \'{"sstat": null, "oacs": 2, "sanicap": 3, "fna": 4, "nn": 1}\'',
    "death": "kill -9 $$",
}


def disk_for(method: Method) -> Disk:
    medium, bus = next(fit for word, fit in MEDIA.items() if method.value.startswith(word))
    return Disk(name="schijf", serial="S1", medium=medium, bus=bus, size_bytes=10**9)


@pytest.fixture
def only(tmp_path, monkeypatch):
    """Leaves one small script in the place of every program."""
    programs = tmp_path / "only"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))

    def make(script: str) -> None:
        for name in ("hdparm", "nvme", "sg_sanitize", "sg_requests", "sg_opcodes", "mmc", "blkdiscard"):
            program = programs / name
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)

    return make


@pytest.mark.parametrize("script", JUNK.values(), ids=JUNK.keys())
@pytest.mark.parametrize("method", OWN)
def test_junk_in_place_of_an_answer_never_erases_a_drive(only, tmp_path, method, script):
    only(script)
    disk = disk_for(method)
    done = own_erase.erase(method, disk, tmp_path / "schijf", QUIET)
    assert done.result is not None
    assert done.detail or done.findings
    assert own_erase.running(disk, tmp_path / "schijf") is None


@pytest.mark.parametrize("method", OWN)
def test_a_program_that_is_not_installed_refuses(only, tmp_path, method):
    done = own_erase.erase(method, disk_for(method), tmp_path / "schijf", QUIET)
    assert done.result is AttemptResult.REFUSED
    assert done.tool.version is None


def test_a_program_that_is_not_installed_leaves_hidden_areas_unknown(only, tmp_path):
    areas = look_for_hidden_areas(disk_for(Method.ATA_SANITIZE_BLOCK), tmp_path / "schijf")
    assert (areas.hpa, areas.dco) == (AreaState.UNKNOWN, AreaState.UNKNOWN)


def test_overwriting_is_no_drives_own_method(tmp_path):
    with pytest.raises(ValueError, match="overwrite"):
        own_erase.erase(Method.OVERWRITE, disk_for(Method.NVME_FORMAT), tmp_path, QUIET)


def test_only_a_sanitize_runs_by_itself(tmp_path):
    with pytest.raises(ValueError, match="no sanitize"):
        own_erase.wait_for_running(Method.NVME_FORMAT, disk_for(Method.NVME_FORMAT), tmp_path, QUIET)


@pytest.mark.parametrize("medium", [Medium.VIRTUAL, Medium.FLASH, Medium.EMMC])
def test_nothing_runs_on_a_medium_that_has_no_such_command(tmp_path, medium):
    assert own_erase.running(Disk(name="schijf", medium=medium, bus="usb"), tmp_path) is None


@given(st.lists(st.text(), max_size=4))
def test_a_detail_is_one_printable_line_of_limited_length(words):
    detail = one_line(*words)
    assert len(detail) <= MAX_DETAIL_CHARACTERS
    assert all(one.isprintable() for one in detail)


def test_a_drive_that_falls_silent_is_not_waited_for_without_end():
    ask = lambda: Status(Condition.UNKNOWN, "no answer")  # noqa: E731
    ended = wait_for_sanitize(ask, None, QUIET, before=None, patience=Patience(silent_seconds=0.1))
    assert ended.result is AttemptResult.NOT_COMPLETED
    assert "no answer" in ended.detail


def test_a_drive_that_stays_at_the_same_share_is_not_waited_for_without_end():
    ask = lambda: Status(Condition.RUNNING, "at work", 0.5)  # noqa: E731
    ended = wait_for_sanitize(ask, 100, QUIET, before=None, patience=Patience(unchanged_seconds=0.1))
    assert ended.result is AttemptResult.NOT_COMPLETED
    assert ended.findings == (Reason(AttemptFinding.NO_PROGRESS),)


def test_a_program_that_never_ends_is_left_behind_after_its_limit():
    answer = run_long("sleep", "0.6", expected_seconds=10, limit_seconds=0.3, size_bytes=100, watch=QUIET)
    assert answer is None


def test_a_program_that_ends_gives_its_answer():
    answer = run_long("echo", "klaar", expected_seconds=None, limit_seconds=30, size_bytes=None, watch=QUIET)
    assert answer is not None
    assert (answer.exit_code, answer.words) == (0, "klaar")


def test_a_drive_that_is_silent_for_a_moment_while_it_works_is_waited_for():
    answers = [Condition.RUNNING, Condition.UNKNOWN, Condition.UNKNOWN, Condition.RUNNING]
    ask = lambda: Status(answers.pop(0) if answers else Condition.SUCCEEDED, "words")  # noqa: E731
    assert wait_for_sanitize(ask, 100, QUIET, before=Status(Condition.IDLE, "")).result is None


@pytest.mark.parametrize("answers", [[], [Condition.IDLE, Condition.UNKNOWN, Condition.FROZEN]])
def test_a_drive_never_seen_at_work_whose_log_stays_has_not_erased(answers):
    left = list(answers)
    ask = lambda: Status(left.pop(0) if left else Condition.SUCCEEDED, "words", log="old")  # noqa: E731
    ended = wait_for_sanitize(ask, 100, QUIET, before=Status(Condition.SUCCEEDED, "words", log="old"))
    assert ended.result is AttemptResult.NOT_COMPLETED
