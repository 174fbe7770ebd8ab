"""What was tried on a live service with signed reports: shared numbers, odd years, a clock put right, bent archives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import Role
from asset_service.core.db import transaction
from asset_service.devices import operations as devices

FIXED_UUID = "6AB5B300-538D-1014-9FB5-B0684D007B53"
NOW = datetime.now(UTC)


@pytest.fixture
def ask(app, settings, serve, make_user):
    """``ask(path, user)`` → the running service's answer to a token of that user; ``ask.served`` is the service."""
    served = serve(settings)

    def answer(path, user):
        with app.app_context(), transaction():
            token = accounts.create_token(user.access, name="aanval", valid_for=timedelta(hours=1))[1]
        return httpx.get(f"{served.address}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=120)

    answer.served = served
    return answer


def test_two_machines_with_their_makers_one_uuid_stay_two(ask, post, make_station, reports):
    station = make_station()
    machines = [
        reports.machine(manufacturer="HP", uuid=FIXED_UUID, serial=None, board_serial=board)
        for board in ("PWWFB0DLMCC0OG", "PWWFB0DLMCC7QR")
    ]
    results = [post(ask.served, reports.report(one, reports.carrier()), station).json()["result"] for one in machines]
    assert results == ["created", "unmatched"]


def test_years_that_cannot_be_are_refused_or_kept_and_close_nothing(ask, post, make_station, make_user, reports):
    station = make_station()
    for year, status, result in ((1, 422, None), (9999, 422, None), (2099, 201, "unmatched"), (2003, 201, "unmatched")):
        made = replace(
            reports.report(None, reports.carrier(erased=year == 2099)), created_at=NOW.replace(year=year, day=15)
        )
        answer = post(ask.served, made, station)
        assert (answer.status_code, answer.json().get("result")) == (status, result), (year, answer.text)
    user = make_user(Role.STOCK_MANAGER, station.partner)
    for path in ("/api/v1/devices", "/api/v1/unmatched-reports", "/api/v1/wipes/awaiting-confirmation"):
        assert ask(path, user).status_code == 200, path


def test_a_role_at_one_site_gets_its_own_waiting_reports_and_no_others(
    *, app, ask, post, make_partner, make_station, make_user, reports
):
    own = make_partner()
    with app.app_context(), transaction():
        sister = replace(own, site_id=accounts.create_site(SYSTEM, own.id, name="Zusterhuis").id)
    waiting = {}
    for name, place in (("eigen", own), ("zuster", sister)):
        made = reports.report(reports.machine(code="HS-222222"), reports.carrier())
        assert post(ask.served, made, make_station(place, name)).json()["result"] == "unmatched"
        waiting[name] = str(made.report_id)
    user = make_user(Role.TECHNICIAN, own, site_id=own.site_id)
    listed = ask("/api/v1/unmatched-reports", user).text
    assert [one in listed for one in waiting.values()] == [True, False]
    found = [ask(f"/api/v1/unmatched-reports/{one}", user).status_code for one in waiting.values()]
    assert found == [200, 404]


def test_another_partners_blank_label_is_to_a_station_a_code_that_was_never_made(
    *, app, ask, post, make_partner, make_station, make_user, reports
):
    station, other = make_station(), make_partner("Digibank Elders")
    with app.app_context(), transaction():
        (blank,) = devices.make_codes(SYSTEM, other.id, 1)
    user = make_user(Role.TECHNICIAN, station.partner)
    reasons = []
    for code in (blank, "HS-222222"):
        made = reports.report(reports.machine(code=code), reports.carrier())
        assert post(ask.served, made, station).json()["result"] == "unmatched"
        reasons.append(ask(f"/api/v1/unmatched-reports/{made.report_id}", user).json()["reasons"])
    assert reasons[0] == reasons[1]


def test_what_was_recorded_while_the_clock_was_ahead_can_be_moved_after_it_was_put_right(
    *, ask, client, post, make_station, reports, set_clock
):
    station, first = make_station(), reports.report()
    set_clock(timedelta(days=3))
    assert reports.send(client, first, station).json["result"] == "created"
    # The running service has the machine's own clock: three days before what it finds in its books.
    fewer = reports.again(first, memory=type(first.memory)(modules=first.memory.modules[:1]), carriers=())
    assert post(ask.served, fewer, station).status_code == 201, "a memory module went away"


def test_archives_that_readers_may_take_in_two_ways_or_that_hold_nothing_are_told(
    *, ask, make_station, make_user, browse, page_token
):
    user = make_user(Role.TECHNICIAN, make_station().partner)
    many = bytearray(_zipped(*(f"{number:06d}.jws" for number in range(6000))))
    end = many.rindex(b"PK\x05\x06")
    many[end + 8 : end + 12] = b"PK\x05\x06"
    browser = browse(ask.served.address, user)
    for content in (bytes(many), _zipped("foto.jpg"), _zipped("a.jws", "")):
        token = {"csrf_token": page_token(browser, "/intake/import")}
        answer = browser.post("/intake/import", data=token, files={"files": ("herstart.zip", content)})
        assert answer.status_code < 500
        assert "Alles is aangenomen" not in answer.text
        assert "005999.jws" not in answer.text


def _zipped(*names: str) -> bytes:
    """A ZIP with empty members of these names, also none at all."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            member = zipfile.ZipInfo("x")
            member.filename = name
            archive.writestr(member, b"")
    return file.getvalue()
