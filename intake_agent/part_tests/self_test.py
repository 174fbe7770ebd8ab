"""The drive's own short self-test, started and followed with pySMART; the verdict stands in the drive's own log.

Two minutes for most drives. The test runs inside the drive and leaves the data alone; the drive may be used meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, PartTest, PartTestKind
from intake_agent.part_tests.following import Follow, PartProgress, StopAsked, Stopwatch
from intake_agent.seeing.programs import run
from wipe_reports.reasons import PartTestFinding

if TYPE_CHECKING:
    from pySMART import Device

_POLL_SECONDS = 5.0
_STOP_SECONDS = 0.5
_LONGEST_SECONDS = 15 * 60
"""A short test takes two minutes, on a busy drive a few more; one that takes this long hangs."""
_PROGRAM_SECONDS = 60
_NOT_FINISHED = ("aborted", "interrupted", "self-test routine in progress")


class _NoAnswerError(Exception):
    """The drive or the program gave nothing that can be read; ``finding`` says what happened."""

    def __init__(self, finding: Reason) -> None:
        super().__init__(str(finding))
        self.finding = finding


_Verdict: TypeAlias = tuple[bool | None, tuple[Reason, ...]]
"""Did it pass, ``None`` where the drive gave no verdict, and what was found."""


def self_test(disk: Disk, follow: Follow, stop_asked: StopAsked, clock: Stopwatch | None = None) -> PartTest:
    """Run the short self-test of one disk to its end. ``passed`` is ``None`` where there is no verdict of the drive.

    ``follow`` hears how far the drive says it is; when ``stop_asked`` says so, the drive is told to break it off.
    """
    clock = clock or Stopwatch()
    started_at = clock.now()
    subject = disk.serial or disk.name
    try:
        passed, findings = _run(_device(disk), subject, follow, stop_asked, clock)
    except _NoAnswerError as error:
        passed, findings = None, (error.finding,)
    return PartTest(
        kind=PartTestKind.SMART_SHORT.value,
        subject=subject,
        started_at=started_at,
        ended_at=clock.now(),
        passed=passed,
        findings=tuple(map(str, findings)),
    )


def _device(disk: Disk) -> Device:
    """pySMART's view of the disk, with our time limit on every ``smartctl`` it runs: a dying disk never answers."""
    from pySMART import Device  # noqa: PLC0415 - the library looks for programs when it is imported
    from pySMART.smartctl import Smartctl  # noqa: PLC0415

    class _Timed(Smartctl):  # type: ignore[misc]
        def _exec(self, cmd: list[str]) -> tuple[list[str], int]:
            answer = run(*cmd, timeout_seconds=_PROGRAM_SECONDS)
            if answer.exit_code is None:
                raise _NoAnswerError(Reason(PartTestFinding.SMARTCTL_SILENT))
            return answer.output.splitlines(), answer.exit_code

    program = shutil.which("smartctl")
    if program is None:
        raise _NoAnswerError(Reason(PartTestFinding.SMARTCTL_MISSING))
    return _answer_of(lambda: Device(f"/dev/{disk.name}", smartctl=_Timed(smartctl_path=program)))


def _answer_of(question: Callable[[], Any]) -> Any:
    """pySMART's answer. What it cannot parse it lets fall as whatever error Python raises there."""
    try:
        return question()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise _NoAnswerError(Reason(PartTestFinding.SMARTCTL_UNREADABLE, type(error).__name__)) from error


def _run(device: Device, subject: str, follow: Follow, stop_asked: StopAsked, clock: Stopwatch) -> _Verdict:
    if not device.smart_capable:
        return _no_verdict(PartTestFinding.NO_SMART)
    status, message, _ = _answer_of(lambda: device.run_selftest("short"))
    if status == 2:
        return _no_verdict(PartTestFinding.NO_SELF_TEST)
    if status not in {0, 1}:
        return _no_verdict(PartTestFinding.NOT_STARTED, str(message or "") or None)
    deadline = clock.seconds() + _LONGEST_SECONDS
    follow(PartProgress(PartTestKind.SMART_SHORT, subject, 0.0))
    while clock.seconds() < deadline:
        if _stopped_while_waiting(stop_asked, clock):
            _answer_of(device.abort_selftest)
            return _no_verdict(PartTestFinding.BROKEN_OFF)
        state, entry, percent = _answer_of(device.get_selftest_result)
        if state != 1:
            follow(PartProgress(PartTestKind.SMART_SHORT, subject, 1.0))
            return _verdict(entry if state in {0, 3} else None)
        follow(PartProgress(PartTestKind.SMART_SHORT, subject, (percent or 0) / 100))
    _answer_of(device.abort_selftest)
    return _no_verdict(PartTestFinding.TIMED_OUT, _LONGEST_SECONDS // 60)


def _no_verdict(key: PartTestFinding, figure: str | int | None = None) -> _Verdict:
    return None, (Reason(key, figure),)


def _stopped_while_waiting(stop_asked: StopAsked, clock: Stopwatch) -> bool:
    until = clock.seconds() + _POLL_SECONDS
    while clock.seconds() < until:
        if stop_asked():
            return True
        clock.pause(_STOP_SECONDS)
    return stop_asked()


def _verdict(entry: object) -> _Verdict:
    """By the words of the drive's log (smartmontools' ataprint, scsiprint and nvmeprint write them)."""
    words = str(getattr(entry, "status", "") or "").strip()
    if not words:
        return _no_verdict(PartTestFinding.NO_RESULT_LOGGED)
    low = words.lower()
    if low.startswith(_NOT_FINISHED):
        return _no_verdict(PartTestFinding.NOT_FINISHED, words)
    if low in {"completed", "completed without error"}:
        return True, (Reason(PartTestFinding.NO_ERRORS),)
    place = str(getattr(entry, "LBA", "") or "").strip()
    where = (Reason(PartTestFinding.AT_BLOCK, place),) if place.isdigit() else ()
    return False, (Reason(PartTestFinding.DRIVE_SAYS, words), *where)
