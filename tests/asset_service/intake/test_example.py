"""The example stock is made by the real ingest, varied, and marked as a rehearsal."""

from __future__ import annotations

from sqlalchemy import select

from asset_service.accounts.access import SYSTEM
from asset_service.core.db import db
from asset_service.devices import queries
from asset_service.devices.models import DataStatus, Device, State
from asset_service.intake.example import example_stock
from asset_service.intake.queries import count_unmatched
from asset_service.wiping.models import SignedReport, WipeEvidence
from asset_service.wiping.queries import count_awaiting, count_open_tasks


def test_the_example_stock_fills_every_list_and_says_test(app_context, make_partner):
    partner = make_partner()
    codes = example_stock(partner.id, partner.site_id)
    assert len(codes) == len(set(codes)) == 13
    devices = db.session.scalars(select(Device)).all()
    assert len(devices) == 15
    assert {one.state for one in devices} == {State.ANNOUNCED, State.RECEIVED, State.INSPECTED}
    assert {one.data_status for one in devices} >= {
        DataStatus.UNKNOWN,
        DataStatus.NONE,
        DataStatus.EXPOSED,
        DataStatus.WIPED,
    }
    assert len({one.manufacturer for one in devices}) > 8
    assert (count_unmatched(SYSTEM), count_awaiting(SYSTEM), count_open_tasks(SYSTEM)) == (1, 1, 1)
    assert all(db.session.scalars(select(SignedReport.test)))
    assert all(db.session.scalars(select(WipeEvidence.test)))
    assert [one.code for one in queries.scan(SYSTEM, "8FJ2KQ2").devices] == [codes[1]]
