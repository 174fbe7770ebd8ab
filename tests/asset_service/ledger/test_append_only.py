"""The ledger's rows can be inserted and nothing else, on both databases."""

# ruff: noqa: S608 - the statements are this file's own
from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from asset_service.core.db import db, transaction
from asset_service.ledger import operations, triggers
from asset_service.ledger.events import SYSTEM, Event

CHANGES = {
    "ledger_event": "kind = 'Other'",
    "ledger_leaf": "leaf_index = 99",
    "ledger_seal": "tree_size = 99",
}


class SomethingHappened(Event):
    """An event of this test."""


@pytest.fixture
def sealed(app_context):
    with transaction():
        operations.record(SomethingHappened(subject_id=uuid.uuid4()), SYSTEM)
        operations.seal()
    return app_context


def _content(table: str) -> list[tuple]:
    rows = [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table}"))]
    db.session.rollback()
    return rows


def _assert_refused(statement: str, table: str) -> None:
    before = _content(table)
    with pytest.raises(DBAPIError, match=triggers.MESSAGE), transaction():
        db.session.execute(text(statement))
    assert _content(table) == before
    assert before


@pytest.mark.parametrize("table", triggers.TABLES)
def test_a_row_cannot_be_changed(sealed, table):
    _assert_refused(f"UPDATE {table} SET {CHANGES[table]}", table)


@pytest.mark.parametrize("table", triggers.TABLES)
def test_a_row_cannot_be_deleted(sealed, table):
    _assert_refused(f"DELETE FROM {table}", table)


@pytest.mark.parametrize("table", triggers.TABLES)
def test_a_table_cannot_be_truncated(sealed, table):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; its DELETE without a condition is refused above")
    _assert_refused(f"TRUNCATE {table} CASCADE", table)


@pytest.mark.parametrize("table", triggers.TABLES)
def test_a_row_cannot_be_replaced_by_an_insert(sealed, table):
    if db.engine.dialect.name == "sqlite":
        _assert_refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}", table)
        return
    key = {"ledger_event": "id", "ledger_leaf": "event_id", "ledger_seal": "number"}[table]
    conflict = f"ON CONFLICT ({key}) DO UPDATE SET {CHANGES[table]}"
    _assert_refused(f"INSERT INTO {table} SELECT * FROM {table} {conflict}", table)


def test_a_replica_session_does_not_pass_the_triggers(sealed):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL has replication roles")
    with pytest.raises(DBAPIError, match=triggers.MESSAGE), transaction():
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(text("DELETE FROM ledger_leaf"))


def test_the_service_is_not_ready_without_its_triggers(sealed, client):
    assert client.get("/readyz").status_code == 200
    name = "ledger_leaf_no_delete" if db.engine.dialect.name == "sqlite" else "ledger_leaf_append_only"
    on = "" if db.engine.dialect.name == "sqlite" else " ON ledger_leaf"
    with transaction():
        db.session.execute(text(f"DROP TRIGGER {name}{on}"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["ledger triggers"]) == (503, "failed")
