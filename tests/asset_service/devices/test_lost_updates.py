"""Nobody overwrites what somebody else changed meanwhile: ETags of all that is shown, judged under the lock."""

from __future__ import annotations

import re
import threading

import httpx
import pytest
from sqlalchemy import select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.core.db import db, transaction
from asset_service.core.errors import Refused
from asset_service.devices import operations
from asset_service.devices.models import Component, ComponentKind, Device

WRITERS, ROUNDS = 6, 4


@pytest.fixture
def bearer(app, worker):
    with app.app_context(), transaction():
        _, token = accounts.create_token(worker.access, name="script")
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def served(settings, serve) -> str:
    """The address of the service as it runs in a workshop, in three processes."""
    return serve(settings, workers=3).address


def test_of_corrections_at_once_with_one_etag_exactly_one_is_taken(served, bearer, code):
    url = f"{served}/api/v1/devices/{code}"
    for turn in range(ROUNDS):
        etag = httpx.get(url, headers=bearer, timeout=60).headers["ETag"]
        barrier, statuses = threading.Barrier(WRITERS), [0] * WRITERS

        def write(index, etag=etag, barrier=barrier, statuses=statuses, turn=turn):
            headers = {**bearer, "If-Match": etag}
            with httpx.Client(timeout=60) as client:
                barrier.wait()
                sent = {"product": f"X{turn}-{index}"}
                statuses[index] = client.patch(url, json=sent, headers=headers).status_code

        threads = [threading.Thread(target=write, args=(index,)) for index in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] + [412] * (WRITERS - 1)
        shown = httpx.get(url, headers=bearer, timeout=60).json()["product"]
        assert shown == f"X{turn}-{statuses.index(200)}"


def _etag(client, bearer, code):
    return client.get(f"/api/v1/devices/{code}", headers=bearer).headers["ETag"]


def _parts(client, bearer, code, kind):
    shown = client.get(f"/api/v1/devices/{code}", headers=bearer).json
    return [one for one in shown["components"] if one["kind"] == kind]


@pytest.mark.parametrize("kind", ["battery", "disk"])
def test_a_part_that_moved_away_changes_the_etag_of_both_devices(*, client, bearer, code, station, reports, kind):
    other = reports.send(client, reports.report(None), station).json["device"]["code"]
    before = [_etag(client, bearer, one) for one in (code, other)]
    (part, *_) = _parts(client, bearer, code, kind)
    moved = client.post(f"/api/v1/components/{part['id']}/install", json={"code": other}, headers=bearer)
    assert moved.status_code == 200
    after = [_etag(client, bearer, one) for one in (code, other)]
    assert (before[0] != after[0], before[1] != after[1]) == (True, True)
    for one, etag in zip((code, other), before, strict=True):
        answer = client.patch(f"/api/v1/devices/{one}", json={"product": "X"}, headers={**bearer, "If-Match": etag})
        assert answer.status_code == 412


def test_a_disk_that_a_report_finds_elsewhere_changes_the_etag_of_where_it_was(client, bearer, station, reports):
    disk = reports.carrier()
    code = reports.send(client, reports.report(None, disk), station).json["device"]["code"]
    before = _etag(client, bearer, code)
    reports.send(client, reports.report(None, disk), station)
    assert _etag(client, bearer, code) != before


def test_whatever_is_shown_is_in_the_etag(client, bearer, code, station):
    """A new part, exposure, label or proof of a wipe: who saw less may not overwrite."""
    (disk,) = _parts(client, bearer, code, "disk")
    (blank,) = client.post(
        "/api/v1/codes", json={"partner_id": str(station.partner.id), "count": 1}, headers=bearer
    ).json["codes"]
    steps = [
        (f"/components/{disk['id']}/expose", None),
        (f"/devices/{code}/inspect", {"reusable": True}),
        (f"/components/{disk['id']}/remove", None),
        (f"/devices/{code}/confirm-no-carrier", None),
        (f"/components/{disk['id']}/install", {"code": code}),
        (f"/devices/{code}/label", {"code": blank}),
    ]
    seen = [_etag(client, bearer, code)]
    for path, body in steps:
        assert client.post(f"/api/v1{path}", json=body, headers=bearer).status_code == 200, path
        seen.append(_etag(client, bearer, code))
    assert len(set(seen)) == len(seen)


