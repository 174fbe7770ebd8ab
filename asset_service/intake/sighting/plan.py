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
from asset_service.wiping.evidence import JudgedWipe
from asset_service.wiping.models import EvidenceStatus
from wipe_reports.document import Carrier, WipeReport


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDisk:
    """A disk as the report describes it, at ``index`` among its carriers, and what the service knows of it.

    ``identity`` is its usable identity.
    """

    index: int
    carrier: Carrier
    identity: str | None
    known: SeenCarrier | None


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedDisk:
    """One disk of a report, with all that was found and decided of it before anything is written."""

    carrier: Carrier
    identity: str | None
    plan: CarrierPlan
    wipe: JudgedWipe | None

    @property
    def component_id(self) -> UUID:
        return self.plan.component_id

    @property
    def known(self) -> SeenCarrier | None:
        """What the service knew of it; ``None`` for a new one."""
        return self.plan.known

    @property
    def cleared_by(self) -> UUID | None:
        """The evidence of a wipe that clears its exposure, if there is one."""
        return self.wipe.evidence_id if self.wipe and self.wipe.status is EvidenceStatus.CLEARED else None

    @property
    def data_status(self) -> DataStatus:
        """Its data status from now on."""
        if self.cleared_by is not None:
            return DataStatus.WIPED
        if self.plan.exposed or self.known is None:
            return DataStatus.EXPOSED
        return self.known.data_status


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One report about one machine, as matching left it.

    ``code`` is a blank label's code that the report claims. ``device_id`` is ``None`` for a machine not seen before,
    and for loose disks.
    """

    report: WipeReport
    at: datetime
    partner_id: UUID
    site_id: UUID
    keys: Sequence[Key]
    disks: Sequence[JudgedDisk]
    device_id: UUID | None
    code: str | None

    @property
    def is_all_new(self) -> bool:
        """Is there nothing in it that the service knows: no device, no carrier, no printed label?"""
        return self.device_id is None and self.code is None and not any(disk.known for disk in self.disks)

    @property
    def new_disks(self) -> list[JudgedDisk]:
        """Those that the service did not know."""
        return [disk for disk in self.disks if disk.known is None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """On what the plan for a known carrier depends, beside the carrier.

    ``device_id`` and ``state`` are of the device that it is seen in. ``seen_then`` is how often each known carrier (by
    component) had been seen when the report came, of one that is applied late; ``None`` for one that is applied as it
    comes.
    """

    report: WipeReport
    device_id: UUID | None
    state: State | None
    seen_then: Mapping[UUID, int] | None


CLOCK_TOLERANCE_SECONDS = 300


def seen_at(report: WipeReport) -> datetime | None:
    """When the agent saw what it reports, where its clock was held against the service's; else ``None``.

    A machine with an empty clock battery says any day: without the comparison a report counts as made just now.
    """
    check = report.clock
    right = check is not None and (check.corrected or abs(check.ahead_seconds) <= CLOCK_TOLERANCE_SECONDS)
    return report.created_at if right else None


def plan_carrier(known: SeenCarrier | None, now: Circumstances) -> CarrierPlan:
    """The carrier's exposure by the rules of the house; ``known`` is ``None`` for a new one. Pure."""
    if known is None:
        return CarrierPlan(
            component_id=new_id(), known=None, exposure=1, exposed_by=ExposureReason.FIRST_SEEN, exposed=True
        )
    in_this_device = known.device_id is not None and known.device_id == now.device_id
    here = in_this_device or not _seen_since(known, now.seen_then)
    outside = now.state is not None and now.state in OUTSIDE
    overtaken = known.was_cleared_after(seen_at(now.report))
    reason = exposed_by(known, outside=outside, test=now.report.test, overtaken=overtaken) if here else None
    return CarrierPlan(
        component_id=known.component_id,
        known=known,
        exposure=known.exposure + (reason is not None),
        exposed_by=reason,
        exposed=reason is not None or known.data_status is DataStatus.EXPOSED,
        rehearsed=now.report.test and not known.test,
        here=here,
    )


def _seen_since(known: SeenCarrier, seen_then: Mapping[UUID, int] | None) -> bool:
    """Was the carrier seen or handled after the report came? Counted, for the service's clock may have been wrong."""
    return seen_then is not None and known.sightings != seen_then.get(known.component_id, 0)
