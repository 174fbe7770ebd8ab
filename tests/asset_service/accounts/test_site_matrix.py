"""Role × endpoint × partner × site × project: what a role opens at its own site, at the sister site, and elsewhere.

A role holds at one site, at a whole partner, or in a whole project, of which the partner is a member or not.

Every route of the app stands in the table below; a new one fails the first test until somebody has said here what it
shows or changes, and whose that is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import EnrolmentCode, Grant, Role
from asset_service.core.db import db, transaction
from asset_service.devices.models import Component, ComponentKind
from asset_service.wiping.jobs import issued_attest
from asset_service.wiping.models import DestructionTask, WipeEvidence
from wipe_reports.document import LOOSE_DISKS
from wipe_reports.document import Device as ReportedDevice

READERS = {Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN}
WORKERS = {Role.TECHNICIAN, Role.STOCK_MANAGER}
DECIDERS = {Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN}
CONFIRMERS = {Role.STOCK_MANAGER, Role.PARTNER_ADMIN}
ADMINS = {Role.PARTNER_ADMIN}
COUNTERS = {Role.REPORTER, Role.STOCK_MANAGER, Role.PARTNER_ADMIN}
NOBODY: set[Role] = set()

SITE, PARTNER, WHOLE = "its site", "any site of its partner", "its partner as a whole"
"""Who reaches a thing: a role at its site (or whole partner), anywhere at its partner, or at the whole of it only."""

GRANTED = {"grounds": "label"}
UNBOUND = {
    "DELETE /api/v1/tokens/<uuid:token_id>", "GET /", "GET /account", "GET /api/v1/docs/",
    "GET /api/v1/docs/files/<name>", "GET /api/v1/docs/static/<path:filename>", "GET /api/v1/keys", "GET /api/v1/me",
    "GET /api/v1/openapi.json", "GET /api/v1/tokens", "GET /assets/<path:filename>",
    "GET /bootstrap/static/<path:filename>", "GET /favicon.ico", "GET /healthz", "GET /jobs", "GET /login",
    "GET /metrics", "GET /readyz", "GET /w/<public_id>", "POST /account/language", "POST /account/password",
    "POST /account/sessions/<uuid:session_id>/end", "POST /account/sessions/end-others", "POST /account/tokens",
    "POST /account/tokens/<uuid:token_id>/revoke", "POST /api/v1/reports", "POST /api/v1/stations/enrol",
    "POST /api/v1/stations/label", "POST /api/v1/stations/settings", "POST /api/v1/tokens", "POST /api/v1/wipe-jobs",
    "POST /login", "POST /logout",
}  # fmt: skip
"""What is nobody's or one's own: no place decides. What they show of devices is checked with the lists (home, scan)."""


@dataclass
class Place:
    """A site with everything that can be there; ``marker`` is the maker and disk model of all its machines."""

    marker: str
    station: Any
    ids: dict[str, Any] = field(default_factory=dict)
    carried: str = ""


@dataclass(frozen=True)
class Expected:
    """Who opens a route, how far, what is sent, and how an answer shows that it opened."""

    roles: set[Role]
    reach: str = SITE
    query: Callable[[Place], dict[str, Any]] = lambda _place: {}
    body: Callable[[Place], dict[str, Any]] = lambda _place: {}
    opened: Callable[[Any, Place], bool] = lambda answer, _place: answer.status_code not in {403, 404}


def _shows(answer: Any, place: Place) -> bool:
    return place.marker in answer.text


def _counts_its_devices(answer: Any, place: Place) -> bool:
    return answer.status_code == 200 and place.station.partner.name in answer.text


def _names_the_task(answer: Any, place: Place) -> bool:
    return place.ids["task_id"] in answer.text


def _done(answer: Any, _place: Place) -> bool:
    return answer.status_code == 302


def _taken_in(answer: Any, _place: Place) -> bool:
    return answer.status_code == 200 and "geweigerd" not in answer.text


def _zip_holds_something(answer: Any, _place: Place) -> bool:
    return answer.status_code == 200 and bool(zipfile.ZipFile(io.BytesIO(answer.data)).namelist())


def _listed(roles: set[Role]) -> Expected:
    return Expected(roles, opened=_shows)


def _code(place: Place) -> dict[str, Any]:
    return {"code": place.ids["code"]}


def _scanned(place: Place) -> dict[str, Any]:
    return {"q": place.ids["code"]}


def _decision(place: Place) -> dict[str, Any]:
    return {"choice": "not_ours", "grounds": "not_ours"}


def _destruction(_place: Place) -> dict[str, Any]:
    return {"method": "shredded", "witness_id": str(uuid4())}


def _new_user(place: Place) -> dict[str, Any]:
    return {
        "name": "Hanne Nieuw", "email": f"{uuid4().hex}@voorbeeld.be", "password": "vier-blauwe-fietsen-zonder-bel",
        "role": "technician", "place": f"{place.station.partner.id}/{place.station.partner.site_id}",
    }  # fmt: skip


def _role_of_known_user(place: Place) -> dict[str, Any]:
    return {"email": place.ids["email"], "role": "technician", "place": _new_user(place)["place"]}


def _site(place: Place) -> dict[str, Any]:
    return {"site_id": str(place.station.partner.site_id)}


def _partner(place: Place) -> dict[str, Any]:
    return {"partner": str(place.station.partner.id)}


MATRIX: dict[str, Expected] = {
    "DELETE /api/v1/quarantine/<uuid:item_id>": Expected(NOBODY),
    "GET /admin/jobs": Expected(NOBODY),
    "POST /admin/jobs/<uuid:job_id>/retry": Expected(NOBODY),
    "GET /admin/mail": Expected(NOBODY),
    "POST /admin/mail/<uuid:mail_id>/retry": Expected(NOBODY),
    "GET /api/v1/quarantine": Expected(NOBODY),
    "GET /api/v1/quarantine/<uuid:item_id>/bytes": Expected(NOBODY),
    "GET /intake/quarantine": Expected(NOBODY),
    "GET /intake/quarantine/<uuid:item_id>.bin": Expected(NOBODY),
    "GET /admin/minimum": Expected(ADMINS, PARTNER, query=_partner),
    "POST /admin/minimum": Expected(ADMINS, WHOLE, query=_partner),
    "POST /admin/minimum/withdraw": Expected(ADMINS, WHOLE, query=_partner),
    "GET /admin/stations": _listed(ADMINS),
    "GET /admin/stations/<uuid:station_id>/revoke": Expected(ADMINS),
    "POST /admin/stations/<uuid:station_id>/revoke": Expected(ADMINS, body=lambda _place: {"reason": "retired"}),
    "POST /admin/stations/codes": Expected(
        ADMINS,
        body=lambda place: {"site": str(place.station.partner.site_id), "max_uses": "1", "valid_for": "24"},
        opened=_done,
    ),
    "POST /admin/stations/codes/<uuid:code_id>/revoke": Expected(ADMINS),
    "GET /admin/users": _listed(ADMINS),
    "POST /admin/users": Expected(ADMINS, body=_new_user, opened=_done),
    "POST /admin/users/roles": Expected(ADMINS, body=_role_of_known_user, opened=_done),
    "POST /admin/users/roles/<uuid:grant_id>/withdraw": Expected(ADMINS),
    "GET /api/v1/attests/<public_id>.pdf": Expected(READERS),
    "POST /api/v1/attests/<public_id>.pdf": Expected(READERS),
    "GET /api/v1/attests/<public_id>/bundle.zip": Expected(READERS),
    "GET /api/v1/destruction-tasks": Expected(READERS, opened=_names_the_task),
    "GET /api/v1/devices": _listed(READERS),
    "GET /api/v1/devices/totals": Expected(COUNTERS, PARTNER, opened=_counts_its_devices),
    "GET /totals": Expected(COUNTERS, PARTNER, opened=_counts_its_devices),
    "GET /api/v1/devices/<code>": Expected(READERS),
    "GET /api/v1/reports/<uuid:report_id>.jws": Expected(READERS),
    "GET /api/v1/scan": Expected(READERS, query=_scanned, opened=_shows),
    "GET /api/v1/unmatched-reports": _listed(DECIDERS),
    "GET /api/v1/unmatched-reports/<uuid:report_id>": Expected(DECIDERS),
    "GET /api/v1/wipes/awaiting-confirmation": Expected(
        READERS, opened=lambda answer, place: place.ids["evidence_id"] in answer.text
    ),
    "GET /attests/<public_id>.pdf": Expected(READERS),
    "POST /attests/<public_id>.pdf": Expected(READERS),
    "GET /components/<uuid:component_id>": Expected(READERS),
    "GET /components/loose": _listed(READERS),
    "GET /d/<code>": Expected(READERS),
    "GET /destructions": _listed(READERS),
    "GET /destructions/<uuid:task_id>": Expected(WORKERS),
    "GET /devices": _listed(READERS),
    "GET /devices.csv": _listed(READERS),
    "GET /intake/reports/<uuid:report_id>": Expected(READERS),
    "GET /intake/reports/<uuid:report_id>.jws": Expected(READERS),
    "GET /intake/unmatched": _listed(DECIDERS),
    "GET /intake/unmatched/<uuid:report_id>": Expected(DECIDERS),
    "GET /scan": Expected(READERS, query=_scanned, opened=_done),
    "GET /wipes/awaiting": _listed(READERS),
    "GET /wipes/<uuid:evidence_id>/confirm": Expected(CONFIRMERS),
    "PATCH /api/v1/devices/<code>": Expected(WORKERS, body=lambda _place: {"product": "X1"}),
    "POST /api/v1/codes": Expected(
        WORKERS, PARTNER, body=lambda place: {"partner_id": str(place.station.partner.id), "count": 1}
    ),
    "POST /api/v1/components/<uuid:component_id>/destruction-task": Expected(WORKERS),
    "POST /api/v1/components/<uuid:component_id>/expose": Expected(WORKERS),
    "POST /api/v1/components/<uuid:component_id>/install": Expected(WORKERS, body=_code),
    "POST /api/v1/components/<uuid:component_id>/remove": Expected(WORKERS),
    "POST /api/v1/destruction-tasks/<uuid:task_id>/done": Expected(WORKERS, body=_destruction),
    "POST /api/v1/devices": Expected(WORKERS, body=lambda place: {"kind": "monitor", **_site(place)}),
    "POST /api/v1/devices/<code>/confirm-no-carrier": Expected(WORKERS),
    "POST /api/v1/devices/<code>/inspect": Expected(WORKERS, body=lambda _place: {"reusable": True}),
    "POST /api/v1/devices/<code>/label": Expected(WORKERS, body=lambda _place: {"code": "HS-222222"}),
    "POST /api/v1/devices/<code>/move": Expected(WORKERS, body=_site),
    "POST /api/v1/devices/<code>/receive": Expected(WORKERS),
    "POST /api/v1/unmatched-reports/<uuid:report_id>/reject": Expected(DECIDERS, body=lambda _place: GRANTED),
    "POST /api/v1/unmatched-reports/<uuid:report_id>/resolve": Expected(
        DECIDERS, body=lambda _place: {**GRANTED, "code": None}
    ),
    "POST /api/v1/wipes/<uuid:evidence_id>/confirm": Expected(CONFIRMERS),
    "POST /components/<uuid:component_id>/install": Expected(WORKERS, body=_code),
    "POST /components/<uuid:component_id>/remove": Expected(WORKERS),
    "POST /d/<code>/inspect": Expected(WORKERS, body=lambda _place: {"reusable": "yes"}),
    "POST /d/<code>/label": Expected(WORKERS, body=lambda _place: {"code": "HS-222222"}),
    "POST /d/<code>/move": Expected(WORKERS, body=lambda place: {"site": str(place.station.partner.site_id)}),
    "POST /d/<code>/no-carrier": Expected(WORKERS, body=lambda _place: {"looked": "y"}),
    "POST /d/<code>/receive": Expected(WORKERS),
    "POST /destructions/<uuid:task_id>": Expected(WORKERS, body=_destruction),
    "POST /intake/import": Expected(
        DECIDERS,
        body=lambda place: {"files": (io.BytesIO(place.carried.encode()), "verslag.jws")},
        opened=_taken_in,
    ),
    "POST /intake/import/receipts": Expected(
        DECIDERS, body=lambda place: {"report_id": place.ids["report_id"]}, opened=_zip_holds_something
    ),
    "POST /intake/unmatched/<uuid:report_id>": Expected(DECIDERS, body=_decision),
    # A code is named, and what bears it is not there for who may not see it: the words of the refusal are one's own.
    "POST /scan/claim": Expected(
        WORKERS,
        body=lambda place: {"code": "HS-222222", "device": place.ids["code"]},
        opened=lambda answer, _place: "kennen we niet bij deze organisatie" in answer.text,
    ),
    "POST /wipes/<uuid:evidence_id>/confirm": Expected(CONFIRMERS),
}  # fmt: skip
OF_UNMATCHED = "unmatched"


@pytest.fixture
def database_url(sqlite_url):
    """The condition itself is compared on both databases below."""
    return sqlite_url


def _routes(app) -> dict[str, Any]:
    return {
        f"{method} {rule.rule}": (method, rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_an_expectation(app):
    assert sorted(_routes(app)) == sorted([*MATRIX, *UNBOUND])


@pytest.fixture
def places(*, app, client, make_partner, make_station, make_user, reports):
    """Three sites, each with all that can be there: the user's own, a sister site of the same partner, a stranger's."""
    own, foreign = make_partner(), make_partner("Digibank Elders")
    with app.app_context(), transaction():
        sister_site = accounts.create_site(SYSTEM, own.id, name="Zusterhuis").id
    return {
        name: _furnished(app, client, Place(f"Merk{name}", make_station(where, f"Merk{name}")), make_user, reports)
        for name, where in (("Eigen", own), ("Zuster", replace(own, site_id=sister_site)), ("Vreemd", foreign))
    }


def _furnished(app, client, place, make_user, reports) -> Place:
    """Give the place a device with a wiped, a failed and an offline-wiped disk, a waiting report, and a loose disk."""
    station, marker = place.station, place.marker

    def disk(**changes):
        return reports.carrier(model=marker, **changes)

    wiped = reports.wiped(client, station, disk())
    failed = disk(name="sdb")
    failed = replace(failed, wipe=reports.failed_wipe(failed.size_bytes))
    machine = reports.machine(manufacturer=marker)
    made = reports.report(machine, wiped, failed, disk(name="sdc", erased=True))
    answer = reports.send(client, made, station).json
    waiting = reports.report(reports.machine(manufacturer=marker, code="HS-222222"), disk())
    assert reports.send(client, waiting, station).json["result"] == "unmatched"
    reports.send(client, reports.report(ReportedDevice(kind=LOOSE_DISKS), disk()), station)
    place.carried = reports.signed(reports.report(reports.machine(manufacturer=marker), disk()), station.key)
    desk = make_user(Role.DESK, station.partner, site_id=station.partner.site_id, name=marker)
    with app.app_context():
        evidence = select(WipeEvidence).where(WipeEvidence.report_id == UUID(made.report_id))
        of_disk = {one.status.value: one for one in db.session.scalars(evidence)}
        issued_attest(of_disk["cleared"].id, "nl")
        of_disk = {one.status.value: one for one in db.session.scalars(evidence)}
        task = select(DestructionTask.id).where(DestructionTask.component_id == of_disk["not_erased"].component_id)
        part = select(Component.id).where(Component.device_id.is_not(None), Component.kind == ComponentKind.BATTERY)
        assert db.session.scalar(part) is not None
        place.ids = {
            "code": answer["device"]["code"],
            "report_id": made.report_id,
            OF_UNMATCHED: waiting.report_id,
            "public_id": of_disk["cleared"].public_id,
            "evidence_id": str(of_disk["awaiting_confirmation"].id),
            "component_id": str(of_disk["cleared"].component_id),
            "task_id": str(db.session.scalar(task)),
            "station_id": str(station.id),
            "item_id": str(uuid4()),
            "job_id": str(uuid4()),
            "email": desk.email,
            "grant_id": str(db.session.scalar(select(Grant.id).where(Grant.user_id == desk.id))),
            "mail_id": str(uuid4()),
            "code_id": str(
                db.session.scalar(select(EnrolmentCode.id).where(EnrolmentCode.site_id == station.partner.site_id))
            ),
        }
    return place


def _address(rule: str, place: Place) -> str:
    ids = {**place.ids, "report_id": place.ids[OF_UNMATCHED]} if "unmatched" in rule else place.ids
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: ids[part[1]], rule)


def _ask(client, method: str, rule: str, place: Place, *, token: str, expected: Expected) -> Any:
    api, body = rule.startswith("/api/"), expected.body(place)
    sent: dict[str, Any] = {} if method == "GET" else {"json": body} if api else {"data": {**body, "csrf_token": token}}
    headers = {"X-CSRFToken": token, "If-Match": "*"} if api else {}
    address = _address(rule, place)
    return client.open(address, method=method, query_string=expected.query(place), headers=headers, **sent)


@pytest.mark.parametrize("limited", [True, False], ids=["one site", "whole partner"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_a_role_opens_what_is_within_its_reach_and_nothing_else(
    *, app, make_user, login, form_token, places, role, limited
):
    own = places["Eigen"].station.partner
    client = login(app.test_client(), make_user(role, own, site_id=own.site_id if limited else None))

    def opens(expected: Expected, where: str) -> bool:
        within = {
            SITE: where == "Eigen" or (where == "Zuster" and not limited),
            PARTNER: where != "Vreemd",
            WHOLE: where != "Vreemd" and not limited,
        }[expected.reach]
        return role in expected.roles and within

    assert _wrongly_answered(app, client, form_token(client), places, opens) == []
    assert client.get("/").status_code == 200


def _wrongly_answered(app, client, token, places, opens) -> list[tuple[str, str, int, str]]:
    """Every endpoint at every place that does not answer as ``opens`` says of what is expected there."""
    wrong, routes = [], _routes(app)
    # What reads comes first: what changes may move or end what is read. Then a form that is refused for what it lacks.
    lacking = "POST /wipes/<uuid:evidence_id>/confirm"
    for name in sorted(MATRIX, key=lambda one: (not one.startswith("GET"), one != lacking, "revoke" in one, one)):
        expected, (method, rule) = MATRIX[name], routes[name]
        for where, place in reversed(places.items()):
            answer = _ask(client, method, rule.rule, place, token=token, expected=expected)
            opened = answer.status_code < 500 and expected.opened(answer, place)
            if answer.status_code >= 500 or opened != opens(expected, where):
                wrong.append((name, where, answer.status_code, "opened" if opened else "closed"))
    return wrong


@pytest.mark.parametrize("membership", ["member", "member before", "no member"])
def test_a_role_in_a_whole_project_opens_totals_of_its_partners_and_no_row_of_any(
    *, app, make_project_reporter, login, form_token, places, membership
):
    reporter = make_project_reporter(places["Eigen"].station.partner, membership)
    client = login(app.test_client(), reporter)

    def opens(expected: Expected, where: str) -> bool:
        # What came in today was not there while it was a member before.
        return expected.opened is _counts_its_devices and where != "Vreemd" and membership == "member"

    assert _wrongly_answered(app, client, form_token(client), places, opens) == []
    shown = "".join(client.get(path).text for path in ("/", "/totals", "/api/v1/devices/totals", "/api/v1/me"))
    for place in places.values():
        assert place.marker not in shown
        for name in ("code", "public_id", "component_id", "report_id"):
            assert place.ids[name] not in shown
    people = {place.marker for place in places.values()} | {place.station.name for place in places.values()}
    assert not any(name in shown for name in people)


def test_the_list_of_users_tells_nothing_of_their_roles_elsewhere(*, app, make_user, login, places):
    own, foreign = places["Eigen"].station.partner, places["Vreemd"].station.partner
    user = make_user(Role.TECHNICIAN, own, site_id=own.site_id, name="Wilhelmina Overal")
    with app.app_context(), transaction():
        accounts.grant_role(SYSTEM, user.id, Role.DESK, partner_id=foreign.id)
    client = login(app.test_client(), make_user(Role.PARTNER_ADMIN, own, site_id=own.site_id))
    shown = client.get("/admin/users").text
    assert "Wilhelmina Overal" in shown
    assert foreign.name not in shown


@pytest.mark.parametrize("limited", [True, False], ids=["one site", "whole partner"])
def test_home_counts_and_shows_what_is_within_reach(*, app, make_user, login, places, limited):
    own = places["Eigen"].station.partner
    client = login(app.test_client(), make_user(Role.TECHNICIAN, own, site_id=own.site_id if limited else None))
    shown = client.get("/").text
    assert [place.marker in shown for place in places.values()] == [True, not limited, False]
    assert f"{1 if limited else 2} te bekijken" in shown
    assert f"{1 if limited else 2} te bevestigen" in shown
