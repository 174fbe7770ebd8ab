"""Which drives took a lasting command to open a hidden area and showed nothing of it yet.

Such a drive must lose its power first. Where it still hides its end after the machine started again, the command is not
sent once more at every run: the disk is wiped as far as it goes, and what was not reached is reported.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from intake_agent import durable
from intake_agent.machine import Disk
from intake_agent.probes.json_facts import number, text
from intake_agent.wiping.engine.journal import identity_of
from wipe_reports.document import AreaState, HiddenAreas

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The areas as they were when the drive was asked; ``in_this_start``: the machine did not start again since."""

    areas: HiddenAreas
    in_this_start: bool


class Openings:
    """The notes on the stick, a file a disk, in the folder of the journals."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def asked(self, disk: Disk) -> Asked | None:
        """What was asked of this disk before, if anything. Raises OSError where the stick cannot be read."""
        path = self._path(disk)
        if not path.exists():
            return None
        try:
            stored = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            return None  # a power cut tore it: the drive may be asked once more
        areas = HiddenAreas(
            hpa=_state(stored, "hpa"),
            hpa_sectors=number(stored, "hpa_sectors"),
            dco=_state(stored, "dco"),
            dco_sectors=number(stored, "dco_sectors"),
        )
        return Asked(areas=areas, in_this_start=text(stored, "boot_id") == _boot_id())

    def note(self, disk: Disk, areas: HiddenAreas) -> None:
        """Keep that this disk took the command. Raises OSError."""
        durable.make_folder(self._folder)
        stored = {**asdict(areas), "boot_id": _boot_id()}
        durable.write_over(self._path(disk), json.dumps(stored).encode())

    def forget(self, disk: Disk) -> None:
        """The area is open. Raises OSError."""
        durable.remove(self._path(disk))

    def _path(self, disk: Disk) -> Path:
        return self._folder / f"{identity_of(disk)}.opening"


def _state(stored: object, name: str) -> AreaState:
    word = text(stored, name)
    return next((state for state in AreaState if state.value == word), AreaState.UNKNOWN)


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return "unknown"
