"""Somebody at a bench, logged in, and one device with a disk that was read."""

from __future__ import annotations

import pytest

from asset_service.accounts.models import Role


@pytest.fixture
def worker(client, login, make_user, station):
    user = make_user(Role.TECHNICIAN, station.partner)
    login(client, user)
    return user


@pytest.fixture
def code(client, station, worker, reports):
    return reports.send(client, reports.report(None, reports.carrier()), station).json["device"]["code"]
