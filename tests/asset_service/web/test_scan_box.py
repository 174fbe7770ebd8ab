"""The scan box takes anything and always has an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings, strategies

from asset_service.accounts.models import Role
from asset_service.core.db import transaction
from asset_service.devices import operations

JSON = {"Accept": "application/json"}


@pytest.fixture
def client(as_role: Callable[[Role], FlaskClient]) -> FlaskClient:
    """A technician's browser."""
    return as_role(Role.TECHNICIAN)


@pytest.mark.parametrize("how", ["code", "lower", "no hyphen", "url", "serial", "spaced serial", "disk"])
def test_a_code_its_address_a_serial_and_a_disks_serial_lead_to_the_device(
    how: str, client: FlaskClient, house: Any
) -> None:
    device = house.receive_report(7)["device"]
    code = device["code"]
    text = {
        "code": code,
        "lower": code.lower(),
        "no hyphen": code.replace("-", ""),
        "url": device["url"],
        "serial": "5CD80007XK",
        "spaced serial": " 5cd8 0007 xk ",
        "disk": "S3TZNX0K000007",
    }[how]
    answer = client.get("/scan", query_string={"q": text})
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/d/{code}")
    page = client.get(f"/d/{code}").text
    assert f"Gevonden: {code}" in page
    assert client.get("/scan", query_string={"q": text}, headers=JSON).json["url"] == f"/d/{code}"


def test_a_serial_that_two_devices_bear_gives_a_choice(client: FlaskClient, house: Any, house_module: Any) -> None:
    first = house.receive_report(1)["device"]["code"]
    other = house_module.device(2, manufacturer="Dell Inc.", product="Latitude E7470", serial="5CD80001XK")
    second = house.send_report(house_module.report(other))["device"]["code"]
    page = client.get("/scan?q=5CD80001XK").text
    assert f"/d/{first}" in page
    assert f"/d/{second}" in page


def test_an_unknown_code_is_kept_in_words(client: FlaskClient) -> None:
    page = client.get("/scan?q=<b>weg</b>").text
    assert "&lt;b&gt;weg&lt;/b&gt;" in page
    assert client.get("/scan?q=weg", headers=JSON).json["result"] == "unknown"


def test_a_blank_label_is_stuck_on_a_device_that_is_scanned_next(
    app: Flask, client: FlaskClient, house: Any, form_token: Callable[[FlaskClient], str]
) -> None:
    old = house.receive_report(1)["device"]["code"]
    with app.app_context(), transaction():
        (blank,) = operations.make_codes(house.admin.access, house.partner.id, 1)
    assert "nog vrij" in client.get("/scan", query_string={"q": blank}).text
    sent = {"code": blank, "device": "5CD80001XK", "csrf_token": form_token(client)}
    answer = client.post("/scan/claim", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{blank}")
    assert client.get(f"/d/{old}").headers["Location"] == f"/d/{blank}"


def test_a_loose_disk_is_found_by_its_serial(
    app: Flask, client: FlaskClient, house: Any, house_module: Any, form_token: Callable[[FlaskClient], str]
) -> None:
    exposed = replace(house_module.carrier(9), wipe=None)
    code = house.send_report(house_module.report(house_module.device(9), exposed))["device"]["code"]
    path = client.get(f"/d/{code}").text.split('action="/components/')[1].split('"')[0]
    sent = {"csrf_token": form_token(client), "out": "y"}
    assert client.post(f"/components/{path}", data=sent).status_code == 302
    page = client.get("/scan?q=S3TZNX0K000009").text
    assert "Losse schijven" in page
    assert "nog niet gewist" in page


@pytest.fixture
def loose_disk(
    client: FlaskClient, house: Any, house_module: Any, form_token: Callable[[FlaskClient], str]
) -> tuple[str, str]:
    """The path of a disk that was taken out of its device before it was wiped, and the device's code."""
    exposed = replace(house_module.carrier(9), wipe=None)
    code = house.send_report(house_module.report(house_module.device(9), exposed))["device"]["code"]
    path = client.get(f"/d/{code}").text.split('action="/components/')[1].split('/remove"')[0]
    sent = {"csrf_token": form_token(client)}
    refused = client.post(f"/components/{path}/remove", data=sent)
    assert refused.status_code == 422
    assert "Neem de schijf eerst uit het toestel" in refused.text
    assert client.post(f"/components/{path}/remove", data={**sent, "out": "y"}).status_code == 302
    return f"/components/{path}", code


def test_a_loose_disk_waits_on_the_first_page_until_it_is_put_into_a_device(
    client: FlaskClient, loose_disk: tuple[str, str], house: Any, form_token: Callable[[FlaskClient], str]
) -> None:
    path, _code = loose_disk
    other = house.receive_report(1)["device"]["code"]
    assert 'href="/components/loose"' in client.get("/").text
    assert f'href="{path}"' in client.get("/components/loose").text
    assert f'href="{path}"' in client.get("/scan?q=S3TZNX0K000009").text
    assert "In een toestel gestoken?" in client.get(path).text
    unknown = client.post(f"{path}/install", data={"code": "HS-XXXXXX", "csrf_token": form_token(client)})
    assert unknown.status_code == 422
    assert "We kennen geen toestel met deze code." in unknown.text
    assert 'value="HS-XXXXXX"' in unknown.text
    put_in = client.post(f"{path}/install", data={"code": other, "csrf_token": form_token(client)})
    assert (put_in.status_code, put_in.headers["Location"]) == (302, f"/d/{other}")
    assert "S3TZNX0K000009" in client.get(f"/d/{other}").text
    assert 'href="/components/loose"' not in client.get("/").text
    assert client.get(path).headers["Location"] == f"/d/{other}"


@pytest.mark.parametrize("text", ["ProBook", "G5", "450", "To be filled by O.E.M.", "HP"])
def test_a_word_that_identifies_nothing_never_opens_a_device_nor_sticks_a_label_on_it(
    text: str, client: FlaskClient, house: Any, house_module: Any, form_token: Callable[[FlaskClient], str]
) -> None:
    vague = house_module.device(3, serial="To be filled by O.E.M.", uuid=house_module.device(4).uuid)
    code = house.send_report(house_module.report(vague, house_module.carrier(3)))["device"]["code"]
    answer = client.get("/scan", query_string={"q": text})
    assert answer.status_code == 200
    assert f'href="/d/{code}"' in answer.text or "Niet gevonden" in answer.text
    with client.application.app_context(), transaction():
        (blank,) = operations.make_codes(house.admin.access, house.partner.id, 1)
    sent = {"code": blank, "device": text, "csrf_token": form_token(client)}
    assert client.post("/scan/claim", data=sent).status_code == 422


@pytest.mark.parametrize("text", ["", "   "])
def test_a_scan_of_nothing_asks_to_scan_first(text: str, client: FlaskClient) -> None:
    page = client.get("/scan", query_string={"q": text}).text
    assert "Scan of typ eerst iets." in page
    assert "Niet gevonden" not in page


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=strategies.text(max_size=700))
def test_whatever_is_scanned_there_is_an_answer(text: str, client: FlaskClient) -> None:
    usable = text.encode("utf-8", "replace").decode()
    for headers in ({}, JSON):
        # A NUL names nothing and is refused in words (core.input).
        expected = {422} if "\0" in usable else {200, 302}
        assert client.get("/scan", query_string={"q": usable}, headers=headers).status_code in expected
