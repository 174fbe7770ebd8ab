"""A rehearsal proves nothing about a real machine: no disk of it, no status of it becomes clean by a test report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from asset_service.core.db import db, transaction
from asset_service.core.errors import Refused
from asset_service.devices.models import DataCarrier, DataStatus, Device
from asset_service.wiping.models import DestructionTask, EvidenceStatus, WipeEvidence
from asset_service.wiping.operations import confirm_wipe


def status(app):
    with app.app_context():
        return db.session.scalars(select(Device.data_status)).one()


def carriers(app):
    with app.app_context():
        found = db.session.scalars(select(DataCarrier).order_by(DataCarrier.component_id)).all()
        db.session.expunge_all()
    return found


def scratch(client, station, reports):
    """The scratch disk of a rehearsal, wiped under the service's nonce."""
    return reports.wiped(client, station, replace(reports.carrier(name="loop0"), model="Herstart scratch"))


def test_a_rehearsal_of_a_machine_known_from_rehearsals_only_shows_its_result(app, client, station, reports):
    made = reports.report(None, scratch(client, station, reports), test=True)
    reports.send(client, made, station)
    assert status(app) is DataStatus.WIPED


@pytest.mark.parametrize("nonce", [True, False])
def test_a_rehearsal_never_clears_a_disk_of_a_real_report(*, app, client, station, manager, reports, nonce):
    disk = reports.carrier()
    first = reports.report(None, disk)
    reports.send(client, first, station)
    wiped = reports.wiped(client, station, disk) if nonce else replace(disk, wipe=reports.wipe(disk.size_bytes))
    assert reports.send(client, reports.again(first, test=True, carriers=(wiped,)), station).status_code == 201
    assert status(app) is DataStatus.EXPOSED
    (carrier,) = carriers(app)
    assert not carrier.test
    with app.app_context():
        evidence = db.session.scalars(select(WipeEvidence)).one()
        assert evidence.status is EvidenceStatus.SUPERSEDED
        with pytest.raises(Refused), transaction():
            confirm_wipe(manager, evidence.id)


def test_a_rehearsal_that_failed_never_condemns_a_real_disk(app, client, station, reports):
    disk = reports.carrier()
    first = reports.report(None, disk)
    reports.send(client, first, station)
    failed = replace(disk, wipe=reports.failed_wipe(disk.size_bytes))
    reports.send(client, reports.again(first, test=True, carriers=(failed,)), station)
    with app.app_context():
        assert db.session.scalar(select(DestructionTask.id)) is None


def test_a_scratch_disk_never_makes_a_real_machine_clean(app, client, station, reports):
    """The agent saw no disk in it (a RAID controller perhaps); a rehearsal on it does not change that."""
    first = reports.report(None)
    reports.send(client, first, station)
    rehearsal = reports.again(first, test=True, carriers=(scratch(client, station, reports),))
    reports.send(client, rehearsal, station)
    assert status(app) is DataStatus.UNKNOWN


def test_a_machine_known_from_rehearsals_is_not_clean_once_it_is_real(app, client, station, reports):
    rehearsal = reports.report(None, scratch(client, station, reports), test=True)
    reports.send(client, rehearsal, station)
    reports.send(client, reports.again(rehearsal, test=False, carriers=()), station)
    assert status(app) is DataStatus.UNKNOWN


def test_a_real_report_makes_the_disk_of_a_rehearsal_real_and_exposed(app, client, station, reports):
    wiped = scratch(client, station, reports)
    rehearsal = reports.report(None, wiped, test=True)
    reports.send(client, rehearsal, station)
    seen = reports.again(rehearsal, test=False, carriers=(replace(wiped, wipe=None),))
    reports.send(client, seen, station)
    (carrier,) = carriers(app)
    assert (carrier.test, carrier.data_status, carrier.exposure) == (False, DataStatus.EXPOSED, 2)
    assert status(app) is DataStatus.EXPOSED
    again = reports.wiped(client, station, replace(wiped, wipe=None))
    reports.send(client, reports.again(seen, carriers=(again,)), station)
    assert status(app) is DataStatus.WIPED


def test_a_rehearsed_wipe_is_not_confirmed_for_a_disk_that_turned_out_real(app, client, station, manager, reports):
    disk = reports.carrier(erased=True)
    rehearsal = reports.report(None, disk, test=True)
    reports.send(client, rehearsal, station)
    reports.send(client, reports.again(rehearsal, test=False, carriers=(replace(disk, wipe=None),)), station)
    with app.app_context():
        evidence_id = db.session.scalars(select(WipeEvidence.id)).one()
        with pytest.raises(Refused) as refused, transaction():
            confirm_wipe(manager, evidence_id)
        assert refused.value.code == "rehearsal"
    assert status(app) is DataStatus.EXPOSED


def test_a_rehearsed_disk_in_another_real_machine_is_exposed(app, client, station, reports):
    wiped = scratch(client, station, reports)
    reports.send(client, reports.report(None, wiped, test=True), station)
    answer = reports.send(client, reports.report(None, replace(wiped, wipe=None)), station)
    with app.app_context():
        code = answer.json["device"]["code"]
        assert db.session.scalar(select(Device.data_status).where(Device.code == code)) is DataStatus.EXPOSED
