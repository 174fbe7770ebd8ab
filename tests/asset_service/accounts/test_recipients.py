"""Whom a mail about a place is for: the users to whom a role of their own opens the rule there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from asset_service.accounts import operations as accounts
from asset_service.accounts import queries
from asset_service.accounts.access import SYSTEM, WHOLE_PARTNER
from asset_service.accounts.access_rules import ANY_USER, Rule
from asset_service.accounts.models import PartnerKind, Role
from asset_service.accounts.queries import users_who_hold
from asset_service.core.db import db, transaction, utc_now

STOCK = Rule((Role.STOCK_MANAGER,))
RULES = [
    STOCK,
    Rule((Role.STOCK_MANAGER, Role.REPORTER), totals=True),
    Rule((Role.STOCK_MANAGER, Role.ADMIN)),
    Rule((Role.DESK,), admins=False),
    ANY_USER,
]


@pytest.fixture
def house(app, make_partner, make_user):
    """Two sites of one partner, a partner elsewhere, a project of both, and users with all kinds of roles there."""
    own, elsewhere = make_partner(), make_partner("Elders")
    with app.app_context(), transaction():
        sister = replace(own, site_id=accounts.create_site(SYSTEM, own.id, name="Zusterhuis").id)
        dates = {"period_start": date(2024, 1, 1), "period_end": date(2027, 12, 31)}
        project = accounts.create_project(SYSTEM, name="Digibank", call="Oproep", **dates).id
        accounts.add_partner(
            SYSTEM, project, own.id, kind=PartnerKind.MEMBER, since=utc_now().date() - timedelta(days=9)
        )
    made = {
        "whole": make_user(Role.STOCK_MANAGER, own, name="Anna Geheel", language="en"),
        "here": make_user(Role.STOCK_MANAGER, own, site_id=own.site_id, name="Bert Hier"),
        "sister": make_user(Role.STOCK_MANAGER, own, site_id=sister.site_id, name="Cis Zuster"),
        "elsewhere": make_user(Role.STOCK_MANAGER, elsewhere, name="Dirk Elders"),
        "desk": make_user(Role.DESK, own, name="Els Balie"),
        "admin": make_user(Role.ADMIN, name="Fien Beheer"),
        "project": make_user(name="Gust Project"),
        "gone": make_user(Role.STOCK_MANAGER, own, name="Hugo Weg"),
    }
    with app.app_context(), transaction():
        accounts.grant_role(SYSTEM, made["project"].id, Role.REPORTER, project_id=project)
        accounts.grant_role(SYSTEM, made["here"].id, Role.DESK, partner_id=own.id, site_id=own.site_id)
        accounts.deactivate_user(SYSTEM, made["gone"].id)
    return own, sister, elsewhere, made


def _names(*asked) -> list[str]:
    found = [one.name.split()[0] for one in users_who_hold(*asked)]
    db.session.rollback()
    return found


def test_those_with_a_role_at_the_site_or_the_whole_partner_in_their_own_language(app_context, house):
    own, sister, elsewhere, made = house
    assert _names(STOCK, own.id, own.site_id) == ["Anna", "Bert"]
    assert _names(STOCK, own.id, sister.site_id) == ["Anna", "Cis"]
    assert _names(STOCK, own.id, WHOLE_PARTNER) == ["Anna"]
    assert _names(STOCK, elsewhere.id, elsewhere.site_id) == ["Dirk"]
    (first, _) = users_who_hold(STOCK, own.id, own.site_id)
    assert (first.id, first.email, first.language) == (made["whole"].id, made["whole"].email, "en")


def test_a_project_counts_for_totals_and_an_admin_where_the_rule_names_them(app_context, house):
    own, _, elsewhere, _ = house
    _, totals, with_admins, desk, anybody = RULES
    assert _names(totals, own.id, own.site_id) == ["Anna", "Bert", "Gust"]
    assert _names(totals, elsewhere.id, elsewhere.site_id) == ["Dirk"]
    assert _names(with_admins, own.id, own.site_id) == ["Anna", "Bert", "Fien"]
    assert _names(desk, own.id, own.site_id) == ["Bert", "Els"]
    assert _names(anybody, own.id, own.site_id) == ["Anna", "Bert", "Els"]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_it_is_the_rule_that_opens_the_place_to_each_of_them(app_context, house, rule):
    """The same answer as :meth:`Access.may` gives one by one, but for admins, to whom most opens anyway."""
    *places, made = house
    for place in places:
        for site_id in (place.site_id, WHOLE_PARTNER):
            holders = {one.id for one in users_who_hold(rule, place.id, site_id)}
            for name, user in made.items():
                if name not in {"admin", "gone"}:
                    may = queries.access_of_user(user.id).may(rule, place.id, site_id)
                    assert (user.id in holders) == may, (name, place)
            db.session.rollback()
