"""Totals of each partner's devices: what they count, whom they open to, and the index that serves them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, text

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM, Access, Scope
from asset_service.accounts.models import PartnerKind, Role
from asset_service.accounts.scope import Member
from asset_service.core.db import db, new_id, transaction
from asset_service.core.errors import Invalid
from asset_service.devices.models import DataStatus, Device, State
from asset_service.devices.roles import TOTALS_READERS
from asset_service.devices.totals import totals_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STATES, STATUSES = [State.RECEIVED, State.READY, State.ON_LOAN], [DataStatus.EXPOSED, DataStatus.WIPED]
DAYS = 30


@pytest.fixture
def house(app_context, make_partner):
    """Three partners with two sites each; every day one device came in at each site, some seen by rehearsals only."""
    partners = [make_partner(name) for name in ("Atelier", "Balie", "Centrum")]
    with transaction():
        sites = {one.id: [one.site_id, accounts.create_site(SYSTEM, one.id, name="Depot").id] for one in partners}
        rows = [
            _row(partner.id, site_id, day, number)
            for partner in partners
            for number, site_id in enumerate(sites[partner.id])
            for day in range(DAYS)
        ]
        db.session.execute(insert(Device), rows)
    return partners, sites


def _row(partner_id, site_id, day, number):
    made = new_id()
    return {
        "id": made, "code": f"HS-{made.hex[-9:]}", "kind": "laptop", "state": STATES[day % 3],
        "data_status": STATUSES[day % 2], "partner_id": partner_id, "site_id": site_id, "summary": "",
        "minimum_reasons": [], "defects": [], "created_at": NOON + timedelta(days=day), "changed_at": NOON,
        "version": 1, "test": day % 7 == number,
    }  # fmt: skip


def _access(*scopes):
    return Access(user_id=new_id(), name="Rik Rapport", grants=tuple(scopes))


def _in_project(*members):
    return Scope(Role.REPORTER, project_id=new_id(), members=members)


def _counted_one_by_one(access, since, until):
    devices = db.session.scalars(select(Device).where(~Device.test)).all()
    days = {one.id: one.created_at.date() for one in devices}
    return Counter(
        (one.partner_id, one.state, one.data_status)
        for one in devices
        if access.may(TOTALS_READERS, one.partner_id, one.site_id, one.created_at)
        and (since is None or days[one.id] >= since)
        and (until is None or days[one.id] <= until)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_totals_are_what_the_rule_opens_device_by_device(house, data):
    partners, sites = house
    moments = st.integers(-3, DAYS + 3).map(lambda day: NOON + timedelta(days=day, hours=-12))
    member = st.builds(Member, st.sampled_from([one.id for one in partners]), moments, st.none() | moments)
    place = st.sampled_from(partners).flatmap(
        lambda one: st.tuples(st.just(one.id), st.sampled_from([None, *sites[one.id]]))
    )
    scope = st.one_of(
        st.lists(member, max_size=4).map(lambda members: _in_project(*members)),
        st.builds(lambda role, at: Scope(role, *at), st.sampled_from([Role.REPORTER, Role.PARTNER_ADMIN]), place),
        st.builds(lambda at: Scope(Role.DESK, *at), place),
        st.just(Scope(Role.ADMIN)),
    )
    access = _access(*data.draw(st.lists(scope, max_size=3)))
    days = st.none() | st.integers(0, DAYS).map(lambda day: (NOON + timedelta(days=day)).date())
    since, until = data.draw(days), data.draw(days)
    if since and until and until < since:
        since, until = until, since
    found = totals_of(access, since, until)
    counted = {
        (one.partner.id, state, data_status): number
        for one in found.partners
        for (state, data_status), number in one.counts.cells.items()
    }
    assert counted == dict(_counted_one_by_one(access, since, until))
    assert found.counts.devices == sum(counted.values())
    assert sum(map(found.counts.in_state, State)) == sum(map(found.counts.with_data_status, DataStatus))


def test_a_partner_that_left_keeps_the_devices_of_its_time_and_one_without_any_is_listed_while_it_takes_part(house):
    (left, late, stranger), _ = house
    access = _access(
        _in_project(
            Member(left.id, NOON - timedelta(days=9), NOON + timedelta(days=10, hours=-12)),
            Member(late.id, datetime(2100, 1, 1, tzinfo=UTC)),
        )
    )
    found = totals_of(access)
    assert [one.partner.name for one in found.partners] == [left.name]
    assert found.counts.devices == sum(1 for day in range(10) for number in range(2) if day % 7 != number)
    now_member = _access(_in_project(Member(late.id, datetime(2020, 1, 1, tzinfo=UTC))))
    empty = totals_of(now_member, until=date(2021, 1, 1))
    assert [(one.partner.name, one.counts.devices) for one in empty.partners] == [(late.name, 0)]
    assert stranger.name not in {one.partner.name for one in found.partners}


def test_a_period_that_ends_before_it_begins_is_refused(house):
    with pytest.raises(Invalid) as refused:
        totals_of(SYSTEM, date(2026, 1, 2), date(2026, 1, 1))
    assert refused.value.errors[0].field == "until"


@pytest.mark.parametrize("bounds", [(None, None), (date.min, date.max), (date(2026, 1, 5), date(2026, 1, 9))])
def test_each_partner_is_counted_by_the_index_of_totals(house, bounds):
    partners, _ = house
    on_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text("ANALYZE" if on_sqlite else "VACUUM ANALYZE device"))
    access = _access(_in_project(*(Member(one.id, NOON - timedelta(days=9)) for one in partners)))
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "count(*)" in statement:
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        totals_of(access, *bounds)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(sent) == len(partners)
    with db.engine.connect() as connection:
        if not on_sqlite:
            # Of so few rows PostgreSQL rather reads all; the question is whether the index serves alone.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        for statement, parameters in sent:
            prefix = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN "
            plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(prefix + statement, parameters))
            assert "ix_device_totals" in plan
            assert "Seq Scan on device" not in plan
            assert "SCAN device" not in plan


@pytest.fixture
def joined(app, make_partner, make_user):
    """A project's reporter, whose project has one partner with a device and one that was a member before."""
    member, before, stranger = (make_partner(name) for name in ("Atelier", "Voorbij", "Elders"))
    user = make_user(name="Rik Rapport")
    with app.app_context(), transaction():
        period = {"period_start": date(2026, 1, 1), "period_end": date(2027, 12, 31)}
        project = accounts.create_project(SYSTEM, name="Digibank Testdorp", call="Digibanken", **period)
        kind = PartnerKind.MEMBER
        accounts.add_partner(SYSTEM, project.id, member.id, kind=kind, since=date(2025, 1, 1))
        accounts.add_partner(SYSTEM, project.id, before.id, kind=kind, since=date(2026, 1, 1), until=date(2026, 1, 10))
        accounts.grant_role(SYSTEM, user.id, Role.REPORTER, project_id=project.id)
        for partner in (member, before, stranger):
            db.session.execute(insert(Device), [_row(partner.id, partner.site_id, day, 9) for day in (1, 2, 9, 15)])
    return user


