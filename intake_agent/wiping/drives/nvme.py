"""An NVMe drive's own erase: the Sanitize and Format NVM commands, by ``nvme-cli`` (NVMe Base 2.0 §5.24 and §5.14).

Sanitize goes over the whole drive, and so may a format: they are sent only when this disk is the only namespace of its
controller. A sanitize returns at once and its log tells the rest. A format's exit code proves nothing: QEMU takes a
cryptographic erase that it does not have.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Support
from intake_agent.probes import support
from intake_agent.probes.json_facts import at, number, objects, parsed
from intake_agent.seeing.programs import Answer, run
from intake_agent.wiping.drives.waiting import (
    Condition,
    EraseEnd,
    Status,
    one_line,
    run_long,
    wait_for_sanitize,
)
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult
from wipe_reports.reasons import AttemptFinding

_ACTIONS = {Method.NVME_SANITIZE_BLOCK: 2, Method.NVME_SANITIZE_CRYPTO: 4}
"""SANACT in command dword 10: start a block erase, start a cryptographic erase."""

_EXIT_FAILURE_MODE = 1
"""SANACT that starts nothing: the drive answers reads and writes again after an unrestricted sanitize failed."""

_SETTINGS = {Method.NVME_FORMAT: 1, Method.NVME_FORMAT_CRYPTO: 2}
"""SES, the secure erase setting: user data erase, cryptographic erase."""

_NEEDS = {
    Method.NVME_SANITIZE_BLOCK: Support.NVME_SANITIZE_BLOCK,
    Method.NVME_SANITIZE_CRYPTO: Support.NVME_SANITIZE_CRYPTO,
    Method.NVME_FORMAT: Support.NVME_FORMAT,
    Method.NVME_FORMAT_CRYPTO: Support.NVME_FORMAT_CRYPTO,
}
METHODS = frozenset(_NEEDS)
SANITIZES = frozenset(_ACTIONS)
_BLOCKED_BEFORE = "refused though supported; the BIOS may block it (Block SID)"
"""What stood at the head of ``detail`` before :attr:`AttemptFinding.MAYBE_BLOCKED_BY_BIOS`: older journals hold it."""

_BY_CONTROLLER = re.compile(r"NVMe status|Admin command error", re.IGNORECASE)
_FORMAT_LIMIT_SECONDS = 6 * 3600
_SECONDS_TO_COME_BACK = 15
_LOG_FIELDS = ("sprog", "cdw10_info", "time_over_write", "time_block_erase", "time_crypto_erase")
_NO_PROGRESS_VALUE = 65535
"""SPROG counts 65,536ths and stays at its maximum when no sanitize runs (§5.16.1.25)."""

_CONDITIONS = {
    0: Condition.IDLE,
    1: Condition.SUCCEEDED,
    2: Condition.RUNNING,
    3: Condition.FAILED,
    4: Condition.SUCCEEDED,
}


def erase(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Send one of the four commands to the drive of the namespace at ``path`` and follow it to its end."""
    controller = _json("id-ctrl", path)
    if not controller:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.SILENT_BEFORE, figure="id-ctrl")
    supports = support.nvme(controller)
    if _NEEDS[method] not in supports:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_SUPPORTED)
    if method in _ACTIONS or Support.NVME_FORMAT_ERASES_ALL_NAMESPACES in supports:
        why_not = _other_namespaces(controller, path)
        if why_not is not None:
            return why_not
    return _sanitize(method, disk, path, watch) if method in _ACTIONS else _format(method, disk, path, watch)


def maybe_blocked_by_bios(attempt: Attempt) -> bool:
    """Did the drive refuse what it supports, as where the BIOS blocks it? Also of an attempt in an older journal."""
    said_before = (attempt.detail or "").startswith(_BLOCKED_BEFORE)
    return said_before or AttemptFinding.MAYBE_BLOCKED_BY_BIOS in attempt.findings


def running(path: Path) -> Method | None:
    """Which of our sanitize actions runs now, by the log's copy of command dword 10; ``None`` for none or another."""
    log = _log(path)
    if _status_of(log, None).condition is not Condition.RUNNING:
        return None
    return next((method for method, action in _ACTIONS.items() if action == _action_of(log)), None)


