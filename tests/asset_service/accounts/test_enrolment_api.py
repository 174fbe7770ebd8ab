"""Enrolment over HTTP."""

from __future__ import annotations

from asset_service.accounts import access, operations
from asset_service.core.db import transaction
from wipe_reports import signing


def _code(app, partner, **options) -> str:
    with app.app_context(), transaction():
        return operations.create_enrolment_code(access.SYSTEM, partner.id, partner.site_id, **options)[1]


def test_a_code_enrols_one_station_and_the_same_request_again_gives_the_same_answer(app, client, make_partner):
    partner = make_partner()
    code, key = _code(app, partner), signing.generate_key()
    body = {"code": code, "name": "Werkbank 1", "public_key": signing.public_jwk(key)}
    first = client.post("/api/v1/stations/enrol", json=body)
    again = client.post("/api/v1/stations/enrol", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["station"]["key_id"] == signing.key_id(key)
    assert first.json["partner"] == {"name": partner.name}
    assert {one["herstart_role"] for one in first.json["keys"]["keys"]} >= {"service", "station"}


def test_a_used_code_enrols_nobody_else(app, client, make_partner):
    code = _code(app, make_partner())
    for expected in (201, 403):
        public_key = signing.public_jwk(signing.generate_key())
        answer = client.post(
            "/api/v1/stations/enrol", json={"code": code, "name": "Werkbank", "public_key": public_key}
        )
        assert answer.status_code == expected
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "enrolment_code_invalid"
