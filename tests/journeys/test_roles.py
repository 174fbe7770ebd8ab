"""Who may see and do what, page by page: every role of one partner, the service's admin, and another partner."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from asset_service.accounts.models import Role
from intake_agent.cli import GROUPS, _parser

READERS = {Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN}
DECIDERS = {Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN}
COUNTERS = {Role.REPORTER, Role.STOCK_MANAGER, Role.PARTNER_ADMIN}
WORKERS = {Role.TECHNICIAN, Role.STOCK_MANAGER}
EVERYBODY = {role for role in Role if role is not Role.ADMIN}

PAGES = [
    ("/", EVERYBODY),
    ("/account", EVERYBODY),
    ("/scan?q=x", EVERYBODY),
    ("/devices", READERS),
    ("/totals", COUNTERS),
    ("/devices.csv", READERS),
    ("/d/{clean}", READERS),
    ("/wipes/awaiting", READERS),
    ("/destructions", READERS),
    ("/components/loose", READERS),
    ("/intake/unmatched", DECIDERS),
    ("/admin/stations", {Role.PARTNER_ADMIN}),
    ("/admin/users", {Role.PARTNER_ADMIN}),
    ("/intake/quarantine", set()),
]


@pytest.fixture
def codes(house: Any) -> dict[str, str]:
    """A filled house."""
    return house.fill()


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_role_opens_its_pages_and_no_others(
    role: Role, house: Any, codes: dict[str, str], login: Callable[..., FlaskClient]
) -> None:
    client = login(house.app.test_client(), house.users[role])
    answers = {path: client.get(path.format(**codes)).status_code for path, _ in PAGES}
    assert answers == {path: 200 if role in allowed else 403 for path, allowed in PAGES}


def test_the_services_admin_opens_every_page(
    house: Any, codes: dict[str, str], login: Callable[..., FlaskClient]
) -> None:
    client = login(house.app.test_client(), house.admin)
    assert {client.get(path.format(**codes)).status_code for path, _ in PAGES} == {200}


def test_somebody_who_is_not_logged_in_is_led_to_the_login_and_back(client: FlaskClient, house: Any) -> None:
    for path, _ in PAGES:
        answer = client.get(path.format(clean="HS-234567"))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login?next=")


def test_another_partner_sees_nothing_of_the_house(
    house: Any, codes: dict[str, str], login: Callable[..., FlaskClient]
) -> None:
    client = login(house.app.test_client(), house.stranger)
    for code in (codes["clean"], codes["exposed"]):
        assert client.get(f"/d/{code}").status_code == 404
        assert "Niet gevonden" in client.get("/scan", query_string={"q": code}).text
    everything = "".join(client.get(path).text for path in ("/", "/devices", "/devices.csv", "/intake/unmatched"))
    assert codes["clean"] not in everything
    assert "5CD8" not in everything
    assert client.get(f"/attests/{codes['check']}.pdf").status_code == 404


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_only_who_works_on_devices_changes_them(
    role: Role,
    house: Any,
    codes: dict[str, str],
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    client = login(house.app.test_client(), house.users[role])
    sent = {"reusable": "yes", "csrf_token": form_token(client)}
    answer = client.post(f"/d/{codes['clean']}/inspect", data=sent)
    assert answer.status_code == (302 if role in WORKERS else 403)


def test_a_form_without_its_token_changes_nothing(
    house: Any, codes: dict[str, str], login: Callable[..., FlaskClient]
) -> None:
    client = login(house.app.test_client(), house.users[Role.TECHNICIAN])
    answer = client.post(f"/d/{codes['clean']}/inspect", data={"reusable": "yes"})
    assert answer.status_code == 422
    assert "binnengekomen" in client.get(f"/d/{codes['clean']}").text


def test_a_partners_admin_makes_a_code_with_which_a_station_enrols_and_revokes_it(
    house: Any, login: Callable[..., FlaskClient], form_token: Callable[[FlaskClient], str]
) -> None:
    client = login(house.app.test_client(), house.users[Role.PARTNER_ADMIN])
    sent = {"site": str(house.partner.site_id), "max_uses": "1", "valid_for": "24", "csrf_token": form_token(client)}
    made = client.post("/admin/stations/codes", data=sent)
    assert made.status_code == 302
    shown = client.get("/admin/stations").text
    code = shown.split('class="secret code">')[1].split("<")[0]
    assert code not in client.get("/admin/stations").text, "loading the page again shows no code and makes none"
    line = html.unescape(re.search(r"<code[^>]*>(intake-agent enrol[^<]*)</code>", shown)[1])
    typed = _parser(GROUPS).parse_args(shlex.split(line)[1:])
    base_url = house.app.extensions["herstart_settings"].base_url
    assert (typed.service, typed.code, typed.name) == (base_url, code, "NAAM")
    enrolled = house.enrol(code, "Werkbank 2")
    assert enrolled.status_code == 201
    assert "Werkbank 2" in client.get("/admin/stations").text
    station_id = enrolled.json["station"]["id"]
    answer = client.post(
        f"/admin/stations/{station_id}/revoke", data={"reason": "lost", "csrf_token": form_token(client)}
    )
    assert answer.status_code == 302
    assert "ingetrokken" in client.get("/admin/stations").text


def test_a_partners_admin_makes_a_user_who_can_log_in(
    house: Any, login: Callable[..., FlaskClient], form_token: Callable[[FlaskClient], str]
) -> None:
    client = login(house.app.test_client(), house.users[Role.PARTNER_ADMIN])
    sent = {
        "name": "Hanne Nieuw",
        "email": "hanne@voorbeeld.be",
        "password": "vier-blauwe-fietsen-zonder-bel",
        "role": "technician",
        "place": str(house.partner.id),
        "csrf_token": form_token(client),
    }
    assert client.post("/admin/users", data=sent).status_code == 302
    hanne = house.app.test_client()
    login_form = {
        "email": sent["email"],
        "password": sent["password"],
        "next": "/devices",
        "csrf_token": form_token(hanne),
    }
    answer = hanne.post("/login", data=login_form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/devices")


@pytest.mark.parametrize(
    "elsewhere", ["https://kwaad.example/", "//kwaad.example/", "/\\kwaad.example", "\\\\kwaad.example", "javascript:x"]
)
def test_a_login_never_leads_to_another_server(
    elsewhere: str, house: Any, form_token: Callable[[FlaskClient], str]
) -> None:
    client = house.app.test_client()
    user = house.users[Role.TECHNICIAN]
    sent = {"email": user.email, "password": user.password, "next": elsewhere, "csrf_token": form_token(client)}
    assert client.post("/login", data=sent).headers["Location"] == "/"
