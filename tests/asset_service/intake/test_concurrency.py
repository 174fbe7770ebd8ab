"""Stations that send at the same moment: one machine is one device, no answer is a failure, nothing is lost."""

from __future__ import annotations

import threading

from sqlalchemy import func, select

from asset_service.core.db import db
from asset_service.devices.models import Component, DataCarrier, Device, DeviceIdentity
from asset_service.wiping.models import NonceCheck, SignedReport, WipeEvidence

SENDERS = 6


def at_once(app, reports, station, made):
    """Send the reports from as many threads, all let go together; the responses in order."""
    barrier, responses = threading.Barrier(len(made)), [None] * len(made)

    def send(index):
        client = app.test_client()
        barrier.wait()
        responses[index] = reports.send(client, made[index], station)

    threads = [threading.Thread(target=send, args=(index,)) for index in range(len(made))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return responses


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_one_new_machine_reported_at_once_is_one_device(app, station, reports):
    first = reports.report(None, reports.carrier(), reports.carrier(name="sdb"))
    responses = at_once(app, reports, station, [reports.again(first) for _ in range(SENDERS)])
    assert [one.status_code for one in responses] == [201] * SENDERS
    assert len({one.json["device"]["code"] for one in responses}) == 1
    assert sorted(one.json["result"] for one in responses) == ["created"] + ["matched"] * (SENDERS - 1)
    assert (count(app, Device), count(app, DataCarrier), count(app, SignedReport)) == (1, 2, SENDERS)
    assert count(app, DeviceIdentity) == 3


def test_one_report_sent_at_once_is_one_report(app, station, reports):
    made = reports.report(None, reports.carrier(erased=True))
    responses = at_once(app, reports, station, [made] * SENDERS)
    assert sorted(one.status_code for one in responses) == [200] * (SENDERS - 1) + [201]
    assert len({one.data for one in responses}) == 1
    assert (count(app, Device), count(app, SignedReport), count(app, WipeEvidence)) == (1, 1, 1)


def test_different_machines_at_once_are_all_taken_in(app, station, reports):
    made = [reports.report(None, reports.carrier()) for _ in range(SENDERS * 2)]
    responses = at_once(app, reports, station, made)
    assert {one.status_code for one in responses} == {201}
    assert count(app, Device) == len(made)


def test_one_disk_reported_in_two_machines_at_once_is_one_disk(app, station, reports):
    disk = reports.carrier()
    responses = at_once(app, reports, station, [reports.report(None, disk) for _ in range(SENDERS)])
    assert {one.status_code for one in responses} == {201}
    assert count(app, DataCarrier) == 1
    assert count(app, Device) == SENDERS
    with app.app_context():
        held = db.session.scalars(select(Component.device_id).join(DataCarrier)).all()
    assert len(held) == 1


def test_a_nonce_used_at_once_is_used_once(app, client, station, reports):
    disk = reports.carrier()
    reports.send(client, reports.report(None), station)
    wiped = reports.wiped(client, station, disk)
    responses = at_once(app, reports, station, [reports.report(None, wiped) for _ in range(SENDERS)])
    assert {one.status_code for one in responses} == {201}
    with app.app_context():
        checks = db.session.scalars(select(WipeEvidence.nonce_check)).all()
    assert checks.count(NonceCheck.HELD) == 1


def test_two_reports_of_one_known_machine_at_once_are_both_applied(app, client, station, reports):
    first = reports.report(None, reports.carrier())
    reports.send(client, first, station)
    made = [
        reports.again(first, carriers=(*first.carriers, reports.carrier(name=f"sd{letter}"))) for letter in "bcdefg"
    ]
    responses = at_once(app, reports, station, made)
    assert {one.status_code for one in responses} == {201}
    assert {one.json["result"] for one in responses} == {"matched"}
    assert count(app, DataCarrier) == 1 + len(made)
