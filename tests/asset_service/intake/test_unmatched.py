"""Reports that a person must match: decided by who may, applied as if they had matched, never lost."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Forbidden, Invalid, NotFound, Refused
from asset_service.devices.models import Component, ComponentKind, DataStatus, Device, DeviceIdentity
from asset_service.intake import queries
from asset_service.intake.decisions import reject_unmatched, resolve_unmatched
from asset_service.intake.models import Grounds, UnmatchedReport
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping.models import ReportResult, SignedReport, WipeEvidence


@pytest.fixture
def technician(make_user, station):
    """The user, who also logs in here."""
    return make_user(Role.TECHNICIAN, station.partner)


def doubtful(client, station, reports, *, wiped: bool = True):
    """A nameless machine, reported twice: of the second report only the disk tells. Gives its report."""
    disk = reports.carrier()
    reports.send(client, reports.report(reports.nameless(), disk), station)
    second = reports.report(reports.nameless(), reports.wiped(client, station, disk) if wiped else disk)
    assert reports.send(client, second, station).json["result"] == "unmatched"
    return second


def devices(app):
    with app.app_context():
        found = db.session.scalars(select(Device).order_by(Device.id)).all()
        db.session.expunge_all()
    return found


def test_a_report_resolved_to_a_device_is_applied_as_if_it_had_matched(app, client, station, technician, reports):
    made = doubtful(client, station, reports)
    (known,) = devices(app)
    assert known.data_status is DataStatus.EXPOSED
    with app.app_context(), transaction():
        resolve_unmatched(technician.access, UUID(made.report_id), device_id=known.id, grounds=Grounds.LABEL)
    (device,) = devices(app)
    assert device.data_status is DataStatus.WIPED
    with app.app_context():
        signed = db.session.get_one(SignedReport, UUID(made.report_id))
        assert (signed.result, signed.device_id) == (ReportResult.MATCHED, device.id)
        assert db.session.scalar(select(WipeEvidence.report_id)) == signed.id
        assert queries.count_unmatched(technician.access) == 0
        kinds = db.session.scalars(select(LedgerEvent.kind).where(LedgerEvent.device_id == device.id)).all()
    assert "ReportResolved" in kinds


def test_a_report_resolved_to_a_new_device_makes_one(app, client, station, technician, reports):
    made = doubtful(client, station, reports)
    with app.app_context(), transaction():
        resolve_unmatched(technician.access, UUID(made.report_id), device_id=None, grounds=Grounds.LABEL)
    first, second = devices(app)
    assert (first.data_status, second.data_status) == (DataStatus.UNKNOWN, DataStatus.WIPED)
    with app.app_context():
        (disk,) = db.session.scalars(select(Component).where(Component.kind == ComponentKind.DISK)).all()
    assert disk.device_id == second.id


def test_a_new_device_with_anothers_identity_makes_it_identify_neither(app, client, station, technician, reports):
    twins = [reports.machine(uuid="9b8f3c52-0d4e-4b8a-9c57-1d2e3f4a5b6c") for _ in range(2)]
    reports.send(client, reports.report(twins[0]), station)
    second = reports.report(twins[1])
    assert reports.send(client, second, station).json["result"] == "unmatched"
    with app.app_context(), transaction():
        resolve_unmatched(technician.access, UUID(second.report_id), device_id=None, grounds=Grounds.SHARED_IDENTITY)
    assert len(devices(app)) == 2
    with app.app_context():
        assert db.session.scalars(select(DeviceIdentity.shared).where(DeviceIdentity.kind == "uuid")).all() == [True]
    third = reports.send(client, reports.again(reports.report(twins[0])), station)
    fourth = reports.send(client, reports.again(second), station)
    assert third.json["result"] == fourth.json["result"] == "matched"
    assert third.json["device"] != fourth.json["device"]


def test_a_rejected_report_is_kept_and_changes_nothing(app, client, station, technician, reports):
    made = doubtful(client, station, reports)
    with app.app_context(), transaction():
        reject_unmatched(technician.access, UUID(made.report_id), grounds=Grounds.NOT_OURS)
    (device,) = devices(app)
    assert device.data_status is DataStatus.EXPOSED
    with app.app_context():
        signed = db.session.get_one(SignedReport, UUID(made.report_id))
        assert (signed.result, signed.device_id) == (ReportResult.REJECTED, None)
        assert signed.jws


def test_a_report_is_decided_once(app, client, station, technician, reports):
    made = doubtful(client, station, reports)
    with app.app_context():
        with transaction():
            reject_unmatched(technician.access, UUID(made.report_id), grounds=Grounds.MISTAKE)
        with pytest.raises(Refused), transaction():
            resolve_unmatched(technician.access, UUID(made.report_id), device_id=None, grounds=Grounds.LABEL)


def test_the_same_report_again_still_gets_its_first_answer(app, client, station, technician, reports):
    made = doubtful(client, station, reports)
    with app.app_context(), transaction():
        resolve_unmatched(technician.access, UUID(made.report_id), device_id=None, grounds=Grounds.LABEL)
    again = reports.send(client, made, station)
    assert (again.status_code, again.json["result"], again.json["device"]) == (200, "unmatched", None)


def test_only_the_station_and_the_holder_see_it_and_only_the_holder_gives_away(
    *, app, client, station, technician, make_station, make_user, reports
):
    stranger = make_station()
    theirs = make_user(Role.TECHNICIAN, stranger.partner).access
    outsider = make_user(Role.TECHNICIAN).access
    known = reports.report(None, reports.carrier())
    code = reports.send(client, known, station).json["device"]["code"]
    foreign = reports.again(known)
    reports.send(client, foreign, stranger)
    report_id = UUID(foreign.report_id)
    with app.app_context():
        waiting = queries.unmatched_report(theirs, report_id)
        assert queries.candidates(theirs, waiting) == []
        assert [one.code for one in queries.candidates(technician.access, waiting)] == [code]
        assert [queries.count_unmatched(one) for one in (theirs, technician.access, outsider)] == [1, 1, 0]
        with pytest.raises(NotFound):
            queries.unmatched_report(outsider, report_id)
        device_id = db.session.scalar(select(Device.id))
        for access, target in ((theirs, device_id), (theirs, None), (outsider, device_id)):
            with pytest.raises((Forbidden, Invalid)), transaction():
                resolve_unmatched(access, report_id, device_id=target, grounds=Grounds.LABEL)
        with transaction():
            resolve_unmatched(technician.access, report_id, device_id=device_id, grounds=Grounds.MOVED_BETWEEN_PARTNERS)


def test_the_queue_over_the_api(*, app, client, station, technician, login, form_token, reports):
    made = doubtful(client, station, reports)
    (known,) = devices(app)
    login(client, technician)
    (item,) = client.get("/api/v1/unmatched-reports").json["items"]
    assert (item["report_id"], item["reasons"]) == (made.report_id, ["only_weak_hint"])
    shown = client.get(f"/api/v1/unmatched-reports/{made.report_id}").json
    assert shown["candidates"] == [known.code]
    headers = {"X-CSRFToken": form_token(client)}
    wrong = {"code": "HS-222222", "grounds": "label"}
    url = f"/api/v1/unmatched-reports/{made.report_id}/resolve"
    assert client.post(url, json=wrong, headers=headers).status_code == 404
    done = client.post(url, json={"code": known.code, "grounds": "label"}, headers=headers)
    assert (done.status_code, done.json) == (200, {"code": known.code})
    assert client.get("/api/v1/unmatched-reports").json["items"] == []


def test_a_matched_report_waits_for_nobody(app, client, station, technician, reports):
    made = reports.report()
    reports.send(client, made, station)
    with app.app_context(), pytest.raises(NotFound), transaction():
        reject_unmatched(technician.access, UUID(made.report_id), grounds=Grounds.OTHER)


def test_a_doubtful_disk_keeps_what_it_was(app, client, station, technician, reports):
    """Until a person decides, a report that does not match changes no carrier."""
    disk = reports.carrier(hours=9000)
    first = reports.report(None, disk)
    reports.send(client, first, station)
    younger = replace(disk, smart_before=reports.smart(10), wipe=reports.wipe(disk.size_bytes))
    reports.send(client, reports.again(first, carriers=(younger,)), station)
    with app.app_context():
        assert db.session.scalar(select(WipeEvidence.id)) is None
        assert db.session.scalar(select(Device.data_status)) is DataStatus.EXPOSED
        assert db.session.scalar(select(UnmatchedReport.reasons)) == ["carrier_changed"]


def test_of_the_holders_people_those_at_the_devices_site_see_and_give_away(
    *, app, client, station, make_station, make_user, reports
):
    stranger, own = make_station(), station.partner
    with app.app_context(), transaction():
        sister_site = accounts.create_site(SYSTEM, own.id, name="Zusterhuis").id
    here = make_user(Role.TECHNICIAN, own, site_id=own.site_id).access
    sister = make_user(Role.TECHNICIAN, own, site_id=sister_site).access
    known = reports.report(None, reports.carrier())
    code = reports.send(client, known, station).json["device"]["code"]
    foreign = reports.again(known)
    assert reports.send(client, foreign, stranger).json["result"] == "unmatched"
    report_id = UUID(foreign.report_id)
    with app.app_context():
        assert [queries.count_unmatched(access) for access in (here, sister)] == [1, 0]
        with pytest.raises(NotFound):
            queries.unmatched_report(sister, report_id)
        device_id = db.session.scalars(select(Device.id).where(Device.code == code)).one()
        with pytest.raises(Forbidden), transaction():
            resolve_unmatched(sister, report_id, device_id=device_id, grounds=Grounds.LABEL)
        with transaction():
            assert resolve_unmatched(here, report_id, device_id=device_id, grounds=Grounds.LABEL).id == device_id
