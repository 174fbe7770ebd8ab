"""The fast way to insert rows writes what Core writes, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from asset_service.core.db import db, new_id, transaction, utc_now
from asset_service.core.rows import RowInsert
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    ComponentKind,
    DataCarrier,
    DataStatus,
    ExposureReason,
)


def component(**changes):
    row = {
        "id": new_id(), "kind": ComponentKind.DISK, "device_id": None, "installed_at": None, "partner_id": None,
        "site_id": None, "slot": "sda", "manufacturer": None, "model": "é' -- %s", "serial": None,
        "facts": {"size": 1, "none": None}, "first_seen_at": utc_now(), "last_seen_at": utc_now(),
    }  # fmt: skip
    return {**row, **changes}


def test_a_row_is_read_back_as_core_would_have_written_it(app_context, make_partner):
    partner = make_partner()
    loose = {"partner_id": partner.id, "site_id": partner.site_id}
    by_core, fast = component(**loose), component(**loose)
    with transaction():
        db.session.execute(insert(Component), [by_core])
        RowInsert(Component.__table__).execute(db.session.connection(), [fast])
    for row in (by_core, fast):
        found = db.session.execute(select(Component.__table__).where(Component.id == row["id"])).one()
        assert dict(found._mapping) == row


def test_many_rows_and_none_are_both_fine(app_context, make_partner):
    partner = make_partner()
    rows = [component(partner_id=partner.id, site_id=partner.site_id) for _ in range(5)]
    with transaction():
        RowInsert(Component.__table__).execute(db.session.connection(), rows)
        RowInsert(Component.__table__).execute(db.session.connection(), [])
        carriers = [
            {
                "component_id": row["id"], "identity": None, "data_status": DataStatus.EXPOSED, "exposure": 1,
                "medium": "ssd", "bus": None, "size_bytes": 2**62, "health": "unknown", "health_reasons": ["x"],
                "power_on_hours": None, "test": False,
            }
            for row in rows
        ]  # fmt: skip
        RowInsert(DataCarrier.__table__).execute(db.session.connection(), carriers)
        at = utc_now()
        exposures = [
            {
                "component_id": row["id"],
                "number": 1,
                "reason": ExposureReason.LENT,
                "exposed_at": at,
                "cleared_at": None,
            }
            for row in rows
        ]
        RowInsert(CarrierExposure.__table__).execute(db.session.connection(), exposures)
    assert len(db.session.scalars(select(DataCarrier)).all()) == 5
    assert {one.reason for one in db.session.scalars(select(CarrierExposure))} == {ExposureReason.LENT}


def test_a_column_without_a_value_is_a_mistake(app_context):
    incomplete = component()
    del incomplete["facts"]
    with pytest.raises(KeyError), transaction():
        RowInsert(Component.__table__).execute(db.session.connection(), [incomplete])
