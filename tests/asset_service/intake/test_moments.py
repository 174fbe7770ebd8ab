"""Reports whose clock cannot have stood right: kept for a person, and never proof by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Refused
from asset_service.devices import operations as device_operations
from asset_service.devices.models import Component, ComponentKind, DataCarrier, DataStatus, Device
from asset_service.intake.decisions import resolve_unmatched
from asset_service.intake.models import Grounds, QuarantinedReport, UnmatchedReport
from asset_service.wiping.models import EvidenceStatus, NonceCheck, WipeEvidence
from asset_service.wiping.operations import confirm_wipe
from wipe_reports import schema

NOW = datetime.now(UTC).replace(microsecond=0)
DEAD_BATTERY, AHEAD = datetime(2010, 1, 1, tzinfo=UTC), datetime(2099, 6, 1, tzinfo=UTC)
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 20, 59, 59, tzinfo=UTC)


def wiped_at(disk, start):
    """The disk's wipe, as if it had begun at ``start``."""
    end = start + timedelta(hours=1)
    made = replace(
        disk.wipe,
        started_at=start,
        ended_at=end,
        passes=(replace(disk.wipe.passes[0], started_at=start, ended_at=end),),
        verification=replace(disk.wipe.verification, started_at=end, ended_at=end + timedelta(hours=1)),
    )
    return replace(disk, wipe=made)


def resolve(app, access, made):
    with app.app_context(), transaction():
        return resolve_unmatched(access, UUID(made.report_id), device_id=None, grounds=Grounds.CLOCK_WRONG).id


def evidence(app):
    with app.app_context():
        one = db.session.scalars(select(WipeEvidence)).one()
        db.session.expunge(one)
        return one


@pytest.fixture
def browser(app, make_user, login, station):
    return login(app.test_client(), make_user(Role.STOCK_MANAGER, station.partner))


@pytest.mark.parametrize("start", [DEAD_BATTERY, AHEAD])
def test_a_wipe_at_a_moment_that_cannot_be_is_kept_and_clears_nothing_by_itself(
    *, app, client, browser, form_token, station, technician, manager, reports, start
):
    disk = wiped_at(reports.wiped(client, station, reports.carrier()), start)
    made = reports.report(None, disk, created_at=start + timedelta(hours=3))
    answer = reports.send(client, made, station)
    assert (answer.status_code, answer.json["result"], answer.json["attests"]) == (201, "unmatched", [])
    page = browser.get(f"/intake/unmatched/{made.report_id}")
    assert page.status_code == 200
    assert "de klok van het station stond fout" in page.text
    resolve(app, technician, made)
    found = evidence(app)
    assert (found.nonce_check, found.status) == (NonceCheck.TIMES, EvidenceStatus.AWAITING_CONFIRMATION)
    with app.app_context():
        assert db.session.scalars(select(DataCarrier.data_status)).one() is DataStatus.EXPOSED
        code = db.session.scalar(select(Device.code))
    attest = f"/api/v1/attests/{found.public_id}.pdf"
    refused = browser.post(attest, headers={"X-CSRFToken": form_token(browser)})
    assert refused.status_code == 409, "no attest before somebody vouches for it"
    for url in (f"/d/{code}", f"/w/{found.public_id}", "/wipes/awaiting", f"/intake/reports/{made.report_id}", "/"):
        assert browser.get(url).status_code == 200, url
    with app.app_context(), transaction():
        confirm_wipe(manager, found.id)
    assert browser.post(attest, headers={"X-CSRFToken": form_token(browser)}).status_code == 200
    assert "De tijden in het verslag kunnen niet kloppen" in browser.get(f"/w/{found.public_id}").text


@pytest.mark.parametrize("start", [FIRST, LAST])
def test_a_moment_that_no_clock_says_is_refused_in_words_and_kept(app, client, station, reports, start):
    disk = wiped_at(reports.wiped(client, station, reports.carrier()), start)
    answer = reports.send(client, reports.report(None, disk, created_at=start + timedelta(hours=2)), station)
    assert (answer.status_code, answer.json["code"]) == (422, "report_contradicts_itself")
    assert "computerklok" in answer.json["errors"][0]["message"]
    with app.app_context():
        assert db.session.scalars(select(QuarantinedReport.field)).one() == "created_at"


