"""Headers, cookies, form tokens and limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asset_service.accounts.models import Role
from asset_service.app import create_app
from asset_service.core import security
from asset_service.core.access import public


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


def test_every_answer_carries_the_headers(client):
    for path in ("/healthz", "/api/v1/keys", "/api/v1/docs/", "/no-such-page", "/api/v1/no-such-thing"):
        headers = client.get(path).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Permissions-Policy"].startswith("camera=(self)")
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_over_tls_the_cookie_is_for_tls_only_and_browsers_stay_with_it(settings, make_user, login):
    app = create_app(replace(settings, base_url="https://herstart.example"))
    client = app.test_client()
    assert "max-age=" in client.get("/healthz").headers["Strict-Transport-Security"]
    client.get("/healthz", base_url="https://herstart.example")
    name = app.config["SESSION_COOKIE_NAME"]
    assert name.startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app, client, make_user, login):
    login(client, make_user())
    cookie = client.get_cookie("herstart")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_a_nonce_is_new_for_each_answer(app, client):
    app.add_url_rule("/nonce", "nonce", public(security.csp_nonce))
    seen = set()
    for _ in range(2):
        answer = client.get("/nonce")
        nonce = answer.get_data(as_text=True)
        assert f"script-src 'self' 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        seen.add(nonce)
    assert len(seen) == 2


def test_a_session_writes_through_the_api_only_with_its_form_token(client, make_user, login, form_token):
    login(client, make_user(Role.TECHNICIAN))
    assert client.get("/api/v1/me").status_code == 200
    forged = client.post("/api/v1/tokens", json={"name": "van een andere site"})
    assert (forged.status_code, forged.json["code"]) == (422, "csrf")
    own = client.post("/api/v1/tokens", json={"name": "van mij"}, headers={"X-CSRFToken": form_token(client)})
    assert own.status_code == 201


def test_a_form_without_its_token_is_refused(client):
    answer = client.post("/login", data={"email": "a@b.be", "password": "x"})
    assert answer.status_code == 422
    assert "te lang open" in answer.get_data(as_text=True)


def test_metrics_are_for_this_machine_or_for_the_token(settings):
    client = create_app(replace(settings, metrics_token="m" * 20)).test_client()
    assert client.get("/metrics").status_code == 200
    assert b"herstart_requests_total" in client.get("/metrics").data
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_base=elsewhere).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    bearer = {"Authorization": f"Bearer {'m' * 20}"}
    assert client.get("/metrics", environ_base=elsewhere, headers=bearer).status_code == 200
    wrong = {"Authorization": f"Bearer {'n' * 20}"}
    assert client.get("/metrics", environ_base=elsewhere, headers=wrong).status_code == 403


def test_without_a_token_metrics_are_closed_to_others(client):
    bearer = {"Authorization": "Bearer "}
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}, headers=bearer).status_code == 403


def test_enrolment_codes_cannot_be_tried_by_the_hundred(settings):
    client = create_app(replace(settings, rate_limits=True)).test_client()
    body = {"code": "0000-0000-0000-0000", "name": "x", "public_key": {}}
    answers = [client.post("/api/v1/stations/enrol", json=body) for _ in range(12)]
    assert [one.status_code for one in answers[:10]] == [422] * 10
    assert (answers[-1].status_code, answers[-1].json["code"]) == (429, "too_many")
    assert client.get("/api/v1/keys").status_code == 200


def test_the_limit_is_shared_by_processes_through_redis(settings, redis_url):
    body = {"code": "0000-0000-0000-0000", "name": "x", "public_key": {}}
    statuses = []
    for _ in range(2):
        client = create_app(replace(settings, rate_limits=True, redis_url=redis_url)).test_client()
        statuses += [client.post("/api/v1/stations/enrol", json=body).status_code for _ in range(6)]
    assert statuses == [422] * 10 + [429] * 2


def test_behind_a_proxy_the_limit_counts_people_and_not_the_proxy(settings):
    client = create_app(replace(settings, rate_limits=True, trusted_proxies=1)).test_client()
    body = {"code": "0000-0000-0000-0000", "name": "x", "public_key": {}}
    for address in ("192.0.2.1", "192.0.2.2"):
        headers = {"X-Forwarded-For": address}
        answers = [client.post("/api/v1/stations/enrol", json=body, headers=headers) for _ in range(11)]
        assert [one.status_code for one in answers] == [422] * 10 + [429]
