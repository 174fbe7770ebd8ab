"""A reason for a verdict, a finding of a test or the leave to work unattended, with its figure where it has one."""

from __future__ import annotations

from dataclasses import dataclass

from wipe_reports.reasons import (
    AttemptFinding,
    HealthReason,
    MediaErrorReason,
    MinimumReason,
    PartTestFinding,
    UnattendedSource,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. ``figure`` is what the key's own words ask for, ``None`` where they ask for nothing."""

    key: AttemptFinding | HealthReason | MediaErrorReason | MinimumReason | PartTestFinding | UnattendedSource
    figure: str | int | None = None

    def __str__(self) -> str:
        """The text that a report holds."""
        return self.key.value if self.figure is None else f"{self.key.value}:{self.figure}"
