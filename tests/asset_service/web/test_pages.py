"""What every page keeps: no inline style or script, no stranger's address, words in the reader's language."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from asset_service.accounts.models import Role
from wipe_reports.cli import _parser


@pytest.fixture
def pages(app: Flask, house: Any, login: Callable[..., FlaskClient]) -> dict[str, str]:
    """Every page of a filled house as the service's admin sees it, by its path."""
    codes = house.fill()
    client = login(app.test_client(), house.admin)
    return {path: client.get(path).text for path in [*house.paths(codes), "/nergens"]}


def test_no_page_holds_what_the_content_security_policy_forbids(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son[a-z]+=|javascript:", page), path


def test_no_page_points_at_a_strangers_server(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        loaded = re.findall(r'(?:src|href|action)="(https?:[^"]*|//[^"]*)"', page)
        assert loaded == [], path


def test_every_page_has_one_heading_and_a_title_of_its_own(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert len(re.findall(r"<h1[ >]", page)) == 1, path
    assert all(re.search(r"<title>[^<]{3,} – Herstart</title>", page) for page in pages.values())


def test_every_form_that_changes_something_carries_its_token(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        for form in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL):
            assert 'name="csrf_token"' in form, path


def test_a_page_that_is_not_there_says_so_and_leads_home(pages: dict[str, str]) -> None:
    assert "Niet gevonden" in pages["/nergens"]
    assert "Scan het etiket opnieuw" in pages["/nergens"], "what to do stands beneath what went wrong"
    assert "Traceback" not in pages["/nergens"]


def test_the_language_is_the_users_own_then_the_browsers(
    app: Flask, house: Any, make_user: Callable[..., Any], login: Callable[..., FlaskClient]
) -> None:
    english = {"Accept-Language": "en-GB,en;q=0.9,nl;q=0.1"}
    assert "Log in" in app.test_client().get("/login", headers=english).text
    assert "Aanmelden" in app.test_client().get("/login", headers={"Accept-Language": "vo"}).text
    dutch = login(app.test_client(), house.users[Role.DESK])
    assert "Toestellen" in dutch.get("/devices", headers=english).text
    reader = login(app.test_client(), make_user(Role.DESK, house.partner, email="e@example.org", language="en"))
    page = reader.get("/devices").text
    assert '<html lang="en">' in page
    assert "Devices" in page


def test_pages_for_everybody_and_of_errors_speak_one_language_to_who_is_logged_in(
    app: Flask, house: Any, make_user: Callable[..., Any], login: Callable[..., FlaskClient]
) -> None:
    dutch = {"Accept-Language": "nl"}
    public_id = house.receive_report()["attests"][0]["check_url"].rpartition("/")[2]
    reader = login(app.test_client(), make_user(Role.DESK, house.partner, email="e@example.org", language="en"))
    page = reader.get(f"/w/{public_id}", headers=dutch).text
    assert ("Erased" in page, "Gewist" in page) == (True, False)
    missing = reader.get("/nergens", headers=dutch).text
    assert ("Not found" in missing, "Niet gevonden" in missing) == (True, False)
    forged = reader.post("/account/language", data={"language": "en"}, headers=dutch).text
    assert ("The data is not right" in forged, "De gegevens kloppen niet" in forged) == (True, False)


def test_a_user_changes_language_and_password_and_stays_logged_in(
    client: FlaskClient, house: Any, login: Callable[..., FlaskClient], form_token: Callable[[FlaskClient], str]
) -> None:
    user = house.users[Role.DESK]
    login(client, user)
    assert (
        client.post("/account/language", data={"language": "en", "csrf_token": form_token(client)}).status_code == 302
    )
    assert "My account" in client.get("/account").text
    new = "tien-stille-schermen-in-maart"
    wrong = {"present": "niet dit wachtwoord", "password": new, "again": new, "csrf_token": form_token(client)}
    assert client.post("/account/password", data=wrong).status_code == 422
    right = {**wrong, "present": user.password, "csrf_token": form_token(client)}
    assert client.post("/account/password", data=right).status_code == 302
    assert client.get("/account").status_code == 200


def test_an_english_reader_gets_the_attest_and_its_check_page_too(
    *,
    app: Flask,
    house: Any,
    make_user: Callable[..., Any],
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    public_id = house.receive_report()["attests"][0]["check_url"].rpartition("/")[2]
    for language in ("nl", "en"):
        user = make_user(Role.DESK, house.partner, email=f"{language}@example.org", language=language)
        client = login(app.test_client(), user)
        client.post(f"/attests/{public_id}.pdf", data={"csrf_token": form_token(client)})
        answer = client.get(f"/attests/{public_id}.pdf")
        assert answer.data.startswith(b"%PDF-")
    stranger = app.test_client().get(f"/w/{public_id}", headers={"Accept-Language": "en"})
    assert stranger.status_code == 200
    assert "What this does not prove" in stranger.text
    assert "Erased" in stranger.text


def test_without_an_attest_nobody_is_asked_to_check_one(app: Flask, house: Any) -> None:
    public_id = house.receive_report()["attests"][0]["check_url"].rpartition("/")[2]
    page = app.test_client().get(f"/w/{public_id}").text
    assert "er is geen attest uitgegeven" in page
    assert "wipe-report verify" not in page
    assert "het nummer op het papieren attest" not in page


@pytest.mark.parametrize("public_id", ["x", "a" * 26, "../../etc/passwd", "%00"])
def test_a_check_of_nothing_is_an_honest_404(public_id: str, client: FlaskClient) -> None:
    assert client.get(f"/w/{public_id}").status_code == 404


def test_the_check_page_names_a_command_that_the_program_takes_and_where_its_keys_are(
    app: Flask, house: Any, login: Callable[..., FlaskClient], form_token: Callable[[FlaskClient], str]
) -> None:
    public_id = house.receive_report()["attests"][0]["check_url"].rpartition("/")[2]
    client = login(app.test_client(), house.users[Role.DESK])
    client.post(f"/attests/{public_id}.pdf", data={"csrf_token": form_token(client)})
    page = app.test_client().get(f"/w/{public_id}").text
    line = re.search(r"<code[^>]*>(wipe-report verify [^<]*)</code>", page)[1]
    typed = _parser().parse_args(shlex.split(line)[1:])
    assert (typed.files, typed.trusted_keys) == (["wis-attest.pdf"], "keys.json")
    keys = re.search(r'href="([^"]*)" download="keys.json"', page)[1]
    assert app.test_client().get(keys).json["keys"]
