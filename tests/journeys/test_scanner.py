"""A scan goes to the scan box whatever has the focus: it presses no button, and no key alone decides about data."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping.models import DestructionTask, EvidenceStatus, WipeEvidence

pytestmark = pytest.mark.browser


def _on_the_last_button(house: Any, offline: dict[str, str], open_page: Callable[..., Page]) -> Page:
    """A form that only waits for its button, which has the focus."""
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    page.get_by_label("Welke schijf heb je in de hand?").fill("0020")
    page.get_by_label("De wissing hoort bij deze schijf").check()
    page.get_by_role("button", name="Wissing bevestigen").focus()
    return page


def _scan(page: Page, text: str) -> None:
    """What a scanner in keyboard mode does: the characters at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.fixture
def offline(house: Any) -> dict[str, str]:
    """A device whose wipe waits for a person, and another device's code to scan."""
    return {**house.waiting_wipe(20), "other": house.receive_report(1)["device"]["code"]}


@pytest.fixture
def open_tasks(house: Any) -> dict[str, str]:
    """Addresses of the pages that decide in a filled house, and under ``code`` a device to scan."""
    codes = house.fill()
    waiting = house.send_unmatched()["report_id"]
    with house.app.app_context():
        evidence_id = db.session.scalar(
            select(WipeEvidence.id).where(WipeEvidence.status == EvidenceStatus.AWAITING_CONFIRMATION)
        )
        task_id = db.session.scalar(select(DestructionTask.id))
    return {
        "code": codes["clean"],
        "device": f"/d/{codes['told']}",
        "no disk": f"/d/{codes['diskless']}",
        "confirm": f"/wipes/{evidence_id}/confirm",
        "destroy": f"/destructions/{task_id}",
        "unmatched": f"/intake/unmatched/{waiting}",
        "account": "/account",
        "stations": "/admin/stations",
    }


