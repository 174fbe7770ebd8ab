"""A report that came in and is being applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asset_service.ledger.events import Actor
from wipe_reports.document import LOOSE_DISKS, Device, WipeReport


def is_about_loose_disks(report: WipeReport) -> bool:
    """Is the report about disks in a dock, and about no machine? The one that read them is not reported."""
    return report.device == Device(kind=LOOSE_DISKS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """The report, by whom it was signed, when it came, and where the station stands."""

    report: WipeReport
    station_id: UUID
    station_key_id: str
    partner_id: UUID
    site_id: UUID
    received_at: datetime
    sha256: str

    @property
    def actor(self) -> Actor:
        """Who signed it."""
        return Actor(kind="station", id=self.station_id)
