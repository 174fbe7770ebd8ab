"""Reports made to break something: each is refused in words or taken in whole, and never a failure of the service."""

from __future__ import annotations

import gzip
import json
import threading
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import Base, db
from asset_service.devices.models import DataStatus, Device
from asset_service.intake.models import QuarantinedReport
from asset_service.wiping.models import NonceCheck, WipeEvidence
from wipe_reports import schema, signing

FAR_FUTURE = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)


def b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def post(client, raw, **headers):
    return client.post("/api/v1/reports", data=raw, headers={"Content-Type": "application/jose", **headers})


def rows(app):
    """How many rows each table holds, quarantine aside."""
    with app.app_context():
        tables = [table for table in Base.metadata.sorted_tables if table.name != QuarantinedReport.__tablename__]
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}


def assert_refused(app, client, raw, **headers):
    """The problem that ``raw`` is answered with; nothing but quarantine may have changed."""
    before = rows(app)
    response = post(client, raw, **headers)
    assert 400 <= response.status_code < 500, response.text
    assert response.content_type == "application/problem+json"
    assert response.json["code"]
    assert response.json["errors"][0]["field"]
    assert rows(app) == before
    return response.json


def with_header(raw: str, **members) -> str:
    """The same message with other header members; the signature cannot hold any more."""
    _, payload, signature = raw.split(".")
    header = signing.peek(raw)[0]
    return f"{b64(json.dumps({**header, **members}).encode())}.{payload}.{signature}"


@pytest.mark.parametrize("evil", ["\x00", "\ud800", "\u202e", "a" * 5000, "<b>"])
@pytest.mark.parametrize("member", ["typ", "alg", "kid", "crit", "evil"])
def test_a_header_with_odd_words_is_refused_and_kept(*, app, client, station, reports, evil, member):
    raw = reports.signed(reports.report(), station.key)
    members = {evil: "x"} if member == "evil" else {member: evil}
    assert_refused(app, client, with_header(raw, **members))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(QuarantinedReport)) == 1


@pytest.mark.parametrize("value", [None, 5, [], {}, [[]], True])
@pytest.mark.parametrize("member", ["typ", "alg", "kid"])
def test_a_header_of_other_kinds_of_values_is_refused(*, app, client, station, reports, value, member):
    assert_refused(app, client, with_header(reports.signed(reports.report(), station.key), **{member: value}))


@pytest.mark.parametrize("name", ["\x00", "\ud800", "a" * 5000, "__class__", "_schema", "0", ""])
def test_a_member_with_an_odd_name_is_refused_and_kept(app, client, station, reports, name):
    members = {**schema.dump(reports.report(None, reports.carrier())), name: 1}
    assert assert_refused(app, client, reports.unchecked(members, station.key))["code"] == "report_invalid"
    members = schema.dump(reports.report(None, reports.carrier()))
    members["carriers"][0][name] = 1
    assert_refused(app, client, reports.unchecked(members, station.key))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(QuarantinedReport)) == 2


def payloads(members):
    text = json.dumps(members)
    deep = '{"format":' + "[" * 100_000 + "]" * 100_000 + "}"
    return {
        "duplicate": (text[:-1] + ',"version":1}', "not_json"),
        "NaN": (text[:-1] + ',"version":NaN}', "not_json"),
        "Infinity": (text.replace('"version": 1', '"version": Infinity'), "not_json"),
        "huge number": (text.replace('"version": 1', '"version": ' + "9" * 4000), "unsupported_version"),
        "too huge a number": (text.replace('"version": 1', '"version": ' + "9" * 40_000), "not_json"),
        "negative": (text.replace('"version": 1', '"version": -1'), "unsupported_version"),
        "true": (text.replace('"version": 1', '"version": true'), "report_invalid"),
        "fraction": (text.replace('"version": 1', '"version": 1.0'), "report_invalid"),
        "deep": (deep, "not_json"),
        "latin": (text.encode()[:-1] + b',"x":"\xe9"}', "not_json"),
        "utf-16": (text.encode("utf-16"), "not_json"),
        "byte order mark": (b"\xef\xbb\xbf" + text.encode(), "not_json"),
        "null": ("null", "not_json"),
    }


