"""Everything can be reached and done with a keyboard alone, and one sees where one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from asset_service.accounts.models import Role

pytestmark = pytest.mark.browser

FOCUS_SHOWS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def _tab_to(page: Page, name: str, role: str = "link") -> None:
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SHOWS), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard never reaches {name}")


def test_a_technician_needs_no_mouse_from_login_to_a_saved_inspection(
    house: Any, open_page: Callable[..., Page]
) -> None:
    code = house.receive_report()["device"]["code"]
    user = house.users[Role.TECHNICIAN]
    page = open_page()
    page.goto("/login")
    expect(page.get_by_label("E-mailadres")).to_be_focused()
    page.keyboard.type(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(user.password)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Scan of typ")).to_be_focused()

    page.goto("/devices")
    page.keyboard.press("/")
    expect(page.get_by_label("Scan of typ")).to_be_focused()
    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/d/{code}")

    page.locator("summary", has_text="Keuren").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Ja, herbruikbaar")).to_be_checked()
    _tab_to(page, "Bewaar de keuring", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("De keuring is bewaard.")).to_be_visible()


def test_the_first_tab_leads_past_the_menu_to_the_content(house: Any, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(house.users[Role.DESK].email)
    page.get_by_label("Wachtwoord").fill(house.users[Role.DESK].password)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Scan of typ")).to_be_visible()
    page.goto("/devices")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_slash_that_is_typed_into_a_field_stays_there(house: Any, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(house.users[Role.TECHNICIAN].email)
    page.get_by_label("Wachtwoord").fill(house.users[Role.TECHNICIAN].password)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Scan of typ")).to_be_visible()
    page.goto("/devices")
    page.get_by_label("Zoek op woord").focus()
    page.keyboard.type("a/b")
    expect(page.get_by_label("Zoek op woord")).to_have_value("a/b")


def test_every_target_is_large_enough_for_a_hurried_finger(house: Any, open_page: Callable[..., Page]) -> None:
    code = house.receive_report()["device"]["code"]
    page = open_page(width=390)
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(house.users[Role.STOCK_MANAGER].email)
    page.get_by_label("Wachtwoord").fill(house.users[Role.STOCK_MANAGER].password)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Scan of typ")).to_be_visible()
    for path in ("/", "/devices", f"/d/{code}"):
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("main a, main button, main summary, header a, header button")]
              .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24)
              .map((one) => one.outerHTML)"""
        )
        assert small == [], re.sub(r"\s+", " ", str(small))
