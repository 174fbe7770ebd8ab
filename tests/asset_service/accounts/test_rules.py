"""A rule asked of one row in Python and of a table in SQL: whatever the grants, both open the same rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Uuid, literal, select, union_all
from sqlalchemy.orm import contains_eager

from asset_service.accounts.access import SYSTEM, Access, Scope, requires
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Partner, Role, Site
from asset_service.accounts.scope import Member
from asset_service.core.db import UtcDateTime, db, new_id, transaction, utc_now
from asset_service.core.errors import Forbidden
from asset_service.devices.models import Component, ComponentKind, Device, State
from asset_service.devices.roles import demand_part, opens_part

PARTNERS = [UUID(int=1), UUID(int=2), UUID(int=3)]
SITES = {partner: [UUID(int=10 * partner.int + number) for number in (1, 2)] for partner in PARTNERS}
SITE_ROLES = [role for role in Role if role is not Role.ADMIN]

places = st.sampled_from(PARTNERS).flatmap(
    lambda partner: st.tuples(st.just(partner), st.sampled_from([None, *SITES[partner]]))
)
anywhere = st.one_of(places, st.just((None, None)))
PROJECT = UUID(int=4)

START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 4).map(lambda days: START + timedelta(days=days))
members = st.lists(st.builds(Member, st.sampled_from(PARTNERS), moments, st.none() | moments), max_size=4).map(tuple)
roles = st.sampled_from(SITE_ROLES)
scopes = st.one_of(
    st.just(Scope(Role.ADMIN)),
    st.builds(lambda role, at: Scope(role, *at), roles, places),
    st.builds(lambda role, of: Scope(role, project_id=PROJECT, members=of), roles, members),
)
accesses = st.lists(scopes, max_size=4).map(
    lambda grants: Access(user_id=UUID(int=99), name="Noor", grants=tuple(grants))
)
rules = st.builds(
    Rule,
    st.lists(st.sampled_from(SITE_ROLES), max_size=3, unique=True).map(tuple),
    totals=st.booleans(),
    admins=st.booleans(),
)
on_a_migrated_database = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _opened(condition_of, rows):
    """The numbers of ``rows`` (partner, site, perhaps a moment) for which the condition of their columns holds."""
    types = {"partner_id": Uuid(), "site_id": Uuid(), "at": UtcDateTime()}
    lines = (
        select(
            literal(number).label("number"),
            *(literal(value, types[name]).label(name) for name, value in zip(types, row, strict=False)),
        )
        for number, row in enumerate(rows)
    )
    table = union_all(*lines).subquery()
    columns = [column for column in table.c if column.name in types]
    return set(db.session.scalars(select(table.c.number).where(condition_of(*columns))))


@on_a_migrated_database
@given(access=accesses, rule=rules, rows=st.lists(anywhere, min_size=1, max_size=8))
def test_a_list_holds_just_the_rows_that_open_one_by_one(app_context, access, rule, rows):
    in_sql = _opened(partial(access.clause, rule), rows)
    assert in_sql == {number for number, row in enumerate(rows) if access.may(rule, *row)}


@on_a_migrated_database
@given(access=accesses, rule=rules, rows=st.lists(st.tuples(places, moments), min_size=1, max_size=8))
def test_figures_of_a_time_count_just_the_rows_that_open_at_their_own_moment(app_context, access, rule, rows):
    dated = [(partner_id, site_id, at) for (partner_id, site_id), at in rows]
    in_sql = _opened(partial(access.clause, rule), dated)
    assert in_sql == {number for number, row in enumerate(dated) if access.may(rule, *row)}
    if not rule.totals:
        assert in_sql == {number for number, (place, _) in enumerate(rows) if access.may(rule, *place)}


@on_a_migrated_database
@given(access=accesses, rule=rules, rows=st.lists(anywhere, min_size=1, max_size=8))
def test_a_role_that_opens_nothing_opens_no_door_and_the_other_way_round(app_context, access, rule, rows):
    if rule.roles and any(access.may(rule, *row) for row in rows):
        assert access.has(rule)
    for partner_id, site_id in rows:
        if partner_id and access.may(rule, partner_id, site_id):
            assert access.may_somewhere(rule, partner_id)


@on_a_migrated_database
@given(access=accesses, rule=rules, held=places, in_a_device=st.booleans())
def test_a_part_opens_as_what_it_sits_in_else_where_it_lies(app_context, access, rule, held, in_a_device):
    partner_id, site_id = held[0], held[1] or SITES[held[0]][0]
    device = Device(partner_id=partner_id, site_id=site_id) if in_a_device else None
    loose = (None, None) if in_a_device else (partner_id, site_id)
    part = Component(device=device, partner_id=loose[0], site_id=loose[1])
    assert opens_part(access, rule, part) == access.may(rule, partner_id, site_id)


@pytest.fixture
def parts(app_context):
    """At every site of every partner a part in a device, and a loose one."""
    now = utc_now()
    with transaction():
        for partner_id in PARTNERS:
            db.session.add(Partner(id=partner_id, name="Partner", enterprise_number=f"{partner_id.int:010d}"))
            db.session.flush()
            for site_id in SITES[partner_id]:
                place = {"partner_id": partner_id, "site_id": site_id}
                device = Device(id=new_id(), code=f"HS-{site_id.int:06d}", state=State.RECEIVED, **place)
                db.session.add_all([Site(id=site_id, partner_id=partner_id, name=str(site_id.int)), device])
                db.session.flush()
                kind = ComponentKind.BATTERY
                db.session.add(Component(id=new_id(), kind=kind, device_id=device.id, installed_at=now))
                db.session.add(Component(id=new_id(), kind=kind, **place))
                db.session.flush()
    with_device = select(Component).outerjoin(Component.device).options(contains_eager(Component.device))
    return with_device, db.session.scalars(with_device).all()


def _demanded(access, rule, part):
    try:
        demand_part(access, rule, part)
    except Forbidden:
        return False
    return True


@on_a_migrated_database
@given(access=accesses, rule=rules)
def test_parts_that_are_listed_are_just_those_that_open_and_may_be_worked_on(parts, access, rule):
    with_device, all_parts = parts
    condition = opens_part(access, rule, Component)
    listed = {part.id for part in db.session.scalars(with_device.where(condition))}
    assert listed == {part.id for part in all_parts if opens_part(access, rule, part)}
    assert listed == {part.id for part in all_parts if _demanded(access, rule, part)}


def test_an_admin_of_the_service_has_no_right_of_their_own_to_data_about_people(app_context):
    people = Rule((Role.DESK,), admins=False)
    partner_id, site_id = PARTNERS[0], SITES[PARTNERS[0]][0]
    place = (partner_id, site_id)
    admin = Access(user_id=UUID(int=99), name="Noor", grants=(Scope(Role.ADMIN),))
    assert not admin.has(people)
    assert not admin.may(people, *place)
    assert not admin.may_somewhere(people, partner_id)
    assert _opened(partial(admin.clause, people), [place, (None, None)]) == set()
    with pytest.raises(Forbidden):
        admin.demand(people, *place)
    with_the_role = Access(user_id=UUID(int=99), name="Noor", grants=(Scope(Role.ADMIN), Scope(Role.DESK, *place)))
    assert with_the_role.has(people)
    assert with_the_role.may(people, *place)
    assert not with_the_role.may(people, partner_id, SITES[partner_id][1])
    assert _opened(partial(with_the_role.clause, people), [place, (None, None)]) == {0}
    assert SYSTEM.may(people, *place)


def test_an_endpoint_of_people_is_shut_to_an_admin_and_open_to_its_own_role(app, make_user, login):
    people = requires(Rule((Role.DESK,), admins=False))
    app.add_url_rule("/people", "people", people(lambda: "open"))
    answers = {role: login(app.test_client(), make_user(role)).get("/people").status_code for role in Role}
    assert answers == {role: 200 if role is Role.DESK else 403 for role in Role}