def test_a_projects_reporter_sees_totals_over_the_api_by_partner_and_no_device(app, client, joined, login):
    login(client, joined)
    answer = client.get("/api/v1/devices/totals")
    assert answer.status_code == 200
    assert [(one["partner"]["name"], one["devices"]) for one in answer.json["partners"]] == [
        ("Atelier", 4), ("Voorbij", 3),
    ]  # fmt: skip
    assert answer.json["devices"] == 7
    counts = answer.json["partners"][1]["counts"]
    assert {"state": "ready", "data_status": "wiped", "devices": 1} in counts
    assert sum(one["devices"] for one in counts) == 3
    with app.app_context():
        for device in db.session.scalars(select(Device)):
            assert device.code not in answer.text
            assert str(device.id) not in answer.text
    some = client.get("/api/v1/devices/totals", query_string={"since": "2026-01-03", "until": "2026-01-03"})
    assert [one["devices"] for one in some.json["partners"]] == [1, 1]
    wrong = client.get("/api/v1/devices/totals", query_string={"since": "2026-01-03", "until": "2026-01-02"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "until")
    assert client.get("/api/v1/devices/totals", query_string={"since": "gisteren"}).status_code == 422


def test_home_of_a_projects_reporter_shows_totals_and_so_does_the_page(app, client, joined, login):
    login(client, joined)
    home, page = client.get("/").text, client.get("/totals").text
    for shown in (home, page):
        assert "Atelier" in shown
        assert "Voorbij" in shown
        assert "Elders" not in shown
        assert "HS-" not in shown
        assert "/d/" not in shown
    assert 'href="/totals"' in home
    assert 'href="/devices"' not in home
    assert 'name="q"' not in home
    one_day = client.get("/totals", query_string={"since": "2026-01-03", "until": "2026-01-03"})
    assert "2 gewist" not in one_day.text
    assert client.get("/totals", query_string={"since": "gisteren"}).status_code == 422
    assert client.get("/totals", query_string={"since": "2026-01-03", "until": "2026-01-02"}).status_code == 422
