"""The forms of a device's page: nothing is lost after a refusal, and nothing is done by a slip of the finger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from asset_service.accounts.models import Role
from asset_service.core.db import transaction
from asset_service.devices import operations


@pytest.fixture
def client(as_role: Callable[[Role], FlaskClient]) -> FlaskClient:
    """A technician's browser."""
    return as_role(Role.TECHNICIAN)


@pytest.fixture
def post(client: FlaskClient, form_token: Callable[[FlaskClient], str]) -> Callable[..., Any]:
    """``post(path, **fields)`` → the answer."""
    return lambda path, **fields: client.post(path, data={**fields, "csrf_token": form_token(client)})


def test_an_inspection_that_is_refused_comes_back_as_it_was_filled_in(post: Any, house: Any) -> None:
    code = house.receive_report()["device"]["code"]
    answer = post(f"/d/{code}/inspect", reusable="yes", defects="crt")
    assert answer.status_code == 422
    panel = answer.text.split(f'action="/d/{code}/inspect"')[1].split("</form>")[0]
    assert '<details class="more" open>' in panel
    assert panel.count(" checked") == 2
    assert panel.count("Een herbruikbaar toestel heeft geen van deze gebreken.") == 1
    assert "Kies een antwoord." in post(f"/d/{code}/inspect").text


def test_a_label_that_is_not_ours_is_refused_beside_its_field_and_stays_filled_in(
    app: Flask, client: FlaskClient, post: Any, house: Any
) -> None:
    code = house.receive_report()["device"]["code"]
    answer = post(f"/d/{code}/label", code="GEEN-CODE")
    assert answer.status_code == 422
    panel = answer.text.split(f'action="/d/{code}/label"')[1].split("</form>")[0]
    assert 'value="GEEN-CODE"' in panel
    assert "Dit is geen code van ons." in panel
    assert post(f"/d/{code}/label", code=code.lower()).status_code == 302
    assert "heeft deze code al" in client.get(f"/d/{code}").text
    with app.app_context(), transaction():
        (blank,) = operations.make_codes(house.admin.access, house.partner.id, 1)
    assert post(f"/d/{code}/label", code=blank).headers["Location"] == f"/d/{blank}"


def test_moving_a_device_to_where_it_is_says_so(client: FlaskClient, post: Any, house: Any) -> None:
    code = house.receive_report()["device"]["code"]
    assert post(f"/d/{code}/move", site=str(house.partner.site_id)).status_code == 302
    page = client.get(f"/d/{code}").text
    assert "staat daar al" in page
    assert "Verhuisd" not in page


def test_that_there_is_no_disk_is_asked_twice_and_then_no_more(
    client: FlaskClient, post: Any, house: Any, house_module: Any
) -> None:
    code = house.send_report(house_module.report(house_module.device(5)))["device"]["code"]
    path = f"/d/{code}/no-carrier"
    assert f'action="{path}"' in client.get(f"/d/{code}").text
    refused = post(path)
    assert refused.status_code == 422
    assert "Kijk eerst in het toestel" in refused.text
    assert post(path, looked="y").status_code == 302
    assert f'action="{path}"' not in client.get(f"/d/{code}").text


def test_the_timeline_says_why_a_device_is_not_reusable_in_words(client: FlaskClient, post: Any, house: Any) -> None:
    code = house.receive_report()["device"]["code"]
    assert post(f"/d/{code}/inspect", reusable="no", defects=["outdated", "bad_condition"]).status_code == 302
    history = client.get(f"/d/{code}").text.split('id="geschiedenis"')[1]
    assert "In slechte staat, Te oud: er is geen markt meer voor" in history
    assert "bad_condition" not in history
