"""Runs the migrations on the app's database. SQLite tables of the ledger are never rebuilt: no batch mode."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import JSON, Connection

from asset_service.core.db import WRITE_INTENT, UtcDateTime
from asset_service.ledger import partitions

db = current_app.extensions["migrate"].db


def run() -> None:
    """Bring the database to the revision that was asked for, in one transaction."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    with db.engine.connect() as connection:
        _run_on(connection)


def _rendered(kind: str, value: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Migrations name the database's types only, so that they outlive our classes."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JSON):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def _run_on(connection: Connection) -> None:
    context.configure(
        connection=connection.execution_options(**{WRITE_INTENT: True}),
        target_metadata=db.metadata,
        compare_type=True,
        compare_server_default=True,
        include_object=partitions.include_object,
        render_item=_rendered,
        # SQLite's too, since core.db begins transactions itself: a migration happens whole or not at all.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
