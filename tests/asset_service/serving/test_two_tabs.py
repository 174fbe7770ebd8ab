"""The same form sent from several tabs at the same moment to several processes: one is taken, the others are told."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.devices.models import Device
from asset_service.intake.forms import NEW_DEVICE
from asset_service.intake.models import Grounds

TABS = 6


def _form_token(browser: httpx.Client, path: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)[-1]


@pytest.fixture
def house(app, settings, serve, make_station, make_user):
    station = make_station()
    user = make_user(Role.TECHNICIAN, station.partner)
    with app.app_context():
        db.engine.dispose()
    served = serve(settings)
    with httpx.Client(base_url=served.address, timeout=120) as browser:
        sent = {"email": user.email, "password": user.password, "csrf_token": _form_token(browser, "/login")}
        assert browser.post("/login", data=sent).status_code == 302
        yield served, station, browser


def _at_once(browser: httpx.Client, path: str, form: dict[str, str]) -> list[httpx.Response]:
    barrier, cookies = Barrier(TABS), dict(browser.cookies)

    def tab(_number: int) -> httpx.Response:
        with httpx.Client(base_url=browser.base_url, cookies=cookies, timeout=120) as one:
            barrier.wait()
            return one.post(path, data=form)

    with ThreadPoolExecutor(TABS) as pool:
        return list(pool.map(tab, range(TABS)))


def test_of_one_form_in_many_tabs_exactly_one_is_taken(house, post, reports):
    served, station, browser = house
    code = post(served, reports.report(None), station).json()["device"]["code"]
    page = f"/d/{code}"
    for reusable in ("yes", "no", "yes"):
        token = _form_token(browser, page)
        (seen,) = set(re.findall(r'name="seen_version" value="(\d+)"', browser.get(page).text))
        form = {"reusable": reusable, "csrf_token": token, "seen_version": seen}
        if reusable == "no":
            form["defects"] = "bad_condition"
        answers = _at_once(browser, f"{page}/inspect", form)
        assert sorted(one.status_code for one in answers) == [302, *[422] * (TABS - 1)]
        told = [one for one in answers if one.status_code == 422]
        assert all("Iemand anders heeft dit intussen gewijzigd" in one.text for one in told)


def test_of_one_decision_in_many_tabs_exactly_one_device_comes(app, house, post, reports):
    served, station, browser = house
    made = reports.report(reports.machine(code="HS-222222"), reports.carrier())
    assert post(served, made, station).json()["result"] == "unmatched"
    page = f"/intake/unmatched/{made.report_id}"
    grounds = next(iter(Grounds)).value
    form = {"choice": NEW_DEVICE, "grounds": grounds, "csrf_token": _form_token(browser, page)}
    answers = _at_once(browser, page, form)
    assert [one.status_code for one in answers].count(302) == 1, [one.status_code for one in answers]
    assert {one.status_code for one in answers} <= {302, 404, 409, 422}
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Device))
        db.session.remove()
        db.engine.dispose()
    assert count == 1
