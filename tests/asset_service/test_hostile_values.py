"""Every route of the served program × values made to hurt a parser: refused in words, never a failure of the service.

The routes come from the app's own map and the fields from its schemas and forms, so that new ones are covered.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from asset_service.accounts import operations as accounts
from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.forms import Form
from asset_service.devices.models import Component, Device, DeviceIdentity
from asset_service.wiping.models import WipeEvidence

DEEP, LONG = 1000, "9" * 5000


def cursor(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


JSON_VALUES = [
    "[" * DEEP + "]" * DEEP,
    '{"a":' * DEEP + "1" + "}" * DEEP,
    "[" * 100_000,
    LONG,
    f"-{LONG}",
    "1e999",
    "NaN",
    "-Infinity",
    r'"\ud800"',
    r'"\udfff\ud800"',
    r'"\u0000"',
    r'{"\u0000": 1}',
    r'{"\ud800": 1}',
    '{"a": 1, "a": 2}',
    "null",
    "[]",
    "{}",
    "true",
    str(2**63),
    json.dumps("x" * 10_000),
    '"0001-01-01T00:00:00+23:59"',
    '"\u202e"',
]
BODIES = [
    b"",
    b"{",
    b"\x00",
    b"\xff\xfe{\x00}\x00",
    '{"a": "é"}'.encode("latin-1"),
    b'{"a": "\xed\xa0\x80"}',
    b"\xef\xbb\xbf{}",
]
TYPES = [
    "application/json",
    "application/json; charset=utf-16",
    "application/jose",
    "multipart/form-data",
    "multipart/form-data; boundary=\x7f",
    "application/x-www-form-urlencoded; charset=x",
    "text/\xff",
    "",
]
TEXTS = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF%FE",
    LONG[:250],
    "-1",
    "NaN",
    "Infinity",
    "sNaN",
    "1e999999",
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "'",
    "0001-01-01T00:00:00%2B23:59",
    "%2E%2E%2F",
    "",
]
CURSORS = [
    cursor(one)
    for one in (
        b"[5]",
        b"[null]",
        b"[[]]",
        b"[{}]",
        b"{}",
        b"5",
        b'"x"',
        b'["\\u0000"]',
        b'["\\ud800"]',
        b"[true]",
        b"[1e999]",
        b"[" * 150,
        b'["0001-01-01T00:00:00+23:59"]',
        b'["9999-12-31T23:59:59-23:59"]',
        b'["9999-12-31T23:59:59-23:59","x"]',
        b"\x00",
        b"",
        LONG[:200].encode(),
        b'["%s"]' % str(uuid4()).encode(),
        b'["%s", 5]' % str(uuid4()).encode(),
    )
] + ["\u00e9", "===", "%00"]
QUERIES = (
    "after",
    "before",
    "limit",
    "text",
    "q",
    "state",
    "data_status",
    "kind",
    "site_id",
    "partner",
    "next",
    "code",
    "lang",
)


def form_names() -> list[str]:
    def below(kind):
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    names = {name for kind in below(Form) for name in dir(kind) if hasattr(getattr(kind, name), "field_class")}
    return sorted(names | {"code", "device", "report_id", "files", "q", "partner", "choice"} - {"csrf_token"})


def schema_names(document: dict, path: str, method: str) -> list[str]:
    body = document["paths"].get(path, {}).get(method.lower(), {}).get("requestBody", {})
    reference = body.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return list(schema.get("properties", {}))


@dataclass(frozen=True)
class Asked:
    """The program on a real port, with a user of the service's own administration."""

    address: str
    token: dict[str, str]
    csrf: str
    cookies: dict[str, str]


@pytest.fixture
def served(*, app, settings, serve, browse, page_token, make_user) -> Asked:
    user = make_user(Role.ADMIN)
    with app.app_context(), transaction():
        _, token = accounts.create_token(user.access, name="proef", valid_for=timedelta(days=1))
    address = serve(settings, HERSTART_LOG_LEVEL="error").address
    browser = browse(address, user)
    csrf = page_token(browser, "/account")
    return Asked(address, {"Authorization": f"Bearer {token}"}, csrf, dict(browser.cookies))


@pytest.fixture
def things(app, client, make_station, reports) -> dict[str, str]:
    """One of everything that a path can name, by the name of its place in the path."""
    station = make_station()
    answer = reports.send(client, reports.report(None, reports.carrier(erased=True)), station).json
    waits = reports.report(reports.machine(code="HS-222222"), reports.carrier())
    reports.send(client, waits, station)
    client.post("/api/v1/reports", data="x", content_type="application/jose")
    with app.app_context():
        evidence = db.session.scalars(select(WipeEvidence)).one()
        return {
            "code": answer["device"]["code"],
            "report_id": waits.report_id,
            "public_id": evidence.public_id,
            "evidence_id": str(evidence.id),
            "component_id": str(db.session.scalars(select(Component.id)).first()),
            "station_id": str(station.id),
        }