def test_json_that_may_be_read_in_two_ways_is_refused(app, client, station, reports):
    for name, (payload, code) in payloads(schema.dump(reports.report(None, reports.carrier()))).items():
        raw = payload.encode() if isinstance(payload, str) else payload
        problem = assert_refused(app, client, signing.sign(raw, station.key, "wipe-report+jws"))
        assert (name, problem["code"]) == (name, code)


def test_a_deep_header_is_refused(app, client, station, reports):
    _, payload, signature = reports.signed(reports.report(), station.key).split(".")
    assert_refused(app, client, f"{b64(b'[' * 100_000)}.{payload}.{signature}")


@pytest.mark.parametrize("typ", ["wipe-job+jws", "wipe-receipt+jws", "ledger-head+jws", "JWT", "WIPE-REPORT+JWS"])
def test_no_other_message_passes_for_a_report(app, client, station, reports, typ):
    raw = signing.sign(schema.to_bytes(reports.report()), station.key, typ)
    assert assert_refused(app, client, raw)["errors"][0]["field"] == "typ"


def test_the_services_own_messages_are_no_reports(app, client, station, reports):
    receipt = reports.send(client, reports.report(), station).json["receipt"]
    assert assert_refused(app, client, receipt)["code"] == "unknown_station"


def test_a_report_is_no_wipe_job(app, client, station, reports):
    before = rows(app)
    response = client.post(
        "/api/v1/wipe-jobs", data=reports.signed(reports.report(), station.key), headers=reports.HEADERS
    )
    assert (response.status_code, response.json["code"]) == (422, "wrong_type")
    assert rows(app) == before


def test_a_compressed_body_is_refused(app, client, station, reports):
    raw = gzip.compress(reports.signed(reports.report(), station.key).encode())
    assert assert_refused(app, client, raw, **{"Content-Encoding": "gzip"})["code"] == "not_signed"


@pytest.mark.parametrize("around", ["{}\n", "\n{}", "{} ", "{}.", "{}.{}", "{}=", "\ufeff{}"])
def test_nothing_may_stand_around_a_signed_report(app, client, station, reports, around):
    raw = reports.signed(reports.report(), station.key)
    assert_refused(app, client, around.replace("{}", raw).encode())


