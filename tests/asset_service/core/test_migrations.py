"""Migrations: from nothing to the models, on both databases, and never through a rebuilt ledger table."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from asset_service.app import MIGRATIONS
from asset_service.core.db import db
from asset_service.ledger import partitions, triggers


def test_the_migrations_make_exactly_the_models(app_context):
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": partitions.include_object}
        context = MigrationContext.configure(connection, opts=options)
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


def test_proof_of_a_disk_may_be_without_a_device(sqlite_url):
    """Of a disk that lies in no device; attests refer to the same table."""
    columns = (
        "id, public_id, report_id, carrier_index, component_id, device_id, exposure, status, nonce_check, outcome, "
        "level, technique, method, standard, verification, verified_bytes, size_bytes, started_at, ended_at, test"
    )
    row = ("e1", "p1", "r1", 0, "c1", "d1", 1, *["x"] * 8, 5, 5, "2026-11-20 09:30:00", "2026-11-20 10:30:00", 0)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as migrated:
        migrated.execute(f"INSERT INTO wipe_evidence ({columns}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        assert migrated.execute("SELECT id, device_id FROM wipe_evidence").fetchall() == [("e1", "d1")]
        migrated.execute("UPDATE wipe_evidence SET device_id = NULL")
        assert migrated.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (definition,) = migrated.execute("SELECT sql FROM sqlite_master WHERE name = 'attest'").fetchone()
        assert "wipe_evidence" in definition
