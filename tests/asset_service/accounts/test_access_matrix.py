"""Who may call what: every endpoint of the app stands in this table, and answers each role as the table says.

A new endpoint fails the first test until somebody has decided here who may call it.
"""

from __future__ import annotations

import re
from functools import partial
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from asset_service.accounts.models import Role
from asset_service.core.access import PUBLIC as DECIDED_PUBLIC
from asset_service.core.access import decision

PUBLIC = "public"
ANY_USER: tuple[Role, ...] = ()
READERS = (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN)
WORKSHOP = (Role.TECHNICIAN, Role.STOCK_MANAGER)
INTAKE = (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN)
CONFIRMERS = (Role.STOCK_MANAGER, Role.PARTNER_ADMIN)
PARTNER_ADMIN = (Role.PARTNER_ADMIN,)
TOTALS = (Role.REPORTER, Role.STOCK_MANAGER, Role.PARTNER_ADMIN)
"""The only ones that a role in a whole project opens too."""
ADMIN = (Role.ADMIN,)

MATRIX = {
    PUBLIC: [
        "GET /api/v1/docs/",
        "GET /api/v1/docs/files/<name>",
        "GET /api/v1/docs/static/<path:filename>",
        "GET /api/v1/keys",
        "GET /api/v1/openapi.json",
        "POST /api/v1/reports",
        "POST /api/v1/stations/enrol",
        "POST /api/v1/stations/label",
        "POST /api/v1/stations/settings",
        "POST /api/v1/wipe-jobs",
        "GET /assets/<path:filename>",
        "GET /bootstrap/static/<path:filename>",
        "GET /favicon.ico",
        "GET /healthz",
        "GET /login",
        "POST /login",
        "GET /metrics",
        "GET /readyz",
        "GET /w/<public_id>",
    ],
    ANY_USER: [
        "GET /",
        "GET /account",
        "POST /account/language",
        "POST /account/password",
        "POST /account/sessions/<uuid:session_id>/end",
        "POST /account/sessions/end-others",
        "POST /account/tokens",
        "POST /account/tokens/<uuid:token_id>/revoke",
        "GET /api/v1/me",
        "GET /jobs",
        "GET /api/v1/tokens",
        "POST /api/v1/tokens",
        "DELETE /api/v1/tokens/<uuid:token_id>",
        "POST /logout",
        "GET /scan",
    ],
    READERS: [
        "GET /api/v1/attests/<public_id>.pdf",
        "POST /api/v1/attests/<public_id>.pdf",
        "GET /api/v1/attests/<public_id>/bundle.zip",
        "GET /api/v1/destruction-tasks",
        "GET /api/v1/devices",
        "GET /api/v1/devices/<code>",
        "GET /api/v1/reports/<uuid:report_id>.jws",
        "GET /api/v1/scan",
        "GET /api/v1/wipes/awaiting-confirmation",
        "GET /attests/<public_id>.pdf",
        "POST /attests/<public_id>.pdf",
        "GET /components/<uuid:component_id>",
        "GET /components/loose",
        "GET /d/<code>",
        "GET /destructions",
        "GET /devices",
        "GET /devices.csv",
        "GET /intake/reports/<uuid:report_id>",
        "GET /intake/reports/<uuid:report_id>.jws",
        "GET /wipes/awaiting",
    ],
    WORKSHOP: [
        "POST /api/v1/codes",
        "POST /api/v1/components/<uuid:component_id>/destruction-task",
        "POST /api/v1/components/<uuid:component_id>/expose",
        "POST /api/v1/components/<uuid:component_id>/install",
        "POST /api/v1/components/<uuid:component_id>/remove",
        "POST /api/v1/destruction-tasks/<uuid:task_id>/done",
        "POST /api/v1/devices",
        "PATCH /api/v1/devices/<code>",
        "POST /api/v1/devices/<code>/confirm-no-carrier",
        "POST /api/v1/devices/<code>/inspect",
        "POST /api/v1/devices/<code>/label",
        "POST /api/v1/devices/<code>/move",
        "POST /api/v1/devices/<code>/receive",
        "POST /components/<uuid:component_id>/install",
        "POST /components/<uuid:component_id>/remove",
        "POST /d/<code>/inspect",
        "POST /d/<code>/label",
        "POST /d/<code>/move",
        "POST /d/<code>/no-carrier",
        "POST /d/<code>/receive",
        "GET /destructions/<uuid:task_id>",
        "POST /destructions/<uuid:task_id>",
        "POST /scan/claim",
    ],
    INTAKE: [
        "GET /api/v1/unmatched-reports",
        "GET /api/v1/unmatched-reports/<uuid:report_id>",
        "POST /api/v1/unmatched-reports/<uuid:report_id>/reject",
        "POST /api/v1/unmatched-reports/<uuid:report_id>/resolve",
        "POST /intake/import",
        "POST /intake/import/receipts",
        "GET /intake/unmatched",
        "GET /intake/unmatched/<uuid:report_id>",
        "POST /intake/unmatched/<uuid:report_id>",
    ],
    CONFIRMERS: [
        "POST /api/v1/wipes/<uuid:evidence_id>/confirm",
        "GET /wipes/<uuid:evidence_id>/confirm",
        "POST /wipes/<uuid:evidence_id>/confirm",
    ],
    TOTALS: [
        "GET /api/v1/devices/totals",
        "GET /totals",
    ],
    PARTNER_ADMIN: [
        "GET /admin/minimum",
        "POST /admin/minimum",
        "POST /admin/minimum/withdraw",
        "GET /admin/stations",
        "GET /admin/stations/<uuid:station_id>/revoke",
        "POST /admin/stations/<uuid:station_id>/revoke",
        "POST /admin/stations/codes",
        "POST /admin/stations/codes/<uuid:code_id>/revoke",
        "GET /admin/users",
        "POST /admin/users",
        "POST /admin/users/roles",
        "POST /admin/users/roles/<uuid:grant_id>/withdraw",
    ],
    ADMIN: [
        "GET /admin/jobs",
        "POST /admin/jobs/<uuid:job_id>/retry",
        "GET /admin/mail",
        "POST /admin/mail/<uuid:mail_id>/retry",
        "GET /api/v1/quarantine",
        "DELETE /api/v1/quarantine/<uuid:item_id>",
        "GET /api/v1/quarantine/<uuid:item_id>/bytes",
        "GET /intake/quarantine",
        "GET /intake/quarantine/<uuid:item_id>.bin",
    ],
}
EXPECTED = {endpoint: who for who, endpoints in MATRIX.items() for endpoint in endpoints}


