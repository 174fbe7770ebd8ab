"""The service under test, on both databases: migrated once, copied for every test.

No app context is open during a test unless it asks for ``app_context``: Flask would share ``g`` between the test and
the requests of its client, and a user would stay logged in by accident.
"""

from __future__ import annotations

import importlib
import itertools
import os
import pkgutil
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from flask import Flask, current_app, has_app_context, session
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from sqlalchemy import make_url, text

import asset_service
from asset_service.accounts import access as accounts_access
from asset_service.accounts import operations as accounts
from asset_service.accounts import passwords, queries
from asset_service.accounts.models import PartnerKind, Role
from asset_service.app import create_app
from asset_service.config import Settings
from asset_service.core import days
from asset_service.core.db import db, transaction, utc_now
from wipe_reports import signing

PASSWORD = "zeven-groene-laptops-op-een-rij"
_numbers = itertools.count(10_000_000)


@dataclass(frozen=True)
class MadePartner:
    """A partner with one site."""

    id: UUID
    site_id: UUID
    name: str


@dataclass(frozen=True)
class MadeUser:
    """A user whose password is ``password``."""

    id: UUID
    email: str
    password: str
    access: accounts_access.Access


@dataclass(frozen=True)
class MadeStation:
    """An enrolled station with its private key."""

    id: UUID
    name: str
    key: signing.Key
    key_id: str
    partner: MadePartner


