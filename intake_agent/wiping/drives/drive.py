"""What the engine asks of a drive's own commands; the modules that run the field's programs answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from intake_agent.judging.reasons import Reason
from intake_agent.machine import AtaSecurity, Disk
from intake_agent.wiping.drives import hidden_areas, own_erase, suspend
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult, HiddenAreas, Tool


class Erased(Protocol):
    """How a drive's own erase ended. ``result`` is ``None`` when the drive's words and its state say completed."""

    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime: ...
    @property
    def result(self) -> AttemptResult | None: ...
    @property
    def detail(self) -> str | None: ...
    @property
    def findings(self) -> tuple[Reason, ...]: ...
    @property
    def tool(self) -> Tool: ...


class OpenedAreas(Protocol):
    """What became of hidden areas that were there; the drive's size must be read again after it."""

    @property
    def areas(self) -> HiddenAreas: ...
    @property
    def needs_power_cycle(self) -> bool: ...
    @property
    def detail(self) -> str | None: ...


class EraseCommands(Protocol):
    """The drive's erase commands. Whatever they answer, the engine reads back."""

    def erase(self, method: Method, disk: Disk, path: Path, watch: Watch) -> Erased:
        """Send ``method`` and follow it to its end."""

    def running(self, disk: Disk, path: Path) -> Method | None:
        """A sanitize that still runs, also after a reboot."""

    def wait_for_running(self, method: Method, disk: Disk, path: Path, watch: Watch) -> Erased:
        """Follow it to its end."""


class Areas(Protocol):
    """The hidden areas of an ATA drive."""

    def look_for_hidden_areas(self, disk: Disk, path: Path) -> HiddenAreas:
        """Ask the drive."""

    def open_hidden_areas(self, disk: Disk, path: Path, seen: HiddenAreas) -> OpenedAreas:
        """Give the drive its whole size back."""


class Sleep(Protocol):
    """The machine's sleep, which thaws a frozen drive."""

    def unfreeze(self, disk: Disk, path: Path) -> AtaSecurity | None:
        """Sleep a moment; the drive's state afterwards, ``None`` where that cannot be done."""


@dataclass(frozen=True, slots=True)
class Drives:
    """Everything that can be asked of drives here."""

    firmware: EraseCommands
    areas: Areas
    sleep: Sleep


THIS_MACHINE = Drives(own_erase, hidden_areas, suspend)
