"""What must hold before this process may take requests: a database and a disk that can be written, and more."""

from __future__ import annotations

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, text

from asset_service.config import Settings
from asset_service.core import documents
from asset_service.core.db import db, transaction
from asset_service.core.jobs import redis_connection
from asset_service.core.observe import NotReady, add_ready_check

_KEEP_WHAT_IS_COMMITTED = ("fsync", "synchronous_commit", "full_page_writes")
"""PostgreSQL's settings that, when off, let a power cut take back what was acknowledged."""


def register(app: Flask, settings: Settings) -> None:
    """Check database, migrations, that both database and documents can be written, and Redis where there is one."""
    heads = set(ScriptDirectory(app.extensions["migrate"].directory).get_heads())

    def at_latest_migration(connection: Connection) -> list[str]:
        return sorted(heads.symmetric_difference(MigrationContext.configure(connection).get_current_heads()))

    add_database_check(app, "database at its latest migration", at_latest_migration)
    add_database_check(app, "database keeps what it acknowledges", _settings_that_forget)
    add_ready_check(app, "database can be written", _write_to_database)
    add_ready_check(app, "documents can be written", documents.probe)
    if settings.redis_url:
        add_ready_check(app, "redis", _redis_answers)


def add_database_check(app: Flask, name: str, missing: Callable[[Connection], list[str]]) -> None:
    """Not ready while ``missing`` gives the names of anything."""

    def check() -> None:
        db.session.rollback()
        if names := missing(db.session.connection()):
            raise NotReady(f"{name}: {', '.join(names)}")

    add_ready_check(app, name, check)


def _settings_that_forget(connection: Connection) -> list[str]:
    if connection.dialect.name != "postgresql":
        return []
    settings = ((name, connection.execute(text(f"SHOW {name}")).scalar_one()) for name in _KEEP_WHAT_IS_COMMITTED)
    return [f"{name} = off" for name, value in settings if value == "off"]


def _write_to_database() -> None:
    """Write what is there already: a real commit, of a row that never grows."""
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def _redis_answers() -> None:
    connection = redis_connection()
    if connection is None or not connection.ping():
        raise NotReady("Redis does not answer")
