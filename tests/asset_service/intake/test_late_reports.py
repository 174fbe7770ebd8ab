"""Reports that are applied long after they were made: what was seen or happened since is not undone by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Forbidden, Refused
from asset_service.devices import operations
from asset_service.devices.models import CarrierExposure, Component, ComponentKind, DataStatus, Device
from asset_service.intake.decisions import resolve_unmatched
from asset_service.intake.models import Grounds
from asset_service.wiping.models import EvidenceStatus, NonceCheck, WipeEvidence
from asset_service.wiping.operations import confirm_wipe


def status(app, response):
    with app.app_context():
        return db.session.scalar(select(Device.data_status).where(Device.code == response.json["device"]["code"]))


def resolve(app, access, made, device_id=None):
    with app.app_context(), transaction():
        return resolve_unmatched(access, UUID(made.report_id), device_id=device_id, grounds=Grounds.OTHER).id


def unmatched(client, station, reports, *disks):
    """A report with these disks that must wait for a person: its label was never printed."""
    made = reports.report(reports.machine(code="HS-222222"), *disks)
    assert reports.send(client, made, station).json["result"] == "unmatched"
    return made


def test_a_late_decision_takes_no_disk_from_where_it_was_seen_since(app, client, station, technician, reports):
    """Else the machine that holds the disk now would show clean."""
    disk, wiped = reports.carrier(), reports.wiped(client, station, reports.carrier(name="sdb"))
    first = reports.report(None, disk, wiped)
    holder = reports.send(client, first, station)
    late = unmatched(client, station, reports, disk)
    reports.send(client, reports.again(first, carriers=(disk, replace(wiped, wipe=None))), station)
    assert status(app, holder) is DataStatus.EXPOSED
    resolve(app, technician, late)
    assert status(app, holder) is DataStatus.EXPOSED


def test_a_late_decision_on_a_disk_first_seen_elsewhere_since_is_possible(app, client, station, technician, reports):
    disk = reports.carrier()
    late = unmatched(client, station, reports, disk)
    holder = reports.send(client, reports.report(None, disk), station)
    device_id = resolve(app, technician, late)
    assert status(app, holder) is DataStatus.EXPOSED
    with app.app_context():
        (held,) = db.session.scalars(select(Component.device_id).where(Component.kind == ComponentKind.DISK))
        assert held != device_id
        assert db.session.get_one(Device, device_id).data_status is DataStatus.UNKNOWN


def test_a_late_decision_puts_no_clean_disk_that_is_elsewhere_into_a_new_device(
    app, client, station, technician, reports
):
    disk = reports.carrier()
    late = unmatched(client, station, reports, reports.wiped(client, station, disk))
    reports.send(client, reports.report(None, disk), station)
    device_id = resolve(app, technician, late)
    with app.app_context():
        assert db.session.get_one(Device, device_id).data_status is DataStatus.UNKNOWN


def test_a_disk_that_went_to_another_partner_since_is_theirs_to_give_away(
    *, app, client, station, technician, make_station, make_user, reports
):
    disk = reports.carrier()
    late = unmatched(client, station, reports, disk)
    other = make_station(name="Balie")
    reports.send(client, reports.report(None, disk), other)
    with pytest.raises(Forbidden):
        resolve(app, technician, late)
    admin = make_user(Role.ADMIN).access
    resolve(app, admin, late)


def test_a_wipe_of_before_a_new_exposure_is_not_confirmed_for_it(*, app, client, station, technician, manager, reports):
    """A stick that was carried around: the disk was used again between the wipe and the report."""
    disk = reports.carrier()
    first = reports.report(None, disk)
    reports.send(client, first, station)
    with app.app_context(), transaction():
        component_id = db.session.scalar(select(Component.id).where(Component.kind == ComponentKind.DISK))
        operations.expose_carrier(technician, component_id)
    offline = replace(disk, wipe=reports.wipe(disk.size_bytes))
    reports.send(client, reports.again(first, carriers=(offline,)), station)
    with app.app_context():
        evidence = db.session.scalars(select(WipeEvidence)).one()
        with pytest.raises(Refused) as refused, transaction():
            confirm_wipe(manager, evidence.id)
        assert refused.value.code == "exposed_again"
        assert db.session.scalar(select(Device.data_status)) is DataStatus.EXPOSED


def test_a_wipe_of_after_a_new_exposure_can_be_confirmed(*, app, client, station, technician, manager, reports):
    disk = reports.carrier()
    first = reports.report(None, disk)
    reports.send(client, first, station)
    with app.app_context():
        with transaction():
            component_id = db.session.scalar(select(Component.id).where(Component.kind == ComponentKind.DISK))
            operations.expose_carrier(technician, component_id)
        with transaction():
            two = db.session.get_one(CarrierExposure, (component_id, 2))
            earlier = two.exposed_at - timedelta(days=1)
            db.session.execute(update(CarrierExposure).values(exposed_at=earlier))
    offline = replace(disk, wipe=reports.wipe(disk.size_bytes))
    reports.send(client, reports.again(first, carriers=(offline,)), station)
    with app.app_context(), transaction():
        evidence_id = db.session.scalars(select(WipeEvidence.id)).one()
        assert confirm_wipe(manager, evidence_id).status is EvidenceStatus.CONFIRMED


def test_a_used_nonce_of_an_earlier_exposure_waits_for_nobody(*, app, client, station, technician, manager, reports):
    """The same wipe under a new number, after the disk was used again: no person may take it for a new one."""
    disk = reports.carrier()
    wiped = reports.wiped(client, station, disk)
    first = reports.report(None, wiped)
    reports.send(client, first, station)
    with app.app_context(), transaction():
        component_id = db.session.scalar(select(Component.id).where(Component.kind == ComponentKind.DISK))
        operations.expose_carrier(technician, component_id)
    reports.send(client, reports.again(first), station)
    with app.app_context():
        replayed = db.session.scalars(select(WipeEvidence).order_by(WipeEvidence.id.desc())).first()
        assert (replayed.nonce_check, replayed.status) == (NonceCheck.STALE, EvidenceStatus.SUPERSEDED)
        with pytest.raises(Refused), transaction():
            confirm_wipe(manager, replayed.id)
        assert db.session.scalar(select(Device.data_status)) is DataStatus.EXPOSED
