"""Every role at one site, over a socket: what it reads and does of its own, a sister's and a foreign site."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import Role
from asset_service.core.db import transaction
from asset_service.devices import operations as devices

OF_ONE = (
    "/api/v1/devices/{code}",
    "/api/v1/attests/{public_id}.pdf",
    "/api/v1/attests/{public_id}/bundle.zip",
    "/api/v1/reports/{report}.jws",
    "/api/v1/reports/{waiting}.jws",
    "/api/v1/unmatched-reports/{waiting}",
    "/attests/{public_id}.pdf",
    "/components/{disk}",
    "/d/{code}",
    "/destructions/{task}",
    "/intake/reports/{report}",
    "/intake/reports/{report}.jws",
    "/intake/unmatched/{waiting}",
    "/wipes/{evidence}/confirm",
)
"""What belongs to one site. A role opens it at its own site and nowhere else, or not at all."""

LISTS = (
    "/",
    "/admin/stations",
    "/admin/users",
    "/api/v1/destruction-tasks",
    "/api/v1/devices",
    "/api/v1/scan?q={code}",
    "/api/v1/scan?q={serial}",
    "/api/v1/unmatched-reports",
    "/api/v1/wipes/awaiting-confirmation",
    "/components/loose",
    "/destructions",
    "/devices",
    "/devices.csv",
    "/devices.csv?text={serial}",
    "/devices?text={serial}",
    "/intake/unmatched",
    "/scan?q={code}",
    "/scan?q={serial}",
    "/wipes/awaiting",
)
"""What shows many: nothing of another site may stand in it, whatever is asked."""

CHANGES = (
    ("/api/v1/devices/{code}/receive", None),
    ("/api/v1/devices/{code}/inspect", {"reusable": True}),
    ("/api/v1/devices/{code}/confirm-no-carrier", None),
    ("/api/v1/devices/{code}/label", {"code": "HS-222222"}),
    ("/api/v1/components/{disk}/remove", None),
    ("/api/v1/components/{disk}/expose", None),
    ("/api/v1/components/{disk}/destruction-task", None),
    ("/api/v1/wipes/{evidence}/confirm", None),
    ("/api/v1/unmatched-reports/{waiting}/reject", {"grounds": "clock_wrong"}),
    ("/api/v1/attests/{public_id}.pdf", None),
)


@pytest.fixture
def token_of(app):
    def make(user):
        with app.app_context(), transaction():
            token = accounts.create_token(user.access, name="aanval", valid_for=timedelta(hours=1))[1]
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def sites(app, make_partner):
    """A partner's two sites, and another partner's."""
    own = make_partner("Kringwinkel Eigen")
    with app.app_context(), transaction():
        sister = replace(own, site_id=accounts.create_site(SYSTEM, own.id, name="Zusterhuis").id)
    return {"own": own, "sister": sister, "foreign": make_partner("Kringwinkel Vreemd")}


@pytest.fixture
def holdings(*, settings, serve, sites, post, make_station, make_user, reports, token_of):
    """What lies at each site: a device with a wipe that waits, a disk to destroy, a report that waits for a person."""
    served, admin = serve(settings), token_of(make_user(Role.ADMIN))
    found = {}
    for name, place in sites.items():
        station = make_station(place, f"Bank {name}")
        made = reports.report(None, reports.carrier(erased=True))
        bad = reports.report(None, reports.carrier(erased=reports.failed_wipe(256_060_514_304)))
        waiting = reports.report(reports.machine(code="HS-222222"), reports.carrier())
        answer, failed = post(served, made, station).json(), post(served, bad, station).json()
        assert post(served, waiting, station).json()["result"] == "unmatched"
        public_id = answer["attests"][0]["check_url"].rsplit("/", 1)[1]
        httpx.post(f"{served.address}/api/v1/attests/{public_id}.pdf", headers=admin, timeout=120).raise_for_status()

        def disk_of(code):
            told = httpx.get(f"{served.address}/api/v1/devices/{code}", headers=admin).json()
            return next(one["id"] for one in told["components"] if one["kind"] == "disk")

        disk, broken = disk_of(answer["device"]["code"]), disk_of(failed["device"]["code"])
        waits = httpx.get(f"{served.address}/api/v1/wipes/awaiting-confirmation", headers=admin).json()["items"]
        tasks = httpx.get(f"{served.address}/api/v1/destruction-tasks", headers=admin).json()["items"]
        found[name] = {
            "code": answer["device"]["code"],
            "serial": made.device.serial,
            "disk_serial": made.carriers[0].serial,
            "report": made.report_id,
            "waiting": waiting.report_id,
            "public_id": public_id,
            "disk": disk,
            "station": str(station.id),
            "evidence": next(one["id"] for one in waits if one["component_id"] == disk),
            "task": next(one["id"] for one in tasks if one["component_id"] == broken),
        }
    return served, found


ROLES = (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN, Role.REPORTER)


def test_a_role_at_one_site_reads_and_changes_nothing_of_another_whatever_it_asks(
    *, holdings, sites, make_user, token_of, browse
):
    served, found = holdings
    for role in ROLES:
        user = make_user(role, sites["own"], site_id=sites["own"].site_id)
        browser, token = browse(served.address, user), token_of(user)

        def ask(path, browser=browser, token=token):
            return browser.get(path, headers=token if path.startswith("/api") else {})

        for path in OF_ONE:
            own = ask(path.format(**found["own"])).status_code
            assert own in {200, 302, 403}, (role, path, own)
            for name in ("sister", "foreign"):
                theirs = ask(path.format(**found[name])).status_code
                assert theirs == (403 if own == 403 else 404), (role, path, name, theirs)
        for name in ("sister", "foreign"):
            for path in LISTS:
                asked = path.format(**found[name])
                answer = ask(asked)
                shown = answer.text.replace(asked.rpartition("=")[2], "") if "=" in asked else answer.text
                assert answer.status_code in {200, 403}, (role, asked, answer.status_code)
                assert not [key for key, value in found[name].items() if value in shown], (role, asked)
            for path, body in CHANGES:
                asked = path.format(**found[name])
                answer = httpx.post(f"{served.address}{asked}", headers=token, json=body, timeout=120)
                assert answer.status_code in {403, 404}, (role, asked, answer.status_code, answer.text)


def test_a_button_stands_beside_what_this_user_may_do_and_nowhere_else(*, app, holdings, sites, make_user, browse):
    served, found = holdings
    user = make_user(Role.STOCK_MANAGER, sites["own"], site_id=sites["own"].site_id)
    with app.app_context(), transaction():
        # Reads at the sister's site too, where their role decides about no disk.
        accounts.grant_role(SYSTEM, user.id, Role.DESK, partner_id=sites["sister"].id, site_id=sites["sister"].site_id)
    browser = browse(served.address, user)
    for path, key in (("/wipes/awaiting", "evidence"), ("/destructions", "task")):
        page = browser.get(path).text
        assert [found[name][key] in page for name in ("own", "sister")] == [True, False], path
    admin = browse(served.address, make_user(Role.PARTNER_ADMIN, sites["own"]))
    assert found["own"]["task"] not in admin.get("/destructions").text, "who administers destroys nothing"


def test_who_administers_one_site_reads_the_minimum_of_the_whole_and_cannot_set_it(
    *, settings, serve, sites, make_user, browse
):
    browser = browse(serve(settings).address, make_user(Role.PARTNER_ADMIN, sites["own"], site_id=sites["own"].site_id))
    page = browser.get("/admin/minimum")
    assert page.status_code == 200
    assert "Core i3" in page.text
    assert "Enkel wie de hele organisatie beheert, kan het wijzigen." in page.text
    assert 'name="name"' not in page.text
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/account").text)[-1]
    sent = {"csrf_token": token, "present_version": "0", "name": "Van ons"}
    assert browser.post("/admin/minimum", data=sent).status_code in {403, 422}
    assert browser.post("/admin/minimum/withdraw", data=sent).status_code in {403, 409}
    foreign = f"/admin/minimum?partner={sites['foreign'].id}"
    assert browser.get(foreign).status_code == 404


def test_a_foreign_label_is_to_a_user_a_code_that_was_never_made(
    *, app, settings, serve, sites, post, make_station, make_user, reports, token_of, browse
):
    served = serve(settings)
    code = post(served, reports.report(), make_station(sites["own"])).json()["device"]["code"]
    with app.app_context(), transaction():
        (blank,) = devices.make_codes(SYSTEM, sites["foreign"].id, 1)
    used = post(served, reports.report(), make_station(sites["foreign"])).json()["device"]["code"]
    user = make_user(Role.TECHNICIAN, sites["own"])
    browser, token = browse(served.address, user), token_of(user)
    form = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(f"/d/{code}").text)[-1]
    told = {}
    for label in ("HS-222222", blank, used):
        sent = {"site_id": str(sites["own"].site_id), "kind": "laptop", "code": label}
        answers = (
            httpx.post(f"{served.address}/api/v1/devices/{code}/label", headers=token, json={"code": label}),
            httpx.post(f"{served.address}/api/v1/devices", headers=token, json=sent),
            browser.post(f"/d/{code}/label", data={"csrf_token": form, "code": label, "seen_version": "1"}),
            browser.post("/scan/claim", data={"csrf_token": form, "code": label, "device": code}),
            browser.get("/scan", params={"q": label}),
            httpx.get(f"{served.address}/api/v1/scan", params={"q": label}, headers=token),
        )
        told[label] = [(one.status_code, _without(one.text, label)) for one in answers]
    assert told["HS-222222"] == told[blank] == told[used]


def _without(page: str, label: str) -> str:
    """The page without what differs of itself from one request to the next."""
    plain = re.sub(r'("instance":"[^"]*")|(name="csrf_token"[^>]*>)|(csrf[^>]*>)|(nonce="[^"]*")', "", page)
    return re.sub(r"urn:herstart:request:\w+", "", plain).replace(label, "LABEL")
