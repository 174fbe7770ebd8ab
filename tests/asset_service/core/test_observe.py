"""What is logged and what is not; whether the service says that it is ready."""

from __future__ import annotations

import io
import json
import logging
import sys
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import text

from asset_service.app import create_app
from asset_service.core.access import public
from asset_service.core.db import db, transaction

SECRETS = ("hemelsblauw-wachtwoord-9", "herstart_secrettoken", "ABCD-EFGH-JKMN-PQRS")


def _lines(captured: str) -> list[dict]:
    return [json.loads(line) for line in captured.splitlines() if line]


@pytest.fixture
def logged(settings, monkeypatch):
    """The app at log level info, and a function that gives its log lines."""
    written = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        app = create_app(replace(settings, log_level="info"))
    yield app, lambda: _lines(written.getvalue())
    with app.app_context():
        db.engine.dispose()


def test_a_request_leaves_one_line_with_its_id(logged):
    app, lines = logged
    answer = app.test_client().get("/api/v1/keys?after=personal", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    (line,) = lines()
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/keys", 200)
    assert line["request_id"] == "from-the-proxy-1"


def test_a_request_id_that_is_no_id_is_replaced(logged):
    app, _ = logged
    given = 'x", "level": "forged'
    assert app.test_client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_no_secret_is_ever_logged(logged):
    app, lines = logged
    client = app.test_client()
    client.post("/login", data={"email": "noor@voorbeeld.be", "password": SECRETS[0]})
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {SECRETS[1]}"})
    client.post("/api/v1/stations/enrol", json={"code": SECRETS[2], "name": "x", "public_key": {}})
    structlog.get_logger("test").info("login", password=SECRETS[0], token=SECRETS[1], code=SECRETS[2])
    logging.getLogger("elsewhere").warning("plain")
    written = json.dumps(lines())
    assert "plain" in written
    assert "[not logged]" in written
    assert [secret for secret in SECRETS if secret in written] == []


def test_an_unknown_fault_is_logged_with_its_traceback(logged):
    app, lines = logged

    @public
    def crash():
        raise RuntimeError("the cause")

    app.add_url_rule("/crash", "crash", crash)
    app.test_client().get("/crash")
    assert "RuntimeError: the cause" in json.dumps(lines())


def test_the_service_is_ready_on_a_migrated_database(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json["checks"].values()) == {"ok"}


def test_a_database_behind_its_migrations_is_not_ready(app, client):
    with app.app_context(), transaction():
        db.session.execute(text("DELETE FROM alembic_version"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["database at its latest migration"]) == (503, "failed")
    assert client.get("/healthz").status_code == 200


def test_a_redis_that_is_gone_is_not_ready(settings, redis_url):
    with_redis = create_app(replace(settings, redis_url=redis_url)).test_client()
    assert with_redis.get("/readyz").json["checks"]["redis"] == "ok"
    without = create_app(replace(settings, redis_url="unix:///nowhere/valkey.sock")).test_client()
    assert without.get("/readyz").status_code == 503
