"""The triggers that make the ledger append-only: their SQL for both databases, and whether they stand."""

from __future__ import annotations

from sqlalchemy import Connection, text

TABLES = ("ledger_event", "ledger_leaf", "ledger_seal")
DEFAULT_PARTITION = "ledger_event_default"
"""PostgreSQL's partition of ``ledger_event`` for events of which no month is there."""

MESSAGE = "the ledger is append-only"

_MISSING_ON_POSTGRESQL = text(
    """
    WITH partition AS (
        SELECT inhrelid AS id, inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent = to_regclass('ledger_event')
    ), expected AS (
        SELECT to_regclass(name)::oid AS id, name FROM unnest(CAST(:tables AS text[])) AS name
        UNION SELECT id, name FROM partition
        UNION SELECT NULL, :default_partition WHERE :default_partition NOT IN (SELECT name FROM partition)
    )
    SELECT expected.name || '_append_only' FROM expected
    LEFT JOIN pg_trigger ON tgrelid = expected.id AND tgname = expected.name || '_append_only' AND tgenabled = 'A'
    WHERE pg_trigger.oid IS NULL ORDER BY 1
    """
)
"""The triggers that do not stand: on the tables, the default partition, and every other that there is."""

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
    return [_POSTGRESQL_FUNCTION, *(statement for table in TABLES for statement in creation_on(table))]


def creation_on(table: str) -> list[str]:
    """The statements that create the trigger on one table or partition of PostgreSQL."""
    create = (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    )
    # ALWAYS: also for a session that replays a replica's changes.
    return [create, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only"]


def missing(connection: Connection) -> list[str]:
    """The names of the triggers that should stand and do not, or are switched off."""
    if connection.dialect.name == "postgresql":
        names = {"tables": list(TABLES), "default_partition": DEFAULT_PARTITION}
        return list(connection.execute(_MISSING_ON_POSTGRESQL, names).scalars())
    expected = [f"{table}_no_{verb}" for table in TABLES for verb in ("update", "delete")]
    present = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    return [name for name in expected if name not in present]
