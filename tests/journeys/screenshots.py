"""Pictures of every page, light and wide, dark and 390 px narrow: ``python tests/journeys/screenshots.py DIRECTORY``.

Not a test: somebody looks at them. The house is filled through HTTP by an enrolled station, as in the journeys. The
attests of each state are saved beside them, as PDF.
"""

from __future__ import annotations

import importlib.util
import itertools
import logging
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from werkzeug.exceptions import TooManyRequests
from werkzeug.serving import make_server

from asset_service.accounts import access as accounts_access
from asset_service.accounts import operations as accounts
from asset_service.accounts.models import Role
from asset_service.app import create_app
from asset_service.config import Settings
from asset_service.core.access import public
from asset_service.core.db import transaction
from asset_service.core.errors import unavailable
from asset_service.core.outages import Outage
from asset_service.web import work_queue
from wipe_reports import signing

PASSWORD = "zeven-groene-laptops-op-een-rij"
VIEWS = (("light", 1280), ("dark", 390), ("light", 390), ("dark", 1280))
BROWSER_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_numbers = itertools.count(40_037_840)


def _beside(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Makers:
    """Makes partners, stations and users by the house's own operations."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def partner(self, name: str, site: str) -> SimpleNamespace:
        """A partner with one site."""
        first_eight = next(_numbers) % 10_000_000
        number = f"{first_eight:08d}{97 - first_eight % 97:02d}"
        with self.app.app_context(), transaction():
            made = accounts.create_partner(accounts_access.SYSTEM, name=name, enterprise_number=number)
            place = accounts.create_site(accounts_access.SYSTEM, made.id, name=site)
            return SimpleNamespace(id=made.id, site_id=place.id, name=name)

    def station(self, partner: SimpleNamespace, name: str) -> SimpleNamespace:
        """An enrolled station with its key."""
        key = signing.generate_key()
        with self.app.app_context(), transaction():
            _, code = accounts.create_enrolment_code(
                accounts_access.SYSTEM, partner.id, partner.site_id, valid_for=timedelta(hours=1)
            )
            made, _ = accounts.enrol_station(code, name=name, public_key=signing.public_jwk(key))
            return SimpleNamespace(id=made.id, key=key)

    def user(
        self, role: Role | None, partner: SimpleNamespace | None = None, *, name: str, email: str
    ) -> SimpleNamespace:
        """A user with a role, or (``None``) without one yet."""
        with self.app.app_context(), transaction():
            made = accounts.create_user(accounts_access.SYSTEM, email=email, name=name, password=PASSWORD)
            partner_id = partner.id if partner else None
            if role is not None:
                accounts.grant_role(accounts_access.SYSTEM, made.id, role, partner_id=partner_id)
            return SimpleNamespace(id=made.id, email=email)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _shoot(browser: Browser, address: str, email: str, paths: dict[str, str], directory: Path) -> None:
    for scheme, width in VIEWS:
        context = browser.new_context(
            base_url=address,
            locale="nl-BE",
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
        )
        page = context.new_page()
        page.goto("/login")
        page.screenshot(path=directory / f"login-{scheme}-{width}.png", full_page=True)
        page.get_by_label("E-mailadres").fill(email)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Aanmelden").click()
        for name, path in paths.items():
            page.goto(path)
            page.screenshot(path=directory / f"{name}-{scheme}-{width}.png", full_page=True)
            if page.locator("main details").count():
                page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
                page.screenshot(path=directory / f"{name}-opened-{scheme}-{width}.png", full_page=True)
        context.close()


def _names(house: Any, codes: dict[str, str]) -> dict[str, str]:
    """A file name for each path: devices by what they show, the rest by their address."""
    shown = {f"/d/{code}": f"device-{name}" for name, code in codes.items() if name != "check"}
    shown |= {"/": "home", f"/w/{codes['check']}": "check", "/scan?q=HP": "scan-several"}
    paths = house.paths(codes)
    return {shown.get(path, path.partition("?")[0].strip("/").replace("/", "-")): path for path in reversed(paths)}


def _break_things(app: Flask) -> dict[str, str]:
    """Addresses that answer as a limit and an outage do, and as the home page does after a jump of the clock."""
    errors = {"429": TooManyRequests(), "503": unavailable(Outage.FULL), "500": RuntimeError("for a picture")}

    def failing(error: Exception) -> Callable[[], Any]:
        def fail() -> Any:
            raise error

        return public(fail)

    for name, error in errors.items():
        app.add_url_rule(f"/pictures/{name}", f"picture_{name}", failing(error))
    app.add_url_rule("/pictures/clock", "picture_clock", public(lambda: _home_after_a_jump(app)))
    return {f"error-{name}": f"/pictures/{name}" for name in errors} | {"home-clock": "/pictures/clock"}


def _home_after_a_jump(app: Flask) -> Any:
    present = work_queue.utc_now
    work_queue.utc_now = lambda: present() - timedelta(days=3)
    try:
        return app.view_functions["web.home"]()
    finally:
        work_queue.utc_now = present


def main(directory: Path) -> None:
    """Fill a house, serve it, and save its pictures."""
    directory.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as data:
        app = create_app(Settings(data_directory=Path(data), rate_limits=False, log_level="error"))
        broken = _break_things(app)
        with app.app_context():
            upgrade()
        makers, module = Makers(app), _beside("house")
        house = module.House(app, makers.partner, makers.station, makers.user)
        codes = house.fill()
        waiting = house.send_unmatched()["report_id"]
        states = _beside("states").States(house, module, codes, directory)
        with app.app_context():
            checks = {f"check-{name}": f"/w/{public_id}" for name, public_id in states.make().items()}
        confirming = {name.replace("_", "-"): path for name, path in states.deciding().items()}
        paths = {**_names(house, codes), "unmatched-report": f"/intake/unmatched/{waiting}", "error-404": "/nergens"}
        paths |= confirming | checks | broken
        with _served(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS)
            _shoot(browser, address, house.admin.email, paths, directory)
            _shoot(browser, address, house.promotor.email, {"home-reporter": "/"}, directory)
            browser.close()
    print(f"{len(list(directory.glob('*.png')))} pictures in {directory}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
