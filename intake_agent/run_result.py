"""How the work on one machine ended, and what went wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake_agent.language import gettext
from intake_agent.station.outbox import Outbox


class WipeFaultError(Exception):
    """This program went wrong during or after a wipe. ``faults`` and ``remarks`` are sentences."""

    def __init__(self, faults: list[str], remarks: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults
        self.remarks = remarks


@dataclass(frozen=True, slots=True)
class StoredReport:
    """Where the signed report lies; ``trouble`` tells why it is not in the station's own outbox.

    ``faults`` say what could not be reported in it.
    """

    outbox: Outbox
    path: Path
    trouble: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """How it ended: the report where it could be kept, the service's answer where it came, what people must know.

    ``faults`` are what this program itself did wrong once a disk may have been written to: no such run ended well.
    """

    stored_report: StoredReport | None
    answer: dict[str, Any] | None = None
    trouble: str | None = None
    remarks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Would the report outlive this machine being switched off?"""
        return self.answer is not None or (self.stored_report is not None and not self.stored_report.trouble)


def while_it_can_be(tell: Callable[[str], None]) -> Callable[[str], None]:
    """``tell`` until its line falls away (a serial line, a closed window): a report is kept without anyone watching.

    What is marked for the catalogue is translated here, where a fault costs no more than the telling.
    """
    fallen: list[Exception] = []

    def tell_while_it_can_be(words: str) -> None:
        try:
            if not fallen:
                tell(gettext(words) if words else words)
        except Exception as error:  # noqa: BLE001 - whatever a console does wrong, the proof comes first
            fallen.append(error)

    return tell_while_it_can_be
