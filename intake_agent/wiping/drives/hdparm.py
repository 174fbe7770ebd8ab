"""Asking an ATA drive something by ``hdparm``, and knowing when its answer is none."""

from __future__ import annotations

from pathlib import Path

from intake_agent.machine import Disk
from intake_agent.probes.command_set import identifies
from intake_agent.probes.hidden_areas import UNTRUSTED
from intake_agent.seeing.programs import Answer, run

__all__ = ["UNTRUSTED", "hdparm", "identify"]


def hdparm(*options: str, path: Path, timeout_seconds: float = 60) -> Answer:
    """Run ``hdparm`` with ``options`` on the drive at ``path``."""
    return run("hdparm", *options, str(path), timeout_seconds=timeout_seconds)


def identify(disk: Disk, path: Path) -> str | None:
    """What ``hdparm -I`` reads now; ``None`` when it cannot be trusted, or when another drive than ``disk`` answers.

    A device name may belong to another drive after the machine slept or a cable was moved: the serial number decides.
    After IDENTIFY, ``-I`` asks for a log (READ LOG EXT) and prints :data:`UNTRUSTED` for a drive that has none, so
    those words tell nothing here. A drive that did not answer reads as zeros, without a serial number.
    """
    answer = hdparm("-I", path=path)
    return answer.output if answer.exit_code == 0 and identifies(answer.output, disk) else None
