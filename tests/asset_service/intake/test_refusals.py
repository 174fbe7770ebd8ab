"""What is refused, in which words, and what quarantine keeps of it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import RevocationReason, Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import FieldError
from asset_service.intake import quarantine
from asset_service.intake.checks import Rejected
from asset_service.intake.models import QuarantinedReport
from asset_service.intake.quarantine import Bounds
from asset_service.wiping.models import SignedReport
from wipe_reports import schema, signing

MIB = 1024 * 1024


def post(client, raw, **headers):
    return client.post("/api/v1/reports", data=raw, headers={"Content-Type": "application/jose", **headers})


def kept(app):
    with app.app_context():
        found = db.session.scalars(select(QuarantinedReport)).all()
        db.session.expunge_all()
    return found


def b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def damaged(raw: str) -> str:
    """The same message with one byte of what was signed changed, still well-formed."""
    head, payload, signature = raw.split(".")
    members = signing.peek(raw)[1].replace(b'"cores":2', b'"cores":8')
    assert b64(members) != payload
    return f"{head}.{b64(members)}.{signature}"


def refusal_cases(reports, station, stranger):
    good = reports.report(None, reports.carrier(erased=True))
    members = schema.dump(good)
    key = station.key
    wrong_end = json.loads(json.dumps(members))
    wrong_end["carriers"][0]["wipe"]["verification"]["bytes_read"] //= 2
    signed = reports.signed(good, key)
    header = b64(json.dumps({"alg": "none", "typ": "wipe-report+jws", "kid": station.key_id}).encode())
    return {
        "empty": ("", 400, "not_signed", "body"),
        "text": ("geen verslag", 400, "not_signed", "body"),
        "plain JSON": (json.dumps(members), 400, "not_signed", "body"),
        "no signature": (signed.rpartition(".")[0] + ".", 403, "signature_invalid", "signature"),
        "alg none": (f"{header}.{signed.split('.')[1]}.", 422, "wrong_algorithm", "alg"),
        "a stranger": (reports.signed(good, stranger), 403, "unknown_station", "kid"),
        "altered": (damaged(signed), 403, "signature_invalid", "signature"),
        "another kind": (reports.unchecked(members, key, "wipe-job+jws"), 422, "wrong_type", "typ"),
        "no JSON": (signing.sign(b"{", key, "wipe-report+jws"), 400, "not_json", "body"),
        "a list": (signing.sign(b"[]", key, "wipe-report+jws"), 400, "not_json", "body"),
        "future": (reports.unchecked({**members, "version": 2}, key), 422, "unsupported_version", "version"),
        "not ours": (reports.unchecked({**members, "format": "x"}, key), 422, "report_invalid", "format"),
        "a field": (reports.unchecked({**members, "station": 5}, key), 422, "report_invalid", "station"),
        "one too many": (reports.unchecked({**members, "extra": 1}, key), 422, "report_invalid", "extra"),
        "contradiction": (
            reports.unchecked(wrong_end, key),
            422,
            "report_contradicts_itself",
            "carriers[0].wipe.verification.passed",
        ),
    }  # fmt: skip


def test_each_refusal_names_its_field_and_is_kept(app, client, station, reports):
    stranger = signing.generate_key()
    for name, (raw, status, code, field) in refusal_cases(reports, station, stranger).items():
        response = post(client, raw)
        assert (name, response.status_code, response.json["code"]) == (name, status, code)
        assert response.content_type == "application/problem+json"
        assert response.json["errors"][0]["field"] == field, name
        assert response.json["detail"], name
    items = kept(app)
    assert len(items) == 15
    assert {item.signed for item in items if item.code == "report_contradicts_itself"} == {True}
    assert {item.signed for item in items if item.code in {"not_signed", "unknown_station", "signature_invalid"}} == {
        False
    }
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignedReport)) == 0


def test_a_revoked_station_is_refused_at_once(app, client, station, reports):
    with app.app_context(), transaction():
        accounts.revoke_station(SYSTEM, station.id, reason=next(iter(RevocationReason)))
    response = reports.send(client, reports.report(), station)
    assert (response.status_code, response.json["code"]) == (403, "revoked_station")
    assert response.json["errors"][0]["field"] == "kid"


def test_what_is_too_large_is_refused_and_kept_in_part(app, client, station):
    response = post(client, b"x" * (3 * MIB))
    assert (response.status_code, response.json["code"]) == (413, "too_large")
    (item,) = kept(app)
    assert (item.size_bytes, item.kept_bytes) == (2 * MIB + 1, 2 * MIB)


def test_the_reason_is_in_the_readers_language(client):
    assert post(client, "x").json["title"] == "De handtekening klopt niet"
    english = post(client, "y", **{"Accept-Language": "en"}).json
    assert english["title"] != "De handtekening klopt niet"


def test_the_same_refused_bytes_are_counted_and_kept_once(app, client):
    for _ in range(3):
        post(client, "geen verslag")
    (item,) = kept(app)
    assert item.times == 3


def rejection(station_identity=None, *, signed=False):
    return Rejected(400, "test", "Test", [FieldError("body", "test")], station_identity, signed=signed)


def test_quarantine_is_bounded_in_number_and_strangers_make_room(app_context):
    bounds = Bounds(items=3, hourly=100)
    with transaction():
        assert quarantine.store(b"van een station", rejection(signed=True), "10.0.0.9", bounds)
        for number in range(5):
            assert quarantine.store(f"vreemd {number}".encode(), rejection(), "10.0.0.1", bounds)
    found = db.session.scalars(select(QuarantinedReport.body).order_by(QuarantinedReport.id)).all()
    assert found == [b"van een station", b"vreemd 3", b"vreemd 4"]


def test_a_stranger_never_pushes_out_what_a_station_signed(app_context):
    bounds = Bounds(items=2, hourly=100)
    with transaction():
        assert quarantine.store(b"een", rejection(signed=True), "10.0.0.9", bounds)
        assert quarantine.store(b"twee", rejection(signed=True), "10.0.0.9", bounds)
        assert not quarantine.store(b"vreemd", rejection(), "10.0.0.1", bounds)
        assert quarantine.store(b"drie", rejection(signed=True), "10.0.0.9", bounds)
    assert db.session.scalars(select(QuarantinedReport.body).order_by(QuarantinedReport.id)).all() == [b"twee", b"drie"]


def test_quarantine_is_bounded_in_bytes(app_context):
    bounds = Bounds(item_bytes=40, total_bytes=100, hourly=100)
    with transaction():
        for number in range(10):
            assert quarantine.store(bytes([number]) * 60, rejection(), "10.0.0.1", bounds)
    total = db.session.scalar(select(func.sum(QuarantinedReport.kept_bytes)))
    assert total == 80


def test_quarantine_is_bounded_in_rate_for_each_sender(app_context):
    bounds = Bounds(hourly=2)
    with transaction():
        outcomes = [quarantine.store(bytes([number]), rejection(), "10.0.0.1", bounds) for number in range(3)]
        assert outcomes == [True, True, False]
        assert quarantine.store(b"ander", rejection(), "10.0.0.2", bounds)


def test_an_admin_lists_downloads_and_deletes_what_was_refused(app, client, make_user, login, form_token):
    post(client, b"\x00\xff geen verslag")
    login(client, make_user(Role.ADMIN))
    (item,) = client.get("/api/v1/quarantine").json["items"]
    assert item["code"] == "not_signed"
    downloaded = client.get(f"/api/v1/quarantine/{item['id']}/bytes")
    assert downloaded.data == b"\x00\xff geen verslag"
    assert "attachment" in downloaded.headers["Content-Disposition"]
    deleted = client.delete(f"/api/v1/quarantine/{item['id']}", headers={"X-CSRFToken": form_token(client)})
    assert deleted.status_code == 204
    assert kept(app) == []


def test_nobody_else_sees_quarantine(client, make_user, login):
    login(client, make_user(Role.PARTNER_ADMIN))
    assert client.get("/api/v1/quarantine").status_code == 403


def test_a_wipe_job_is_refused_in_the_same_shape(client, station, reports):
    for payload, status in (
        ({"request_id": "x", "carriers": []}, 422),
        ({"request_id": "01a200bf-3026-75fd-818b-2a04273122d1"}, 422),
        ([], 422),
    ):
        raw = signing.sign(json.dumps(payload).encode(), station.key, "wipe-job+jws")
        response = client.post("/api/v1/wipe-jobs", data=raw, headers=reports.HEADERS)
        assert response.status_code == status, payload
        assert response.content_type == "application/problem+json"
    raw = signing.sign(b"{", station.key, "wipe-job+jws")
    assert client.post("/api/v1/wipe-jobs", data=raw, headers=reports.HEADERS).status_code == 400


def test_the_same_wipe_job_again_gets_the_same_answer(client, station, reports):
    disk = reports.carrier()
    asked = {
        "request_id": "01a200bf-3026-75fd-818b-2a04273122d1",
        "carriers": [{"model": disk.model, "serial": disk.serial, "size_bytes": disk.size_bytes}],
    }
    raw = reports.unchecked(asked, station.key, "wipe-job+jws")
    answers = [client.post("/api/v1/wipe-jobs", data=raw, headers=reports.HEADERS) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].data == answers[1].data
    other = reports.unchecked({**asked, "carriers": asked["carriers"] * 2}, station.key, "wipe-job+jws")
    refused = client.post("/api/v1/wipe-jobs", data=other, headers=reports.HEADERS)
    assert (refused.status_code, refused.json["code"]) == (409, "request_id_taken")


def test_a_disk_without_a_usable_serial_gets_no_nonce(client, station, reports):
    assert reports.nonces(client, station, reports.carrier(number="0000000000")) == [None]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def places(value, path=()):
    """Every place in a JSON document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


