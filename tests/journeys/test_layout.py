"""Pages on a phone and on a desk: nothing sideways, nothing cut, no number broken where there is room for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from asset_service.core.db import db
from asset_service.wiping.models import DestructionTask, EvidenceStatus, WipeEvidence

pytestmark = pytest.mark.browser

OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
HIDDEN_COLUMNS = """() => [...document.querySelectorAll(".table-wrap")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.ariaLabel)"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const room = (one) => {
    const style = getComputedStyle(one);
    pen.font = style.font;
    return one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  };
  const cut = [];
  for (const one of document.querySelectorAll("input[placeholder]")) {
    if (!one.checkVisibility()) continue;
    const width = room(one);
    if (pen.measureText(one.placeholder).width > width) cut.push(one.placeholder);
  }
  for (const one of document.querySelectorAll("select")) {
    if (!one.checkVisibility()) continue;
    // Of a place the organisation, between brackets, may be cut; 20 is the arrow.
    const chosen = one.selectedOptions[0].text.split(" (")[0];
    if (pen.measureText(chosen).width > room(one) - 20) cut.push(chosen);
  }
  return cut;
}"""
BROKEN_NUMBERS = """() => [...document.querySelectorAll("td.number-of-part, .beside td.break")]
  .filter((one) => one.textContent.trim().length < 21)
  .filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1;
  }).map((one) => one.textContent)"""
LARGE_LEGENDS = """() => {
  const size = (one) => parseFloat(getComputedStyle(one).fontSize);
  const heading = document.querySelector("h2") ?? document.querySelector("h1");
  const legends = [...document.querySelectorAll("main legend:not(.visually-hidden)")];
  return legends.filter((one) => one.checkVisibility() && size(one) > size(heading)).map((one) => one.textContent);
}"""
TOUCHING = """() => {
  const seen = (one) => one.checkVisibility();
  const touches = (hint) => {
    const box = hint.getBoundingClientRect();
    return [...hint.closest("form, section, main").querySelectorAll(".btn, .scan")].filter(seen).some((one) => {
      const other = one.getBoundingClientRect();
      return [box.top - other.bottom, other.top - box.bottom].some((gap) => gap > -2 && gap < 7);
    });
  };
  return [...document.querySelectorAll("main .hint")].filter(seen).filter(touches).map((one) => one.textContent);
}"""


@pytest.fixture
def paths(house: Any) -> list[str]:
    """Every page of a filled house, also those on which somebody decides."""
    codes = house.fill()
    waiting = house.send_unmatched()["report_id"]
    with house.app.app_context():
        awaiting = WipeEvidence.status == EvidenceStatus.AWAITING_CONFIRMATION
        evidence_id = db.session.scalar(select(WipeEvidence.id).where(awaiting))
        task_id = db.session.scalar(select(DestructionTask.id))
    deciding = [f"/wipes/{evidence_id}/confirm", f"/destructions/{task_id}", f"/intake/unmatched/{waiting}"]
    return [*house.paths(codes), *deciding]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_sideways_cut_or_touching(
    width: int, house: Any, paths: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(width=width)
    house.log_in(page, house.admin)
    looks = {"sideways": SIDEWAYS, "cut": CUT, "legends": LARGE_LEGENDS, "touching": TOUCHING}
    if width == 1280:
        looks |= {"broken": BROKEN_NUMBERS, "hidden": HIDDEN_COLUMNS}
    found = {}
    for path in paths:
        page.goto(path)
        page.evaluate(OPEN_ALL)
        wrong = {name: value for name, look in looks.items() if (value := page.evaluate(look))}
        found |= {path: wrong} if wrong else {}
    assert found == {}


def test_at_four_times_the_size_nothing_scrolls_sideways(
    house: Any, paths: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(width=320)
    house.log_in(page, house.admin)
    found = []
    for path in paths:
        page.goto(path)
        page.evaluate(OPEN_ALL)
        found += [path] if page.evaluate(SIDEWAYS) else []
    assert found == []


def test_on_a_phone_a_row_of_a_table_says_what_its_figures_are(
    house: Any, paths: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(width=390)
    house.log_in(page, house.admin)
    page.goto("/intake/quarantine")
    before = "[...document.querySelectorAll('td.number')].map((one) => getComputedStyle(one, '::before').content)"
    assert page.evaluate(before) == ['"Keer: "', '"Grootte: "']
