"""Asking an ATA drive something by ``hdparm``, and knowing when its answer is none."""

from __future__ import annotations

import re
from pathlib import Path

from intake_agent.machine import Disk
from intake_agent.wiping.programs import Answer, run

UNTRUSTED = re.compile(r"(bad/missing|questionable) sense data")
"""``hdparm`` prints these beside an exit code of 0 when the drive, or what stands before it, did not do as asked."""

_NO_LOG = re.compile(r"bad/missing sense data, sb\[\]:\s+7[02] 00 0b(?: [0-9a-f]{2}){5} 04 ")
"""ABORTED COMMAND (0Bh), with the drive's registers: it abandoned a command it does not know. IDENTIFY it must know."""


def hdparm(*options: str, path: Path, timeout_seconds: float = 60) -> Answer:
    """Run ``hdparm`` with ``options`` on the drive at ``path``."""
    return run("hdparm", *options, str(path), timeout_seconds=timeout_seconds)


def identify(disk: Disk, path: Path) -> str | None:
    """What ``hdparm -I`` reads now; ``None`` when it cannot be trusted, or when another drive than ``disk`` answers.

    A device name may belong to another drive after the machine slept or a cable was moved: the serial number decides.
    After IDENTIFY, ``-I`` asks for a log (READ LOG EXT) and complains of a drive that has none: :data:`_NO_LOG`.
    """
    answer = hdparm("-I", path=path)
    others = UNTRUSTED.search(_NO_LOG.sub("", answer.words))
    if answer.exit_code != 0 or others or "Commands/features" not in answer.output:
        return None
    serial = re.search(r"^\s*Serial Number:[ \t]*(\S[^\n]*?)[ \t]*$", answer.output, re.MULTILINE)
    if serial is None or (disk.serial and serial[1] != disk.serial.strip()):
        return None
    return answer.output
