"""Projects, partners and sites."""

from __future__ import annotations

from datetime import date

import pytest

from asset_service.accounts import access, operations
from asset_service.accounts.models import PartnerKind, Project, Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Forbidden, Invalid, Refused

PERIOD = {"period_start": date(2022, 1, 1), "period_end": date(2024, 12, 31)}


@pytest.fixture
def project_id(app_context):
    with transaction():
        call = "Oproep Digibanken 2021"
        return operations.create_project(access.SYSTEM, name="Digibank Kempen", call=call, **PERIOD).id


def test_an_extension_names_its_decision(project_id):
    for until, decision in [(date(2026, 7, 31), " "), (date(2024, 12, 31), "besluit van 1 december")]:
        with pytest.raises(Invalid), transaction():
            operations.extend_project(access.SYSTEM, project_id, until=until, decision=decision)
    with transaction():
        operations.extend_project(
            access.SYSTEM, project_id, until=date(2026, 7, 31), decision="Programmadecreet 2022, art. 96"
        )
    project = db.session.get(Project, project_id)
    assert (project.extended_until, project.extension_decision) == (date(2026, 7, 31), "Programmadecreet 2022, art. 96")


def test_a_project_that_ends_before_it_begins_is_refused(app_context):
    with pytest.raises(Invalid), transaction():
        operations.create_project(
            access.SYSTEM, name="x", call="y", period_start=date(2024, 1, 2), period_end=date(2024, 1, 1)
        )


def test_a_municipality_is_served_once(project_id):
    for _ in range(2):
        with transaction():
            operations.add_municipality(access.SYSTEM, project_id, nis_code="13011", name="Turnhout")
    assert [one.nis_code for one in db.session.get(Project, project_id).municipalities] == ["13011"]


def test_an_organisation_is_entered_once(app_context):
    with transaction():
        operations.create_partner(access.SYSTEM, name="Kringwinkel", enterprise_number="0123.456.749")
    with pytest.raises(Refused) as refused, transaction():
        operations.create_partner(access.SYSTEM, name="Kringwinkel bis", enterprise_number="BE0123456749")
    assert refused.value.code == "partner_exists"


def _join(project_id, partner, since, until=None):
    with transaction():
        kind = PartnerKind.MEMBER
        return operations.add_partner(access.SYSTEM, project_id, partner.id, kind=kind, since=since, until=until).id


def test_a_partner_may_come_back_but_is_a_member_once_at_a_time(project_id, make_partner):
    partner = make_partner()
    _join(project_id, partner, date(2022, 1, 1), date(2022, 12, 31))
    with pytest.raises(Refused):
        _join(project_id, partner, date(2022, 12, 31))
    again = _join(project_id, partner, date(2023, 1, 1))
    with pytest.raises(Refused):
        _join(project_id, partner, date(2021, 1, 1), date(2030, 1, 1))
    with pytest.raises(Invalid), transaction():
        operations.end_membership(access.SYSTEM, again, until=date(2022, 1, 1))
    with transaction():
        operations.end_membership(access.SYSTEM, again, until=date(2023, 6, 30))
    _join(project_id, partner, date(2023, 7, 1))
    with pytest.raises(Refused) as refused, transaction():
        operations.end_membership(access.SYSTEM, again, until=date(2023, 7, 1))
    assert refused.value.code == "membership_overlaps"


def test_a_site_has_a_name_of_its_own_at_its_partner(app_context, make_partner):
    partner, other = make_partner(), make_partner()
    with pytest.raises(Refused), transaction():
        operations.create_site(access.SYSTEM, partner.id, name="Werkplaats")
    with transaction():
        operations.create_site(access.SYSTEM, other.id, name="Balie")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "na\u0000am", "regel\u202eomgekeerd"])
def test_a_name_that_cannot_be_shown_is_refused(app_context, name):
    with pytest.raises(Invalid) as refused, transaction():
        operations.create_partner(access.SYSTEM, name=name, enterprise_number="0123456749")
    assert refused.value.errors[0].field == "name"


def test_projects_and_partners_are_for_admins(app_context, make_user, make_partner):
    admin = make_user(Role.PARTNER_ADMIN, make_partner()).access
    with pytest.raises(Forbidden), transaction():
        operations.create_project(admin, name="x", call="y", **PERIOD)
    with pytest.raises(Forbidden), transaction():
        operations.create_partner(admin, name="x", enterprise_number="0123456749")
