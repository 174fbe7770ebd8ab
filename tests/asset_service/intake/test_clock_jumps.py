"""The service's own clock was wrong and was put right, or starts in 1970: work goes on, and somebody is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core import db as core_db
from asset_service.core.db import db, transaction
from asset_service.devices import operations
from asset_service.devices.models import Component, ComponentKind, ComponentStay, DataCarrier, DataStatus, Device, State
from asset_service.intake import quarantine
from asset_service.intake.decisions import resolve_unmatched
from asset_service.intake.models import Grounds
from asset_service.ledger.jobs import seal_everything, warn_of_clock_jump
from asset_service.ledger.verify import verify
from wipe_reports.document import ClockCheck

REAL_NOW = core_db.utc_now
AHEAD = timedelta(days=3)


def test_a_report_that_moves_parts_is_taken_in_after_the_clock_was_put_right(
    *, app, client, station, technician, reports, set_clock
):
    disk = reports.carrier()
    first = reports.report(None, disk)
    set_clock(AHEAD)
    reports.send(client, first, station)
    set_clock(timedelta(0))
    other = reports.report(None, disk)
    assert reports.send(client, other, station).status_code == 201, "the disk went to another machine"
    fewer = reports.again(first, memory=type(first.memory)(modules=first.memory.modules[:1]), carriers=())
    assert reports.send(client, fewer, station).status_code == 201, "a memory module went away"
    with app.app_context(), transaction():
        component_id = db.session.scalar(select(Component.id).where(Component.kind == ComponentKind.DISK))
        operations.remove(technician, component_id)
    with app.app_context():
        stays = select(ComponentStay.number).where(ComponentStay.component_id == component_id)
        assert db.session.scalars(stays.order_by(ComponentStay.number)).all() == [1, 2]


def test_a_disk_that_a_report_moves_is_moved_though_the_clock_went_back(app, client, station, reports, set_clock):
    """Else it stays on the books of the machine that it left."""
    disk = reports.carrier()
    set_clock(AHEAD)
    reports.send(client, reports.report(None, disk), station)
    set_clock(timedelta(0))
    holder = reports.send(client, reports.report(None, disk), station).json["device"]["code"]
    with app.app_context():
        statement = select(Device.code).join(Component).where(Component.kind == ComponentKind.DISK)
        assert db.session.scalars(statement).all() == [holder]


def test_a_disk_cleared_by_a_clock_that_was_ahead_is_exposed_when_it_comes_back(
    app, client, station, reports, set_clock
):
    disk = reports.carrier()
    set_clock(AHEAD)
    made = reports.report(None, reports.wiped(client, station, disk))
    reports.send(client, made, station)
    with app.app_context(), transaction():
        device = db.session.scalars(select(Device)).one()
        device.state = State.TRANSFERRED
    set_clock(timedelta(0))
    clock = ClockCheck(ahead_seconds=0, corrected=False)
    reports.send(client, reports.again(made, carriers=(disk,), clock=clock), station)
    with app.app_context():
        assert db.session.scalars(select(DataCarrier.data_status)).one() is DataStatus.EXPOSED


def test_a_late_decision_knows_without_a_clock_what_was_seen_since(
    *, app, client, station, technician, reports, set_clock
):
    disk = reports.carrier()
    first = reports.report(None, disk)
    set_clock(AHEAD)
    reports.send(client, first, station)
    late = reports.report(reports.machine(code="HS-222222"), disk)
    reports.send(client, late, station)
    set_clock(timedelta(0))
    seen_since = reports.report(None, disk)
    holder = reports.send(client, seen_since, station).json["device"]["code"]
    with app.app_context(), transaction():
        resolve_unmatched(technician, UUID(late.report_id), device_id=None, grounds=Grounds.OTHER)
    with app.app_context():
        statement = select(Device.code).join(Component).where(Component.kind == ComponentKind.DISK)
        assert db.session.scalars(statement).all() == [holder]


def test_in_1970_an_attest_is_issued(*, app, client, station, make_user, login, form_token, reports, set_clock):
    answer = reports.send(client, reports.report(None, reports.wiped(client, station, reports.carrier())), station)
    set_clock(datetime(1970, 1, 1, 1, tzinfo=UTC) - REAL_NOW())
    browser = login(app.test_client(), make_user(Role.STOCK_MANAGER, station.partner))
    url = answer.json["attests"][0]["pdf_url"].partition("/api/")[2]
    assert browser.post(f"/api/{url}", headers={"X-CSRFToken": form_token(browser)}).status_code == 200
    assert browser.get(f"/api/{url}").status_code == 200


def test_a_sender_of_the_time_to_come_is_not_counted_in_this_hour(app, client, set_clock):
    set_clock(AHEAD)
    for number in range(quarantine.BOUNDS.hourly):
        client.post("/api/v1/reports", data=f"vroeger {number}", content_type="application/jose")
    set_clock(timedelta(0))
    client.post("/api/v1/reports", data="nu", content_type="application/jose")
    with app.app_context():
        assert len(db.session.scalars(select(quarantine.QuarantinedReport.id)).all()) == quarantine.BOUNDS.hourly + 1


def test_a_jump_of_the_clock_is_told_on_the_home_page_by_the_ledger_and_in_the_log(
    *, app, client, station, make_user, login, reports, set_clock
):
    user = make_user(Role.ADMIN)
    admin = login(app.test_client(), user)
    reports.send(client, reports.report(), station)
    assert "versprongen" not in admin.get("/").text
    set_clock(-AHEAD)
    assert admin.get("/").status_code == 302, "a session of the time to come is over"
    login(admin, user)
    assert "De klok van de dienst is versprongen" in admin.get("/").text
    technician = login(app.test_client(), make_user(Role.TECHNICIAN, station.partner))
    assert "versprongen" not in technician.get("/").text, "who can do nothing about it is not alarmed"
    with app.app_context():
        assert [one.code for one in verify()] == ["clock_behind"]
        db.session.rollback()
        with structlog.testing.capture_logs() as logged:
            warn_of_clock_jump()
        assert [one["log_level"] for one in logged] == ["error"]
        db.session.rollback()
        assert seal_everything() > 0, "what was recorded is sealed all the same"
