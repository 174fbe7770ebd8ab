"""The service as it runs in a workshop: ``asset-service serve`` on loopback, attacked from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from asset_service.config import Settings


@dataclass
class Served:
    """A running service: its address, its process, what it wrote, and the port that it listens on."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    port: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(served: Served) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            if httpx.get(f"{served.address}/readyz", timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the service did not become ready: {served.log.read_text()[-2000:]}")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """``serve(settings)`` → the service, running on those settings and ready."""
    running: list[Served] = []

    def start(settings: Settings, **environment: str) -> Served:
        port = free_port()
        named = {
            "DATABASE_URL": settings.database_url,
            "HERSTART_DATA": str(settings.data_directory),
            "HERSTART_RATE_LIMITS": "yes" if settings.rate_limits else "no",
            "HERSTART_LOG_LEVEL": "warning",
            "HERSTART_SEAL_MINUTES": str(settings.seal_minutes),
        }
        command = [sys.executable, "-m", "asset_service.cli", "serve", "--port", str(port), "--workers", "2"]
        log = tmp_path / f"served-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, env={**os.environ, **named, **environment}, stdout=output, stderr=output
            )
        served = Served(f"http://127.0.0.1:{port}", process, log, port)
        running.append(served)
        wait_until_ready(served)
        return served

    yield start
    for one in running:
        one.process.terminate()
        try:
            one.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()


@pytest.fixture
def post(reports: ModuleType) -> Callable[..., httpx.Response]:
    """``post(served, report, station)`` → the service's answer."""

    def send(served: Served, made: object, station: object) -> httpx.Response:
        signed = reports.signed(made, station.key)
        headers = {"Content-Type": "application/jose"}
        return httpx.post(f"{served.address}/api/v1/reports", content=signed, headers=headers, timeout=120)

    return send
