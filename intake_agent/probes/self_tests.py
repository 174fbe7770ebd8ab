"""What a drive's own log of self-tests says last: every command set has such a log, and every tool its spelling of it.

The newest test that came to an end counts: one that was aborted, or that still runs, takes nothing back of what an
older one found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from intake_agent.probes.json_facts import at, first, flag, number, objects

_ATA_FAULTS = frozenset({3, 4, 5, 6, 7, 8})
"""The high four bits of an ATA self-test's status: could not complete, or failed in some element (ACS-4 §9.6)."""
_SCSI_FAULTS = frozenset({3, 4, 5, 6, 7})
"""Could not complete by an unknown error, or completed with a segment that failed (SPC-5 §7.3.20)."""
_NVME_FAULTS = frozenset({5, 6, 7})
"""Ended by a fatal error, or completed with failed segments (NVMe Base 2.0, figure 215)."""
_WITHOUT_AN_END = frozenset({1, 2, 15})
"""Aborted, cut by a reset, still running: ATA and SCSI alike."""
_NVME_WITHOUT_AN_END = frozenset({1, 2, 3, 4, 8, 9, 15})
"""Aborted by a command, a reset, a removal, a format or a sanitize, or no entry at all."""
_SELF_TESTS_IN_JSON = (7, 3)
_SCSI_ENTRY = re.compile(r"scsi_self_test_(\d{1,2})")
_SCSI_LINE = re.compile(r"#\s*\d{1,2}\s+(?:Background|Foreground|Default|Reserved)\s")
_SCSI_WORDS_WITHOUT_AN_END = re.compile(r"in progress|Aborted")
_SCSI_FAULT_WORDS = re.compile(r"Failed in|Unknown error|segment failed")


def keeps_self_tests_in_text(smartctl: str) -> bool:
    """Is this the JSON of a SCSI drive by a ``smartctl`` before 7.3, which printed its self-tests in the text alone?"""
    version = re.search(r'"version":\s*\[\s*(\d{1,3}),\s*(\d{1,3})', smartctl)
    is_scsi = re.search(r'"protocol":\s*"SCSI"', smartctl) is not None
    return is_scsi and version is not None and (int(version[1]), int(version[2])) < _SELF_TESTS_IN_JSON


def latest_failed(answer: Any) -> bool:
    """Did the newest self-test that came to an end find a fault, by ``smartctl --json`` or ``nvme self-test-log``?"""
    return next(iter((*_ata(answer), *_scsi(answer), *_nvme(answer))), False)


def _ata(answer: Any) -> Iterator[bool]:
    log = at(answer, "ata_smart_self_test_log")
    entries = objects(at(log, "extended"), "table") or objects(at(log, "standard"), "table") or objects(log, "table")
    without_a_log = objects({"table": [at(answer, "ata_smart_data", "self_test")]}, "table")
    for entry in entries or without_a_log:
        passed, status = flag(entry, "status", "passed"), number(entry, "status", "value") or 0
        if status >> 4 not in _WITHOUT_AN_END:
            yield passed is False or (passed is None and status >> 4 in _ATA_FAULTS)


def _scsi(answer: Any) -> Iterator[bool]:
    """``scsi_self_test_0`` and on since smartctl 7.3; before that only the lines of its text (``--json=o``)."""
    found = {int(match[1]): key for key in _keys(answer) if (match := _SCSI_ENTRY.fullmatch(key))}
    entries = [at(answer, found[index]) for index in sorted(found)] or objects(answer, "scsi_self_test_log")
    for entry in entries:
        result = first(number(entry, "result", "value"), number(entry, "result"))
        if result not in _WITHOUT_AN_END:
            yield result in _SCSI_FAULTS
    if not entries:
        yield from _scsi_lines(at(answer, "smartctl", "output"))


def _keys(answer: Any) -> Iterable[str]:
    return [key for key in answer if isinstance(key, str)] if isinstance(answer, dict) else ()


def _scsi_lines(lines: Any) -> Iterator[bool]:
    texts = (line for line in (lines if isinstance(lines, list) else ()) if isinstance(line, str))
    for line in texts:
        if _SCSI_LINE.match(line) and _SCSI_FAULT_WORDS.search(line):
            yield True
        elif _SCSI_LINE.match(line) and not _SCSI_WORDS_WITHOUT_AN_END.search(line):
            yield False


def _nvme(answer: Any) -> Iterator[bool]:
    log = at(answer, "nvme_self_test_log")
    for entry in objects(log, "table") or objects(answer, "List of Valid Reports"):
        named = first(number(entry, "self_test_result", "value"), number(entry, "self_test_result"))
        result = first(named, number(entry, "Self test result"))
        if result not in _NVME_WITHOUT_AN_END:
            yield result in _NVME_FAULTS
