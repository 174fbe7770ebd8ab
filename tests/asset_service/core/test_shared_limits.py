"""Limits that every process counts together, without a Redis; every refusal says how long to wait."""

from __future__ import annotations

import os
from dataclasses import replace
from uuid import uuid4

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from asset_service.app import create_app
from asset_service.core import shared_limits
from asset_service.core.shared_limits import SCHEME, SharedFileStorage
from asset_service.intake import api as intake_api


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


@pytest.fixture
def clock(monkeypatch):
    """``clock[0]`` is the time in seconds."""
    now = [1_000_000.0]
    monkeypatch.setattr(shared_limits.time, "time", lambda: now[0])
    return now


@pytest.fixture
def storage(tmp_path):
    return SharedFileStorage(f"{SCHEME}://{tmp_path / 'limits.sqlite3'}")


def _wrong_login(client, form_token):
    told = {"csrf_token": form_token(client), "email": "noor@voorbeeld.be", "password": "fout wachtwoord"}
    return client.post("/login", data=told)


def test_wrong_logins_are_counted_over_all_processes(settings, form_token):
    clients = [create_app(replace(settings, rate_limits=True)).test_client() for _ in range(2)]
    answers = [_wrong_login(clients[number % 2], form_token) for number in range(24)]
    assert [one.status_code for one in answers] == [422] * 20 + [429] * 4
    # A second more: the limiter rounds the end of its window up.
    assert {1 <= int(one.headers["Retry-After"]) <= 61 for one in answers[20:]} == {True}


