"""Two machines that their maker gave one UUID or serial: a person parts them, and it identifies nothing any more."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.devices.models import Device, DeviceIdentity
from asset_service.intake.decisions import resolve_unmatched
from asset_service.intake.models import Grounds, UnmatchedReport
from wipe_reports.document import NetworkInterface

FIXED = [
    {"uuid": "6AB5B300-538D-1014-9FB5-B0684D007B53", "serial": "To be filled by O.E.M."},
    {"uuid": "8a95d198-7f46-11e5-bf8b-08002704d48e", "serial": None},
    {"uuid": "11223344-5566-7788-9900-AABBCCDDEEFF", "serial": "Default string"},
    {"uuid": None, "serial": "OEM_Define1", "product": "H61H2-I3"},
    {"uuid": "8a95d198-7f46-11e5-bf8b-08002704d48e", "serial": "OEM_Define1", "product": "H61H2-I3"},
]


def box(reports, fixed, *, board, mac, **changes):
    """One machine of the series: what its maker gave to all of them, with a board, adapter and disk of its own."""
    device = reports.machine(manufacturer="HP", board_serial=board, **fixed)
    network = (NetworkInterface(name="eth0", mac=mac),)
    return reports.report(device, reports.carrier(), network=network, **changes)


def counts(app):
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(one)) for one in (Device, UnmatchedReport))


def resolve(app, access, made, device_id=None):
    with app.app_context(), transaction():
        return resolve_unmatched(access, UUID(made.report_id), device_id=device_id, grounds=Grounds.SHARED_IDENTITY).id


@pytest.fixture
def pair(reports, request):
    one = box(reports, request.param, board="PWWFB0DLMCC0OG", mac="d4:3d:7e:11:a2:b3")
    other = box(reports, request.param, board="PWWFB0DLMCC7QR", mac="d4:3d:7e:99:c4:d5")
    return one, other


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("pair", FIXED, indirect=True)
def test_the_second_machine_waits_for_a_person_and_the_third_is_a_device_of_its_own(
    *, app, client, station, technician, reports, pair, turned, request
):
    first, second = reversed(pair) if turned else pair
    a = reports.send(client, first, station).json
    assert a["result"] == "created"
    assert reports.send(client, second, station).json["result"] == "unmatched"
    assert counts(app) == (1, 1)
    made = resolve(app, technician, second)
    with app.app_context():
        strong = db.session.scalars(
            select(DeviceIdentity.shared).where(DeviceIdentity.kind.in_(["uuid", "model_serial"]))
        ).all()
        assert strong
        assert all(strong), "from now on it identifies neither"
    third = replace(
        first,
        report_id=reports.report().report_id,
        device=replace(first.device, board_serial="PWWFB0DLMCC9TV"),
        network=(NetworkInterface(name="eth0", mac="d4:3d:7e:77:e6:f8"),),
        carriers=(reports.carrier(),),
    )
    c = reports.send(client, third, station).json
    assert c["result"] == "created"
    assert c["device"]["code"] != a["device"]["code"]
    for seen, code in ((first, a["device"]["code"]), (third, c["device"]["code"])):
        again = reports.send(client, reports.again(seen), station).json
        assert (again["result"], again["device"]["code"]) == ("matched", code), "board and disk still find each"
    again = reports.send(client, reports.again(second), station).json
    with app.app_context():
        assert again["device"]["code"] == db.session.get_one(Device, made).code


def test_the_same_laptop_with_a_new_disk_is_the_same(client, station, reports):
    first = reports.report(None, reports.carrier())
    code = reports.send(client, first, station).json["device"]["code"]
    second = reports.again(first, carriers=(reports.carrier(),))
    answer = reports.send(client, second, station).json
    assert (answer["result"], answer["device"]["code"]) == ("matched", code)


def test_a_key_that_a_person_saw_on_a_second_known_device_is_shared_too(*, app, client, station, technician, reports):
    """A known machine shows, after a BIOS update, the UUID of another one."""
    one, other = reports.report(None, reports.carrier()), reports.report(None, reports.carrier())
    for made in (one, other):
        reports.send(client, made, station)
    bent = reports.again(other, device=replace(other.device, uuid=one.device.uuid))
    assert reports.send(client, bent, station).json["result"] == "unmatched"
    with app.app_context():
        mine = db.session.scalar(select(Device.id).where(Device.serial == other.device.serial))
    assert resolve(app, technician, bent, mine) == mine
    with app.app_context():
        shared = select(DeviceIdentity.shared).where(DeviceIdentity.kind == "uuid", DeviceIdentity.device_id != mine)
        assert db.session.scalars(shared).all() == [True]


def test_the_page_says_why_and_shows_both_machines_side_by_side(*, app, client, station, make_user, login, reports):
    one = box(reports, FIXED[0], board="PWWFB0DLMCC0OG", mac="d4:3d:7e:11:a2:b3")
    other = box(reports, FIXED[0], board="PWWFB0DLMCC7QR", mac="d4:3d:7e:99:c4:d5")
    for made in (one, other):
        reports.send(client, made, station)
    browser = login(app.test_client(), make_user(Role.TECHNICIAN, station.partner))
    page = browser.get(f"/intake/unmatched/{other.report_id}").text
    assert "andere gegevens verschillen" in page
    for number in ("PWWFB0DLMCC0OG", "PWWFB0DLMCC7QR", "d43d7e11a2b3", "d43d7e99c4d5"):
        assert number in page
    for made in (one, other):
        assert made.carriers[0].serial in page
    assert "anders" in page
    assert "gelijk" in page
