"""What a station may write where a report holds free words: no page, list or document takes it for more than that."""

from __future__ import annotations

import csv
import io
import json
import re

import httpx
import pytest
import uuid_utils

from asset_service.accounts.models import Role
from wipe_reports import schema

SCRIPT = "<script>alert(1)</script>\"'><img src=x>{{7*7}}"
FORMULAS = ("=cmd|'/C calc'!A0", "\u200b=1+1", "\ufeff@SUM(1)", "\u22121", "a,=1+1", '"=1+1"', "\uff1d1+1")
TOLD = frozenset(
    {"created_at", "started_at", "ended_at", "report_id", "uuid", "outcome", "level", "technique", "medium", "bus",
     "verdict", "kind", "hpa", "dco", "format", "form"}
)  # fmt: skip
"""Members whose words the schema lists; every other text in a report is free."""


@pytest.fixture
def browse(settings, serve, make_user, make_station):
    """A station, the running service, and a browser in which a stock manager of its partner is logged in."""
    served, station = serve(settings), make_station()
    user = make_user(Role.STOCK_MANAGER, station.partner)
    with httpx.Client(base_url=served.address, timeout=120) as browser:
        sent = {"email": user.email, "password": user.password, "csrf_token": _form_token(browser, "/login")}
        assert browser.post("/login", data=sent).status_code == 302
        yield served, station, browser


@pytest.fixture
def take(browse, reports):
    """``take(words)`` → the service's answer to a report that holds those words wherever it may hold any."""
    served, station, _ = browse

    def send(words):
        disks = (reports.carrier(erased=True), reports.carrier(erased=reports.failed_wipe(256_060_514_304)))
        made = json.loads(schema.to_bytes(reports.report(None, *disks)))
        kept = [disk["serial"] for disk in made["carriers"]], made["device"]["serial"]
        made = _worded(made, words)
        for disk, serial in zip(made["carriers"], kept[0], strict=True):
            disk["serial"] = serial
            disk["wipe"]["verification"]["method"] = "full_read_back"
        made |= {"report_id": str(uuid_utils.uuid7()), "graphics": [words], "cameras": [words]}
        made["device"]["serial"] = kept[1]
        body = reports.unchecked(made, station.key)
        headers = {"Content-Type": "application/jose"}
        answer = httpx.post(f"{served.address}/api/v1/reports", content=body, headers=headers, timeout=120)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return send


def test_words_of_a_report_are_no_markup_on_any_page_and_no_action_in_any_document(browse, take):
    served, _, browser = browse
    answer = take(SCRIPT)
    code = answer["device"]["code"]
    pages = [f"/d/{code}", "/", "/devices", "/wipes/awaiting", "/destructions", "/scan?q=script"]
    pages.append(f"/intake/reports/{answer['report_id']}")
    for attest in answer["attests"]:
        public_id = attest["check_url"].rpartition("/")[2]
        pages.append(f"/w/{public_id}")
        token = {"csrf_token": _form_token(browser, "/account")}
        assert browser.post(f"/attests/{public_id}.pdf", data=token).status_code == 303
        document = browser.get(f"/attests/{public_id}.pdf").content
        assert document.startswith(b"%PDF")
        assert not re.search(rb"/(JavaScript|JS|Launch|OpenAction|URI)\b", document)
    for page in pages:
        shown = browser.get(page)
        assert shown.status_code == 200, page
        assert "<script>alert" not in shown.text, page
        assert "<img src=x" not in shown.text, page
    assert "&lt;script&gt;alert(1)" in browser.get(f"/d/{code}").text, "it is shown as what it is"
    assert "{{7*7}}" in browser.get(f"/d/{code}").text
    assert httpx.get(f"{served.address}/w/{public_id}").headers["Content-Security-Policy"]


def test_no_cell_of_the_list_is_a_formula_whatever_a_report_says(browse, take):
    for words in FORMULAS:
        take(words)
    sheet = browse[2].get("/devices.csv").content.decode("utf-8-sig")
    for separator in ";,\t|:":
        for row in csv.reader(io.StringIO(sheet), delimiter=separator):
            for cell in row:
                assert not re.match('[\\s"\u200b\ufeff]*[=+@\\-\u2212\uff1d]', cell), (separator, cell)


def _worded(value, words, name=""):
    """The report's members again, with ``words`` for each text that is free."""
    if isinstance(value, dict):
        return {key: _worded(one, words, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_worded(one, words, name) for one in value]
    return words if isinstance(value, str) and name not in TOLD else value


def _form_token(browser, path):
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)[-1]
