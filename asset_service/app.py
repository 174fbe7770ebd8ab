"""The application: its settings, what every room stands on, and the rooms."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, Flask
from flask_babel import lazy_gettext
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate

from asset_service.accounts import access
from asset_service.accounts import queries as accounts_queries
from asset_service.accounts import room as accounts
from asset_service.config import Settings
from asset_service.core import api as core_api
from asset_service.core import clashes, documents, durable, errors, i18n, jobs, keys, observe, readiness, security
from asset_service.core import input as core_input
from asset_service.core.access import public
from asset_service.core.db import LOCK_WAIT_SECONDS, THREADS, db, end_database_session
from asset_service.devices import gates
from asset_service.devices import room as devices
from asset_service.devices.lifecycle import STEPS, Step
from asset_service.frame import error_pages, formats, static_files
from asset_service.frame import room as frame
from asset_service.frame import rooms as frame_rooms
from asset_service.frame.looks import look
from asset_service.frame.rooms import Room, Rooms
from asset_service.intake import room as intake
from asset_service.ledger import room as ledger
from asset_service.minimum import room as minimum
from asset_service.web import navigation
from asset_service.web import room as web
from asset_service.wiping import room as wiping

ROOMS = (frame.ROOM, ledger.ROOM, accounts.ROOM, devices.ROOM, wiping.ROOM, minimum.ROOM, intake.ROOM, web.ROOM)
"""The rooms of the house, from the ground floor up: all that the house knows of them is what they declare."""

# Nobody waits for minutes: not for a server that is away, not for a lock that somebody holds.
_POSTGRESQL = {
    "connect_timeout": LOCK_WAIT_SECONDS,
    "tcp_user_timeout": 1000 * 5 * LOCK_WAIT_SECONDS,
    # In another zone than UTC the first and last day that Python knows cannot be read back.
    "options": f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c timezone=UTC",
}
MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings | None = None, rooms: Sequence[Room] = ROOMS, steps: Sequence[Step] = STEPS) -> Flask:
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
    errors.register(app, error_pages.draw)
    i18n.register(app)
    jobs.register(app, settings.redis_url)
    observe.register(app, settings)
    core_input.register(app)
    security.register(app, settings)
    api = core_api.register(app, version("herstart"))
    _set_up_login(app)
    _set_up_look(app)
    readiness.register(app, settings)
    declared = _open_rooms(app, api, rooms)
    gates.register(app, declared.gates, steps)
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
    app.teardown_appcontext(end_database_session)
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
    app.jinja_env.add_extension("jinja2.ext.do")
    formats.register(app)
    static_files.register(app)
    words = (navigation.navigation, navigation.admin_navigation, navigation.may_scan, look, frame_rooms.address)
    for word in words:
        app.add_template_global(word)
    public(Blueprint.send_static_file)


def _open_rooms(app: Flask, api: core_api.HerstartApi, rooms: Sequence[Room]) -> Rooms:
    """Put every room's declaration to work."""
    declared = frame_rooms.register(app, rooms)
    app.jinja_env.globals["looks"] = SimpleNamespace(**declared.looks)
    for room in rooms:
        for name, missing in room.database_checks.items():
            readiness.add_database_check(app, name, missing)
        for endpoints in room.apis:
            api.register_blueprint(endpoints)
        for blueprint in room.pages:
            app.register_blueprint(blueprint)
        for template_filter in room.filters:
            app.add_template_filter(template_filter)
    return declared
