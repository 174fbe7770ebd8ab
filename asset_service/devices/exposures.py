"""When a data carrier counts as exposed, and what a station's look at it means for its exposures. Pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from asset_service.devices import data_status
from asset_service.devices.lifecycle import OUTSIDE
from asset_service.devices.models import DataStatus, ExposureReason
from asset_service.devices.queries import SeenCarrier


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierPlan:
    """What a sighting means for one carrier, before its wipe is judged.

    ``exposure`` is its number from now on, ``exposed_by`` why it rose now; ``exposed``: is there something to wipe?
    ``rehearsed``: the report is a rehearsal and the carrier is real, so that its wipe proves nothing. ``here`` is false
    where the carrier was seen elsewhere since the report: it stays there.
    """

    component_id: UUID
    known: SeenCarrier | None
    exposure: int
    exposed_by: ExposureReason | None
    exposed: bool
    rehearsed: bool = False
    here: bool = True


def next_exposure(known: SeenCarrier) -> int:
    """The number that the carrier's exposure will have once a station reports it, for a nonce given beforehand."""
    return known.exposure + (exposed_by(known, outside=False, test=False) is not None)


def exposed_by(known: SeenCarrier, *, outside: bool, test: bool, overtaken: bool = False) -> ExposureReason | None:
    """Why the carrier, seen again, counts as used since; ``None`` where it does not.

    ``outside``: the device that it is seen in was out of the house. ``test``: a rehearsal saw it. ``overtaken``: what
    the report saw was before the carrier was made clean.
    """
    if known.data_status is DataStatus.UNKNOWN:
        return ExposureReason.FIRST_SEEN
    if known.data_status is DataStatus.DESTROYED:
        return None if overtaken else ExposureReason.FROM_OUTSIDE
    if not data_status.is_clean(known.data_status):
        return None
    if known.test and not test:
        # So far only a rehearsal saw it: what that proved does not hold for a real disk.
        return ExposureReason.FIRST_SEEN
    was_away = outside or known.device_state in OUTSIDE
    return ExposureReason.FROM_OUTSIDE if was_away and not overtaken else None
