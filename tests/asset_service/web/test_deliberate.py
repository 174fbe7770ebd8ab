"""The deliberate second thing is asked by the service itself: a form without it decides nothing, however it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.core.errors import Invalid
from asset_service.devices.models import Component, ComponentKind, DataCarrier
from asset_service.intake.models import UnmatchedReport
from asset_service.wiping import in_hand
from asset_service.wiping.models import EvidenceStatus


@pytest.fixture
def offline(house: Any) -> dict[str, str]:
    """A wipe that waits for a person: its public id, and where it is confirmed."""
    return house.waiting_wipe(20)


@pytest.mark.parametrize("sent", [{}, {"typed": "0020"}, {"unused": "y"}, {"typed": "1111", "unused": "y"}])
def test_the_service_itself_confirms_nothing_without_what_stands_on_the_disk(
    *,
    sent: dict[str, str],
    house: Any,
    offline: dict[str, str],
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    client = login(house.app.test_client(), house.users[Role.STOCK_MANAGER])
    answer = client.post(offline["confirm"], data={**sent, "csrf_token": form_token(client)})
    assert answer.status_code == 422
    assert re.search("Typ wat op de schijf staat|Vink dit aan|past niet bij deze schijf", answer.text)
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.AWAITING_CONFIRMATION
    right = {"typed": "0020", "unused": "y", "csrf_token": form_token(client)}
    assert client.post(offline["confirm"], data=right).status_code == 302
    assert house.wipe_status(offline["public_id"]) is EvidenceStatus.CONFIRMED


@pytest.mark.parametrize(
    ("serial", "typed", "holds"),
    [
        ("S3TZNX0K000020", "0020", True),
        ("S3TZNX0K000020", "k00 0020", True),
        ("S3TZNX0K000020", "S3TZNX0K000020", True),
        ("S3TZNX0K000020", "020", False),
        ("S3TZNX0K000020", "S3TZ", False),
        ("S3TZNX0K000020", "XS3TZNX0K000020", False),
        ("A7", "a7", True),
        ("A7", "7", False),
        ("A7", "", False),
        (None, "", False),
        (None, "4096", False),
        (None, "1000204886016", True),
        (None, "6016", True),
    ],
)
def test_only_the_end_of_what_stands_on_the_disk_will_do(serial: str | None, typed: str, holds: bool, app: Any) -> None:
    disk = Component(kind=ComponentKind.DISK, serial=serial, carrier=DataCarrier(size_bytes=1_000_204_886_016))
    with app.test_request_context():
        if holds:
            in_hand.check(disk, typed)
            return
        with pytest.raises(Invalid, match="past niet bij deze schijf"):
            in_hand.check(disk, typed)


@pytest.mark.parametrize("sent", [{}, {"choice": "new"}, {"choice": "none"}, {"grounds": "label"}])
def test_nothing_is_decided_on_a_report_of_which_not_everything_was_chosen(
    sent: dict[str, str], client: FlaskClient, house: Any, login: Callable[..., FlaskClient], form_token: Any
) -> None:
    house.receive_report(1)
    house.receive_report(2)
    path = f"/intake/unmatched/{house.send_unmatched()['report_id']}"
    login(client, house.users[Role.TECHNICIAN])
    answer = client.post(path, data={**sent, "csrf_token": form_token(client)})
    assert answer.status_code == 422
    assert "Kies een antwoord." in answer.text
    with house.app.app_context():
        assert db.session.scalar(select(UnmatchedReport.resolved_at)) is None


def test_a_wipe_without_the_services_number_waits_until_a_stock_manager_vouches_for_it(
    house: Any,
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    code = house.fill()["offline"]
    technician = login(house.app.test_client(), house.users[Role.TECHNICIAN])
    assert "Geen open taken" not in technician.get(f"/d/{code}").text
    client = login(house.app.test_client(), house.users[Role.STOCK_MANAGER])
    assert "nog niet gewist" in client.get(f"/d/{code}").text
    path = client.get("/wipes/awaiting").text.split('href="/wipes/')[1].split('"')[0]
    assert "zonder eenmalig nummer" in client.get(f"/wipes/{path}").text
    sent = {"typed": "0020", "unused": "y", "csrf_token": form_token(client)}
    answer = client.post(f"/wipes/{path}", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{code}")
    assert "nog niet gewist" not in client.get(f"/d/{code}").text