def wait(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Follow a sanitize that was seen running to its end."""
    action = _ACTIONS[method]
    return wait_for_sanitize(lambda: _status_of(_log(path), action), disk.size_bytes, watch, before=None)


def unseen_namespaces(disk: Disk, path: Path) -> int:
    """How many namespaces the drive of ``disk`` has that the system does not show, for example attached to nothing.

    0 where it cannot be asked: then nothing speaks for any.
    """
    known, _ = _namespaces(_json("id-ctrl", path), path)
    return max(0, len(known) - 1 - len(disk.beside))


def _namespaces(controller: Any, path: Path) -> tuple[set[int], str]:
    """The numbers of all namespaces, none where they could not be listed, and what the program said of that.

    A controller that manages namespaces (OACS bit 3) may hold some that are attached to none: it is asked for all. One
    that does not would refuse that question, and has no others than its active ones.
    """
    manages = (number(controller, "oacs") or 0) & 8
    listed = run("nvme", "list-ns", str(path), *(("--all",) if manages else ()), "--output-format=json")
    rows = objects(parsed(listed.output), "nsid_list")
    known = {nsid for row in rows if (nsid := number(row, "nsid"))}
    return (known if listed.exit_code == 0 else set()), listed.words


def _other_namespaces(controller: Any, path: Path) -> EraseEnd | None:
    """Why a command over the whole drive may not be sent; ``None`` when this namespace is the only one."""
    known, words = _namespaces(controller, path)
    if known:
        if len(known) == 1:
            return None
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.OTHER_NAMESPACES, figure=len(known))
    if number(controller, "nn") == 1:
        return None
    return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NAMESPACES_UNKNOWN, words)


def _sanitize(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    action = _ACTIONS[method]
    log = _log(path)
    before = _status_of(log, action)
    if before.condition is Condition.UNKNOWN:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.STATUS_UNREADABLE, before.words)
    if before.condition is Condition.RUNNING:
        if _action_of(log) == action:
            return wait(method, disk, path, watch)
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.OTHER_SANITIZE_RUNS, before.words)
    sent = run("nvme", "sanitize", str(path), f"--sanact={action}", timeout_seconds=300)
    if not _accepted(sent):
        finished = _refused(AttemptResult.REFUSED, sent)
    else:
        finished = wait_for_sanitize(lambda: _status_of(_log(path), action), disk.size_bytes, watch, before=before)
    if before.condition is Condition.FAILED and finished.result in {AttemptResult.REFUSED, AttemptResult.FAILED}:
        return _leave_failure_mode(finished, path)
    return finished


def _leave_failure_mode(finished: EraseEnd, path: Path) -> EraseEnd:
    """A drive in *sanitize failed* takes no data command; one whose sanitize was unrestricted may be let out of it.

    Then the overwrite can still reach it (NVMe Base 2.0 §5.24.2). What came of it is reported with why the erase ended.
    """
    left = run("nvme", "sanitize", str(path), f"--sanact={_EXIT_FAILURE_MODE}", timeout_seconds=300)
    key = AttemptFinding.FAILURE_MODE_LEFT if _accepted(left) else AttemptFinding.FAILURE_MODE_STAYS
    return replace(finished, findings=(Reason(key), *finished.findings))


def _accepted(sent: Answer) -> bool:
    """Releases of ``nvme-cli`` differ in what they print on success; all print the controller's status on failure."""
    complains = re.search(r"passthru|invalid|permission denied|inappropriate", sent.words, re.IGNORECASE)
    return sent.exit_code == 0 and complains is None and not _BY_CONTROLLER.search(sent.words)


def _refused(result: AttemptResult, sent: Answer) -> EraseEnd:
    """A refusal of what is supported may be the firmware's freeze of NVMe drives (Block SID).

    Some ThinkPads refuse with Invalid Opcode, Access Denied or a sequence error.
    """
    if _BY_CONTROLLER.search(sent.words):
        return EraseEnd.because(result, AttemptFinding.MAYBE_BLOCKED_BY_BIOS, sent.words)
    return EraseEnd(result, one_line(sent.words))


def _log(path: Path) -> Any:
    """The sanitize log; ``nvme-cli`` puts it under the name of the device."""
    tree = _json("sanitize-log", path)
    if isinstance(tree, dict) and "sstat" not in tree:
        return next((one for one in tree.values() if isinstance(one, dict) and "sstat" in one), {})
    return tree


def _action_of(log: Any) -> int:
    return (number(log, "cdw10_info") or 0) & 7


def _status_of(log: Any, action: int | None) -> Status:
    """A success of another ``action`` than the one asked about is no success of ours.

    A log of zeros alone was never filled: libnvme 1.12 hands one out, where SPROG must read its maximum (issue 979).
    """
    status = at(log, "sstat")
    code = _code(status)
    unfilled = code == 0 and not any(number(log, name) for name in _LOG_FIELDS)
    if code is None or code not in _CONDITIONS or unfilled:
        return Status(Condition.UNKNOWN, one_line(json.dumps(log)[:200] if log else ""))
    condition = _CONDITIONS[code]
    if condition is Condition.SUCCEEDED and action is not None and _action_of(log) != action:
        condition = Condition.IDLE
    progress = number(log, "sprog")
    share = None if progress is None or progress >= _NO_PROGRESS_VALUE else progress / 65536
    words = one_line(json.dumps({"sstat": status}))
    return Status(condition, words, share, (json.dumps(status, sort_keys=True), number(log, "cdw10_info")))


def _code(status: Any) -> int | None:
    """SSTAT bits 2:0: a bare number, or an object one of whose values is ``"(2) Sanitize in Progress."``.

    Releases between 2.5 and 2.11 gave that value the text itself as its key.
    """
    if isinstance(status, dict):
        values = [value for value in status.values() if isinstance(value, str)]
        return next((int(found[1]) for value in values if (found := re.match(r"\((\d)\)", value))), None)
    bits = number({"sstat": status}, "sstat")
    return None if bits is None else bits & 7


def _format(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    namespace = _json("id-ns", path)
    layout = number(namespace, "flbas")
    if layout is None:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.SILENT_BEFORE, figure="id-ns")
    block_format = (layout & 0xF) | (layout >> 1 & 0x30 if (number(namespace, "nlbaf") or 0) > 15 else 0)
    sent = run_long(
        *("nvme", "format", str(path), f"--ses={_SETTINGS[method]}", f"--lbaf={block_format}", "--force"),
        f"--timeout={_FORMAT_LIMIT_SECONDS * 1000}",
        expected_seconds=None,
        limit_seconds=_FORMAT_LIMIT_SECONDS + 60,
        size_bytes=disk.size_bytes,
        watch=watch,
    )
    if sent is None:
        if watch.stop_asked():
            return EraseEnd.because(AttemptResult.INTERRUPTED, AttemptFinding.GOES_ON)
        return EraseEnd.because(AttemptResult.NOT_COMPLETED, AttemptFinding.NOT_IN_TIME)
    if not _accepted(sent) and "Success formatting" not in sent.words:
        refused = _BY_CONTROLLER.search(sent.words) or sent.exit_code is None
        return _refused(AttemptResult.REFUSED if refused else AttemptResult.FAILED, sent)
    return _formatted(namespace, path, watch)


def _formatted(before: Any, path: Path, watch: Watch) -> EraseEnd:
    """The namespace after its format: it answers, is as large as before, and has no format left to do (FPI)."""
    until = time.monotonic() + _SECONDS_TO_COME_BACK
    last = time.monotonic() + _FORMAT_LIMIT_SECONDS
    while True:
        now = _json("id-ns", path)
        left_percent = (number(now, "fpi") or 0) & 0x7F
        if number(now, "nsze") == number(before, "nsze") and now and not left_percent:
            return EraseEnd(None)
        if watch.stop_asked():
            return EraseEnd.because(AttemptResult.INTERRUPTED, AttemptFinding.GOES_ON_AFTER_RESTART)
        if left_percent:
            until = min(last, time.monotonic() + _SECONDS_TO_COME_BACK)
        if time.monotonic() > until:
            key = AttemptFinding.ANSWERS_OTHERWISE_AFTER if now else AttemptFinding.SILENT_AFTER
            return EraseEnd.because(AttemptResult.FAILED, key)
        time.sleep(0.2)


def _json(command: str, path: Path) -> Any:
    answer = run("nvme", command, str(path), "--output-format=json")
    return parsed(answer.output) if answer.exit_code == 0 else {}