def test_every_figure_may_be_as_large_as_the_format_allows(app, client, station, reports):
    """What the schema takes, both databases keep."""
    largest = 2**63 - 1
    disk = reports.carrier(hours=largest)
    disk = replace(disk, size_bytes=largest - largest % 512, sectors=largest // 512)
    base = reports.report(None, disk)
    memory = replace(base.memory, installed_mib=largest, usable_mib=largest, max_mib=largest, slots=2**31 - 1)
    battery = replace(base.batteries[0], design_mwh=largest, full_mwh=largest, cycles=2**31 - 1)
    module = replace(base.memory.modules[0], size_mib=largest)
    response = reports.send(
        client, replace(base, memory=replace(memory, modules=(module,)), batteries=(battery,)), station
    )
    assert response.status_code == 201, response.text
    again = reports.again(base, carriers=(disk,))
    assert reports.send(client, again, station).status_code == 201


@pytest.mark.parametrize("moment", [FAR_PAST, FAR_FUTURE])
def test_a_wrong_clock_breaks_no_page(*, app, client, station, make_user, login, form_token, reports, moment):
    disk = reports.carrier()
    start = moment if moment == FAR_PAST else moment - timedelta(hours=3)
    one = reports.wipe(disk.size_bytes)
    times = {"started_at": start, "ended_at": start + timedelta(hours=1)}
    one = replace(
        one,
        **times,
        passes=(replace(one.passes[0], **times),),
        verification=replace(one.verification, started_at=times["ended_at"], ended_at=start + timedelta(hours=2)),
    )
    made = reports.report(None, replace(disk, wipe=one), created_at=start + timedelta(hours=2, minutes=30))
    response = reports.send(client, made, station)
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        return
    login(client, make_user(Role.STOCK_MANAGER, station.partner))
    public_id = response.json["attests"][0]["check_url"].rpartition("/")[2]
    code = response.json["device"]["code"]
    pdf = f"/api/v1/attests/{public_id}.pdf"
    assert client.post(pdf, headers={"X-CSRFToken": form_token(client)}).status_code == 200
    for url in (
        f"/d/{code}", f"/w/{public_id}", "/wipes/awaiting", f"/intake/reports/{made.report_id}", "/",
        "/api/v1/wipes/awaiting-confirmation", pdf,
    ):  # fmt: skip
        assert client.get(url).status_code == 200, url


def test_refused_bytes_sent_at_once_by_many_are_all_refused(app):
    barrier, statuses = threading.Barrier(8), []

    def send():
        client = app.test_client()
        barrier.wait()
        statuses.extend(post(client, f"geen verslag {number}").status_code for number in range(4))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {400}
    with app.app_context():
        assert sorted(db.session.scalars(select(QuarantinedReport.times))) == [8, 8, 8, 8]


def test_one_wipe_job_asked_at_once_is_one_job(app, station, reports):
    disk = reports.carrier()
    asked = {
        "request_id": "01a200bf-3026-75fd-818b-2a04273122d1",
        "carriers": [{"model": disk.model, "serial": disk.serial, "size_bytes": disk.size_bytes}],
    }
    raw = reports.unchecked(asked, station.key, "wipe-job+jws")
    barrier, answers = threading.Barrier(6), []

    def send():
        client = app.test_client()
        barrier.wait()
        answers.append(client.post("/api/v1/wipe-jobs", data=raw, headers=reports.HEADERS))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.data for one in answers}) == 1


@pytest.mark.parametrize("evil", ["\x00", "\x01", "\u202e", "a" * 257])
def test_a_wipe_job_with_odd_words_is_answered(client, station, reports, evil):
    asked = {
        "request_id": "01a200bf-3026-75fd-818b-2a04273122d1",
        "carriers": [{"model": f"m{evil}", "serial": f"S1234{evil}5678Z", "size_bytes": 2**63 - 1}],
    }
    raw = reports.unchecked(asked, station.key, "wipe-job+jws")
    response = client.post("/api/v1/wipe-jobs", data=raw, headers=reports.HEADERS)
    assert response.status_code in {201, 400, 422}, response.text


def test_a_nonce_of_a_size_zero_disk_clears_nothing(app, client, station, reports):
    disk = replace(reports.carrier(size_bytes=0), sectors=0)
    (nonce,) = reports.nonces(client, station, disk)
    members = schema.dump(reports.report(None, replace(disk, wipe=reports.wipe(0, nonce))))
    assert assert_refused(app, client, reports.unchecked(members, station.key))["code"] == "report_contradicts_itself"


def test_a_wipe_of_a_disk_without_a_serial_never_clears_by_itself(app, client, station, reports):
    for number in ("", None, "   ", "0000000000"):
        disk = replace(reports.carrier(), serial=number)
        assert reports.nonces(client, station, disk) == [None]
        other = reports.carrier()
        (nonce,) = reports.nonces(client, station, other)
        reports.send(client, reports.report(None, replace(disk, wipe=reports.wipe(disk.size_bytes, nonce))), station)
    with app.app_context():
        assert set(db.session.scalars(select(WipeEvidence.nonce_check))) == {NonceCheck.OTHER_CARRIER}
        assert set(db.session.scalars(select(Device.data_status))) == {DataStatus.EXPOSED}
