"""The service as people and stations meet it: a real server, a real browser, reports signed by an enrolled key."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import make_server

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _beside(path: Path, name: str) -> ModuleType:
    # Tests are no package; what two folders of them share is loaded by its path.
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


HERE = Path(__file__).parent
_service = _beside(HERE.parent / "asset_service" / "conftest.py", "tests_asset_service_conftest")
_house = _beside(HERE / "house.py", "tests_journeys_house")

_quick_password_hashes = _service._quick_password_hashes
sqlite_template = _service.sqlite_template
sqlite_url = _service.sqlite_url
postgresql_template = _service.postgresql_template
postgresql_database_url = _service.postgresql_database_url
settings = _service.settings
app = _service.app
client = _service.client
make_partner = _service.make_partner
make_user = _service.make_user
make_station = _service.make_station
login = _service.login
form_token = _service.form_token


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Journeys run on the embedded database; what differs between databases is tested in the rooms."""
    return sqlite_url


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of the app on a real server, on this machine only."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def house(app: Flask, make_partner, make_station, make_user) -> object:
    """A partner with users of every role and a station; see ``house.py``."""
    return _house.House(app, make_partner, make_station, make_user)


@pytest.fixture
def house_module() -> ModuleType:
    """``house.py``: reports to send."""
    return _house


def _is_complaint(line: ConsoleMessage) -> bool:
    # A form that was refused answers 422, which Chromium writes down as an error of loading.
    return line.type == "error" and "422" not in line.text


def _goes_elsewhere(address: str, served: str) -> bool:
    return address.startswith(("http:", "https:", "ws:", "wss:")) and not address.startswith(f"{served}/")


@pytest.fixture
def open_page(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """``open_page(dark=…, width=…, scripts=…)`` → a page on the served app that fails on what it should never do."""
    contexts = []

    def make(*, dark: bool = False, width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=served,
            locale="nl-BE",
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
        # Chromium's own PDF viewer is an extension of it; whatever leaves for a network is http or a web socket.
        page.on("request", lambda sent: complaints.append(sent.url) if _goes_elsewhere(sent.url, served) else None)
        return page

    complaints: list[str] = []
    yield make
    for context in contexts:
        context.close()
    assert complaints == [], "the console or a stranger's server was spoken to"


@pytest.fixture
def no_barriers() -> Callable[[Page], None]:
    """``no_barriers(page)``: axe finds nothing against WCAG 2.2 AA or its best practices on the page as it stands."""

    def check(page: Page) -> None:
        results = Axe().run(page, options=WCAG)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check