@pytest.fixture
def one_app(sqlite_url, tmp_path):
    from asset_service.app import create_app  # noqa: PLC0415
    from asset_service.config import Settings  # noqa: PLC0415

    app = create_app(
        Settings(data_directory=tmp_path / "data", database_url=sqlite_url, rate_limits=False, log_level="error")
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def test_no_signed_report_whatever_it_holds_makes_the_service_fail(one_app, station_of, reports):
    """Any value at any place of a signed report is taken in or refused in words; never a 500."""
    key, client = station_of(one_app).key, one_app.test_client()
    base = json.loads(schema.to_bytes(reports.report(None, reports.carrier(erased=True), reports.carrier(name="sdb"))))
    everywhere = list(places(base))[1:]

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(everywhere), json_values)
    def check(path, value):
        members = json.loads(json.dumps(base))
        members["report_id"] = reports.report().report_id
        place = members
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        response = post(client, reports.unchecked(members, key))
        assert response.status_code in {200, 201, 400, 409, 422}, response.text
        if response.status_code >= 400:
            assert response.content_type == "application/problem+json"
            assert response.json["errors"]

    check()


def test_no_bytes_whatever_make_the_service_fail(one_app, station_of, reports):
    key, client = station_of(one_app).key, one_app.test_client()
    good = reports.signed(reports.report(), key).encode()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.binary(max_size=300),
        st.integers(0, len(good) - 1),
        st.integers(0, 40),
        st.sampled_from(["reports", "wipe-jobs"]),
    )
    def check(noise, at, cut, endpoint):
        for raw in (noise, good[:at] + noise + good[at + cut :]):
            response = client.post(f"/api/v1/{endpoint}", data=raw, headers=reports.HEADERS)
            assert response.status_code < 500, response.text

    check()


def test_words_of_firmware_are_stored_as_they_are(client, station, reports):
    """Letters of any script and odd but printable words go into the database and out again."""
    odd = "Ω≈ç√ 日本 🖥 '; DROP TABLE device; -- %s"
    made = reports.report(reports.machine(manufacturer=odd, product=odd), replace(reports.carrier(), model=odd))
    assert reports.send(client, made, station).status_code == 201
