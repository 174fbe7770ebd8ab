"""A stick or a card that was plugged in is no disk of the machine: wiped, it makes no machine clean."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from asset_service.core.db import db
from asset_service.devices.models import DataStatus, Device
from wipe_reports.document import Medium

PORTABLE = pytest.mark.parametrize(
    "where",
    [
        {"bus": "usb", "name": "sdb", "medium": Medium.UNKNOWN},
        {"bus": "mmc", "name": "mmcblk0", "medium": Medium.FLASH},
    ],
)


def status(app):
    with app.app_context():
        return db.session.scalars(select(Device.data_status)).one()


@PORTABLE
def test_a_machine_of_which_only_a_wiped_stick_was_seen_is_not_clean(*, app, client, station, reports, where):
    wiped = reports.wiped(client, station, reports.carrier(**where))
    assert reports.send(client, reports.report(None, wiped), station).status_code == 201
    assert status(app) is DataStatus.UNKNOWN


@PORTABLE
def test_it_is_not_clean_either_when_it_is_seen_again(*, app, client, station, reports, where):
    disk = reports.carrier(**where)
    first = reports.report(None, disk)
    reports.send(client, first, station)
    assert status(app) is DataStatus.EXPOSED
    reports.send(client, reports.again(first, carriers=(reports.wiped(client, station, disk),)), station)
    assert status(app) is DataStatus.UNKNOWN


@PORTABLE
def test_data_on_a_stick_stays_a_machines_trouble(*, app, client, station, reports, where):
    wiped = reports.wiped(client, station, reports.carrier())
    reports.send(client, reports.report(None, wiped, reports.carrier(**where)), station)
    assert status(app) is DataStatus.EXPOSED


def test_the_machines_own_wiped_disk_makes_it_clean_also_beside_a_wiped_stick(app, client, station, reports):
    own = reports.wiped(client, station, reports.carrier())
    loose = reports.wiped(client, station, reports.carrier(bus="usb", name="sdb"))
    reports.send(client, reports.report(None, own, loose), station)
    assert status(app) is DataStatus.WIPED
