"""A technician's day in a real browser: log in, scan, look at the device, take the attest, look it up as a stranger."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from asset_service.accounts.models import Role

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 390)])
def test_from_login_over_a_scanned_code_to_the_attest_without_a_barrier(
    dark: bool, width: int, house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    answer = house.receive_report()
    code = answer["device"]["code"]
    page = open_page(dark=dark, width=width)
    page.goto("/login")
    no_barriers(page)
    house.log_in(page, house.users[Role.TECHNICIAN])
    no_barriers(page)

    # A scanner types the code and presses Enter; the box has the focus already.
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/d/{code}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    expect(page.get_by_text(f"Gevonden: {code}")).to_be_visible()
    expect(page.get_by_role("region", name="Schijven en hun wissing").first).to_contain_text("gewist")
    no_barriers(page)

    with page.expect_response(lambda sent: sent.url.endswith(".pdf") and sent.request.method == "GET") as waiting:
        page.get_by_role("button", name="Wisattest uitgeven").click()
    pdf = waiting.value
    assert pdf.headers["content-type"] == "application/pdf"


def test_the_attest_is_a_signed_pdf_and_its_check_page_shows_no_name_and_no_whole_serial(
    house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    answer = house.receive_report()
    page = open_page()
    house.log_in(page, house.users[Role.TECHNICIAN])
    public_id = answer["attests"][0]["check_url"].rpartition("/")[2]
    assert page.request.get(f"/attests/{public_id}.pdf").status == 404
    page.goto(f"/d/{answer['device']['code']}")
    page.get_by_role("button", name="Wisattest uitgeven").click()
    pdf = page.request.get(f"/attests/{public_id}.pdf")
    assert pdf.status == 200
    assert pdf.body().startswith(b"%PDF-")
    assert b"/ByteRange" in pdf.body()

    stranger = open_page(width=390)
    stranger.goto(f"/w/{public_id}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Controle van een wisattest")
    expect(stranger.get_by_text("Gewist", exact=True)).to_be_visible()
    text = stranger.inner_text("body")
    assert "S3TZNX0K" not in text
    assert "Noor" not in text
    assert "eindigt op 0001" in re.sub(r"\s+", " ", text)
    assert stranger.locator("meta[name=robots]").get_attribute("content") == "noindex, nofollow"
    no_barriers(stranger)


def test_a_rehearsal_says_test_wherever_it_is_shown(
    house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    answer = house.receive_report(test=True)
    page = open_page()
    page.goto("/w/" + answer["attests"][0]["check_url"].rpartition("/")[2])
    expect(page.get_by_text("TEST", exact=True)).to_be_visible()
    no_barriers(page)
    house.log_in(page, house.users[Role.TECHNICIAN])
    page.goto(f"/d/{answer['device']['code']}")
    expect(page.get_by_text("TEST", exact=True).first).to_be_visible()


def test_everything_works_without_scripts(house: Any, open_page: Callable[..., Page]) -> None:
    code = house.receive_report()["device"]["code"]
    page = open_page(scripts=False)
    house.log_in(page, house.users[Role.TECHNICIAN])
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill("5cd8-0001 xk")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/d/{code}$"))
    page.locator("summary", has_text="Keuren").click()
    page.get_by_label("Ja, herbruikbaar").check()
    page.get_by_role("button", name="Bewaar de keuring").click()
    expect(page.get_by_text("De keuring is bewaard.")).to_be_visible()
    expect(page.locator("#toestand").locator("..")).to_contain_text("gekeurd")


def test_an_unknown_code_is_kept_in_words_with_what_to_do_next(
    house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.TECHNICIAN])
    page.keyboard.type("HS-234567")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Niet gevonden: HS-234567")
    no_barriers(page)


@pytest.mark.parametrize("dark", [False, True])
def test_no_page_has_a_barrier(
    dark: bool, house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    codes = house.fill()
    page = open_page(dark=dark, width=390 if dark else 1280)
    house.log_in(page, house.admin)
    for path in house.paths(codes):
        page.goto(path)
        no_barriers(page)
        sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not sideways, f"{path} scrolls sideways"
