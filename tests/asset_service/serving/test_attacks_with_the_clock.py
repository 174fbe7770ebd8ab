"""The running service with its clock moved: ahead and put right over a restart, 1970, the hour that summer time takes.

The moved clock is in the served processes only: a ``sitecustomize`` of theirs moves what the service asks for the time.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import asset_service
from asset_service.accounts import operations as accounts
from asset_service.accounts.models import Role
from asset_service.core.db import transaction

_MOVED = """
import os, time
from datetime import timedelta
import uuid_utils

seconds = int(os.environ["HERSTART_TEST_CLOCK"])
real_time, real_uuid7 = time.time, uuid_utils.uuid7
time.time = lambda: real_time() + seconds
uuid_utils.uuid7 = lambda: real_uuid7(nanoseconds=int(time.time() * 1e9))

import asset_service.core.db as books

real_now = books.utc_now
books.utc_now = lambda: real_now() + timedelta(seconds=seconds)
"""


@pytest.fixture
def serve_at(settings, serve, tmp_path):
    """``serve_at(moment)`` → the service, started anew with its clock at that moment; the one before it is stopped."""
    folder = tmp_path / "clock"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_MOVED)
    path = os.pathsep.join([str(folder), str(Path(asset_service.__file__).parents[1])])
    running = []

    def start(moment):
        while running:
            before = running.pop()
            before.process.terminate()
            before.process.wait(timeout=60)
        seconds = round((moment - datetime.now(UTC)).total_seconds())
        running.append(serve(settings, PYTHONPATH=path, HERSTART_TEST_CLOCK=str(seconds)))
        return running[0]

    return start


def test_what_happened_last_stands_first_after_the_clock_was_ahead_and_put_right(
    *, app, serve_at, post, make_station, make_user, reports, browse
):
    now = datetime.now(UTC)
    station, admin, first = make_station(), make_user(Role.ADMIN), reports.report(None, reports.carrier())
    user = make_user(Role.STOCK_MANAGER, station.partner)
    with app.app_context(), transaction():
        token = accounts.create_token(user.access, name="klok", valid_for=timedelta(days=9))[1]
    served = serve_at(now + timedelta(days=3))
    code = post(served, first, station).json()["device"]["code"]
    served = serve_at(now)
    fewer = reports.again(first, memory=type(first.memory)(modules=first.memory.modules[:1]), carriers=())
    assert post(served, fewer, station).status_code == 201, "a memory module went away"
    later = post(served, reports.report(), station).json()["device"]["code"]
    told = httpx.get(f"{served.address}/api/v1/devices", headers={"Authorization": f"Bearer {token}"}).json()
    assert [one["code"] for one in told["items"]] == [later, code]
    timeline = browse(served.address, user).get(f"/d/{code}").text.partition('<ol class="timeline">')[2]
    happened = [timeline.find(words) for words in ("1 weg", "Voor het eerst gezien")]
    assert -1 not in happened
    assert happened == sorted(happened), "the module went away after the device was seen first"
    home = browse(served.address, admin).get("/").text
    assert "Kijk de klok van de server na." in home
    assert f"{now + timedelta(days=3):%Y-%m-%dT}" in home, "which moment is still to come"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1970, 1, 2, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 59, 55, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 59, 55, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 4, tzinfo=UTC),
    ],
)
def test_whatever_the_clock_says_the_service_answers_and_keeps_every_report(
    *, moment, serve_at, post, make_station, make_user, reports, browse
):
    station, first = make_station(), reports.report(None, reports.carrier(erased=True))
    user = make_user(Role.STOCK_MANAGER, station.partner)
    served = serve_at(moment)
    answers = [post(served, one, station) for one in (first, reports.again(first, carriers=()), reports.report())]
    assert {one.status_code for one in answers} == {201}
    browser = browse(served.address, user)
    device = next((one.json()["device"] for one in answers if one.json()["device"]), None)
    pages = ["/", "/devices", "/devices.csv", "/intake/unmatched", "/wipes/awaiting", "/destructions", "/account"]
    if device is not None:
        pages.append(f"/d/{device['code']}")
    for attest in answers[0].json()["attests"]:
        public_id = attest["check_url"].rpartition("/")[2]
        assert httpx.get(f"{served.address}/w/{public_id}").status_code == 200
    for page in pages:
        assert browser.get(page).status_code == 200, page