def test_one_moment_that_cannot_be_is_enough(app, client, station, reports):
    """Also where no wipe depends on it: the clock is wrong for all of the report."""
    made = reports.report(None, reports.carrier(), created_at=DEAD_BATTERY)
    assert reports.send(client, made, station).json["result"] == "unmatched"
    with app.app_context():
        assert db.session.scalars(select(UnmatchedReport.reasons)).one() == ["clock"]


def test_a_wipe_of_long_before_its_nonce_is_not_bound_by_it(app, client, station, reports):
    disk = wiped_at(reports.wiped(client, station, reports.carrier()), NOW - timedelta(days=9))
    answer = reports.send(client, reports.report(None, disk), station)
    assert answer.json["result"] == "created", "a wipe may wait for days on a stick"
    assert (evidence(app).nonce_check, evidence(app).status) == (
        NonceCheck.TIMES,
        EvidenceStatus.AWAITING_CONFIRMATION,
    )


def test_a_wipe_by_a_clock_that_is_ahead_is_not_taken_for_later_than_a_new_exposure(
    *, app, client, station, technician, manager, reports
):
    disk = reports.carrier()
    first = reports.report(None, disk)
    reports.send(client, first, station)
    ahead = wiped_at(replace(disk, wipe=reports.wipe(disk.size_bytes)), AHEAD)
    late = replace(reports.again(first, carriers=(ahead,)), created_at=AHEAD + timedelta(hours=3))
    reports.send(client, late, station)
    with app.app_context(), transaction():
        component_id = db.session.scalar(select(Component.id).where(Component.kind == ComponentKind.DISK))
        device_operations.expose_carrier(technician, component_id)
    with app.app_context(), transaction():
        device_id = db.session.scalar(select(Device.id))
        resolve_unmatched(technician, UUID(late.report_id), device_id=device_id, grounds=Grounds.CLOCK_WRONG)
    with app.app_context(), pytest.raises(Refused), transaction():
        confirm_wipe(manager, db.session.scalar(select(WipeEvidence.id)))


@pytest.mark.parametrize("moment", [FIRST, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_what_an_older_version_took_in_closes_no_page(*, app, client, browser, form_token, station, reports, moment):
    answer = reports.send(client, reports.report(None, reports.carrier(erased=True)), station)
    with app.app_context(), transaction():
        db.session.execute(update(WipeEvidence).values(started_at=moment, ended_at=moment))
    found = evidence(app)
    for url in (
        f"/d/{answer.json['device']['code']}", f"/w/{found.public_id}", "/wipes/awaiting", "/",
        "/api/v1/wipes/awaiting-confirmation",
    ):  # fmt: skip
        assert browser.get(url).status_code == 200, url
    refused = browser.post(f"/api/v1/attests/{found.public_id}.pdf", headers={"X-CSRFToken": form_token(browser)})
    assert refused.status_code == 409


zones = st.sampled_from(["Z", "+00:00", "-00:00", "+14:00", "-12:00", "+23:59", "-23:59", ""])
edges = st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59", "1969-12-31T23:59:59", "2199-12-31T23:59:59"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.one_of(st.datetimes().map(datetime.isoformat), edges), zone=zones, made_then=st.booleans())
def test_no_moment_makes_a_failure(*, app, client, browser, station, reports, at, zone, made_then):
    members = schema.dump(reports.report(None, reports.carrier(erased=True)))
    said = at + zone
    wipe = members["carriers"][0]["wipe"]
    for record in (wipe, *wipe["passes"], wipe["verification"]):
        record["started_at"] = record["ended_at"] = said
    if made_then:
        members["created_at"] = said
    raw = reports.unchecked(members, station.key)
    answer = client.post("/api/v1/reports", data=raw, headers=reports.HEADERS)
    assert answer.status_code < 500, answer.text
    for url in ("/", "/wipes/awaiting", "/intake/unmatched"):
        assert browser.get(url).status_code == 200, url
    with app.app_context():
        assert DataStatus.WIPED not in db.session.scalars(select(DataCarrier.data_status)).all()
