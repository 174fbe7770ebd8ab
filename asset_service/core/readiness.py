"""What must answer before this process may take requests: the database at its latest migration, Redis, triggers."""

from __future__ import annotations

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection

from asset_service.config import Settings
from asset_service.core.db import db
from asset_service.core.jobs import redis_connection
from asset_service.core.observe import add_ready_check


class NotReady(RuntimeError):  # noqa: N818 - read as what it says
    """Something that the service stands on is missing."""


def register(app: Flask, settings: Settings) -> None:
    """Check database, migrations and, where it is configured, Redis."""
    heads = set(ScriptDirectory(app.extensions["migrate"].directory).get_heads())

    def at_latest_migration(connection: Connection) -> list[str]:
        return sorted(heads.symmetric_difference(MigrationContext.configure(connection).get_current_heads()))

    add_database_check(app, "database at its latest migration", at_latest_migration)
    if settings.redis_url:
        add_ready_check(app, "redis", _redis_answers)


def add_database_check(app: Flask, name: str, missing: Callable[[Connection], list[str]]) -> None:
    """Not ready while ``missing`` gives the names of anything."""

    def check() -> None:
        db.session.rollback()
        if names := missing(db.session.connection()):
            raise NotReady(f"{name}: {', '.join(names)}")

    add_ready_check(app, name, check)


def _redis_answers() -> None:
    connection = redis_connection()
    if connection is None or not connection.ping():
        raise NotReady("Redis does not answer")
