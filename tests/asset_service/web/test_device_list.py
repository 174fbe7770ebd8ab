"""The list of devices: filters in the address, pages by key, the same list as CSV, and 10,000 devices."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from asset_service.accounts.models import Role
from asset_service.core.db import db, new_id, transaction
from asset_service.devices import codes, operations
from asset_service.devices.models import DataStatus, Device, DeviceKind, DeviceTerm, State
from asset_service.web import device_list

PAGE = 50


def _stock(app: Flask, partner: Any, count: int) -> None:
    """``count`` devices, one in ten ready and wiped, the rest received and exposed."""
    with app.app_context():
        taken = set(db.session.scalars(select(Device.code)))
        db.session.remove()
    made_codes: set[str] = set()
    while len(made_codes) < count:
        # Among ten thousand random codes one that is there already is no rare guest.
        made_codes |= {codes.new_code()} - taken
    rows = [
        {
            "id": new_id(),
            "code": code,
            "kind": DeviceKind.LAPTOP,
            "state": State.READY if number % 10 == 0 else State.RECEIVED,
            "data_status": DataStatus.WIPED if number % 10 == 0 else DataStatus.EXPOSED,
            "partner_id": partner.id,
            "site_id": partner.site_id,
            "manufacturer": "HP",
            "product": f"EliteBook {number}",
            "serial": f"=SUM({number})",
            "summary": "Intel Core i5 · 8 GB RAM",
            "minimum_reasons": [],
            "defects": [],
            "created_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
            "changed_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
            "version": 1,
        }
        for number, code in enumerate(sorted(made_codes))
    ]
    terms = [{"term": "ELITEBOOK", "device_id": row["id"]} for row in rows]
    with app.app_context(), transaction():
        db.session.execute(insert(Device), rows)
        db.session.execute(insert(DeviceTerm), terms)


@contextmanager
def _statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def _codes(page: str) -> list[str]:
    return re.findall(r'class="tap code" href="/d/([^"]+)"', page)


def _next(page: str) -> str | None:
    found = re.search(r'href="([^"]+)" rel="next"', page)
    return found[1].replace("&amp;", "&") if found else None


def test_a_page_of_ten_thousand_devices_is_as_small_and_asks_as_little_as_one_of_sixty(
    app: Flask, house: Any, as_role: Callable[[Role], FlaskClient]
) -> None:
    client = as_role(Role.TECHNICIAN)
    _stock(app, house.partner, 60)
    client.get("/devices")
    with _statements(app) as few:
        small = client.get("/devices")
    _stock(app, house.partner, 9_940)
    with _statements(app) as many:
        large = client.get("/devices")
    assert "<strong>60</strong>" in small.text
    assert "<strong>1000+</strong>" in large.text
    assert len(_codes(large.text)) == len(_codes(small.text)) == PAGE
    assert len(large.data) < 100_000
    assert len(many) == len(few)


def test_paging_shows_every_device_once_and_keeps_the_filters(
    app: Flask, house: Any, as_role: Callable[[Role], FlaskClient]
) -> None:
    _stock(app, house.partner, 620)
    client = as_role(Role.DESK)
    path, seen = "/devices?state=received&text=elite", []
    while path:
        page = client.get(path).text
        assert 'value="received" selected' in page
        seen += _codes(page)
        path = _next(page)
    assert len(seen) == len(set(seen)) == 558


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"state": "ready"}, 3),
        ({"data_status": "exposed"}, 27),
        ({"kind": "desktop"}, 0),
        ({"text": "elitebook"}, 30),
        ({"text": "macbook"}, 0),
        ({"state": "ready", "data_status": "exposed"}, 0),
    ],
)
def test_a_filter_narrows_the_list_and_the_csv_alike(
    filters: dict[str, str], count: int, app: Flask, house: Any, as_role: Callable[[Role], FlaskClient]
) -> None:
    _stock(app, house.partner, 30)
    client = as_role(Role.STOCK_MANAGER)
    shown = _codes(client.get("/devices", query_string=filters).text)
    sheet = client.get("/devices.csv", query_string=filters)
    rows = list(csv.reader(io.StringIO(sheet.data.decode("utf-8-sig")), delimiter=";"))
    assert len(shown) == count
    assert [row[0] for row in rows[1:]] == shown


def test_the_csv_holds_more_than_a_page_and_no_formula(
    app: Flask, house: Any, as_role: Callable[[Role], FlaskClient]
) -> None:
    _stock(app, house.partner, 450)
    sheet = as_role(Role.TECHNICIAN).get("/devices.csv")
    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(sheet.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len({row["Code"] for row in rows}) == 450
    assert {row["Serienummer"][:2] for row in rows} == {"'="}


@pytest.mark.parametrize(
    "asked", ["state=flying", "site_id=nowhere", "kind=toaster", "data_status=x", "after=%00", "after=bm9uc2Vuc2U"]
)
def test_an_address_that_makes_no_sense_is_refused_in_words(asked: str, as_role: Callable[[Role], FlaskClient]) -> None:
    answer = as_role(Role.TECHNICIAN).get(f"/devices?{asked}")
    assert answer.status_code == 422
    assert "<h1>De gegevens kloppen niet</h1>" in answer.text


def test_an_empty_list_says_what_to_do(as_role: Callable[[Role], FlaskClient]) -> None:
    assert "Start een toestel op met de intake-stick" in as_role(Role.TECHNICIAN).get("/devices").text


_SIGNS = ("=", "+", "-", "@", "\uff1d", "\u2212", "\ufe66")


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "a,=cmd|' /C calc'!A0",
        "a, =1",
        'x","=1',
        "a;+1",
        "a\t@SUM(1)",
        "a|-1",
        " =1",
        "\uff1d1",
        "'=1",
        '"=1',
        "a,-1",
        "\u200b=1",
        "\ufeff=1",
        "a,\u2060=1",
        "\u22121",
        "\ufe66 1",
    ],
)
def test_no_cell_becomes_a_formula_whatever_separator_a_spreadsheet_takes(cell):
    line = device_list._line(["code", cell, "rest"])
    for separator in ",;|\t:":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for row in csv.reader(io.StringIO(line), delimiter=separator, quoting=quoting):
                for one in row:
                    assert not one.strip(' "\r\n\u200b\u2060\ufeff').startswith(_SIGNS), (separator, one)


def test_a_plain_cell_stays_as_it_is():
    plain = ("HP EliteBook 840 G3", "Intel Core i5-4300U, 8 GB", "07/11/2026 - 10:30", "a-b")
    assert [device_list._plain(one) for one in plain] == list(plain)


@pytest.mark.parametrize("text", ["ecran", "Écran", "ÉCR", "e\u0301cran", "lodz"])
def test_the_list_finds_with_and_without_accents(app, house, as_role, text):
    with app.app_context(), transaction():
        announced = operations.announce(
            house.users[Role.TECHNICIAN].access,
            site_id=house.partner.site_id,
            kind=DeviceKind.MONITOR,
            manufacturer="Écran Plat",
            product="Łódź 22",
        )
        code = announced.code
    assert code in as_role(Role.TECHNICIAN).get("/devices", query_string={"text": text}).text