def test_a_window_moves(storage, clock):
    limiter, limit = MovingWindowRateLimiter(storage), parse("3/minute")
    assert [limiter.hit(limit, "noor") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(limit, "an")
    clock[0] += 59
    assert not limiter.hit(limit, "noor")
    assert limiter.get_window_stats(limit, "noor").reset_time == pytest.approx(1_000_060, abs=1)
    clock[0] += 2
    assert limiter.hit(limit, "noor")


def test_a_clock_that_is_put_back_shuts_nobody_out(storage, clock):
    limiter, limit = MovingWindowRateLimiter(storage), parse("3/minute")
    assert [limiter.hit(limit, "noor") for _ in range(4)] == [True, True, True, False]
    clock[0] -= 3 * 86_400
    assert limiter.hit(limit, "noor")


def test_a_file_that_cannot_be_used_leaves_each_process_counting(tmp_path):
    limiter = MovingWindowRateLimiter(SharedFileStorage(f"{SCHEME}://{tmp_path}"))
    assert [limiter.hit(parse("3/minute"), "noor") for _ in range(4)] == [True, True, True, False]


def test_a_torn_file_is_begun_anew(tmp_path):
    file = tmp_path / "limits.sqlite3"
    file.write_bytes(os.urandom(4096))
    limits = [MovingWindowRateLimiter(SharedFileStorage(f"{SCHEME}://{file}")) for _ in range(2)]
    limits[0].hit(parse("2/minute"), "noor")
    assert [limits[number % 2].hit(parse("2/minute"), "noor") for number in range(3)] == [True, True, False]


def test_reports_are_limited_for_a_station_and_for_what_is_refused(settings, make_station, reports, monkeypatch):
    monkeypatch.setattr(intake_api, "REPORTS_OF_A_STATION", "2/minute")
    monkeypatch.setattr(intake_api, "REFUSED_OF_AN_ADDRESS", "3/minute")
    client = create_app(replace(settings, rate_limits=True)).test_client()
    first, second = make_station(), make_station()
    sent = [reports.send(client, reports.report(None), first) for _ in range(3)]
    assert [one.status_code for one in sent] == [201, 201, 429]
    assert sent[2].json["code"] == "too_many"
    assert int(sent[2].headers["Retry-After"]) >= 1
    assert reports.send(client, reports.report(None), second).status_code == 201
    refused = [client.post("/api/v1/reports", data=b"garbage") for _ in range(5)]
    assert [one.status_code == 429 for one in refused] == [False] * 3 + [True] * 2


ASKED = {
    "/api/v1/wipe-jobs": (
        "wipe-job+jws",
        {"device": {}, "carriers": [{"model": "X", "serial": "S", "size_bytes": 4096}]},
    ),
    "/api/v1/stations/settings": ("station-settings+jws", {}),
    "/api/v1/stations/label": ("label-lookup+jws", {"code": "HS-222222"}),
}


@pytest.mark.parametrize("path", ASKED)
def test_a_stranger_behind_a_stations_address_does_not_shut_it_out(settings, make_station, reports, monkeypatch, path):
    """Before, a hundred and twenty messages of nobody were enough: they counted for who asks from the same place."""
    monkeypatch.setattr(intake_api, "REFUSED_OF_AN_ADDRESS", "2/minute")
    monkeypatch.setattr(intake_api, "WIPE_JOBS_OF_A_STATION", "2/minute", raising=False)
    monkeypatch.setattr(intake_api, "QUESTIONS_OF_A_STATION", "2/minute", raising=False)
    client = create_app(replace(settings, rate_limits=True)).test_client()
    noise = [client.post(path, data=b"garbage").status_code for _ in range(150 if "stations" in path else 4)]
    assert noise[:3] == [400, 400, 429]
    typ, members = ASKED[path]

    def ask(station):
        asked = {"request_id": str(uuid4()), **members}
        return client.post(path, data=reports.unchecked(asked, station.key, typ), headers=reports.HEADERS)

    first, second = make_station(), make_station()
    answers = [ask(first), ask(first), ask(first), ask(second)]
    assert [one.status_code < 300 for one in answers] == [True, True, False, True], [one.text for one in answers]
    assert (answers[2].status_code, int(answers[2].headers["Retry-After"]) >= 1) == (429, True)


def test_a_stations_own_refused_report_is_not_counted_with_a_strangers(settings, make_station, reports, monkeypatch):
    monkeypatch.setattr(intake_api, "REFUSED_OF_AN_ADDRESS", "2/minute")
    client = create_app(replace(settings, rate_limits=True)).test_client()
    assert [client.post("/api/v1/reports", data=b"garbage").status_code for _ in range(3)] == [400, 400, 429]
    refused = client.post("/api/v1/reports", data=reports.unchecked({}, make_station().key), headers=reports.HEADERS)
    assert refused.status_code == 422


@pytest.mark.parametrize("place", ["192.0.2.1:{}", "[2001:db8::1]:{}"])
def test_a_port_that_a_proxy_writes_is_no_part_of_the_address(settings, place):
    client = create_app(replace(settings, rate_limits=True, trusted_proxies=1)).test_client()
    body = {"code": "0000-0000-0000-0000", "name": "x", "public_key": {}}
    answers = [
        client.post("/api/v1/stations/enrol", json=body, headers={"X-Forwarded-For": place.format(40_000 + number)})
        for number in range(12)
    ]
    assert [one.status_code for one in answers] == [422] * 10 + [429] * 2


def test_the_reports_of_one_address_are_limited(settings, make_station, reports, monkeypatch):
    monkeypatch.setattr(intake_api, "REPORTS_OF_AN_ADDRESS", "2/minute")
    client = create_app(replace(settings, rate_limits=True)).test_client()
    sent = [reports.send(client, reports.report(None), make_station()) for _ in range(3)]
    assert [one.status_code for one in sent] == [201, 201, 429]
    assert int(sent[2].headers["Retry-After"]) >= 1


def _enrolments(settings, address):
    """The statuses of twelve enrolments with a wrong code; ``address(number)`` is what tells of the address."""
    client = create_app(replace(settings, rate_limits=True)).test_client()
    body = {"code": "0000-0000-0000-0000", "name": "x", "public_key": {}}
    return [client.post("/api/v1/stations/enrol", json=body, **address(at)).status_code for at in range(12)]


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(settings):
    statuses = _enrolments(settings, lambda number: {"headers": {"X-Forwarded-For": f"192.0.2.{number}"}})
    assert statuses == [422] * 10 + [429] * 2


def test_one_network_of_ipv6_counts_as_one(settings):
    statuses = _enrolments(settings, lambda number: {"environ_base": {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}})
    assert statuses == [422] * 10 + [429] * 2
