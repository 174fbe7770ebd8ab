"""A GET or HEAD of any address of the running service leaves the database as it was."""

from __future__ import annotations

import re

import httpx
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.wiping.models import WipeEvidence


def _form_token(browser: httpx.Client, path: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)[-1]


def _rows(app) -> dict[str, list[str]]:
    """Every table's rows as text; when a session was last seen is not looked at."""
    found = {}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [one for one in table.columns if one.name != "last_seen_at"]
            found[table.name] = sorted(str(row) for row in db.session.execute(select(*columns)))
        db.session.remove()
        db.engine.dispose()
    return found


def test_no_get_and_no_head_writes(*, app, settings, serve, post, make_station, make_user, reports, redis_url):
    station = make_station()
    user = make_user(Role.ADMIN)
    # With a Redis and no worker nothing is at work in the background: what changes here, a request has changed.
    served = serve(settings, REDIS_URL=redis_url)
    made = reports.report(None, reports.carrier(erased=True))
    code = post(served, made, station).json()["device"]["code"]
    with httpx.Client(base_url=served.address, timeout=120) as browser:
        sent = {"email": user.email, "password": user.password, "csrf_token": _form_token(browser, "/login")}
        assert browser.post("/login", data=sent).status_code == 302
        known = _rows(app)
        ids = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(known))
        public_ids = set(_public_ids(app))
        answered = 0
        for address in _addresses(app, code, made.report_id, sorted(set(ids))[:3], sorted(public_ids)[:1]):
            for method in ("GET", "HEAD"):
                answer = browser.request(method, address)
                assert answer.status_code < 500, address
                answered += answer.status_code == 200
        assert answered > 40
        changed = {name for name, rows in _rows(app).items() if rows != known[name]}
    assert changed == set()


def _public_ids(app):
    with app.app_context():
        found = db.session.scalars(select(WipeEvidence.public_id)).all()
        db.session.remove()
        db.engine.dispose()
    return found


def _addresses(app, code, report_id, ids, public_ids):
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in {"frame.static", "bootstrap.static", "api_docs.static"}:
            continue
        for one in (report_id, *ids) if "uuid" in rule.rule else ("",):
            values = {"code": code, "public_id": public_ids[0]} | {
                name: one for name in rule.arguments if name.endswith("_id") and name != "public_id"
            }
            with app.test_request_context():
                yield rule.build({name: values.get(name, "x") for name in rule.arguments})[1]
