"""The service as it runs in a workshop: ``asset-service serve`` on loopback, attacked from outside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from asset_service.config import Settings


@pytest.fixture(scope="module")
def served(servers: ModuleType, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """One running service (``servers.Served``) for all tests of a file that leave its books and processes alone."""
    directory = tmp_path_factory.mktemp("served")
    books = directory / "herstart.sqlite3"
    shutil.copyfile(sqlite_template, books)
    settings = Settings(data_directory=directory / "data", database_url=f"sqlite:///{books}", rate_limits=False)
    with servers.service(settings, directory) as running:
        yield running


@pytest.fixture
def post(reports: ModuleType) -> Callable[..., httpx.Response]:
    """``post(served, report, station)`` → the service's answer."""

    def send(served: object, made: object, station: object) -> httpx.Response:
        signed = reports.signed(made, station.key)
        headers = {"Content-Type": "application/jose"}
        return httpx.post(f"{served.address}/api/v1/reports", content=signed, headers=headers, timeout=120)

    return send
