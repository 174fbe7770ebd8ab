"""A partner's own minimum: who may set it, what its stations are told, and what the ledger keeps."""

from __future__ import annotations

import json

import pytest
import uuid_utils
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Forbidden, Invalid, Refused
from asset_service.devices.models import DeviceKind
from asset_service.ledger import queries as ledger_queries
from asset_service.ledger.models import LedgerEvent
from asset_service.minimum import operations as minimum_policies
from asset_service.minimum.models import MinimumPolicy
from asset_service.minimum.operations import KindRule
from wipe_reports.messages import ProcessorRule

SETTINGS_TYPE = "station-settings+jws"
LAPTOPS = {DeviceKind.LAPTOP: KindRule(8192, ProcessorRule.CORE_I3)}


@pytest.fixture
def admin(make_user, station):
    return make_user(Role.PARTNER_ADMIN, station.partner).access


def ask(client, reports, station, payload=None, typ=SETTINGS_TYPE):
    sent = {"request_id": str(uuid_utils.uuid7())} if payload is None else payload
    body = reports.unchecked(sent, station.key, typ)
    return client.post("/api/v1/stations/settings", data=body, headers=reports.HEADERS)


def put(app, access, station, kinds, *, present_version=0, name="Hageland"):
    with app.app_context(), transaction():
        made = minimum_policies.set_minimum_policy(
            access, station.partner.id, name=name, kinds=kinds, present_version=present_version
        )
        return made.version


def test_a_station_of_a_partner_without_a_minimum_of_its_own_is_told_so(client, station, reports):
    answer = ask(client, reports, station)
    assert answer.status_code == 200
    assert answer.json["minimum_policy"] is None
    assert answer.json["time"].endswith("Z")


def test_a_station_is_told_its_partners_minimum_and_no_other(*, app, client, station, admin, make_station, reports):
    elsewhere = make_station(name="Elders")
    put(app, admin, station, LAPTOPS)
    tablets = {**LAPTOPS, DeviceKind.TABLET: KindRule(2048, ProcessorRule.ANY)}
    assert put(app, admin, station, tablets, present_version=1) == 2
    assert ask(client, reports, station).json["minimum_policy"] == {
        "name": "Hageland",
        "version": 2,
        "kinds": {
            "laptop": {"memory_mib": 8192, "processor": "core_i3"},
            "tablet": {"memory_mib": 2048, "processor": "any"},
        },
    }
    assert ask(client, reports, elsewhere).json["minimum_policy"] is None


def test_a_withdrawn_minimum_holds_no_more_and_its_versions_stay(app, client, station, admin, reports):
    put(app, admin, station, LAPTOPS)
    with app.app_context(), transaction():
        minimum_policies.withdraw_minimum_policy(admin, station.partner.id, present_version=1)
    assert ask(client, reports, station).json["minimum_policy"] is None
    with app.app_context():
        rows = db.session.execute(select(MinimumPolicy.version, MinimumPolicy.withdrawn)).all()
        assert [tuple(row) for row in rows] == [(1, False), (2, True)]
        events = db.session.scalars(select(LedgerEvent).where(LedgerEvent.kind == "MinimumPolicyChanged")).all()
        told = [ledger_queries.data_of(event) for event in events]
    assert told == [
        {"version": 1, "kinds": ["laptop"], "withdrawn": False},
        {"version": 2, "kinds": [], "withdrawn": True},
    ]
    with app.app_context(), pytest.raises(Refused), transaction():
        minimum_policies.withdraw_minimum_policy(admin, station.partner.id, present_version=2)


def test_who_saved_on_what_they_saw_is_told_that_it_changed_meanwhile(app, station, admin):
    put(app, admin, station, LAPTOPS)
    with pytest.raises(Refused) as refused:
        put(app, admin, station, {}, present_version=0)
    assert refused.value.code == "policy_changed"


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.REPORTER])
def test_no_other_role_sets_the_minimum(app, station, make_user, role):
    with pytest.raises(Forbidden):
        put(app, make_user(role, station.partner).access, station, LAPTOPS)


def test_another_partners_admin_does_not_set_it(app, station, make_user):
    with pytest.raises(Forbidden):
        put(app, make_user(Role.PARTNER_ADMIN).access, station, LAPTOPS)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("", LAPTOPS),
        ("x" * 101, LAPTOPS),
        ("be\x07l", LAPTOPS),
        ("Hageland", {DeviceKind.LAPTOP: KindRule(511, ProcessorRule.ANY)}),
        ("Hageland", {DeviceKind.LAPTOP: KindRule(1024 * 1024 + 1, ProcessorRule.ANY)}),
        ("Hageland", {DeviceKind.PHONE: KindRule(4096, ProcessorRule.ANY)}),
    ],
)
def test_a_minimum_that_cannot_be_is_refused_at_its_field(app, station, admin, name, kinds):
    with pytest.raises(Invalid) as refused:
        put(app, admin, station, kinds, name=name)
    assert refused.value.errors
    with app.app_context():
        assert db.session.scalars(select(MinimumPolicy)).all() == []


def test_asking_for_settings_again_with_the_same_message_changes_nothing(app, client, station, admin, reports):
    put(app, admin, station, LAPTOPS)
    sent = {"request_id": str(uuid_utils.uuid7())}
    with app.app_context():
        before = db.session.scalars(select(LedgerEvent.id)).all()
    first, second = ask(client, reports, station, sent), ask(client, reports, station, sent)
    assert first.json["minimum_policy"] == second.json["minimum_policy"]
    with app.app_context():
        assert db.session.scalars(select(LedgerEvent.id)).all() == before


@pytest.mark.parametrize(
    ("payload", "typ", "status"),
    [
        ({}, SETTINGS_TYPE, 422),
        ({"request_id": "een"}, SETTINGS_TYPE, 422),
        ([1], SETTINGS_TYPE, 422),
        (None, "wipe-report+jws", 422),
    ],
)
def test_a_message_that_asks_nothing_is_refused(*, client, station, reports, payload, typ, status):
    assert ask(client, reports, station, payload, typ).status_code == status


def test_a_stranger_is_told_nothing(client, station, reports):
    answer = client.post("/api/v1/stations/settings", data="geen.geldig.bericht", headers=reports.HEADERS)
    assert answer.status_code == 400
    assert "minimum_policy" not in answer.text


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.dictionaries(
        st.sampled_from(minimum_policies.RULED_KINDS),
        st.builds(KindRule, st.integers(512, 1024 * 1024), st.sampled_from(ProcessorRule)),
    )
)
def test_what_is_set_is_what_the_station_is_told(*, app, client, station, admin, reports, kinds):
    with app.app_context():
        known = minimum_policies.policy_in_force(station.partner.id)
        present = known.version if known else 0
    put(app, admin, station, kinds, present_version=present)
    told = ask(client, reports, station).json["minimum_policy"]["kinds"]
    assert told == json.loads(
        json.dumps({k.value: {"memory_mib": r.memory_mib, "processor": r.processor.value} for k, r in kinds.items()})
    )
