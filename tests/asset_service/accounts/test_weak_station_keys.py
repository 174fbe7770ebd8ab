"""A station's key must prove something: at enrolment, and for one that enrolled before that was asked."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from asset_service.accounts import operations
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import EnrolmentCode, Station
from asset_service.core.db import db, transaction
from wipe_reports import signing

NEUTRAL = bytes([1, *[0] * 31])
WEAK = {
    "neutral": NEUTRAL,
    "zero": bytes(32),
    "all ones": b"\xff" * 32,
    "second spelling": bytes([0xEE, *[0xFF] * 30, 0x7F]),
}


def _jwk(public: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": urlsafe_b64encode(public).rstrip(b"=").decode()}


def _honest() -> dict[str, str]:
    return signing.public_jwk(signing.generate_key())


@pytest.mark.parametrize("name", WEAK)
def test_a_weak_key_enrols_nothing_and_uses_no_code(app, client, make_partner, name):
    partner = make_partner()
    with app.app_context(), transaction():
        _, code = operations.create_enrolment_code(SYSTEM, partner.id, partner.site_id, valid_for=timedelta(hours=1))
    sent = {"code": code, "name": "Werkbank", "public_key": _jwk(WEAK[name])}
    answer = client.post("/api/v1/stations/enrol", json=sent)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "public_key")
    with app.app_context():
        assert db.session.scalars(select(Station)).all() == []
        assert db.session.scalars(select(EnrolmentCode.uses)).one() == 0
    good = client.post(
        "/api/v1/stations/enrol", json={**sent, "public_key": signing.public_jwk(signing.generate_key())}
    )
    assert good.status_code == 201


def test_one_that_enrolled_before_signs_nothing_and_is_not_published(app, client, make_station, reports):
    other, station = make_station(), make_station()
    key = signing.Key.import_key(_jwk(NEUTRAL))
    with app.app_context(), transaction():
        values = {"key_id": signing.key_id(key), "public_key": _jwk(NEUTRAL)}
        db.session.execute(update(Station).where(Station.id == station.id).values(**values))
    report = reports.report(None)
    head, payload, _ = reports.signed(report, station.key).split(".")
    header = signing.peek(f"{head}.{payload}.AA")[0] | {"kid": signing.key_id(key)}
    forged_head = urlsafe_b64encode(repr(header).replace("'", '"').encode()).rstrip(b"=").decode()
    signature = urlsafe_b64encode(NEUTRAL + bytes(32)).rstrip(b"=").decode()
    answer = client.post("/api/v1/reports", data=f"{forged_head}.{payload}.{signature}", headers=reports.HEADERS)
    assert (answer.status_code, answer.json["code"]) == (403, "signature_invalid")
    published = client.get("/api/v1/keys")
    assert published.status_code == 200
    ids = {one.get("kid") for one in published.json["keys"]}
    assert (other.key_id in ids, signing.key_id(key) in ids) == (True, False)
