"""A scan goes to the scan box whatever has the focus: it presses no button, and no key alone decides about data."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.wiping.models import EvidenceStatus, WipeEvidence

pytestmark = pytest.mark.browser


def _log_in(page: Page, user: Any) -> None:
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(user.email)
    page.get_by_label("Wachtwoord").fill(user.password)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_label("Scan of typ")).to_be_visible()


def _scan(page: Page, text: str) -> None:
    """What a scanner in keyboard mode does: the characters at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def _status(house: Any, public_id: str) -> EvidenceStatus:
    with house.app.app_context():
        return db.session.scalar(select(WipeEvidence.status).where(WipeEvidence.public_id == public_id))


@pytest.fixture
def offline(house: Any, house_module: Any) -> dict[str, str]:
    """A device whose wipe waits for a person, and another device's code to scan."""
    made = house.send_report(house_module.report(house_module.device(20), house_module.carrier(20)))
    other = house.take_in(1)["device"]["code"]
    public_id = made["attests"][0]["check_url"].rpartition("/")[2]
    with house.app.app_context():
        evidence_id = db.session.scalar(select(WipeEvidence.id).where(WipeEvidence.public_id == public_id))
    address = f"/wipes/{evidence_id}/confirm"
    return {"code": made["device"]["code"], "other": other, "public_id": public_id, "confirm": address}


@pytest.mark.parametrize("path", ["/wipes/awaiting", "/d/{code}"])
def test_a_scan_with_the_focus_on_confirming_a_wipe_confirms_nothing(
    path: str, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    _log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(path.format(**offline))
    page.get_by_text("Bevestig deze wissing").first.focus()
    _scan(page, offline["other"])
    page.wait_for_url(f"**/d/{offline['other']}")
    assert _status(house, offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("scripts", [True, False])
def test_no_single_key_confirms_a_wipe(
    key: str, scripts: bool, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(scripts=scripts)
    _log_in(page, house.users[Role.STOCK_MANAGER])
    for path in ("/wipes/awaiting", f"/d/{offline['code']}", offline["confirm"]):
        page.goto(path)
        target = page.get_by_role("button", name="Wissing bevestigen").or_(page.get_by_text("Bevestig deze wissing"))
        target.first.focus()
        page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
    assert _status(house, offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


def test_a_scanner_that_sends_two_enters_presses_nothing_either(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    _log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    page.get_by_label("De wissing hoort bij deze schijf").check()
    page.get_by_label("Welke schijf heb je in de hand?").focus()
    _scan(page, "S3TZNX0K000020")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert _status(house, offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


@pytest.mark.parametrize("scanned", ["{other}", "HS 7K3 M9P", "https://herstart.example/d/{other}", "5CD80001XK"])
def test_a_scan_on_the_last_button_of_a_filled_form_presses_nothing(
    scanned: str, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    _log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    page.get_by_label("Welke schijf heb je in de hand?").fill("0020")
    page.get_by_label("De wissing hoort bij deze schijf").check()
    page.get_by_role("button", name="Wissing bevestigen").focus()
    _scan(page, scanned.format(**offline))
    page.wait_for_url(re.compile(r"/(d/|scan\?)"))
    assert _status(house, offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


def test_a_scan_into_the_field_for_it_stays_there_and_sends_nothing(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    page = open_page(dark=True, width=390)
    _log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    no_barriers(page)
    page.get_by_label("De wissing hoort bij deze schijf").check()
    field = page.get_by_label("Welke schijf heb je in de hand?")
    field.focus()
    _scan(page, "S3TZNX0K000020")
    expect(field).to_have_value("S3TZNX0K000020")
    assert page.url.endswith(offline["confirm"])
    assert _status(house, offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION
    page.get_by_role("button", name="Wissing bevestigen").press("Space")
    expect(page.get_by_text("De wissing is bevestigd.")).to_be_visible()
    assert _status(house, offline["public_id"]) is EvidenceStatus.CONFIRMED


def test_a_scan_while_somebody_writes_spoils_nothing(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    _log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto("/account")
    field = page.locator("main input[type=password]").first
    field.fill("half een wacht")
    field.focus()
    _scan(page, offline["other"])
    expect(field).to_have_value("half een wacht")
    expect(page.get_by_label("Scan of typ")).to_have_value(offline["other"])
    assert page.url.endswith("/account")


def test_who_types_slowly_still_sends_a_form_with_enter(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    _log_in(page, house.users[Role.TECHNICIAN])
    page.goto("/devices")
    page.get_by_label("Zoek op woord").focus()
    page.keyboard.type("hp")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=hp**")
