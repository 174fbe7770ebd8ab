"""The application: its settings, what every room stands on, and the rooms."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate

from asset_service.accounts import access
from asset_service.accounts import api as accounts_api
from asset_service.accounts import queries as accounts_queries
from asset_service.config import Settings
from asset_service.core import api as core_api
from asset_service.core import clashes, documents, durable, errors, i18n, jobs, keys, observe, readiness, security
from asset_service.core import input as core_input
from asset_service.core.db import LOCK_WAIT_SECONDS, THREADS, db
from asset_service.devices import api as devices_api
from asset_service.devices import gates
from asset_service.intake import api as intake_api
from asset_service.ledger import triggers
from asset_service.web import registration as web
from asset_service.wiping import api as wiping_api

# Nobody waits for minutes: not for a server that is away, not for a lock that somebody holds.
_POSTGRESQL = {
    "connect_timeout": LOCK_WAIT_SECONDS,
    "tcp_user_timeout": 1000 * 5 * LOCK_WAIT_SECONDS,
    # In another zone than UTC the first and last day that Python knows cannot be read back.
    "options": f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c timezone=UTC",
}
MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings | None = None) -> Flask:
    """A new app. Without ``settings`` they come from the environment. Raises ``SettingsInvalid``."""
    settings = settings or Settings.from_environment(os.environ)
    app = clashes.TurnTakingFlask(__name__, static_folder=None, static_url_path="/static")
    app.extensions["herstart_settings"] = settings
    data = settings.data_directory
    durable.make_folder(data.absolute())
    app.secret_key = settings.secret_key or keys.register(app, data / "keys").session_secret()
    if settings.secret_key:
        keys.register(app, data / "keys")
    documents.register(app, data / "documents")
    _set_up_database(app, settings)
    errors.register(app)
    i18n.register(app)
    jobs.register(app, settings.redis_url)
    observe.register(app, settings)
    core_input.register(app)
    security.register(app, settings)
    api = core_api.register(app, version("herstart"))
    _set_up_login(app)
    _set_up_look(app)
    readiness.register(app, settings)
    _register_rooms(app, api)
    return app


def _set_up_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    on_postgresql = settings.database_url.startswith("postgresql")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": on_postgresql,
        "pool_size": THREADS,
        "max_overflow": 2,
        "pool_timeout": LOCK_WAIT_SECONDS,
        "connect_args": _POSTGRESQL if on_postgresql else {},
        # An error's text may reach a log or a terminal; what was written (hashes, names) may not.
        "hide_parameters": True,
    }
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=False)


def _set_up_login(app: Flask) -> None:
    login = LoginManager(app)
    # A session is a row of ours. Flask-Login's own check would bind it to an address that a client may make up
    # (X-Forwarded-For) and that a phone changes on the road.
    login.session_protection = None
    login.login_view = "accounts.login"
    login.login_message = lazy_gettext("Meld je eerst aan.")
    login.login_message_category = "plain"
    login.user_loader(accounts_queries.access_of_session)
    access.register(app)


def _set_up_look(app: Flask) -> None:
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)


def _register_rooms(app: Flask, api: core_api.HerstartApi) -> None:
    """Every room's endpoints, gates and checks, from the ground floor up."""
    # ledger
    readiness.add_database_check(app, "ledger triggers", triggers.missing)
    # accounts
    api.register_blueprint(accounts_api.blueprint)
    # devices: a room above registers its gates between these two lines
    house_gates = gates.register(app)
    house_gates.check_complete()
    api.register_blueprint(devices_api.blueprint)
    # wiping
    api.register_blueprint(wiping_api.blueprint)
    # intake
    api.register_blueprint(intake_api.blueprint)

    # web, with every room's pages
    web.register(app)
