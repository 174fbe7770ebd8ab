"""NVMe sanitize and format on scripted controllers: what they say, and what may be believed of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Medium
from intake_agent.wiping.drives import nvme, own_erase
from intake_agent.wiping.progress import Phase
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding

DISK = Disk(name="nvme0n1", medium=Medium.NVME, bus="nvme", size_bytes=512_110_190_592)
NEVER = {"code": 0, "sprog": 65535, "action": 0, "global_erased": 0, "polls": 2, "ends": 1}
CONTROLLER: dict[str, Any] = {
    "sanicap": 3,
    "oacs": 0x17,
    "fna": 4,
    "nn": 1,
    "namespaces": [1],
    "log": NEVER,
    "spelling": "status",
    "quiet": False,
    "formatted": False,
    "format_polls": 0,
    "flbas": 0,
}
LONG_AGO = {**NEVER, "code": 1, "action": 2, "global_erased": 1}
SANITIZES = [Method.NVME_SANITIZE_BLOCK, Method.NVME_SANITIZE_CRYPTO]
FORMATS = [Method.NVME_FORMAT, Method.NVME_FORMAT_CRYPTO]
STATUS_ERROR = "NVMe status: Invalid Field in Command: A reserved coded value or an unsupported value(0x4002)"


@pytest.fixture
def controller(scripted) -> Callable[..., Any]:
    return lambda **state: scripted(CONTROLLER | state)


def erased(method, drive, follower):
    return own_erase.erase(method, DISK, drive.path, follower.watch)


@pytest.mark.parametrize("method", SANITIZES)
@pytest.mark.parametrize("spelling", ["status", "text", "bits"])
def test_a_sanitize_is_complete_when_the_log_went_from_running_to_success(controller, follower, method, spelling):
    drive = controller(spelling=spelling)
    done = erased(method, drive, follower)
    assert (done.result, done.detail) == (None, None)
    assert (done.tool.name, done.tool.version) == ("nvme-cli", "2.3")
    assert done.started_at <= done.ended_at
    assert drive.state["log"]["action"] == {SANITIZES[0]: 2, SANITIZES[1]: 4}[method]


def test_the_share_of_a_sanitize_is_told_in_bytes_of_the_disk(controller, follower):
    drive = controller(log={**NEVER, "polls": 5})
    erased(Method.NVME_SANITIZE_BLOCK, drive, follower)
    assert follower.told
    assert {one.phase for one in follower.told} == {Phase.ERASING}
    assert all(0 < one.done_bytes < DISK.size_bytes == one.total_bytes for one in follower.told)


def test_a_sanitize_that_is_over_at_once_counts_by_its_changed_log(controller, follower):
    drive = controller(log={**LONG_AGO, "polls": 0})
    assert erased(Method.NVME_SANITIZE_CRYPTO, drive, follower).result is None


def test_an_old_success_in_the_log_is_no_proof_of_a_command_that_did_nothing(controller, follower):
    drive = controller(log=LONG_AGO, lies=["sanitize"])
    done = erased(Method.NVME_SANITIZE_BLOCK, drive, follower)
    assert done.result is AttemptResult.NOT_COMPLETED
    assert done.findings == (Reason(AttemptFinding.NEVER_AT_WORK),)


def test_a_success_of_another_action_is_none_of_ours(controller, follower):
    drive = controller(log=LONG_AGO)
    waited = own_erase.wait_for_running(Method.NVME_SANITIZE_CRYPTO, DISK, drive.path, follower.watch)
    assert waited.result is AttemptResult.NOT_COMPLETED


def test_a_sanitize_that_stops_half_way_has_failed(controller, follower):
    done = erased(Method.NVME_SANITIZE_BLOCK, controller(log={**NEVER, "ends": 3}), follower)
    assert done.result is AttemptResult.FAILED
    assert "Most Recent Sanitize Command Failed" in done.detail


def test_a_refused_sanitize_is_told_in_the_controllers_words(controller, follower):
    done = erased(Method.NVME_SANITIZE_BLOCK, controller(fails={"sanitize": STATUS_ERROR}), follower)
    assert done.result is AttemptResult.REFUSED
    assert "Invalid Field in Command" in done.detail


@pytest.mark.parametrize(
    "words",
    [
        "NVMe status: INVALID_OPCODE: The associated command opcode field is not valid(0x1)",
        "NVMe status: Access Denied: Access to the namespace and/or LBA range is denied(0x4286)",
        "NVME Admin command error:CMD_SEQ_ERROR: The command was aborted due to a protocol violation(200c)",
    ],
)
@pytest.mark.parametrize(("command", "method"), [("sanitize", SANITIZES[0]), ("format", FORMATS[0])])
def test_a_refusal_of_what_is_supported_hints_at_the_bios_that_blocks_it(controller, follower, words, command, method):
    done = erased(method, controller(fails={command: words}), follower)
    assert done.result is AttemptResult.REFUSED
    assert done.findings == (Reason(AttemptFinding.MAYBE_BLOCKED_BY_BIOS),)
    assert words[:40] in done.detail


def test_a_log_of_zeros_alone_is_no_log(controller, follower):
    drive = controller(spelling="zeros")
    assert erased(Method.NVME_SANITIZE_BLOCK, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanact")


def test_nothing_is_sent_to_a_controller_that_does_not_say_it_can(controller, follower):
    drive = controller(sanicap=0, oacs=0x15, fna=0)
    for method in (*SANITIZES, *FORMATS):
        assert erased(method, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanact") + drive.asked("--ses")


def test_a_cryptographic_format_is_never_sent_without_fna_bit_2(controller, follower):
    drive = controller(fna=0)
    assert erased(Method.NVME_FORMAT_CRYPTO, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--ses")


@pytest.mark.parametrize(
    ("method", "fna"),
    [(SANITIZES[0], 4), (SANITIZES[1], 4), (FORMATS[0], 1), (FORMATS[0], 2), (FORMATS[1], 5)],
)
def test_what_goes_over_the_whole_drive_is_refused_while_it_has_another_namespace(controller, follower, method, fna):
    drive = controller(namespaces=[1, 2], nn=32, fna=fna)
    done = erased(method, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert done.findings == (Reason(AttemptFinding.OTHER_NAMESPACES, 2),)
    assert not drive.asked("--sanact") + drive.asked("--ses")


@pytest.mark.parametrize(("oacs", "asked"), [(0x17, False), (0x1F, True)])
def test_a_controller_that_manages_namespaces_is_asked_for_the_unattached_ones_too(controller, follower, oacs, asked):
    drive = controller(oacs=oacs, log={**LONG_AGO, "polls": 0})
    assert erased(Method.NVME_SANITIZE_CRYPTO, drive, follower).result is None
    (listed,) = drive.asked("list-ns")
    assert ("--all" in listed) is asked


def test_a_format_of_one_namespace_leaves_the_others_alone_and_is_sent(controller, follower):
    assert erased(Method.NVME_FORMAT, controller(namespaces=[1, 2], nn=32), follower).result is None


def test_namespaces_that_cannot_be_listed_are_none_only_when_the_controller_holds_one(controller, follower):
    assert erased(Method.NVME_SANITIZE_BLOCK, controller(namespaces=None), follower).result is None


def test_namespaces_that_cannot_be_listed_on_a_larger_controller_may_be_there(controller, follower):
    drive = controller(namespaces=None, nn=32)
    assert erased(Method.NVME_SANITIZE_BLOCK, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanact")


def test_no_sanitize_without_a_log_that_could_show_its_end(controller, follower):
    drive = controller(fails={"log": "NVMe status: Invalid Log Page(0x4109)"})
    assert erased(Method.NVME_SANITIZE_BLOCK, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanact")


def test_a_sanitize_survives_a_restart_and_is_followed_to_its_end(controller, follower):
    drive = controller(log={**NEVER, "polls": 10**6})
    follower.stop_after = lambda: bool(follower.told)
    cut = erased(Method.NVME_SANITIZE_CRYPTO, drive, follower)
    assert cut.result is AttemptResult.INTERRUPTED
    assert cut.findings == (Reason(AttemptFinding.GOES_ON_AFTER_RESTART),)

    assert own_erase.running(DISK, drive.path) is Method.NVME_SANITIZE_CRYPTO
    drive.change(log={**drive.state["log"], "polls": 1})
    follower.stop_after = lambda: False
    done = own_erase.wait_for_running(Method.NVME_SANITIZE_CRYPTO, DISK, drive.path, follower.watch)
    assert done.result is None
    assert len(drive.asked("--sanact")) == 1


def test_a_sanitize_that_already_runs_is_waited_for_and_not_sent_again(controller, follower):
    drive = controller(log={**NEVER, "code": 2, "action": 2, "sprog": 0})
    assert erased(Method.NVME_SANITIZE_BLOCK, drive, follower).result is None
    assert not drive.asked("--sanact")


def test_another_sanitize_that_runs_is_neither_ours_nor_disturbed(controller, follower):
    drive = controller(log={**NEVER, "code": 2, "action": 3, "sprog": 0})
    assert own_erase.running(DISK, drive.path) is None
    assert erased(Method.NVME_SANITIZE_BLOCK, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanact")


def test_nothing_runs_on_a_drive_that_is_idle(controller):
    assert own_erase.running(DISK, controller(log=LONG_AGO).path) is None


@pytest.mark.parametrize("method", FORMATS)
@pytest.mark.parametrize("quiet", [False, True])
def test_a_format_counts_when_the_namespace_answers_as_before(controller, follower, method, quiet):
    drive = controller(quiet=quiet, flbas=1, format_polls=2)
    assert erased(method, drive, follower).result is None
    (sent,) = drive.asked("--ses")
    assert {"--lbaf=1", "--force", {FORMATS[0]: "--ses=1", FORMATS[1]: "--ses=2"}[method]} <= set(sent)
    assert drive.state["format_polls"] == 0


def test_a_format_after_which_the_namespace_is_gone_has_failed(controller, follower, monkeypatch):
    monkeypatch.setattr("intake_agent.wiping.drives.nvme._SECONDS_TO_COME_BACK", 0.3)
    drive = controller(fails={"id-ns": "NVMe status: Namespace Not Ready(0x82)"})
    done = erased(Method.NVME_FORMAT, drive, follower)
    assert done.result is AttemptResult.FAILED
    assert done.findings == (Reason(AttemptFinding.SILENT_AFTER),)


def test_a_refused_format_is_told_in_the_controllers_words(controller, follower):
    done = erased(Method.NVME_FORMAT, controller(fails={"format": STATUS_ERROR}), follower)
    assert done.result is AttemptResult.REFUSED
    assert "0x4002" in done.detail


def test_a_format_that_takes_long_is_left_to_the_drive_when_asked_to_stop(controller, follower):
    drive = controller(seconds={"format": 1.5})
    follower.stop_after = lambda: bool(drive.asked("--ses"))
    done = erased(Method.NVME_FORMAT, drive, follower)
    assert done.result is AttemptResult.INTERRUPTED
    assert done.findings == (Reason(AttemptFinding.GOES_ON),)


FAILED_BEFORE = {**NEVER, "code": 3, "action": 2}


@pytest.mark.parametrize("method", SANITIZES)
def test_a_drive_in_sanitize_failed_is_sent_the_sanitize_that_may_save_it(controller, follower, method):
    drive = controller(log={**FAILED_BEFORE, "ends": 1})
    assert erased(method, drive, follower).result is None
    assert len(drive.asked("--sanact")) == 1


def test_a_drive_that_fails_its_sanitize_again_is_asked_to_leave_its_failure_mode(controller, follower):
    drive = controller(log=FAILED_BEFORE, fails={"sanitize": STATUS_ERROR})
    done = erased(Method.NVME_SANITIZE_BLOCK, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert done.findings == (Reason(AttemptFinding.FAILURE_MODE_STAYS), Reason(AttemptFinding.MAYBE_BLOCKED_BY_BIOS))
    assert "0x4002" in done.detail
    assert [sent[-1] for sent in drive.asked("--sanact")] == ["--sanact=2", "--sanact=1"]


def test_a_drive_that_never_failed_before_is_not_asked_to_leave_anything(controller, follower):
    drive = controller(fails={"sanitize": STATUS_ERROR})
    erased(Method.NVME_SANITIZE_BLOCK, drive, follower)
    assert len(drive.asked("--sanact")) == 1


@pytest.mark.parametrize(
    ("namespaces", "beside", "unseen"),
    [([1], (), 0), ([1, 2, 5], (), 2), ([1, 2, 5], ("nvme0n2",), 1), ([1, 2], ("nvme0n2",), 0), (None, (), 0)],
)
def test_namespaces_that_the_system_does_not_show_are_counted(controller, namespaces, beside, unseen):
    drive = controller(namespaces=namespaces)
    assert nvme.unseen_namespaces(replace(DISK, beside=beside), drive.path) == unseen
