"""The triggers that make the ledger append-only: their SQL for both databases, and whether they stand."""

from __future__ import annotations

from sqlalchemy import Connection, text

TABLES = ("ledger_event", "ledger_leaf", "ledger_seal")
MESSAGE = "the ledger is append-only"

_POSTGRESQL_FUNCTION = f"""
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def creation(dialect: str) -> list[str]:
    """The statements that create the triggers on ``sqlite`` or ``postgresql``."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for table in TABLES
            for verb in ("UPDATE", "DELETE")
        ]
    triggers = [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        for table in TABLES
    ]
    # ALWAYS: also for a session that replays a replica's changes.
    always = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only" for table in TABLES]
    return [_POSTGRESQL_FUNCTION, *triggers, *always]


def missing(connection: Connection) -> list[str]:
    """The names of the triggers that should stand and do not, or are switched off."""
    if connection.dialect.name == "sqlite":
        expected = [f"{table}_no_{verb}" for table in TABLES for verb in ("update", "delete")]
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        expected = [f"{table}_append_only" for table in TABLES]
        found = connection.execute(text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"))
    present = set(found.scalars())
    return [name for name in expected if name not in present]
