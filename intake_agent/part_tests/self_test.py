"""The drive's own short self-test, started and followed with pySMART; the verdict stands in the drive's own log.

Two minutes for most drives. The test runs inside the drive and leaves the data alone; the drive may be used meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from intake_agent.language import gettext
from intake_agent.machine import Disk, PartTest, PartTestKind
from intake_agent.part_tests.following import Follow, PartProgress, StopAsked, Stopwatch
from intake_agent.seeing.programs import run

if TYPE_CHECKING:
    from pySMART import Device

_POLL_SECONDS = 5.0
_STOP_SECONDS = 0.5
_LONGEST_SECONDS = 15 * 60
"""A short test takes two minutes, on a busy drive a few more; one that takes this long hangs."""
_PROGRAM_SECONDS = 60
_NOT_FINISHED = ("aborted", "interrupted", "self-test routine in progress")


class _NoAnswerError(Exception):
    """The drive or the program gave nothing that can be read. The message is for the operator."""


def self_test(disk: Disk, follow: Follow, stop_asked: StopAsked, clock: Stopwatch | None = None) -> PartTest:
    """Run the short self-test of one disk to its end. ``passed`` is ``None`` where there is no verdict of the drive.

    ``follow`` hears how far the drive says it is; when ``stop_asked`` says so, the drive is told to break it off.
    """
    clock = clock or Stopwatch()
    started_at = clock.now()
    subject = disk.serial or disk.name
    try:
        passed, detail = _run(_device(disk), subject, follow, stop_asked, clock)
    except _NoAnswerError as error:
        passed, detail = None, str(error)
    return _result(subject, started_at, clock, passed, detail)


def _result(subject: str, started_at: datetime, clock: Stopwatch, passed: bool | None, detail: str) -> PartTest:
    return PartTest(
        kind=PartTestKind.SMART_SHORT.value,
        subject=subject,
        started_at=started_at,
        ended_at=clock.now(),
        passed=passed,
        detail=detail,
    )


def _device(disk: Disk) -> Device:
    """pySMART's view of the disk, with our time limit on every ``smartctl`` it runs: a dying disk never answers."""
    from pySMART import Device  # noqa: PLC0415 - the library looks for programs when it is imported
    from pySMART.smartctl import Smartctl  # noqa: PLC0415

    class _Timed(Smartctl):  # type: ignore[misc]
        def _exec(self, cmd: list[str]) -> tuple[list[str], int]:
            answer = run(*cmd, timeout_seconds=_PROGRAM_SECONDS)
            if answer.exit_code is None:
                raise _NoAnswerError(gettext("smartctl gaf geen antwoord voor {name}.", name=disk.name))
            return answer.output.splitlines(), answer.exit_code

    program = shutil.which("smartctl")
    if program is None:
        raise _NoAnswerError(gettext("smartctl is niet geïnstalleerd: de zelftest kan niet gestart worden."))
    return _answer_of(lambda: Device(f"/dev/{disk.name}", smartctl=_Timed(smartctl_path=program)))


def _answer_of(question: Callable[[], Any]) -> Any:
    """pySMART's answer. What it cannot parse it lets fall as whatever error Python raises there."""
    try:
        return question()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise _NoAnswerError(
            gettext("Het antwoord van smartctl is niet te lezen ({error}).", error=type(error).__name__)
        ) from error


def _run(
    device: Device, subject: str, follow: Follow, stop_asked: StopAsked, clock: Stopwatch
) -> tuple[bool | None, str]:
    if not device.smart_capable:
        return None, gettext("De schijf antwoordt niet op smartctl of kent geen S.M.A.R.T.")
    status, message, _ = _answer_of(lambda: device.run_selftest("short"))
    if status == 2:
        return None, gettext("De schijf heeft geen korte zelftest.")
    if status not in {0, 1}:
        return None, gettext("De zelftest kon niet gestart worden ({message}).", message=message)
    deadline = clock.seconds() + _LONGEST_SECONDS
    follow(PartProgress(PartTestKind.SMART_SHORT, subject, 0.0))
    while clock.seconds() < deadline:
        if _stopped_while_waiting(stop_asked, clock):
            _answer_of(device.abort_selftest)
            return None, gettext("De zelftest is afgebroken.")
        state, entry, percent = _answer_of(device.get_selftest_result)
        if state != 1:
            follow(PartProgress(PartTestKind.SMART_SHORT, subject, 1.0))
            return _verdict(entry if state in {0, 3} else None)
        follow(PartProgress(PartTestKind.SMART_SHORT, subject, (percent or 0) / 100))
    _answer_of(device.abort_selftest)
    return None, gettext("De zelftest duurde langer dan een kwartier en is afgebroken.")


def _stopped_while_waiting(stop_asked: StopAsked, clock: Stopwatch) -> bool:
    until = clock.seconds() + _POLL_SECONDS
    while clock.seconds() < until:
        if stop_asked():
            return True
        clock.pause(_STOP_SECONDS)
    return stop_asked()


def _verdict(entry: object) -> tuple[bool | None, str]:
    """By the words of the drive's log (smartmontools' ataprint, scsiprint and nvmeprint write them)."""
    words = str(getattr(entry, "status", "") or "").strip()
    if not words:
        return None, gettext("De schijf schreef geen uitslag van de zelftest in haar log.")
    low = words.lower()
    if low.startswith(_NOT_FINISHED):
        return None, gettext("De zelftest werd niet afgemaakt ({words}).", words=words)
    if low in {"completed", "completed without error"}:
        return True, gettext("De schijf vond geen fouten.")
    place = str(getattr(entry, "LBA", "") or "").strip()
    where = gettext(", bij blok {place}", place=place) if place.isdigit() else ""
    return False, gettext("De schijf vond een fout: {words}{where}.", words=words, where=where)
