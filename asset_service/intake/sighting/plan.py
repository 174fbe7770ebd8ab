"""What a station saw, and what it means for the exposures of the carriers: decided before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asset_service.core.db import new_id
from asset_service.devices.exposures import CarrierPlan, exposed_by
from asset_service.devices.identity import Key
from asset_service.devices.lifecycle import OUTSIDE
from asset_service.devices.models import DataStatus, ExposureReason, State
from asset_service.devices.queries import SeenCarrier
from wipe_reports.document import WipeReport


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One report about one machine, as matching left it. ``carriers`` is parallel to ``report.carriers``.

    ``identities`` are the carriers' usable identities; ``known`` what the service knows of each carrier. ``code`` is
    a blank label's code that the report claims. ``device_id`` is ``None`` for a machine not seen before. ``seen_then``
    is how often each known carrier (by component) had been seen when the report came, of one that is applied late;
    ``None`` for one that is applied as it comes.
    """

    report: WipeReport
    at: datetime
    partner_id: UUID
    site_id: UUID
    keys: Sequence[Key]
    identities: Sequence[str | None]
    known: Sequence[SeenCarrier | None]
    device_id: UUID | None = None
    code: str | None = None
    seen_then: Mapping[UUID, int] | None = None

    @property
    def is_all_new(self) -> bool:
        """Is there nothing in it that the service knows: no device, no carrier, no printed label?"""
        return self.device_id is None and self.code is None and not any(self.known)


def plan(sighting: Sighting, state: State | None) -> list[CarrierPlan]:
    """The carriers' exposures by the rules of the house. ``state`` is the device's, ``None`` for a new one. Pure."""
    outside = state is not None and state in OUTSIDE
    return [_new() if known is None else _plan(known, sighting, outside) for known in sighting.known]


CLOCK_TOLERANCE_SECONDS = 300


def seen_at(report: WipeReport) -> datetime | None:
    """When the agent saw what it reports, where its clock was held against the service's; else ``None``.

    A machine with an empty clock battery says any day: without the comparison a report counts as made just now.
    """
    check = report.clock
    right = check is not None and (check.corrected or abs(check.ahead_seconds) <= CLOCK_TOLERANCE_SECONDS)
    return report.created_at if right else None


def _new() -> CarrierPlan:
    return CarrierPlan(
        component_id=new_id(), known=None, exposure=1, exposed_by=ExposureReason.FIRST_SEEN, exposed=True
    )


def _plan(known: SeenCarrier, sighting: Sighting, outside: bool) -> CarrierPlan:
    test = sighting.report.test
    in_this_device = known.device_id is not None and known.device_id == sighting.device_id
    here = in_this_device or not _seen_since(known, sighting)
    overtaken = known.was_cleared_after(seen_at(sighting.report))
    reason = exposed_by(known, outside=outside, test=test, overtaken=overtaken) if here else None
    return CarrierPlan(
        component_id=known.component_id,
        known=known,
        exposure=known.exposure + (reason is not None),
        exposed_by=reason,
        exposed=reason is not None or known.data_status is DataStatus.EXPOSED,
        rehearsed=test and not known.test,
        here=here,
    )


def _seen_since(known: SeenCarrier, sighting: Sighting) -> bool:
    """Was the carrier seen or handled after the report came? Counted, for the service's clock may have been wrong."""
    return sighting.seen_then is not None and known.sightings != sighting.seen_then.get(known.component_id, 0)
