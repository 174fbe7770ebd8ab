"""A witness of a destruction is somebody who can be asked: the API takes the same people as the form offers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.wiping.models import DestructionTask


@pytest.fixture
def technician(client, login, make_user, station):
    user = make_user(Role.TECHNICIAN, station.partner)
    login(client, user)
    return user


@pytest.fixture
def task_id(app, client, station, reports):
    disk = reports.carrier()
    reports.send(client, reports.report(None, replace(disk, wipe=reports.failed_wipe(disk.size_bytes))), station)
    with app.app_context():
        return db.session.scalars(select(DestructionTask.id)).one()


@pytest.fixture
def done(client, technician, task_id, form_token):
    headers = {"X-CSRFToken": form_token(client)}

    def send(witness_id):
        sent = {"method": "shredded", "witness_id": str(witness_id)}
        return client.post(f"/api/v1/destruction-tasks/{task_id}/done", json=sent, headers=headers)

    return send


@pytest.mark.parametrize("who", ["inactive", "roleless", "stranger", "admin", "self"])
def test_who_cannot_vouch_here_is_no_witness(*, app, client, make_user, station, technician, task_id, done, who):
    witness = {
        "inactive": lambda: make_user(Role.DESK, station.partner),
        "roleless": make_user,
        "stranger": lambda: make_user(Role.TECHNICIAN),
        "admin": lambda: make_user(Role.ADMIN),
        "self": lambda: technician,
    }[who]()
    if who == "inactive":
        with app.app_context(), transaction():
            accounts.deactivate_user(SYSTEM, witness.id)
    assert str(witness.id) not in client.get(f"/destructions/{task_id}").text
    refused = done(witness.id)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "witness_id")
    with app.app_context():
        assert db.session.scalars(select(DestructionTask.done_at)).one() is None


def test_a_colleague_is_one_also_at_another_site(*, app, client, make_user, station, task_id, done):
    with app.app_context(), transaction():
        site = accounts.create_site(SYSTEM, station.partner.id, name="Balie").id
    colleague = make_user(Role.DESK, station.partner, site_id=site)
    assert str(colleague.id) in client.get(f"/destructions/{task_id}").text
    assert done(colleague.id).status_code == 200
