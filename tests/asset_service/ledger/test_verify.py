"""Somebody with raw access drops the triggers and changes the ledger: verification must say what."""

# ruff: noqa: S608 - the statements are this file's own
from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from asset_service.cli import main
from asset_service.core.db import db, transaction, utc_now
from asset_service.ledger import operations, triggers
from asset_service.ledger.events import SYSTEM, Event
from asset_service.ledger.queries import latest_seal
from asset_service.ledger.verify import verify
from wipe_reports import signing
from wipe_reports.bundle import LEDGER_HEAD_TYPE


class ShelfCounted(Event):
    """An event of this test."""


@pytest.fixture
def ledger(app_context):
    """Three seals of three events each."""
    for _ in range(3):
        with transaction():
            for _ in range(3):
                operations.record(ShelfCounted(subject_id=uuid.uuid4()), SYSTEM)
            operations.seal()
    assert list(verify()) == []
    return app_context


def _tamper(*statements: str) -> None:
    """Change the ledger as root of the machine could: the triggers are taken away and put back afterwards."""
    dialect = db.engine.dialect.name
    with transaction():
        names = [f"{table}_no_{verb}" for table in triggers.TABLES for verb in ("update", "delete")]
        if dialect == "postgresql":
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
            names = []
        for table in triggers.TABLES if dialect == "postgresql" else ():
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for name in names:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        if dialect == "sqlite":
            db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
        for statement in statements:
            db.session.execute(text(statement))
        for statement in triggers.creation(dialect) if dialect == "sqlite" else ():
            db.session.execute(text(statement))
        for table in triggers.TABLES if dialect == "postgresql" else ():
            db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
            db.session.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only"))


def _codes(held_head: str | None = None) -> set[str]:
    return {finding.code for finding in verify(held_head)}


SECOND = "(SELECT event_id FROM ledger_leaf WHERE seal_number = 2 AND leaf_index = 1)"


def test_changed_bytes_are_found(ledger):
    flip = "CAST(replace(CAST(canonical AS TEXT), 'ShelfCounted', 'ShelfCountet') AS BLOB)"
    if db.engine.dialect.name == "postgresql":
        flip = "overlay(canonical placing '\\x58'::bytea from 30)"
    _tamper(f"UPDATE ledger_event SET canonical = {flip} WHERE id = {SECOND}")
    assert {"event_changed", "root_wrong"} <= _codes()


def test_a_changed_column_is_found_though_the_sealed_bytes_are_whole(ledger):
    _tamper(f"UPDATE ledger_event SET kind = 'ShelfEmptied' WHERE id = {SECOND}")
    assert _codes() == {"event_changed"}


def test_a_removed_leaf_is_found(ledger):
    _tamper("DELETE FROM ledger_leaf WHERE seal_number = 2 AND leaf_index = 1")
    assert "leaf_missing" in _codes()


def test_a_removed_last_leaf_is_found(ledger):
    _tamper("DELETE FROM ledger_leaf WHERE seal_number = 3 AND leaf_index = 2")
    assert _codes() == {"leaf_missing"}


def test_a_seal_cut_out_of_the_chain_is_found(ledger):
    _tamper("DELETE FROM ledger_leaf WHERE seal_number = 2", "DELETE FROM ledger_seal WHERE number = 2")
    assert {"seal_missing", "chain_broken"} <= _codes()


def test_a_broken_chain_is_found(ledger):
    root = "(SELECT root_hash FROM ledger_seal WHERE number = 3)"
    _tamper(f"UPDATE ledger_seal SET previous_root_hash = {root} WHERE number = 2")
    assert "chain_broken" in _codes()


def test_a_seal_signed_by_another_key_is_found(ledger):
    sealed = latest_seal()
    payload = signing.verify(sealed.head_jws, operations.service_key(), LEDGER_HEAD_TYPE)
    forged = signing.sign(payload, signing.generate_key(), LEDGER_HEAD_TYPE)
    db.session.rollback()
    _tamper(f"UPDATE ledger_seal SET head_jws = '{forged}' WHERE number = 3")
    assert _codes() == {"signature_wrong"}


def test_a_tree_made_anew_without_the_key_is_found(ledger):
    """Event, leaf and root are all adjusted to each other; only the signature cannot be."""
    _tamper("UPDATE ledger_seal SET tree_size = 4 WHERE number = 3")
    assert "signature_wrong" in _codes()


def test_an_event_that_the_sealer_never_sees_is_found(ledger):
    with transaction():
        event_id = operations.record(ShelfCounted(subject_id=uuid.uuid4()), SYSTEM)
    assert _codes() == set()
    parameter = (utc_now() - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S.000000")
    zone = "+00" if db.engine.dialect.name == "postgresql" else ""
    key = event_id.hex if db.engine.dialect.name == "sqlite" else str(event_id)
    _tamper(f"UPDATE ledger_event SET recorded_at = '{parameter}{zone}' WHERE id = '{key}'")
    assert _codes() == {"never_sealed"}


def test_a_ledger_cut_back_to_an_older_seal_is_found_against_a_head_held_outside(ledger):
    held = latest_seal().head_jws
    db.session.rollback()
    _tamper(
        "DELETE FROM ledger_leaf WHERE seal_number = 3",
        "DELETE FROM ledger_event WHERE id NOT IN (SELECT event_id FROM ledger_leaf)",
        "DELETE FROM ledger_seal WHERE number = 3",
    )
    assert _codes() == set()
    assert _codes(held) == {"held_head_differs"}


def test_a_head_of_another_service_is_refused(ledger):
    foreign = signing.sign(b"{}", signing.generate_key(), LEDGER_HEAD_TYPE)
    assert _codes(foreign) == {"held_head_not_ours"}


def test_a_missing_trigger_is_found(ledger):
    on = "" if db.engine.dialect.name == "sqlite" else " ON ledger_seal"
    name = "ledger_seal_no_update" if db.engine.dialect.name == "sqlite" else "ledger_seal_append_only"
    with transaction():
        db.session.execute(text(f"DROP TRIGGER {name}{on}"))
    assert _codes() == {"trigger_missing"}


def test_the_command_line_verifies_against_a_kept_head(ledger, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HERSTART_DATA", str(settings.data_directory))
    head = CliRunner().invoke(main, ["ledger", "head"])
    kept = tmp_path / "head.jws"
    kept.write_text(head.output)
    whole = CliRunner().invoke(main, ["ledger", "verify", "--head", str(kept)])
    assert (whole.exit_code, whole.output) == (0, "Het grootboek is gaaf.\n")
    _tamper("UPDATE ledger_seal SET tree_size = 5 WHERE number = 3")
    broken = CliRunner().invoke(main, ["ledger", "verify", "--head", str(kept)])
    assert broken.exit_code == 1
    assert "held_head_differs" in broken.output
