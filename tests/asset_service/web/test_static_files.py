"""Static files: compressed, kept by the browser, and small."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from asset_service.accounts.models import Role

MOST_BYTES = 100_000


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Files do not differ between databases."""
    return sqlite_url


def _linked(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/(?:assets|bootstrap)/[^"#]+)', page)


def test_a_page_with_everything_it_loads_stays_under_100_kb(as_role: Callable[[Role], FlaskClient], house: Any) -> None:
    code = house.receive_report()["device"]["code"]
    client = as_role(Role.TECHNICIAN)
    for path in ("/", "/devices", f"/d/{code}", "/account"):
        page = client.get(path)
        files = {address: client.get(address, headers={"Accept-Encoding": "gzip"}) for address in _linked(page.text)}
        assert {file.status_code for file in files.values()} == {200}
        total = len(page.data) + sum(len(file.data) for file in files.values())
        assert total < MOST_BYTES, {address: len(file.data) for address, file in files.items()}


def test_a_style_sheet_is_sent_compressed_and_kept_for_a_year(client: FlaskClient) -> None:
    address = next(one for one in _linked(client.get("/login").text) if "theme.css" in one)
    plain = client.get(address)
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert "immutable" in small.headers["Cache-Control"]
    assert "Accept-Encoding" in small.headers["Vary"]


def test_a_style_sheet_that_the_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    address = next(one for one in _linked(client.get("/login").text) if "theme.css" in one)
    first = client.get(address, headers={"Accept-Encoding": "gzip"})
    again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_a_page_is_never_compressed_beside_its_form_token(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"Accept-Encoding": "gzip"})
    assert "csrf_token" in answer.text
    assert "Content-Encoding" not in answer.headers


def test_a_page_is_asked_for_again_and_kept_by_no_proxy(client: FlaskClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"


def test_the_address_of_a_file_changes_with_its_content(app: Flask, client: FlaskClient) -> None:
    addresses = [one for one in _linked(client.get("/login").text) if one.startswith("/assets/")]
    assert addresses
    assert all(re.search(r"\?v=[0-9a-f]{12}$", one) for one in addresses)


def test_no_browser_keeps_a_page_a_list_or_a_document(
    as_role: Callable[[Role], FlaskClient], house: Any, form_token: Callable[[FlaskClient], str]
) -> None:
    answer = house.receive_report()
    client = as_role(Role.TECHNICIAN)
    code, public_id = answer["device"]["code"], answer["attests"][0]["check_url"].rpartition("/")[2]
    client.post(f"/attests/{public_id}.pdf", data={"csrf_token": form_token(client)})
    for path in (
        "/", "/devices", "/devices.csv", f"/d/{code}", f"/attests/{public_id}.pdf", f"/w/{public_id}", "/account",
        f"/api/v1/attests/{public_id}.pdf", f"/api/v1/attests/{public_id}/bundle.zip", "/api/v1/devices", "/api/v1/me",
        f"/api/v1/reports/{answer['report_id']}.jws", f"/intake/reports/{answer['report_id']}.jws", "/nergens",
        "/api/v1/devices/HS-222222", "/scan?q=niets", "/wipes/awaiting", "/api/v1/tokens",
    ):  # fmt: skip
        assert client.get(path).headers.getlist("Cache-Control") == ["no-store"], path


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity, *;q=0", "br"])
def test_a_style_sheet_is_not_compressed_for_who_refuses_it(client: FlaskClient, accepted: str) -> None:
    address = next(one for one in _linked(client.get("/login").text) if "theme.css" in one)
    sent = client.get(address, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in sent.headers
    assert sent.data == client.get(address).data
