"""Disks wiped in a dock: they are followed loose, with their proof, and the machine that read them is not taken in."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Invalid
from asset_service.devices.models import Component, ComponentKind, DataCarrier, DataStatus, Device
from asset_service.intake.decisions import resolve_unmatched
from asset_service.intake.models import Grounds
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping import operations
from asset_service.wiping.models import EvidenceStatus, SignedReport, WipeEvidence
from wipe_reports.document import Battery
from wipe_reports.document import Device as ReportedDevice


def in_a_dock(reports, *disks, **changes):
    """A report of bench mode: nothing of the machine that the dock hangs on."""
    return reports.report(ReportedDevice(kind="loose_disks"), *disks, **changes)


def disks(app):
    with app.app_context():
        rows = db.session.execute(
            select(Component.device_id, Component.partner_id, DataCarrier.data_status)
            .join(DataCarrier)
            .where(Component.kind == ComponentKind.DISK)
            .order_by(Component.id)
        )
        return [tuple(row) for row in rows]


def devices(app):
    with app.app_context():
        return db.session.scalars(select(Device.data_status)).all()


def test_disks_in_a_dock_lie_loose_at_the_station_and_no_machine_is_made(app, client, station, reports):
    wiped = reports.wiped(client, station, reports.carrier())
    answer = reports.send(client, in_a_dock(reports, wiped, reports.carrier(name="sdb")), station)
    assert (answer.status_code, answer.json["result"], answer.json["device"]) == (201, "created", None)
    assert [one["carrier_serial"] for one in answer.json["attests"]] == [wiped.serial]
    partner_id = station.partner.id
    assert disks(app) == [(None, partner_id, DataStatus.WIPED), (None, partner_id, DataStatus.EXPOSED)]
    assert devices(app) == []
    with app.app_context():
        parts = db.session.scalars(select(Component.kind)).all()
        assert set(parts) == {ComponentKind.DISK}, "what the host is made of is not taken in"
        kinds = set(db.session.scalars(select(LedgerEvent.kind)))
    assert {"CarrierExposed", "CarrierCleared", "WipeReported", "ReportReceived"} <= kinds


def test_the_same_disks_again_are_the_same_disks(app, client, station, reports):
    disk = reports.carrier()
    reports.send(client, in_a_dock(reports, disk), station)
    again = reports.send(client, in_a_dock(reports, reports.wiped(client, station, disk)), station)
    assert again.json["result"] == "matched"
    assert disks(app) == [(None, station.partner.id, DataStatus.WIPED)]


def test_a_disk_in_a_dock_is_taken_out_of_the_device_it_was_in(app, client, station, reports):
    disk = reports.carrier()
    reports.send(client, reports.report(None, disk), station)
    assert devices(app) == [DataStatus.EXPOSED]
    reports.send(client, in_a_dock(reports, reports.wiped(client, station, disk)), station)
    assert disks(app) == [(None, station.partner.id, DataStatus.WIPED)]
    assert devices(app) == [DataStatus.UNKNOWN], "nobody looked whether another disk hides in it"


def test_a_loose_disk_that_a_machine_reports_is_in_that_machine(app, client, station, reports):
    wiped = reports.wiped(client, station, reports.carrier())
    reports.send(client, in_a_dock(reports, wiped), station)
    reports.send(client, reports.report(None, replace(wiped, wipe=None)), station)
    ((device_id, partner_id, status),) = disks(app)
    assert device_id is not None
    assert (partner_id, status) == (None, DataStatus.WIPED)


def test_a_report_with_any_word_of_a_machine_is_about_a_machine(app, client, station, reports):
    named = ReportedDevice(kind="loose_disks", manufacturer="LENOVO")
    answer = reports.send(client, reports.report(named, reports.carrier()), station)
    assert answer.json["device"] is not None
    assert len(devices(app)) == 1


def test_another_partners_disk_in_a_dock_waits_for_a_person(*, app, client, station, make_station, make_user, reports):
    disk = reports.carrier()
    holder = make_station(name="Elders")
    reports.send(client, reports.report(None, disk), holder)
    made = in_a_dock(reports, reports.wiped(client, station, disk))
    assert reports.send(client, made, station).json["result"] == "unmatched"
    admin = make_user(Role.ADMIN).access
    with app.app_context():
        device_id = db.session.scalar(select(Device.id))
        with pytest.raises(Invalid), transaction():
            resolve_unmatched(admin, UUID(made.report_id), device_id=device_id, grounds=Grounds.LABEL)
        with transaction():
            assert resolve_unmatched(admin, UUID(made.report_id), device_id=None, grounds=Grounds.OTHER) is None
    assert disks(app) == [(None, station.partner.id, DataStatus.WIPED)]


def test_a_loose_disk_wiped_offline_is_confirmed_by_a_person_and_gets_its_attest(
    *, app, client, station, make_user, login, form_token, reports
):
    disk = reports.carrier(erased=True)
    answer = reports.send(client, in_a_dock(reports, disk), station).json
    manager = make_user(Role.STOCK_MANAGER, station.partner)
    login(client, manager)
    shown = client.get("/wipes/awaiting")
    assert disk.serial in shown.text
    with app.app_context(), transaction():
        evidence = db.session.scalars(select(WipeEvidence)).one()
        assert operations.confirm_wipe(manager.access, evidence.id).status is EvidenceStatus.CONFIRMED
    assert disks(app)[0][2] is DataStatus.WIPED
    path = "/" + answer["attests"][0]["pdf_url"].split("/", 3)[3]
    attest = client.post(path, headers={"X-CSRFToken": form_token(client)})
    assert attest.data.startswith(b"%PDF-")
    stranger = login(app.test_client(), make_user(Role.TECHNICIAN))
    assert stranger.get("/" + answer["attests"][0]["pdf_url"].split("/", 3)[3]).status_code == 404


def test_the_page_of_a_loose_disk_shows_its_wipes_and_its_attest(*, app, client, station, make_user, login, reports):
    wiped = reports.wiped(client, station, reports.carrier())
    answer = reports.send(client, in_a_dock(reports, wiped), station).json
    login(client, make_user(Role.TECHNICIAN, station.partner))
    with app.app_context():
        component_id = db.session.scalar(select(Component.id))
        report_id = db.session.scalar(select(SignedReport.id))
    page = client.get(f"/components/{component_id}").text
    assert answer["attests"][0]["check_url"].rpartition("/")[2] in page
    assert "niveau clear" in page
    assert "Losse schijven" in client.get(f"/intake/reports/{report_id}").text


def test_what_the_host_is_made_of_is_kept_from_the_stock_even_when_it_is_told(app, client, station, reports):
    battery = Battery(name="BAT0", serial="B4TT3RY77")
    reports.send(client, in_a_dock(reports, reports.carrier(), batteries=(battery,)), station)
    with app.app_context():
        assert db.session.scalars(select(Component.kind)).all() == [ComponentKind.DISK]
