"""What people do with devices: allowed, refused with a reason, and written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Forbidden, Invalid, NotFound, Refused
from asset_service.devices import operations, queries
from asset_service.devices.models import (
    Component,
    ComponentKind,
    DataStatus,
    Defect,
    Device,
    DeviceCode,
    DeviceKind,
    State,
)
from asset_service.ledger.models import LedgerEvent


@pytest.fixture
def worker(make_user, station):
    return make_user(Role.TECHNICIAN, station.partner).access


@pytest.fixture
def announced(app, worker, station):
    """The id of an announced laptop."""
    with app.app_context(), transaction():
        return operations.announce(worker, site_id=station.partner.site_id, kind=DeviceKind.LAPTOP).id


def do(app, verb, *args, **kwargs):
    with app.app_context():
        with transaction():
            done = verb(*args, **kwargs)
            db.session.flush()
            db.session.refresh(done)
        db.session.refresh(done)
        db.session.expunge(done)
    return done


def disks(app, device_id):
    with app.app_context():
        return db.session.scalars(
            select(Component.id).where(Component.device_id == device_id, Component.kind == ComponentKind.DISK)
        ).all()


def kinds(app, subject_id):
    with app.app_context():
        return db.session.scalars(
            select(LedgerEvent.kind).where(LedgerEvent.subject_id == subject_id).order_by(LedgerEvent.id)
        ).all()


def taken_in(app, client, station, reports, *carriers):
    code = reports.send(client, reports.report(None, *carriers), station).json["device"]["code"]
    with app.app_context():
        return db.session.scalar(select(Device.id).where(Device.code == code))


def test_a_device_starts_unknown_and_walks_from_announced_to_inspected(app, worker, announced):
    assert do(app, operations.receive, worker, announced).state is State.RECEIVED
    device = do(app, operations.inspect, worker, announced, reusable=True)
    assert (device.state, device.data_status, device.reusable) == (State.INSPECTED, DataStatus.UNKNOWN, True)
    assert kinds(app, announced) == ["DeviceAnnounced", "DeviceReceived", "DeviceInspected"]


def test_a_step_that_the_table_does_not_know_is_refused(app, worker, announced):
    with pytest.raises(Refused) as refused:
        do(app, operations.inspect, worker, announced, reusable=True)
    assert refused.value.code == "wrong_state"
    assert kinds(app, announced) == ["DeviceAnnounced"]


def test_not_reusable_needs_a_reason_and_reusable_has_none(app, worker, announced):
    do(app, operations.receive, worker, announced)
    with pytest.raises(Invalid):
        do(app, operations.inspect, worker, announced, reusable=False)
    with pytest.raises(Invalid):
        do(app, operations.inspect, worker, announced, reusable=True, defects=[Defect.CRT])
    assert do(app, operations.inspect, worker, announced, reusable=False, defects=[Defect.CRT]).defects == ["crt"]


def test_none_is_said_by_a_person_and_not_while_we_know_of_a_disk(app, client, station, worker, reports):
    device_id = taken_in(app, client, station, reports, reports.carrier())
    with pytest.raises(Refused) as refused:
        do(app, operations.confirm_no_carrier, worker, device_id)
    assert refused.value.errors[0].field == "no_carrier_installed"
    (disk,) = disks(app, device_id)
    do(app, operations.remove, worker, disk)
    assert do(app, operations.confirm_no_carrier, worker, device_id).data_status is DataStatus.NONE


def test_a_device_said_to_have_no_disk_turns_exposed_when_one_is_seen(app, client, station, worker, reports):
    first = reports.report()
    code = reports.send(client, first, station).json["device"]["code"]
    with app.app_context():
        device_id = db.session.scalar(select(Device.id).where(Device.code == code))
    do(app, operations.confirm_no_carrier, worker, device_id)
    reports.send(client, reports.again(first, carriers=(reports.carrier(),)), station)
    with app.app_context():
        assert db.session.get_one(Device, device_id).data_status is DataStatus.EXPOSED


def test_a_loose_disk_is_still_followed_and_can_be_put_elsewhere(app, client, station, worker, reports):
    first = taken_in(app, client, station, reports, reports.carrier())
    second = taken_in(app, client, station, reports)
    (disk,) = disks(app, first)
    loose = do(app, operations.remove, worker, disk)
    assert (loose.device_id, loose.site_id) == (None, station.partner.site_id)
    with app.app_context():
        assert [one.id for one in queries.loose_components(worker, station.partner.id).items] == [disk]
    do(app, operations.install, worker, disk, second)
    with app.app_context():
        assert db.session.get_one(Device, second).data_status is DataStatus.EXPOSED
        component = db.session.get_one(Component, disk)
        assert component.device_id == second
        assert [(stay.device_id, stay.removed_at >= stay.installed_at) for stay in component.stays] == [(first, True)]


def test_what_was_missing_comes_back_exposed(app, client, station, worker, reports):
    disk = reports.wiped(client, station, reports.carrier())
    device_id = taken_in(app, client, station, reports, disk)
    with app.app_context(), transaction():
        db.session.get_one(Device, device_id).state = State.MISSING
    device = do(app, operations.receive, worker, device_id)
    assert (device.state, device.data_status) == (State.RECEIVED, DataStatus.EXPOSED)


def test_an_exposed_carrier_takes_its_ready_device_back_to_inspected(app, client, station, worker, reports):
    device_id = taken_in(app, client, station, reports, reports.wiped(client, station, reports.carrier()))
    with app.app_context(), transaction():
        db.session.get_one(Device, device_id).state = State.READY
    (disk,) = disks(app, device_id)
    with app.app_context(), transaction():
        operations.expose_carrier(worker, disk)
    with app.app_context():
        device = db.session.get_one(Device, device_id)
        assert (device.state, device.data_status) == (State.INSPECTED, DataStatus.EXPOSED)


def test_a_label_is_claimed_once_and_the_old_code_still_finds_the_device(app, worker, announced, station):
    with app.app_context(), transaction():
        (fresh,) = operations.make_codes(worker, station.partner.id, 1)
    with app.app_context():
        old = db.session.get_one(Device, announced).code
    do(app, operations.claim_code, worker, announced, fresh.lower())
    with app.app_context():
        assert queries.device_by_code(worker, fresh).id == queries.device_by_code(worker, old).id == announced
    other = do(app, operations.announce, worker, site_id=station.partner.site_id, kind=DeviceKind.MONITOR)
    with pytest.raises(Refused):
        do(app, operations.claim_code, worker, other.id, fresh)


@pytest.mark.parametrize("text", ["geen code", "HS-222223", "HS-22222"])
def test_a_code_that_is_none_of_ours_is_refused(app, worker, announced, text):
    with pytest.raises(Invalid):
        do(app, operations.claim_code, worker, announced, text)


def test_a_device_handed_to_another_partner_keeps_its_code(app, worker, announced, make_partner, make_user):
    desk = make_partner("Digibank Testdorp")
    before = do(app, operations.receive, worker, announced)
    after = do(app, operations.move, worker, announced, desk.site_id)
    assert (after.code, after.partner_id) == (before.code, desk.id)
    with pytest.raises(Forbidden):
        do(app, operations.inspect, worker, announced, reusable=True)
    theirs = make_user(Role.TECHNICIAN, desk).access
    assert do(app, operations.inspect, theirs, announced, reusable=True).state is State.INSPECTED


def test_a_correction_is_an_event_and_may_not_take_anothers_identity(app, worker, announced, station):
    named = {"manufacturer": "Dell", "product": "Latitude E7470", "serial": "JF8TTH2"}
    assert do(app, operations.correct, worker, announced, **named).serial == "JF8TTH2"
    other = do(app, operations.announce, worker, site_id=station.partner.site_id, kind=DeviceKind.LAPTOP)
    with pytest.raises(Refused):
        do(app, operations.correct, worker, other.id, **named)
    assert kinds(app, announced) == ["DeviceAnnounced", "DeviceCorrected"]


@pytest.mark.parametrize("role", [Role.DESK, Role.REPORTER])
def test_who_only_reads_changes_nothing(app, make_user, station, announced, role):
    reader = make_user(role, station.partner).access
    with pytest.raises(Forbidden):
        do(app, operations.receive, reader, announced)


def test_another_partner_neither_sees_nor_touches_a_device(app, make_user, announced):
    stranger = make_user(Role.TECHNICIAN).access
    with app.app_context():
        code = db.session.get_one(Device, announced).code
        with pytest.raises(NotFound):
            queries.device_by_code(stranger, code)
        assert queries.devices(stranger).items == []
        assert queries.scan(stranger, code).devices == ()
    with pytest.raises(Forbidden):
        do(app, operations.receive, stranger, announced)


def test_every_change_raises_the_version(app, worker, announced):
    versions = [do(app, operations.receive, worker, announced).version]
    versions.append(do(app, operations.inspect, worker, announced, reusable=True).version)
    assert versions == sorted(set(versions))


def test_blank_codes_are_as_many_as_asked_and_all_blank(app, worker, station):
    with app.app_context(), transaction():
        made = operations.make_codes(worker, station.partner.id, 100)
    assert len(set(made)) == 100
    with app.app_context():
        assert db.session.scalars(select(DeviceCode.device_id)).all() == [None] * 100
        assert queries.scan(worker, made[0]).blank_code == made[0]
    with app.app_context(), pytest.raises(Invalid), transaction():
        operations.make_codes(worker, station.partner.id, 501)
