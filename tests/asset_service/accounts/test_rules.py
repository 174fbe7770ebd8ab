"""A rule asked of one row in Python and of a table in SQL: whatever the grants, both open the same rows."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Uuid, literal, select, union_all

from asset_service.accounts.access import SYSTEM, Access, Scope, requires
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.core.errors import Forbidden
from asset_service.devices.models import Component, Device
from asset_service.devices.roles import opens_part

PARTNERS = [UUID(int=1), UUID(int=2), UUID(int=3)]
SITES = {partner: [UUID(int=10 * partner.int + number) for number in (1, 2)] for partner in PARTNERS}
SITE_ROLES = [role for role in Role if role is not Role.ADMIN]

places = st.sampled_from(PARTNERS).flatmap(
    lambda partner: st.tuples(st.just(partner), st.sampled_from([None, *SITES[partner]]))
)
anywhere = st.one_of(places, st.just((None, None)))
PROJECT = UUID(int=4)

members = st.lists(st.sampled_from(PARTNERS), unique=True).map(tuple)
roles = st.sampled_from(SITE_ROLES)
scopes = st.one_of(
    st.just(Scope(Role.ADMIN)),
    st.builds(lambda role, at: Scope(role, *at), roles, places),
    st.builds(lambda role, of: Scope(role, project_id=PROJECT, member_ids=of), roles, members),
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
    """The numbers of ``rows`` (partner, site) for which the condition of their two columns holds."""
    lines = (
        select(
            literal(number).label("number"),
            literal(partner_id, Uuid()).label("partner_id"),
            literal(site_id, Uuid()).label("site_id"),
        )
        for number, (partner_id, site_id) in enumerate(rows)
    )
    place = union_all(*lines).subquery()
    return set(db.session.scalars(select(place.c.number).where(condition_of(place.c.partner_id, place.c.site_id))))


@on_a_migrated_database
@given(access=accesses, rule=rules, rows=st.lists(anywhere, min_size=1, max_size=8))
def test_a_list_holds_just_the_rows_that_open_one_by_one(app_context, access, rule, rows):
    in_sql = _opened(partial(access.clause, rule), rows)
    assert in_sql == {number for number, row in enumerate(rows) if access.may(rule, *row)}


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
