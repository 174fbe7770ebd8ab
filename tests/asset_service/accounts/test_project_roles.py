"""A role in a whole project: it opens totals of the partners that take part, and no row of any of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from asset_service.accounts import operations, queries
from asset_service.accounts.access import SYSTEM, WHOLE_PARTNER
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Grant, PartnerKind, Role
from asset_service.core import days
from asset_service.core.db import db, new_id, transaction
from asset_service.core.errors import Forbidden, Invalid
from asset_service.devices.roles import READERS

TOTALS = Rule((Role.REPORTER, Role.PARTNER_ADMIN), totals=True)
ROWS = Rule((Role.REPORTER, Role.PARTNER_ADMIN))


@pytest.fixture
def project_id(app):
    with app.app_context(), transaction():
        period = {"period_start": date(2026, 1, 1), "period_end": date(2027, 12, 31)}
        return operations.create_project(SYSTEM, name="Digibank Testdorp", call="Digibanken", **period).id


def _join(project_id, partner, *, since_days: int, until_days: int | None = None):
    """Days from today, before it where negative."""
    today = days.today()
    until = None if until_days is None else today + timedelta(days=until_days)
    since = today + timedelta(days=since_days)
    operations.add_partner(SYSTEM, project_id, partner.id, kind=PartnerKind.MEMBER, since=since, until=until)


def _reporter(make_user, project_id):
    user = make_user()
    with transaction():
        operations.grant_role(SYSTEM, user.id, Role.REPORTER, project_id=project_id)
    return queries.access_of_user(user.id)


def test_it_opens_totals_of_todays_partners_and_rows_of_none(app_context, make_user, make_partner, project_id):
    member, last_day, left, later, stranger = (make_partner() for _ in range(5))
    with transaction():
        _join(project_id, member, since_days=-300, until_days=-200)
        _join(project_id, member, since_days=-100)
        _join(project_id, last_day, since_days=-100, until_days=0)
        _join(project_id, left, since_days=-100, until_days=-1)
        _join(project_id, later, since_days=1)
    access = _reporter(make_user, project_id)
    for partner, takes_part in ((member, True), (last_day, True), (left, False), (later, False), (stranger, False)):
        assert access.may(TOTALS, partner.id, WHOLE_PARTNER) is takes_part
        assert access.may(TOTALS, partner.id, partner.site_id) is takes_part
        for rule in (ROWS, READERS):
            assert not access.may(rule, partner.id, partner.site_id)
            assert not access.may_somewhere(rule, partner.id)
    assert access.has(TOTALS)
    assert not access.has(ROWS)
    assert queries.sites(access, ROWS) == []


def test_one_of_a_project_without_partners_sees_empty_totals(app_context, make_user, make_partner, project_id):
    access = _reporter(make_user, project_id)
    assert access.has(TOTALS)
    assert access.scopes(TOTALS) == ()
    assert not access.may(TOTALS, make_partner().id, WHOLE_PARTNER)


def test_only_who_runs_the_service_grants_it_and_only_to_reporters(app_context, make_user, make_partner, project_id):
    partner, user = make_partner(), make_user()
    partners_admin = make_user(Role.PARTNER_ADMIN, partner).access
    with pytest.raises(Forbidden), transaction():
        operations.grant_role(partners_admin, user.id, Role.REPORTER, project_id=project_id)
    for role in set(Role) - {Role.REPORTER}:
        with pytest.raises(Invalid), transaction():
            operations.grant_role(SYSTEM, user.id, role, project_id=project_id)
    with pytest.raises(Invalid), transaction():
        operations.grant_role(SYSTEM, user.id, Role.REPORTER, project_id=project_id, partner_id=partner.id)
    with transaction():
        grant = operations.grant_role(SYSTEM, user.id, Role.REPORTER, project_id=project_id)
        assert operations.grant_role(SYSTEM, user.id, Role.REPORTER, project_id=project_id) is grant


def test_it_can_be_withdrawn_by_who_runs_the_service(app_context, make_user, make_partner, project_id):
    access = _reporter(make_user, project_id)
    partners_admin = make_user(Role.PARTNER_ADMIN).access
    grant_id = db.session.query(Grant.id).filter_by(user_id=access.user_id).scalar()
    with pytest.raises(Forbidden), transaction():
        operations.withdraw_role(partners_admin, grant_id)
    with transaction():
        operations.withdraw_role(SYSTEM, grant_id)
    assert queries.access_of_user(access.user_id).grants == ()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.REPORTER])
def test_the_database_refuses_a_project_and_a_partner_in_one(app_context, make_user, make_partner, project_id, role):
    user, partner = make_user(), make_partner()
    partner_id = partner.id if role is Role.REPORTER else None
    with pytest.raises(IntegrityError), transaction():
        db.session.add(Grant(id=new_id(), user_id=user.id, role=role, partner_id=partner_id, project_id=project_id))
        db.session.flush()


def test_an_admin_grants_it_on_the_page_of_users(*, app, make_user, make_partner, login, form_token, project_id):
    client = login(app.test_client(), make_user(Role.ADMIN))
    assert "project Digibank Testdorp, alleen totalen" in client.get("/admin/users").text
    sent = {
        "name": "Rik Rapport", "email": "rik@voorbeeld.be", "password": "vier-blauwe-fietsen-zonder-bel",
        "place": f"project:{project_id}", "csrf_token": form_token(client),
    }  # fmt: skip
    refused = client.post("/admin/users", data={**sent, "role": "technician"})
    assert (refused.status_code, "alleen rapporteur" in refused.text) == (422, True)
    assert client.post("/admin/users", data={**sent, "role": "reporter"}).status_code == 302
    assert "rapporteur (project Digibank Testdorp)" in client.get("/admin/users").text
    partner = make_partner()
    others = login(app.test_client(), make_user(Role.PARTNER_ADMIN, partner))
    assert "project Digibank Testdorp" not in others.get("/admin/users").text


def test_who_asks_sees_the_project_among_their_own_roles(*, app, make_user, login, project_id):
    with app.app_context():
        _reporter(make_user, project_id)
        user = make_user()
        with transaction():
            operations.grant_role(SYSTEM, user.id, Role.REPORTER, project_id=project_id)
    shown = login(app.test_client(), user).get("/api/v1/me").json["grants"]
    assert shown == [{"role": "reporter", "partner_id": None, "site_id": None, "project_id": str(project_id)}]


def test_totals_of_a_time_count_who_took_part_then_by_the_days_of_brussels(
    app_context, make_user, make_partner, project_id
):
    left, back = make_partner(), make_partner()
    kind = PartnerKind.MEMBER
    with transaction():
        operations.add_partner(SYSTEM, project_id, left.id, kind=kind, since=date(2026, 1, 10), until=date(2026, 6, 30))
        for since, until in ((date(2026, 1, 10), date(2026, 1, 31)), (date(2026, 3, 1), None)):
            operations.add_partner(SYSTEM, project_id, back.id, kind=kind, since=since, until=until)
    access = _reporter(make_user, project_id)
    # In Brussels the day begins at 23:00 UTC of the day before in winter, at 22:00 in summer.
    for partner, at, takes_part in (
        (left, datetime(2026, 1, 9, 22, 59, tzinfo=UTC), False),
        (left, datetime(2026, 1, 9, 23, 0, tzinfo=UTC), True),
        (left, datetime(2026, 6, 30, 21, 59, 59, 999_999, tzinfo=UTC), True),
        (left, datetime(2026, 6, 30, 22, 0, tzinfo=UTC), False),
        (back, datetime(2026, 1, 31, 22, 59, tzinfo=UTC), True),
        (back, datetime(2026, 2, 15, 12, 0, tzinfo=UTC), False),
        (back, datetime(2026, 3, 1, 12, 0, tzinfo=UTC), True),
        (back, datetime(2100, 3, 1, 12, 0, tzinfo=UTC), True),
    ):
        assert access.may(TOTALS, partner.id, WHOLE_PARTNER, at) is takes_part, (partner.name, at)
        assert not access.may(ROWS, partner.id, WHOLE_PARTNER, at)
