"""Migrations: from nothing to the models, on both databases, and never through a rebuilt ledger table."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from asset_service.app import MIGRATIONS
from asset_service.core.db import db
from asset_service.ledger import triggers


def test_the_migrations_make_exactly_the_models(app_context):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrated_database_guards_its_ledger(app_context):
    with db.engine.connect() as connection:
        assert triggers.missing(connection) == []


def test_there_is_one_line_of_migrations():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_no_migration_rebuilds_a_table_of_the_ledger():
    """A rebuild (batch mode on SQLite) would drop the triggers."""
    for path in Path(MIGRATIONS, "versions").glob("*.py"):
        for line in path.read_text().splitlines():
            assert not ("batch_alter_table" in line and "ledger_" in line), path
