"""One rule says what a role opens: asked of one row in Python and of a table in SQL it gives the same answer."""

from __future__ import annotations

from itertools import chain, combinations, product
from uuid import UUID

import pytest
from sqlalchemy import Uuid, literal, select

from asset_service.accounts.access import SYSTEM, WHOLE_PARTNER, Access, Scope
from asset_service.accounts.access_rules import ANY_USER, Rule
from asset_service.accounts.models import Role
from asset_service.core.db import Base, db

P, Q = UUID(int=1), UUID(int=2)
P1, P2, Q1 = UUID(int=11), UUID(int=12), UUID(int=21)
SCOPES = (
    Scope(Role.TECHNICIAN, P),
    Scope(Role.TECHNICIAN, P, P1),
    Scope(Role.DESK, P, P2),
    Scope(Role.TECHNICIAN, Q, Q1),
    Scope(Role.ADMIN),
)
PLACES = ((P, P1), (P, P2), (P, None), (Q, Q1), (Q, None), (None, None))
RULES = (Rule((Role.TECHNICIAN,)), Rule((Role.DESK, Role.TECHNICIAN)), Rule((Role.REPORTER,)), ANY_USER)

OF_NO_SITE = {
    "membership": "a partner's part in a project",
    "device_code": "a blank label is its partner's; any site sticks it",
    "minimum_policy": "one for the whole partner",
    "destruction_task": "who holds the carrier now does it: the component's place is asked",
}
"""Tables with a partner and no site, and why a role at one site is not asked of them."""


def test_a_row_and_a_condition_get_the_same_answer_for_every_user_and_place(app_context):
    walked = 0
    for grants in chain.from_iterable(combinations(SCOPES, size) for size in range(4)):
        access = Access(user_id=UUID(int=99), name="Noor", grants=grants)
        for rule, (partner_id, site_id) in product(RULES, PLACES):
            condition = access.clause(rule, literal(partner_id, Uuid()), literal(site_id, Uuid()))
            in_sql = bool(db.session.scalar(select(literal(1)).where(condition)))
            assert in_sql == access.may(rule, partner_id, site_id), (grants, rule, partner_id, site_id)
            walked += 1
    assert walked > 500


def test_a_role_at_one_site_opens_that_site_and_not_the_partner():
    noor = Access(user_id=UUID(int=99), name="Noor", grants=(Scope(Role.TECHNICIAN, P, P1),))
    technician = Rule((Role.TECHNICIAN,))
    assert noor.may(technician, P, P1)
    assert not noor.may(technician, P, P2)
    assert not noor.may(technician, P, WHOLE_PARTNER)
    assert not noor.may(technician, Q, P1)
    assert noor.may_somewhere(technician, P)
    assert not noor.may_somewhere(technician, Q)
    assert not noor.may_somewhere(Rule((Role.DESK,)), P)
    assert SYSTEM.may(technician, P, WHOLE_PARTNER)


def test_nobody_asks_without_saying_at_which_site():
    for ask in (SYSTEM.may, SYSTEM.demand, SYSTEM.clause):
        with pytest.raises(TypeError):
            ask(Rule((Role.DESK,)), P)


def test_every_table_of_a_partner_says_how_its_site_is_found(app):
    """A list or a download of a table without one would open every site, or none."""
    for mapper in Base.registry.mappers:
        names = set(mapper.attrs.keys())
        if "partner_id" in names and mapper.class_.__tablename__ not in {*OF_NO_SITE, "site"}:
            assert "site_id" in names, mapper.class_.__name__
