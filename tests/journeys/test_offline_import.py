"""A stick is carried to the service: files dropped on the page (or chosen, without scripts), receipts taken back."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from asset_service.accounts.models import Role
from wipe_reports import document, schema, signing

pytestmark = pytest.mark.browser


def _export(house: Any, *sent: document.WipeReport) -> bytes:
    """The file that an agent writes: one compact JWS a member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sent:
            compact = signing.sign(schema.to_bytes(one), house.station.key, document.MEDIA_TYPE)
            archive.writestr(f"{one.report_id}.jws", compact)
    return file.getvalue()


@pytest.fixture
def reports(house: Any) -> Any:
    """The builders of reports that the house is filled with."""
    import sys  # noqa: PLC0415 - conftest loaded it by its path

    return sys.modules[type(house).__module__]


_DROP = """([zone, files]) => {
  const dropped = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    dropped.items.add(new File([bytes], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: dropped, bubbles: true, cancelable: true}));
}"""


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 390)])
def test_dropped_files_are_taken_in_at_once_and_their_receipts_go_back(  # noqa: PLR0917 - fixtures
    dark: bool,
    width: int,
    house: Any,
    reports: Any,
    open_page: Callable[..., Page],
    no_barriers: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    sent = [reports.report(reports.device(number), reports.carrier(number)) for number in (1, 2)]
    files = [["herstart-verslagen.zip", _export(house, *sent)], ["kapot.jws", b"geen bericht"]]
    page = open_page(dark=dark, width=width)
    house.log_in(page, house.users[Role.TECHNICIAN])
    page.goto("/intake/unmatched")
    expect(page.get_by_text("Sleep de bestanden hierheen")).to_be_visible()
    no_barriers(page)
    zone = page.locator(".drop-zone").element_handle()
    with page.expect_navigation(url="**/intake/import"):
        page.evaluate(_DROP, [zone, [[name, base64.b64encode(raw).decode()] for name, raw in files]])
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat er met de bestanden gebeurde")
    expect(page.get_by_text("nieuw toestel", exact=True)).to_have_count(2)
    expect(page.get_by_text("geweigerd", exact=True)).to_have_count(1)
    no_barriers(page)

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Ontvangstbewijzen (ZIP)").click()
    waiting.value.save_as(tmp_path / "receipts.zip")
    with zipfile.ZipFile(tmp_path / "receipts.zip") as archive:
        assert sorted(archive.namelist()) == sorted(f"{one.report_id}.json" for one in sent)
        answer = json.loads(archive.read(f"{sent[0].report_id}.json"))
    assert signing.peek(answer["receipt"])[0]["typ"] == "wipe-receipt+jws"
    page.get_by_role("link", name=answer["device"]["code"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(answer["device"]["code"])


def test_without_scripts_the_file_field_and_its_button_do_the_same(
    house: Any, reports: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "herstart-verslagen.zip"
    file.write_bytes(_export(house, reports.report(reports.device(1), reports.carrier(1))))
    page = open_page(scripts=False)
    house.log_in(page, house.users[Role.STOCK_MANAGER])
    page.goto("/intake/unmatched")
    expect(page.get_by_text("Sleep de bestanden hierheen")).to_be_hidden()
    page.get_by_label("Bestanden van de stick").set_input_files(file)
    page.get_by_role("button", name="Breng binnen").click()
    expect(page.get_by_text("nieuw toestel", exact=True)).to_be_visible()


def test_an_admin_sets_the_minimum_that_the_stations_then_judge_by(
    house: Any, open_page: Callable[..., Page], no_barriers: Callable[[Page], None]
) -> None:
    page = open_page(width=390)
    house.log_in(page, house.users[Role.PARTNER_ADMIN])
    page.goto("/admin/minimum")
    expect(page.get_by_text("Nu geldt het minimum van de oproep")).to_be_visible()
    no_barriers(page)
    tablets = page.get_by_role("group", name="Tablet")
    tablets.get_by_label("Processor").select_option(label="Elke processor")
    page.get_by_role("button", name="Bewaar als nieuwe versie").click()
    expect(page.get_by_text("Zeg hoeveel geheugen er minstens in moet zitten.")).to_be_visible()
    page.get_by_role("group", name="Tablet").get_by_label("Geheugen in GB").fill("2")
    page.get_by_role("button", name="Bewaar als nieuwe versie").click()
    expect(page.get_by_text("versie 1.", exact=False).first).to_be_visible()
    expect(page.get_by_text("tablet: 2 GB, elke processor")).to_be_visible()
    no_barriers(page)
    page.get_by_text("Het minimum van de oproep gebruiken").click()
    page.get_by_role("button", name="Trek ons minimum in").click()
    expect(page.get_by_text("Nu geldt het minimum van de oproep")).to_be_visible()
