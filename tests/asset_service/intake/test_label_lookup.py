"""A station asks whose label was scanned, and learns nothing of another partner's."""

from __future__ import annotations

import json

import pytest
import uuid_utils

from asset_service.accounts.models import Role
from asset_service.core.db import transaction
from asset_service.devices import codes, operations
from asset_service.devices.models import DeviceKind
from wipe_reports import signing


def ask(client, station, code, typ="label-lookup+jws", **changes):
    payload = {"request_id": str(uuid_utils.uuid7()), "code": code, **changes}
    signed = signing.sign(json.dumps(payload).encode(), station.key, typ)
    return client.post("/api/v1/stations/label", data=signed, headers={"Content-Type": "application/jose"})


def test_a_station_learns_which_device_bears_the_label(client, station, reports):
    machine = reports.machine(manufacturer="Dell Inc.", product="Latitude 5490")
    code = reports.send(client, reports.report(machine), station).json["device"]["code"]
    answer = ask(client, station, f"https://herstart.example/d/{code.lower()}")
    assert answer.status_code == 200, answer.text
    told = answer.json["device"]
    assert (answer.json["status"], told["code"], told["product"]) == ("device", code, "Latitude 5490")
    assert told["since"].endswith("Z")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_blank_label_of_ours_is_blank(app, client, station, technician):
    with app.app_context(), transaction():
        (label,) = operations.make_codes(technician, station.partner.id, 1)
    assert ask(client, station, label).json == {"status": "blank", "device": None}


def test_what_is_another_partners_is_as_a_code_that_was_never_printed(*, app, client, station, make_partner, make_user):
    other = make_partner(name="De Andere Werf")
    theirs = make_user(Role.TECHNICIAN, other).access
    with app.app_context(), transaction():
        blank, used = operations.make_codes(theirs, other.id, 2)
        operations.announce(theirs, site_id=other.site_id, kind=DeviceKind.LAPTOP, code=used, product="Geheim")
    answers = [ask(client, station, code).json for code in (blank, used, codes.new_code(), "geen code")]
    assert answers == [{"status": "unknown", "device": None}] * 4


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"typ": "station-settings+jws"}, 422), ({"code": ""}, 422), ({"code": 5}, 422), ({"request_id": "x"}, 422)],
)
def test_a_question_of_another_form_is_refused(client, station, changes, status):
    asked = {"typ": "label-lookup+jws", "code": "HS-222222", **changes}
    assert ask(client, station, asked.pop("code"), asked.pop("typ"), **asked).status_code == status


def test_a_stranger_is_told_nothing(client, make_station, station):
    stranger = make_station()
    signed = signing.sign(b"{}", signing.generate_key(), "label-lookup+jws")
    answer = client.post("/api/v1/stations/label", data=signed, headers={"Content-Type": "application/jose"})
    assert (answer.status_code, answer.json["code"]) == (403, "unknown_station")
    assert ask(client, stranger, "HS-222222").json["status"] == "unknown"
