"""What can happen to a report."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from asset_service.intake.models import Grounds
from asset_service.ledger.events import Event
from asset_service.wiping.models import ReportResult


@dataclass(frozen=True, kw_only=True)
class ReportReceived(Event):
    """An enrolled station's report was accepted; ``subject_id`` is the report's own id."""

    report_sha256: str
    result: ReportResult
    test: bool


@dataclass(frozen=True, kw_only=True)
class ReportCarriedIn(Event):
    """A person brought the report here as a file; its station signed it, as over the network."""


@dataclass(frozen=True, kw_only=True)
class ReportUnmatched(Event):
    """A person must say which device the report is about; ``doubts`` are why."""

    doubts: list[str]


@dataclass(frozen=True, kw_only=True)
class ReportResolved(Event):
    """A person said which device the report is about; ``new_device``: one that was not known."""

    new_device: bool
    grounds: Grounds


@dataclass(frozen=True, kw_only=True)
class ReportRejected(Event):
    """A person said that the report is about no device of ours; it is kept."""

    grounds: Grounds


@dataclass(frozen=True, kw_only=True)
class QuarantineDeleted(Event):
    """An admin threw away refused bytes; ``subject_id`` is the item."""

    sha256: str
    station_id: UUID | None