@pytest.fixture(scope="session", autouse=True)
def _quick_password_hashes() -> Iterator[None]:
    """Real argon2id with small parameters: a thousand logins are made here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    directory = tmp_path_factory.mktemp("sqlite")
    path = directory / "template.sqlite3"
    _migrate(Settings(data_directory=directory, database_url=f"sqlite:///{path}", log_level="warning"))
    return path


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_url: str, servers: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a migrated, empty PostgreSQL database."""
    name = f"herstart_template_{os.getpid()}"
    administration = servers.administration(make_url(postgresql_url))
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)
    _migrate(Settings(data_directory=tmp_path_factory.mktemp("postgresql"), database_url=url, log_level="warning"))
    yield name
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    path = tmp_path / "herstart.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_database_url(postgresql_url: str, postgresql_template: str, servers: ModuleType) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    name = f"herstart_test_{os.getpid()}_{next(_numbers)}"
    administration = servers.administration(make_url(postgresql_url))
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}"))
    yield make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database: the test runs on SQLite and on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgresql_database_url"
    return request.getfixturevalue(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the app under test; override this fixture to change them."""
    return Settings(data_directory=tmp_path / "data", database_url=database_url, rate_limits=False, log_level="warning")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on its own migrated database."""
    app = create_app(settings)
    app.testing = True
    # Errors are answered as in production; a test that wants the traceback reads the log.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """The app with its context open, for tests that call operations and queries and use no client."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or a program that talks to the app."""
    return app.test_client()


def _within(app: Flask) -> AbstractContextManager[object]:
    return nullcontext() if has_app_context() and current_app._get_current_object() is app else app.app_context()


@pytest.fixture(autouse=True)
def _no_context_stays_open() -> Iterator[None]:
    """A context that a test left open would hand its database to the tests after it."""
    yield
    assert not has_app_context()


def _enterprise_number(first_eight: int) -> str:
    return f"{first_eight:08d}{97 - first_eight % 97:02d}"


def _new_partner(app: Flask, name: str = "Kringwinkel Testdorp", site: str = "Werkplaats") -> MadePartner:
    with _within(app), transaction():
        number = _enterprise_number(next(_numbers) % 100_000_000)
        partner = accounts.create_partner(accounts_access.SYSTEM, name=name, enterprise_number=number)
        made = accounts.create_site(accounts_access.SYSTEM, partner.id, name=site)
        return MadePartner(partner.id, made.id, partner.name)


def _new_station(app: Flask, partner: MadePartner, name: str = "Werkbank 1") -> MadeStation:
    key = signing.generate_key()
    with _within(app), transaction():
        _, code = accounts.create_enrolment_code(
            accounts_access.SYSTEM, partner.id, partner.site_id, valid_for=timedelta(hours=1)
        )
        station, _ = accounts.enrol_station(code, name=name, public_key=signing.public_jwk(key))
        return MadeStation(station.id, name, key, station.key_id, partner)


@pytest.fixture
def make_partner(app: Flask) -> Callable[..., MadePartner]:
    """``make_partner(name=…)`` → a partner with one site."""
    return partial(_new_partner, app)


@pytest.fixture
def make_user(app: Flask, make_partner: Callable[..., MadePartner]) -> Callable[..., MadeUser]:
    """``make_user(Role.TECHNICIAN, partner=…, site_id=…)`` → a user with that role; without a role, without rights."""

    def make(
        role: Role | None = None,
        partner: MadePartner | None = None,
        *,
        site_id: UUID | None = None,
        email: str | None = None,
        name: str = "Noor Peeters",
        language: str = "nl",
    ) -> MadeUser:
        where = partner or (make_partner() if role not in {None, Role.ADMIN} else None)
        with _within(app):
            with transaction():
                address = email or f"gebruiker{next(_numbers)}@voorbeeld.be"
                user = accounts.create_user(
                    accounts_access.SYSTEM, email=address, name=name, password=PASSWORD, language=language
                )
                if role is not None:
                    partner_id = where.id if where else None
                    accounts.grant_role(accounts_access.SYSTEM, user.id, role, partner_id=partner_id, site_id=site_id)
                user_id = user.id
            access = queries.access_of_user(user_id)
            db.session.rollback()
        return MadeUser(user_id, address, PASSWORD, access)

    return make


@pytest.fixture
def make_project_reporter(app: Flask, make_user: Callable[..., MadeUser]) -> Callable[..., MadeUser]:
    """``make_project_reporter(partner, "member")`` → a reporter of a whole project, of which the partner is a member.

    Or was one until yesterday (``"member before"``), or never (``"no member"``).
    """

    def make(partner: MadePartner, membership: str = "member") -> MadeUser:
        user, today = make_user(name="Rik Rapport"), days.today()
        with _within(app):
            with transaction():
                period = {"period_start": today - timedelta(days=400), "period_end": today + timedelta(days=400)}
                project = accounts.create_project(accounts_access.SYSTEM, name="Digibank", call="Oproep", **period)
                accounts.grant_role(accounts_access.SYSTEM, user.id, Role.REPORTER, project_id=project.id)
                if membership != "no member":
                    until = None if membership == "member" else today - timedelta(days=1)
                    accounts.add_partner(
                        accounts_access.SYSTEM,
                        project.id,
                        partner.id,
                        kind=PartnerKind.MEMBER,
                        since=period["period_start"],
                        until=until,
                    )
            access = queries.access_of_user(user.id)
            db.session.rollback()
        return replace(user, access=access)

    return make


@pytest.fixture
def make_station(app: Flask, make_partner: Callable[..., MadePartner]) -> Callable[..., MadeStation]:
    """``make_station(partner=…)`` → a station that enrolled with a code, and its private key."""

    def make(partner: MadePartner | None = None, name: str = "Werkbank 1") -> MadeStation:
        return _new_station(app, partner or make_partner(), name)

    return make


@pytest.fixture
def station_of() -> Callable[[Flask], MadeStation]:
    """``station_of(app)`` → an enrolled station of another app than the one under test."""
    return lambda app: _new_station(app, _new_partner(app))


@pytest.fixture
def station(make_station: Callable[..., MadeStation]) -> MadeStation:
    """An enrolled station of a partner of its own."""
    return make_station()


@contextmanager
def _session_of(client: FlaskClient) -> Iterator[None]:
    """A request context whose session is the client's: read before, written back after."""
    app = client.application
    with app.test_request_context(environ_base=client.environ_base):
        with client.session_transaction() as stored:
            kept = dict(stored)
        session.update(kept)
        yield
        changed = dict(session)
        db.session.remove()
    with client.session_transaction() as stored:
        stored.clear()
        stored.update(changed)


@pytest.fixture
def login() -> Callable[[FlaskClient, MadeUser], FlaskClient]:
    """``login(client, user)`` → the client, logged in as the user."""

    def log_in(client: FlaskClient, user: MadeUser) -> FlaskClient:
        with _session_of(client):
            accounts_access.start_session(user.access)
        return client

    return log_in


@pytest.fixture
def form_token() -> Callable[[FlaskClient], str]:
    """``form_token(client)`` → the token for ``csrf_token`` in a form or ``X-CSRFToken`` in a header."""

    def token_of(client: FlaskClient) -> str:
        with _session_of(client):
            return generate_csrf()

    return token_of


@pytest.fixture
def serve(servers: ModuleType, tmp_path: Path) -> Iterator[Callable[..., object]]:
    """``serve(settings, workers=…, HERSTART_…=…)`` → the service (``servers.Served``), running and ready."""
    with ExitStack() as running:
        yield lambda settings, **options: running.enter_context(servers.service(settings, tmp_path, **options))


@pytest.fixture
def browse() -> Iterator[Callable[[str, MadeUser], httpx.Client]]:
    """``browse(address, user)`` → a browser on a running service, logged in as the user by the form."""
    with ExitStack() as open_ones:

        def log_in(address: str, user: MadeUser) -> httpx.Client:
            browser = open_ones.enter_context(httpx.Client(base_url=address, timeout=120))
            token = token_on(browser.get("/login").text)
            sent = {"email": user.email, "password": user.password, "csrf_token": token}
            assert browser.post("/login", data=sent).status_code == 302
            return browser

        yield log_in


@pytest.fixture
def page_token() -> Callable[[httpx.Client, str], str]:
    """``page_token(browser, path)`` → the token in the forms of a running service's page."""
    return lambda browser, path: token_on(browser.get(path).text)


def token_on(page: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[-1]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """``set_clock(timedelta)`` moves the clock of every module of the service; ids keep the machine's own."""
    modules = [
        importlib.import_module(one.name)
        for one in pkgutil.walk_packages(asset_service.__path__, "asset_service.")
        if ".migrations." not in one.name
    ]

    def move(by: timedelta) -> None:
        for module in modules:
            if hasattr(module, "utc_now"):
                monkeypatch.setattr(module, "utc_now", lambda: utc_now() + by)

    return move
