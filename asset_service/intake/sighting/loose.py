"""The operation behind a report about disks in a dock: they lie loose at the station's place, in no device.

Part of the room's operations.
"""

from __future__ import annotations

from uuid import UUID

from asset_service.core.db import db
from asset_service.devices import events, row_changes
from asset_service.devices.models import Component, ComponentKind
from asset_service.intake.sighting.carriers import add_carrier, update_carriers
from asset_service.intake.sighting.plan import Sighting
from asset_service.intake.sighting.rows import NewRows, Seen


def register_loose_disks(sighting: Sighting, rows: NewRows) -> Seen:
    """Loose disks that a station saw: new ones are followed from now on, known ones lie here and nowhere else.

    Where all of them are new, nothing is written: ``rows`` gets the rows.
    """
    for disk in sighting.disks:
        if disk.known is None:
            add_carrier(rows, sighting, disk, None)
        elif disk.plan.here and disk.known.device_id is None:
            _move_here(disk.component_id, sighting, rows)
    if not sighting.is_all_new:
        rows.insert(db.session.connection())
    update_carriers(sighting, None, rows)
    return Seen(device_id=None, code=None)


def _move_here(component_id: UUID, sighting: Sighting, rows: NewRows) -> None:
    """A loose disk that was elsewhere is here now."""
    component = db.session.get_one(Component, component_id, populate_existing=True)
    if (component.partner_id, component.site_id) == (sighting.partner_id, sighting.site_id):
        return
    row_changes.make_loose(component, sighting.partner_id, sighting.site_id, sighting.at)
    rows.events.add(
        events.ComponentRemoved(subject_id=component_id, component_kind=ComponentKind.DISK, site_id=sighting.site_id)
    )
