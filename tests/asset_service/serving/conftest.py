"""The service as it runs in a workshop: ``asset-service serve`` on loopback, attacked from outside."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import httpx
import pytest


@pytest.fixture
def post(reports: ModuleType) -> Callable[..., httpx.Response]:
    """``post(served, report, station)`` → the service's answer."""

    def send(served: object, made: object, station: object) -> httpx.Response:
        signed = reports.signed(made, station.key)
        headers = {"Content-Type": "application/jose"}
        return httpx.post(f"{served.address}/api/v1/reports", content=signed, headers=headers, timeout=120)

    return send