PLACE = r"<(?:([^:<>]+):)?([^<>]+)>"


def asked(app, document: dict, things: dict[str, str], served: Asked) -> Iterator[tuple[str, str, dict]]:
    """(method, address, what else httpx takes) for every route and value."""

    def filled(address: str) -> str:
        return re.sub(PLACE, lambda found: things.get(found[2], str(uuid4())), address)

    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith("static"):
            continue  # files, read by Flask itself
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            for _, part in re.findall(PLACE, rule.rule):
                for value in TEXTS[:-1]:
                    bent = re.sub(rf"<(?:[^:<>]+:)?{part}>", lambda _, put=value: put, rule.rule)
                    yield method, filled(bent), {}
            if rule.endpoint == "accounts.logout":
                continue  # it would end the session of all that follows
            yield method, filled(rule.rule), {}
            fields = schema_names(document, re.sub(PLACE, r"{\2}", rule.rule), method)
            for behind, sent in values_for(rule.rule, method, fields, served.csrf):
                yield method, filled(rule.rule) + behind, sent


def values_for(path: str, method: str, fields: list[str], csrf: str) -> Iterator[tuple[str, dict]]:
    if method == "GET":
        return in_the_address()
    return in_json(fields) if path.startswith("/api/") else in_a_form(csrf)


def in_the_address() -> Iterator[tuple[str, dict]]:
    for value in [*CURSORS, *TEXTS]:
        yield "?" + "&".join(f"{name}={value}" for name in QUERIES), {}


def in_json(fields: list[str]) -> Iterator[tuple[str, dict]]:
    for value in JSON_VALUES:
        body = "{" + ", ".join(f"{json.dumps(name)}: {value}" for name in fields) + "}" if fields else value
        yield "", {"content": body.encode(), "headers": {"Content-Type": "application/json"}}
    for kind, body in [*((one, BODIES[2]) for one in TYPES), *((TYPES[0], one) for one in BODIES)]:
        yield "", {"content": body, "headers": {"Content-Type": kind.encode("latin-1")}}


def in_a_form(csrf: str) -> Iterator[tuple[str, dict]]:
    for value in [*TEXTS, LONG]:
        pairs = "&".join(f"{name}={value}" for name in form_names())
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        yield "", {"content": f"csrf_token={csrf}&{pairs}".encode(), "headers": form}
    for kind in TYPES:
        yield "", {"content": BODIES[2], "headers": {"Content-Type": kind.encode("latin-1"), "X-CSRFToken": csrf}}


def test_no_route_fails_over_any_value(app, client, served, things):
    document = client.get("/api/v1/openapi.json").json
    local, failures, seen = threading.local(), [], set()

    def ask(one):
        method, address, more = one
        if not hasattr(local, "client"):
            local.client = httpx.Client(base_url=served.address, timeout=120, cookies=served.cookies)
        headers = dict(more.get("headers", {}))
        if address.startswith("/api/"):
            headers |= served.token
        answer = local.client.request(method, address, content=more.get("content"), headers=headers)
        seen.add(answer.status_code)
        if answer.status_code >= 500 and "/readyz" not in address:
            failures.append((answer.status_code, method, address[:200], str(more)[:300]))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(ask, asked(app, document, things, served)))
    assert failures == []
    assert {200, 400, 404, 422} <= seen, "the values reach the views"


@pytest.mark.parametrize("value", JSON_VALUES[:11])
def test_a_stranger_is_told_what_is_wrong_with_his_json(client, value):
    body = f'{{"code": {value}, "name": {value}, "public_key": {value}}}'
    answer = client.post("/api/v1/stations/enrol", data=body.encode(), content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["errors"][0]["message"]


def test_announcements_of_one_serial_at_once_are_one_device(app, settings, served, make_partner):
    partner = make_partner()
    barrier, answers = threading.Barrier(6), []
    sent = {
        "site_id": str(partner.site_id),
        "kind": "laptop",
        "manufacturer": "HP",
        "product": "EliteBook 840",
        "serial": "5CG6251ABC",
    }

    def announce():
        barrier.wait()
        answer = httpx.post(f"{served.address}/api/v1/devices", json=sent, headers=served.token, timeout=120)
        answers.append((answer.status_code, answer.json().get("code") if answer.status_code >= 400 else ""))

    threads = [threading.Thread(target=announce) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(201, ""), *[(409, "device_known")] * 5]
    with app.app_context():
        assert len(db.session.scalars(select(DeviceIdentity.device_id)).all()) == 1
        assert len(db.session.scalars(select(Device.id)).all()) == 1


def test_labels_for_a_partner_that_is_not_there_are_refused(served):
    answer = httpx.post(
        f"{served.address}/api/v1/codes",
        json={"partner_id": str(uuid4()), "count": 1},
        headers=served.token,
        timeout=60,
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "partner_id")