@pytest.fixture
def database_url(sqlite_url):
    """Roles are decided before the database is asked anything but who asks."""
    return sqlite_url


def _endpoints(app: Flask) -> dict[str, tuple[Rule, str]]:
    return {
        f"{method} {rule.rule}": (rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _address(rule: Rule) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: str(uuid4()) if part[1] == "uuid" else "nothing", rule.rule)


def test_every_endpoint_is_decided_and_stands_in_the_table(app):
    endpoints = _endpoints(app)
    undecided = [name for name, (rule, method) in endpoints.items() if decision(app, rule.endpoint, method) is None]
    assert undecided == []
    assert sorted(endpoints) == sorted(EXPECTED)


def test_every_endpoint_is_decided_as_the_table_says(app):
    for name, (rule, method) in _endpoints(app).items():
        decided = decision(app, rule.endpoint, method)
        expected = DECIDED_PUBLIC if EXPECTED[name] == PUBLIC else EXPECTED[name]
        assert (decided == expected) if expected == DECIDED_PUBLIC else (set(decided.roles) == set(expected)), name
        assert expected == DECIDED_PUBLIC or decided.totals == (expected == TOTALS), name


def test_a_stranger_gets_nothing_that_is_not_public(app):
    for name, (rule, method) in _endpoints(app).items():
        if EXPECTED[name] == PUBLIC or (method != "GET" and not rule.rule.startswith("/api/")):
            continue  # a page's form is refused for its missing token before anybody asks who it is
        answer = app.test_client().open(_address(rule), method=method)
        if rule.rule.startswith("/api/"):
            assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated"), name
        else:
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/login"), name


def test_an_endpoint_that_decided_nothing_stays_shut(app, make_user, login):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    client = login(app.test_client(), make_user(Role.ADMIN))
    assert client.get("/forgotten").status_code == 403


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "no role")
def test_a_role_opens_what_the_table_says_and_nothing_else(app, make_user, login, form_token, role):
    opens_by_role = partial(_opens_by_role, role)
    _check_each_endpoint(app, login, form_token, make_user(role), opens_by_role)


def _opens_by_role(role, who):
    return who == ANY_USER or role is Role.ADMIN or role in who


@pytest.mark.parametrize("membership", ["member", "member before", "no member"])
def test_a_role_in_a_whole_project_opens_totals_and_nothing_else(
    *, app, make_partner, make_user, make_project_reporter, login, form_token, membership
):
    reporter = make_project_reporter(make_partner(), membership)
    _check_each_endpoint(app, login, form_token, reporter, lambda who: who in (ANY_USER, TOTALS))


def _check_each_endpoint(app, login, form_token, user, opens_to) -> None:
    client = app.test_client()
    token = ""
    for name, (rule, method) in sorted(_endpoints(app).items()):
        who = EXPECTED[name]
        if who == PUBLIC:
            continue
        if not token or name == "POST /logout":
            token = form_token(login(client, user))
        answer = client.open(_address(rule), method=method, headers={"X-CSRFToken": token})
        opens = opens_to(who)
        refused_by_role = answer.status_code == 403 and "Je rol laat dit niet toe." in answer.get_data(as_text=True)
        assert answer.status_code not in {401, 500}, name
        assert refused_by_role == (not opens), name
        if name == "POST /logout":
            token = ""