@pytest.mark.parametrize("path", ["/wipes/awaiting", "/d/{code}"])
def test_a_scan_with_the_focus_on_confirming_a_wipe_confirms_nothing(
    path: str, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(path.format(**offline))
    page.get_by_text("Bevestig deze wissing").first.focus()
    _scan(page, offline["other"])
    page.wait_for_url(f"**/d/{offline['other']}")
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("scripts", [True, False])
def test_no_single_key_confirms_a_wipe(
    key: str, scripts: bool, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(scripts=scripts)
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    for path in ("/wipes/awaiting", f"/d/{offline['code']}", offline["confirm"]):
        page.goto(path)
        target = page.get_by_role("button", name="Wissing bevestigen").or_(page.get_by_text("Bevestig deze wissing"))
        target.first.focus()
        page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


def test_a_scanner_that_sends_two_enters_presses_nothing_either(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    page.get_by_label("De wissing hoort bij deze schijf").check()
    page.get_by_label("Welke schijf heb je in de hand?").focus()
    _scan(page, "S3TZNX0K000020")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


@pytest.mark.parametrize("scanned", ["{other}", "HS 7K3 M9P", "https://herstart.example/d/{other}", "5CD80001XK"])
def test_a_scan_on_the_last_button_of_a_filled_form_presses_nothing(
    scanned: str, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = _on_the_last_button(house, offline, open_page)
    _scan(page, scanned.format(**offline))
    page.wait_for_url(re.compile(r"/(d/|scan\?)"))
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


def test_a_scan_into_the_field_for_it_stays_there_and_sends_nothing(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    page = open_page(dark=True, width=390)
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    no_barriers(page)
    page.get_by_label("De wissing hoort bij deze schijf").check()
    field = page.get_by_label("Welke schijf heb je in de hand?")
    field.focus()
    _scan(page, "S3TZNX0K000020")
    expect(field).to_have_value("S3TZNX0K000020")
    assert page.url.endswith(offline["confirm"])
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION
    page.get_by_role("button", name="Wissing bevestigen").press("Space")
    expect(page.get_by_text("De wissing is bevestigd.")).to_be_visible()
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.CONFIRMED


def test_a_scan_while_somebody_writes_spoils_nothing(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto("/account")
    page.locator("summary", has_text="Token maken").click()
    field = page.get_by_label("Waarvoor dient het?")
    field.fill("half een na")
    field.focus()
    _scan(page, offline["other"])
    expect(field).to_have_value("half een na")
    expect(page.get_by_label("Scan of typ")).to_have_value(offline["other"])
    assert page.url.endswith("/account")


def test_a_password_that_a_program_types_as_fast_as_a_scanner_is_not_shown_in_the_scan_box(
    house: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto("/account")
    field = page.get_by_label("Huidig wachtwoord")
    field.focus()
    _scan(page, "HS-geheim-wachtwoord")
    expect(field).to_have_value("HS-geheim-wachtwoord")
    expect(page.get_by_label("Scan of typ")).to_have_value("")
    assert page.url.endswith("/account")


def test_who_types_slowly_still_sends_a_form_with_enter(
    house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.TECHNICIAN])
    page.goto("/devices")
    page.get_by_label("Zoek op woord").focus()
    page.keyboard.type("hp")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=hp**")
    expect(page.get_by_label("Zoek op woord")).to_have_value("hp")


PRESSABLE = "main button, main summary, main a.btn, main input[type=checkbox], main input[type=radio], main select"
# As a scanner in another layout sends them: digits and dashes of an AZERTY keyboard, circumflexes, a space in front.
ODD_SCANS = ["HS)\"'!&(mp", "^^HS-7K3M9P", "  HS-7K3M9P", "https://herstart.example/d/HS-7K3M9P"]


def _pressables(page: Page) -> int:
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    return page.locator(PRESSABLE).count()


def _events(house: Any) -> int:
    with house.app.app_context():
        return db.session.scalar(select(func.count()).select_from(LedgerEvent)) or 0


@pytest.mark.parametrize("end", ["Enter", "Tab"])
@pytest.mark.parametrize("page_of", ["device", "no disk", "confirm", "destroy", "unmatched", "account", "stations"])
def test_a_scan_on_whatever_can_be_pressed_goes_to_the_scan_box(
    page_of: str, end: str, house: Any, open_page: Callable[..., Page], open_tasks: dict[str, str]
) -> None:
    page = open_page()
    house.log_in(page, house.admin)
    known, code = _events(house), open_tasks["code"]
    page.goto(open_tasks[page_of])
    for at in range(_pressables(page)):
        page.goto(open_tasks[page_of])
        _pressables(page)
        one = page.locator(PRESSABLE).nth(at)
        is_list = one.evaluate("one => one.matches('select')")
        one.focus()
        page.keyboard.type(code)
        page.keyboard.press(end)
        if is_list:
            # Who chooses from a list is writing a form: it stays.
            assert page.url.endswith(open_tasks[page_of])
            continue
        page.wait_for_url(f"**/d/{code}")
    assert _events(house) == known


@pytest.mark.parametrize("scanned", ODD_SCANS)
def test_no_scan_in_another_layout_presses_the_last_button(
    scanned: str, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = _on_the_last_button(house, offline, open_page)
    for character in scanned:
        page.keyboard.press("Space" if character == " " else character)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan?**")
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION


@pytest.mark.parametrize("delay_ms", [0, 150, 900])
def test_with_the_keyboard_alone_a_slow_hand_and_a_quick_one_confirm(
    delay_ms: int, house: Any, offline: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(offline["confirm"])
    expect(page.get_by_text("druk op de spatiebalk")).to_be_visible()
    page.get_by_label("Welke schijf heb je in de hand?").focus()
    page.keyboard.type("0020", delay=delay_ms)
    for key in ("Tab", "Space", "Tab", "Space"):
        page.keyboard.press(key)
        page.wait_for_timeout(delay_ms)
    expect(page.get_by_text("De wissing is bevestigd.")).to_be_visible()
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.CONFIRMED


def _alt_scan(page: Page, text: str, end: str = "Enter") -> None:
    """What a scanner in ALT mode does: Alt with each character's number on the number pad, then the end as a key."""
    for character in text:
        page.keyboard.down("Alt")
        for digit in f"{ord(character):03d}":
            page.keyboard.press(f"Numpad{digit}")
        page.keyboard.up("Alt")
    page.keyboard.press(end)


def _keys_without_a_name(page: Page, text: str) -> None:
    """What some wireless scanners send: keys of which the browser tells no character."""
    keyboard = page.context.new_cdp_session(page)
    for _ in text:
        for kind in ("rawKeyDown", "keyUp"):
            keyboard.send("Input.dispatchKeyEvent", {"type": kind, "key": "Unidentified", "windowsVirtualKeyCode": 229})
    page.keyboard.press("Enter")


def _short_scan(page: Page, text: str) -> None:
    _scan(page, text[:2])


def _short_scan_with_a_tab(page: Page, text: str) -> None:
    page.keyboard.type(text[:2])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def _scan_with_a_tab_and_an_enter(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def _scan_with_a_separator(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Control+BracketRight")
    page.keyboard.press("Enter")


def _scan_behind_a_function_key(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("F8")
    page.keyboard.press("Enter")


ODD_SCANNERS = [
    _alt_scan,
    _keys_without_a_name,
    _short_scan,
    _short_scan_with_a_tab,
    _scan_with_a_tab_and_an_enter,
    _scan_with_a_separator,
    _scan_behind_a_function_key,
]
PLAIN_BUTTONS = [
    ("stations", "Maak inschrijfcode"),
    ("account", "Taal bewaren"),
    ("device", "Verplaats"),
]


@pytest.mark.parametrize("scanner", ODD_SCANNERS)
@pytest.mark.parametrize(("page_of", "button"), PLAIN_BUTTONS)
def test_no_scanner_presses_a_plain_button(  # noqa: PLR0917 - fixtures
    page_of: str,
    button: str,
    scanner: Callable[[Page, str], None],
    house: Any,
    open_page: Callable[..., Page],
    open_tasks: dict[str, str],
) -> None:
    page = open_page()
    house.log_in(page, house.admin)
    page.goto(open_tasks[page_of])
    _pressables(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name=button, exact=True).focus()
    scanner(page, open_tasks["code"])
    page.wait_for_timeout(200)
    assert sent == []


def test_an_enter_long_behind_a_scans_tab_presses_nothing_while_the_page_is_leaving(
    house: Any, open_page: Callable[..., Page], open_tasks: dict[str, str]
) -> None:
    page = open_page()
    house.log_in(page, house.admin)
    page.goto(open_tasks["stations"])
    _pressables(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/scan?**", lambda _route: None)  # no answer comes yet
    page.get_by_role("button", name="Maak inschrijfcode", exact=True).focus()
    page.keyboard.type(open_tasks["code"])
    page.keyboard.press("Tab")
    page.wait_for_timeout(800)
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert sent == []


def test_a_scan_in_alt_mode_is_found(house: Any, offline: dict[str, str], open_page: Callable[..., Page]) -> None:
    page = open_page()
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto(f"/d/{offline['code']}")
    page.get_by_text("Bevestig deze wissing").first.focus()
    _alt_scan(page, offline["other"])
    page.wait_for_url(f"**/d/{offline['other']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(offline["other"])


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_persons_key_presses_a_plain_button(
    key: str, house: Any, open_page: Callable[..., Page], open_tasks: dict[str, str]
) -> None:
    page = open_page()
    house.log_in(page, house.admin)
    page.goto(open_tasks["account"])
    page.get_by_label("Taal van de schermen").focus()
    page.keyboard.press("Tab")
    with page.expect_request(lambda request: request.method == "POST"):
        page.keyboard.press(key)
