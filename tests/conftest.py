"""What all tests share: the database servers, started once per run and only where a test asks for them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings
from playwright import sync_api

# No test asserts a time: on a busy machine hypothesis' deadline of 200 ms would.
settings.register_profile("herstart", deadline=None)
settings.load_profile("herstart")

# What the agent says is asserted in Dutch, whatever language the terminal speaks.
os.environ["HERSTART_LANGUAGE"] = "nl"

BROWSER_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _module(name: str) -> ModuleType:
    # Tests are no package; a module beside them is loaded by its path.
    path = Path(__file__).parent / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tests_{name.replace('/', '_')}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def servers() -> ModuleType:
    """The module ``tests/servers.py``."""
    return _module("servers")


@pytest.fixture(scope="session")
def mail_servers() -> ModuleType:
    """The module ``tests/mail_server.py``."""
    return _module("mail_server")


@pytest.fixture
def mail_server(mail_servers: ModuleType, servers: ModuleType) -> Iterator[object]:
    """A small mail server (``MailServer``) that is not up yet."""
    server = mail_servers.MailServer(servers.free_port())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_url(servers: ModuleType) -> Iterator[str]:
    """The URL of a real PostgreSQL server whose user may create databases."""
    with servers.postgresql() as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_server(servers: ModuleType) -> Iterator[str]:
    """The URL of a real Redis or Valkey server."""
    with servers.valkey() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of a real Redis or Valkey server, emptied."""
    import redis  # noqa: PLC0415 - only tests that ask for a Redis need the library

    redis.Redis.from_url(redis_server).flushdb()
    return redis_server


@pytest.fixture(scope="session")
def reports() -> ModuleType:
    """Builders of signed wipe reports (``tests/asset_service/reports.py``)."""
    return _module("asset_service/reports")


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    """The system's Chromium, for one file of tests: while it is there, nothing else in this thread can run asyncio."""
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS)
        yield running
        running.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the probes made of the corpus of real machines, where it was there to be read."""
    lines = [
        line
        for report in terminalreporter.getreports("")
        for name, line in getattr(report, "user_properties", ())
        if name == "agreement" and getattr(report, "when", "") == "teardown"
    ]
    if lines:
        terminalreporter.section("agreement with the corpus of real machines")
        terminalreporter.write_line("\n".join(str(line) for line in lines))
