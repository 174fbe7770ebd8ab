"""Devices over the API: the list, one device, what can be done with it, and who may."""

from __future__ import annotations

import pytest


@pytest.fixture
def post(client, worker, form_token):
    token = form_token(client)

    def send(path, json=None, method="POST", **headers):
        return client.open(f"/api/v1{path}", method=method, json=json, headers={"X-CSRFToken": token, **headers})

    return send


def test_one_device_shows_its_parts_and_what_can_be_done(client, code):
    shown = client.get(f"/api/v1/devices/{code}").json
    assert (shown["code"], shown["state"], shown["data_status"]) == (code, "received", "exposed")
    (disk,) = [one for one in shown["components"] if one["kind"] == "disk"]
    assert disk["carrier"]["exposures"][0]["reason"] == "first_seen"
    actions = {one["action"]: one for one in shown["actions"]}
    assert actions["inspect"]["allowed"]
    assert not actions["confirm_no_carrier"]["allowed"]
    assert actions["confirm_no_carrier"]["reasons"][0]["gate"] == "no_carrier_installed"


def test_a_refused_action_says_why_in_one_shape(post, code):
    response = post(f"/devices/{code}/confirm-no-carrier")
    assert (response.status_code, response.content_type) == (409, "application/problem+json")
    assert response.json["errors"][0]["field"] == "no_carrier_installed"


def test_every_verb_answers_with_what_it_made(post, client, code, station, make_partner):
    inspected = post(f"/devices/{code}/inspect", {"reusable": False, "defects": ["crt"]})
    assert (inspected.status_code, inspected.json["state"]) == (200, "inspected")
    site = str(station.partner.site_id)
    announced = post("/devices", {"site_id": site, "kind": "monitor", "product": "P2419H"})
    assert (announced.status_code, announced.json["state"]) == (201, "announced")
    other = announced.json["code"]
    assert post(f"/devices/{other}/receive").json["state"] == "received"
    (blank,) = post("/codes", {"partner_id": str(station.partner.id), "count": 1}).json["codes"]
    assert post(f"/devices/{other}/label", {"code": blank}).json["code"] == blank
    (disk,) = [one for one in client.get(f"/api/v1/devices/{code}").json["components"] if one["kind"] == "disk"]
    assert post(f"/components/{disk['id']}/expose").json["exposure"] == 2
    assert post(f"/components/{disk['id']}/remove").json["device_id"] is None
    assert post(f"/components/{disk['id']}/install", {"code": blank}).json["device_id"] is not None
    assert post(f"/components/{disk['id']}/destruction-task").status_code == 201
    assert post(f"/devices/{code}/confirm-no-carrier").json["data_status"] == "none"
    moved = post(f"/devices/{code}/move", {"site_id": str(make_partner("Digibank").site_id)})
    assert moved.json["partner"]["name"] == "Digibank"


def test_a_correction_needs_what_one_saw(post, client, code):
    path = f"/devices/{code}"
    assert post(path, {"product": "X1"}, "PATCH").status_code == 428
    etag = client.get(f"/api/v1{path}").headers["ETag"]
    assert post(path, {"product": "X1"}, "PATCH", **{"If-Match": etag}).json["product"] == "X1"
    stale = post(path, {"product": "X2"}, "PATCH", **{"If-Match": etag})
    assert (stale.status_code, stale.content_type) == (412, "application/problem+json")
    assert client.get(f"/api/v1{path}", headers={"If-None-Match": etag}).status_code == 200


def test_the_list_narrows_by_each_filter(client, code, station):
    for query, found in (
        ("", 1),
        ("state=received", 1),
        ("state=ready", 0),
        ("data_status=exposed&kind=laptop", 1),
        (f"site_id={station.partner.site_id}", 1),
        ("text=lenovo", 1),
        ("text=thinkpad", 0),
        ("text=20aqc leno", 1),
    ):
        answer = client.get(f"/api/v1/devices?{query}").json
        assert len(answer["items"]) == found, query
    assert client.get("/api/v1/devices?state=kapot").status_code == 422


def test_the_scan_finds_a_code_a_serial_and_a_disk(client, code):
    shown = client.get(f"/api/v1/devices/{code}").json
    (disk,) = [one for one in shown["components"] if one["kind"] == "disk"]
    for text in (code, code.lower(), f"https://x.be/d/{code}", shown["serial"], disk["serial"]):
        assert [one["code"] for one in client.get("/api/v1/scan", query_string={"q": text}).json["devices"]] == [code]
    assert client.get("/api/v1/scan", query_string={"q": "niets"}).json == {
        "devices": [], "components": [], "blank_code": None,
    }  # fmt: skip


def test_an_unknown_code_is_not_found_in_one_shape(client, worker):
    response = client.get("/api/v1/devices/HS-222222")
    assert (response.status_code, response.content_type) == (404, "application/problem+json")
