"""The operation behind a report about disks in a dock: they lie loose at the station's place, in no device.

Part of the room's operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from asset_service.core.db import db
from asset_service.devices import events, steps
from asset_service.devices.exposures import CarrierPlan
from asset_service.devices.models import Component, ComponentKind
from asset_service.intake.sighting.device import Seen, carriers_seen
from asset_service.intake.sighting.plan import Sighting
from asset_service.intake.sighting.rows import NewCarrier, NewRows, add_carrier
from asset_service.ledger.operations import Draft


def take_in(sighting: Sighting, plans: Sequence[CarrierPlan], cleared: Mapping[int, UUID], draft: Draft) -> Seen:
    """Loose disks that a station saw: new ones are followed from now on, known ones lie here and nowhere else.

    ``cleared`` names the carriers (by index) whose wipe holds, with the evidence of it; ``draft`` gets the events.
    Where all of them are new, nothing is written before :meth:`Seen.write`.
    """
    rows = NewRows()
    for index, planned in enumerate(plans):
        if planned.known is None:
            add_carrier(rows, sighting, index, NewCarrier(planned, None, index in cleared))
        elif planned.here and planned.known.device_id is None:
            _bring_here(planned.component_id, sighting, draft)
    seen = Seen(device_id=None, code=None, new_rows=rows)
    if not sighting.is_all_new:
        seen.write(db.session.connection())
    carriers_seen(sighting, plans, cleared, None, draft)
    return seen


def _bring_here(component_id: UUID, sighting: Sighting, draft: Draft) -> None:
    """A disk that lay loose elsewhere lies here now."""
    component = db.session.get_one(Component, component_id, populate_existing=True)
    if (component.partner_id, component.site_id) == (sighting.partner_id, sighting.site_id):
        return
    steps.lay_loose(component, sighting.partner_id, sighting.site_id, sighting.at)
    draft.add(
        events.ComponentRemoved(subject_id=component_id, component_kind=ComponentKind.DISK, site_id=sighting.site_id)
    )
