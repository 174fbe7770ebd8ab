"""Another organisation's label, blank or not, is to everybody here as a code that was never printed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.devices import codes, operations, queries
from asset_service.devices.models import DeviceCode, DeviceKind

OURS = [Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN]


@pytest.fixture
def theirs(app, make_partner, make_user):
    """Codes of another partner: a blank label's, and one that hangs on a device of theirs."""
    partner = make_partner(name="De Andere Werf")
    access = make_user(Role.TECHNICIAN, partner).access
    with app.app_context(), transaction():
        blank, used = operations.make_codes(access, partner.id, 2)
        operations.announce(access, site_id=partner.site_id, kind=DeviceKind.LAPTOP, code=used)
    return {"blank": blank, "used": used}


@pytest.fixture
def ours(app, make_partner, make_user):
    """A device of ours, and its partner."""
    partner = make_partner()
    access = make_user(Role.TECHNICIAN, partner).access
    with app.app_context(), transaction():
        device = operations.announce(access, site_id=partner.site_id, kind=DeviceKind.LAPTOP, serial="5CG6251ABC")
        return {"partner": partner, "code": device.code}


def _everywhere(client, token, ours, code):
    """(status, text without the code) of everything that takes a label's code."""
    headers = {"X-CSRFToken": token}
    kept = {"csrf_token": token}
    new = {"site_id": str(ours["partner"].site_id), "kind": "laptop", "code": code}
    answers = (
        client.get("/api/v1/scan", query_string={"q": code}),
        client.get("/scan", query_string={"q": code}),
        client.get("/scan", query_string={"q": code}, headers={"Accept": "application/json"}),
        client.get("/devices", query_string={"text": code}),
        client.get(f"/d/{code}"),
        client.get(f"/api/v1/devices/{code}"),
        client.post("/scan/claim", data={**kept, "code": code, "device": ours["code"]}),
        client.post(f"/d/{ours['code']}/label", data={**kept, "code": code}),
        client.post(f"/api/v1/devices/{ours['code']}/label", json={"code": code}, headers=headers),
        client.post("/api/v1/devices", json=new, headers=headers),
    )
    assert not [one.status_code for one in answers if one.status_code >= 500]
    return [(one.status_code, _without_ids(one).replace(code, "CODE")) for one in answers]


def _without_ids(answer):
    """The text of an answer without what differs between any two: the request's id, the form's token."""
    lines = answer.get_data(as_text=True).splitlines()
    if answer.is_json:
        return str({name: value for name, value in answer.get_json().items() if name != "instance"})
    return "\n".join(line for line in lines if "csrf_token" not in line)


@pytest.mark.parametrize("role", OURS)
def test_nobody_learns_or_takes_another_partners_label(*, app, make_user, login, form_token, ours, theirs, role):
    client = login(app.test_client(), make_user(role, ours["partner"]))
    token = form_token(client)
    unprinted = codes.new_code()
    expected = _everywhere(client, token, ours, unprinted)
    for code in theirs.values():
        assert _everywhere(client, token, ours, code) == expected
    with app.app_context():
        blank = db.session.scalar(select(func.count()).where(DeviceCode.device_id.is_(None)))
        assert blank == 1


def test_a_label_that_was_printed_for_us_is_found_at_each_of_our_sites(app, make_user, ours):
    partner = ours["partner"]
    worker = make_user(Role.TECHNICIAN, partner).access
    with app.app_context():
        with transaction():
            (label,) = operations.make_codes(worker, partner.id, 1)
        for role in OURS:
            at_site = make_user(role, partner, site_id=partner.site_id).access
            assert queries.scan(at_site, label).blank_code == label


def test_not_even_an_admin_hangs_a_label_on_another_partners_device(app, make_user, ours, theirs):
    admin = make_user(Role.ADMIN).access
    with app.app_context():
        device = queries.device_by_code(admin, ours["code"])
        with pytest.raises(Exception, match="kennen we niet bij deze organisatie"), transaction():
            operations.claim_code(admin, device.id, theirs["blank"])
