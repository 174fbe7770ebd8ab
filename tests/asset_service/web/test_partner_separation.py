"""Nobody sees or changes what is another partner's: every address with the ids of theirs, for every role of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import EnrolmentCode, Role, Station
from asset_service.core.db import Base, db
from asset_service.devices.models import Component, ComponentKind
from asset_service.intake.models import QuarantinedReport, UnmatchedReport
from asset_service.wiping.jobs import issued_attest
from asset_service.wiping.models import DestructionTask, WipeEvidence

OURS = [Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN]
PUBLIC = {"wiping.check"}
SIGNED = {"/api/v1/reports", "/api/v1/wipe-jobs", "/api/v1/stations/enrol", "/api/v1/stations/settings"}
SIGNED |= {"/api/v1/stations/label"}
"""What a station calls: a signature or a one-time code says who it is, never a cookie."""
SECRET = "GeheimMerk"


@pytest.fixture
def theirs(app, client, make_station, reports):
    """The ids of everything another partner has: device, report, evidence, task, unmatched, quarantine, station."""
    station = make_station()
    wiped, failed = reports.carrier(erased=True), reports.carrier(name="sdb")
    failed = replace(failed, wipe=reports.failed_wipe(failed.size_bytes))
    machine = reports.machine(manufacturer=SECRET)
    answer = reports.send(client, reports.report(machine, wiped, failed), station).json
    doubtful = reports.report(reports.machine(manufacturer=SECRET, code="HS-222222"), reports.carrier())
    assert reports.send(client, doubtful, station).json["result"] == "unmatched"
    reports.send(client, replace(doubtful, test=True), station)
    with app.app_context():
        evidence = db.session.scalars(select(WipeEvidence).where(WipeEvidence.outcome == "erased")).one()
        issued_attest(evidence.id, "nl")
        return {
            "code": answer["device"]["code"],
            "report_id": [UUID(answer["report_id"]), db.session.scalar(select(UnmatchedReport.report_id))],
            "public_id": evidence.public_id,
            "evidence_id": evidence.id,
            "task_id": db.session.scalar(select(DestructionTask.id)),
            "component_id": db.session.scalar(select(Component.id).where(Component.kind == ComponentKind.DISK)),
            "item_id": db.session.scalar(select(QuarantinedReport.id)),
            "station_id": db.session.scalar(select(Station.id)),
            "code_id": db.session.scalar(select(EnrolmentCode.id)),
            "serials": [wiped.serial, failed.serial, machine.serial],
        }


def addresses(app, theirs):
    """Every (method, endpoint, address) that names an object, with the ids of the other partner's."""
    for rule in app.url_map.iter_rules():
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", rule.rule))
        if not names or not names <= theirs.keys() or rule.endpoint in PUBLIC:
            continue
        (name,) = names
        for one in theirs[name] if isinstance(theirs[name], list) else [theirs[name]]:
            address = re.sub(r"<[^>]+>", str(one), rule.rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, rule.endpoint, address


def rows(app):
    with app.app_context():
        tables = Base.metadata.sorted_tables
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}


BODIES = ({}, {"code": "HS-222222", "grounds": "label", "method": "shredded", "reusable": True, "reason": "lost"})


@pytest.mark.parametrize("role", OURS)
def test_no_address_gives_or_changes_what_is_another_partners(*, app, make_user, login, form_token, theirs, role):
    client = app.test_client()
    user = make_user(role)
    login(client, user)
    token, before, walked = form_token(client), rows(app), 0
    for method, endpoint, address in addresses(app, theirs):
        for body in BODIES if method != "GET" else ({},):
            sent = {"json": body} if address.startswith("/api/") else {"data": {**body, "csrf_token": token}}
            headers = {"X-CSRFToken": token}
            answer = client.open(address, method=method, headers=headers, **(sent if method != "GET" else {}))
            walked += 1
            assert answer.status_code in {403, 404, 422, 428}, (method, address, answer.status_code)
            text = answer.get_data(as_text=True)
            assert SECRET not in text, (endpoint, address)
            assert not [serial for serial in theirs["serials"] if serial in text], (endpoint, address)
    assert walked > 25
    assert rows(app) == before


@pytest.mark.parametrize("role", OURS)
def test_no_list_file_or_search_shows_what_is_another_partners(*, app, make_user, login, theirs, role):
    client = app.test_client()
    login(client, make_user(role))
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.endpoint == "accounts.logout":
            continue
        for query in ("", f"?q={theirs['code']}", f"?q={theirs['serials'][0]}", f"?q={SECRET}"):
            answer = client.get(rule.rule + query)
            text = answer.get_data(as_text=True).replace(query[3:], "") if query else answer.get_data(as_text=True)
            assert answer.status_code < 500, rule.rule
            assert SECRET not in text, rule.rule + query
            assert str(theirs["public_id"]) not in text, rule.rule + query
            assert not [serial for serial in theirs["serials"][:2] if serial in text], rule.rule + query


def test_no_form_is_taken_without_its_token(app, make_user, login, theirs):
    client = app.test_client()
    login(client, make_user(Role.ADMIN))
    before, walked = rows(app), 0
    for rule in app.url_map.iter_rules():
        writes = (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        if rule.rule in SIGNED:
            continue
        for method in writes:
            values = {name: theirs.get(name, UUID(int=7)) for name in rule.arguments}
            values = {name: one[0] if isinstance(one, list) else one for name, one in values.items()}
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part, given=values: str(given[part[1]]), rule.rule)
            answer = client.open(address, method=method, json={})
            walked += 1
            assert answer.status_code == 422, (method, address, answer.status_code)
            assert "stond te lang open" in answer.get_data(as_text=True), (method, address)
    assert walked > 25
    assert rows(app) == before