def test_an_etag_stays_while_nothing_changes_and_saves_the_answer(client, bearer, code):
    etag = _etag(client, bearer, code)
    assert _etag(client, bearer, code) == etag
    again = client.get(f"/api/v1/devices/{code}", headers={**bearer, "If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_corrections_answer_carries_the_etag_of_what_stands_now(client, bearer, code):
    headers = {**bearer, "If-Match": _etag(client, bearer, code)}
    changed = client.patch(f"/api/v1/devices/{code}", json={"product": "X1"}, headers=headers)
    assert (changed.status_code, changed.headers["ETag"]) == (200, _etag(client, bearer, code))


FORMS = {
    "inspect": {"reusable": "yes"},
    "move": {"site": ""},
    "no-carrier": {"looked": "y"},
    "label": {"code": "HS-222222"},
}


@pytest.mark.parametrize("action", FORMS)
def test_a_form_tells_what_it_saw_and_is_refused_where_that_changed(
    *, app, client, station, worker, reports, form_token, action
):
    """The page is there again with what stands now, and the same form is then taken for what it says."""
    token = form_token(client)
    code = reports.send(client, reports.report(None), station).json["device"]["code"]
    page = client.get(f"/d/{code}").text
    (seen,) = set(re.findall(r'name="seen_version" value="(\d+)"', page))
    with app.app_context(), transaction():
        device = db.session.scalars(select(Device).where(Device.code == code)).one()
        operations.correct(worker.access, device.id, product="X1")
        site = accounts.create_site(SYSTEM, device.partner_id, name="Balie").id
    sent = {**FORMS[action], "csrf_token": token, "seen_version": seen}
    if action == "move":
        sent["site"] = str(site)
    refused = client.post(f"/d/{code}/{action}", data=sent)
    assert refused.status_code == 422
    assert "Iemand anders heeft dit intussen gewijzigd" in refused.text
    (now,) = set(re.findall(r'name="seen_version" value="(\d+)"', refused.text))
    assert int(now) > int(seen)
    again = client.post(f"/d/{code}/{action}", data={**sent, "seen_version": now})
    assert "Iemand anders heeft dit intussen gewijzigd" not in again.text


def test_a_form_that_is_there_no_more_still_says_why_it_was_refused(client, station, worker, reports, form_token):
    """„There is no disk in it”, said of a page from before a report that saw one."""
    made = reports.report(None)
    code = reports.send(client, made, station).json["device"]["code"]
    (seen,) = set(re.findall(r'name="seen_version" value="(\d+)"', client.get(f"/d/{code}").text))
    reports.send(client, reports.again(made, carriers=(reports.carrier(),)), station)
    sent = {"looked": "y", "csrf_token": form_token(client), "seen_version": seen}
    refused = client.post(f"/d/{code}/no-carrier", data=sent)
    assert refused.status_code == 422
    assert "Iemand anders heeft dit intussen gewijzigd" in refused.text


def test_a_part_is_taken_out_once(app, client, code, worker):
    """Found in its device before the lock, gone from it behind the lock: the second one is told."""
    with app.app_context():
        statement = select(Component.id).where(Component.kind == ComponentKind.DISK)
        part = db.session.scalars(statement).one()
        with transaction():
            operations.remove(worker.access, part)
        stale = db.session.get_one(Component, part)
        with pytest.raises(Refused) as refused:
            operations._check_still_in(stale, db.session.scalars(select(Device.id)).first())
        assert refused.value.code == "changed_meanwhile"
        db.session.rollback()
