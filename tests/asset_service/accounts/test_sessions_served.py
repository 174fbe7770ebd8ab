"""What was tried on a live service: a copied cookie, made-up addresses, tokens that breed, a foreign Host header."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from asset_service.accounts import operations
from asset_service.accounts.models import Role
from asset_service.core.db import transaction

BASE_URL = "http://herstart.example:8080"
FOREIGN = "kwaad.example"


@pytest.fixture
def served(settings, serve) -> str:
    """The address of the service as it runs in a workshop, in two processes."""
    return serve(settings, HERSTART_RATE_LIMITS="yes", HERSTART_BASE_URL=BASE_URL).address


@pytest.fixture
def browser(served, make_user, browse) -> httpx.Client:
    """Somebody's browser, logged in by the form."""
    return browse(served, make_user(Role.PARTNER_ADMIN))


def _status(served: str, **options) -> int:
    return httpx.get(f"{served}/api/v1/me", timeout=60, **options).status_code


def test_a_copied_cookie_opens_nothing_after_logout(served, browser, page_token):
    copied = dict(browser.cookies)
    assert _status(served, cookies=copied) == 200
    assert browser.post("/logout", data={"csrf_token": page_token(browser, "/account")}).status_code == 302
    assert _status(served, cookies=copied) == 401


def test_an_address_that_a_client_makes_up_decides_nothing(served, browser):
    """Before, the first of X-Forwarded-For was believed: another one threw out a phone that had changed networks."""
    for forwarded in ("203.0.113.9", "198.51.100.7, 203.0.113.9", "no address"):
        assert _status(served, cookies=dict(browser.cookies), headers={"X-Forwarded-For": forwarded}) == 200


def test_a_short_lived_token_makes_no_long_lived_one(app, served, make_user):
    user = make_user(Role.DESK)
    with app.app_context(), transaction():
        _, token = operations.create_token(user.access, name="drie dagen", valid_for=timedelta(days=3))
    headers = {"Authorization": f"Bearer {token}"}
    made = httpx.post(f"{served}/api/v1/tokens", json={"name": "jaar", "valid_days": 366}, headers=headers, timeout=60)
    assert made.status_code == 403
    assert len(httpx.get(f"{served}/api/v1/tokens", headers=headers, timeout=60).json()["items"]) == 1


def test_a_token_ends_with_the_password(app, served, make_user):
    user = make_user(Role.DESK)
    with app.app_context():
        with transaction():
            _, token = operations.create_token(user.access, name="script")
        with transaction():
            operations.set_password(user.access, user.id, password="een heel ander wachtwoord", present=user.password)
    assert _status(served, headers={"Authorization": f"Bearer {token}"}) == 401


def test_the_enrol_command_names_the_service_and_not_the_host_header(browser, page_token):
    sent = {"max_uses": "1", "valid_for": "24", "csrf_token": page_token(browser, "/admin/stations")}
    sent["site"] = re.search(r'<option[^>]*value="([0-9a-f-]{36})"', browser.get("/admin/stations").text)[1]
    assert browser.post("/admin/stations/codes", data=sent).status_code == 302
    shown = browser.get("/admin/stations", headers={"Host": FOREIGN}).text
    assert f"intake-agent enrol --service {BASE_URL} --code" in shown
    assert FOREIGN not in shown


def test_no_answer_repeats_the_host_header(served):
    for path in ("/api/v1/docs", "/login", "/", "/d/x", "/no-such-page", "/favicon.ico", "/api/v1/no-such-thing"):
        answer = httpx.get(f"{served}{path}", headers={"Host": FOREIGN}, timeout=60)
        assert FOREIGN not in answer.text + str(answer.headers), path
