"""A report that fits two devices waits for a person, and nothing of it is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from asset_service.accounts.models import Role


@pytest.mark.browser
def test_a_person_points_out_the_device_of_a_report_that_fits_two(
    house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    first, second = house.receive_report(1), house.receive_report(2)
    house.send_unmatched()
    user = house.users[Role.STOCK_MANAGER]
    page = open_page()
    house.log_in(page, user)

    page.get_by_role("link", name="Verslagen zonder toestel").click()
    page.get_by_role("link", name="HP ProBook 450 G5").click()
    expect(page.get_by_text("horen bij verschillende toestellen")).to_be_visible()
    expect(page.get_by_label(f"Het is {second['device']['code']}")).to_be_visible()
    no_barriers(page)

    page.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(page.get_by_text("Kies een antwoord.")).to_have_count(2)
    no_barriers(page)
    page.get_by_label(f"Het is {first['device']['code']}").check()
    page.get_by_label("Hoe weet je dat?").select_option(label="Ik las het etiket op het toestel")
    page.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(page.get_by_text("Het verslag hoort nu bij dit toestel.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(first["device"]["code"])
    page.goto("/intake/unmatched")
    expect(page.get_by_text("Er wacht geen enkel verslag")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_two_machines_side_by_side_can_be_read_in_the_dark_and_on_a_phone(
    width: int, house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    first = house.receive_report(1)["device"]["code"]
    house.receive_report(2)
    address = f"/intake/unmatched/{house.send_unmatched()['report_id']}"
    page = open_page(dark=True, width=width)
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(address)
    no_barriers(page)
    table = page.get_by_role("region", name=f"naast {first}")
    expect(table).to_contain_text("HP ProBook 450 G5")
    expect(table).not_to_contain_text("HP HP")
    for word in ("gelijk", "anders"):
        told = table.get_by_text(word, exact=True).first.bounding_box()
        assert told is not None
        assert told["x"] + told["width"] <= width, f"{word} is cut off"


@pytest.mark.parametrize(("choice", "ends_at"), [("new", "/d/"), ("none", "/intake/unmatched")])
def test_a_report_may_also_be_about_a_new_device_or_about_none_of_ours(
    choice: str,
    ends_at: str,
    house: Any,
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    house.receive_report(1)
    house.receive_report(2)
    report_id = house.send_unmatched()["report_id"]
    client = login(house.app.test_client(), house.users[Role.TECHNICIAN])
    sent = {"choice": choice, "grounds": "other", "csrf_token": form_token(client)}
    answer = client.post(f"/intake/unmatched/{report_id}", data=sent)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(ends_at)
    assert client.get(f"/intake/reports/{report_id}").status_code == 200
    again = client.post(f"/intake/unmatched/{report_id}", data=sent)
    assert again.status_code == 422
    assert "al beslist" in again.text


def test_a_disk_that_cannot_be_wiped_is_destroyed_before_a_witness(
    house: Any,
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    code = house.fill()["broken"]
    client = login(house.app.test_client(), house.users[Role.TECHNICIAN])
    path = client.get("/destructions").text.split('href="/destructions/')[1].split('"')[0]
    assert "moet vernietigd of opnieuw gewist worden" in client.get(f"/d/{code}").text
    shown = client.get(f"/destructions/{path}").text
    assert re.findall(r"<option selected value=\"([^\"]*)", shown) in ([], ["", ""]), "nothing is chosen beforehand"
    for unchosen in ({"method": "", "witness_id": str(house.users[Role.DESK].id)}, {"method": "drilled"}):
        blank = {"witness_id": "", **unchosen, "csrf_token": form_token(client)}
        assert client.post(f"/destructions/{path}", data=blank).status_code == 422
    sent = {"method": "drilled", "csrf_token": form_token(client), "typed": "0021"}
    for typed in ("", "21", "0022"):
        wrong = {**sent, "typed": typed, "witness_id": str(house.users[Role.DESK].id)}
        assert client.post(f"/destructions/{path}", data=wrong).status_code == 422
    alone = client.post(f"/destructions/{path}", data={**sent, "witness_id": str(house.users[Role.TECHNICIAN].id)})
    assert alone.status_code == 422
    done = client.post(f"/destructions/{path}", data={**sent, "witness_id": str(house.users[Role.DESK].id)})
    assert done.status_code == 302
    page = client.get(f"/d/{code}").text
    assert "vernietigd" in page
    assert "moet vernietigd of opnieuw gewist worden" not in page
