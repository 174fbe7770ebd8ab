"""What a station saw, and what it means for the exposures of the carriers: decided before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asset_service.core.db import new_id
from asset_service.devices import data_status
from asset_service.devices.identity import Key
from asset_service.devices.lifecycle import OUTSIDE
from asset_service.devices.models import DataStatus, ExposureReason, State
from asset_service.devices.queries import SeenCarrier
from wipe_reports.document import WipeReport


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One report about one machine, as matching left it. ``carriers`` is parallel to ``report.carriers``.

    ``identities`` are the carriers' usable identities; ``known`` what the service knows of each carrier. ``code`` is
    a blank label's code that the report claims. ``device_id`` is ``None`` for a machine not seen before.
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

    @property
    def is_all_new(self) -> bool:
        """Is there nothing in it that the service knows: no device, no carrier, no printed label?"""
        return self.device_id is None and self.code is None and not any(self.known)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierPlan:
    """What the sighting means for one carrier, before its wipe is judged.

    ``exposure`` is its number from now on, ``exposed_by`` why it rose now; ``exposed``: is there something to wipe?
    """

    component_id: UUID
    known: SeenCarrier | None
    exposure: int
    exposed_by: ExposureReason | None
    exposed: bool


def plan(sighting: Sighting, state: State | None) -> list[CarrierPlan]:
    """The carriers' exposures by the rules of the house. ``state`` is the device's, ``None`` for a new one. Pure."""
    outside = state is not None and state in OUTSIDE
    return [_plan(known, outside) for known in sighting.known]


def _plan(known: SeenCarrier | None, outside: bool) -> CarrierPlan:
    if known is None:
        return CarrierPlan(
            component_id=new_id(), known=None, exposure=1, exposed_by=ExposureReason.FIRST_SEEN, exposed=True
        )
    reason = None
    if known.data_status is DataStatus.UNKNOWN:
        reason = ExposureReason.FIRST_SEEN
    elif known.data_status is DataStatus.DESTROYED or (
        data_status.is_clean(known.data_status) and _outside(known, outside)
    ):
        reason = ExposureReason.FROM_OUTSIDE
    return CarrierPlan(
        component_id=known.component_id,
        known=known,
        exposure=known.exposure + (reason is not None),
        exposed_by=reason,
        exposed=reason is not None or known.data_status is DataStatus.EXPOSED,
    )


def _outside(known: SeenCarrier, device_outside: bool) -> bool:
    return device_outside or known.device_state in OUTSIDE
