"""The people who wipe."""

from __future__ import annotations

import pytest

from asset_service.accounts.models import Role


@pytest.fixture
def technician(make_user, station):
    return make_user(Role.TECHNICIAN, station.partner)
