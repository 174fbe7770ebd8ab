"""What the tests of intake share: one station, and people of its partner."""

from __future__ import annotations

import pytest

from asset_service.accounts.models import Role


@pytest.fixture
def technician(make_user, station):
    return make_user(Role.TECHNICIAN, station.partner).access


@pytest.fixture
def manager(make_user, station):
    return make_user(Role.STOCK_MANAGER, station.partner).access
