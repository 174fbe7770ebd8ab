"""Migrations: from nothing to the models, on both databases, and never through a rebuilt ledger table."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from asset_service.app import MIGRATIONS, create_app
from asset_service.config import Settings
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


def test_proof_of_before_loose_disks_is_kept_by_the_migration(tmp_path):
    """SQLite's definition of the table is corrected in place: no row moves, and what referred to it still does."""
    path = tmp_path / "old.sqlite3"
    app = create_app(Settings(data_directory=tmp_path / "data", database_url=f"sqlite:///{path}", log_level="warning"))
    with app.app_context():
        upgrade(revision="0002")
        db.engine.dispose()
    columns = (
        "id, public_id, report_id, carrier_index, component_id, device_id, exposure, status, nonce_check, outcome, "
        "level, technique, method, standard, verification, verified_bytes, size_bytes, started_at, ended_at, test"
    )
    row = ("e1", "p1", "r1", 0, "c1", "d1", 1, *["x"] * 8, 5, 5, "2026-11-20 09:30:00", "2026-11-20 10:30:00", 0)
    with sqlite3.connect(path) as old:
        old.execute(f"INSERT INTO wipe_evidence ({columns}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    with app.app_context():
        upgrade()
        db.engine.dispose()
    with sqlite3.connect(path) as new:
        assert new.execute("SELECT id, device_id FROM wipe_evidence").fetchall() == [("e1", "d1")]
        new.execute("UPDATE wipe_evidence SET device_id = NULL")
        assert new.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (definition,) = new.execute("SELECT sql FROM sqlite_master WHERE name = 'attest'").fetchone()
        assert "wipe_evidence" in definition
