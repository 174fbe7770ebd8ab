"""The months of ``ledger_event``: on PostgreSQL the table is partitioned by range over its UUIDv7 id.

Months begin at midnight UTC. A default partition takes what no month is there for, so that no event is ever refused.
Every partition has the refusing triggers of its own: a statement on a partition does not fire those of the whole table.
SQLite keeps one table.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, text

from asset_service.ledger import triggers
from asset_service.ledger.operations import first_id_at

MONTHS_AHEAD = 3
"""How many months behind the present one are made."""

_LOCK = 0x68_65_72_74
"""PostgreSQL advisory lock of whoever makes partitions."""


def create_default(connection: Connection) -> None:
    """Make the partition for events of which no month is there, with its triggers."""
    _create(connection, triggers.DEFAULT_PARTITION, "DEFAULT")


def create_months(connection: Connection, now: datetime) -> list[str]:
    """Make the partitions of this month and the next :data:`MONTHS_AHEAD` that are not there yet; their names.

    A month of which events lie in the default partition is left there: the rows of the ledger never move. Gives
    nothing where somebody else is making partitions at this moment. Making one waits until nobody reads or writes the
    ledger, at most as long as a statement waits for any lock; it then fails and is tried again in the next round.
    """
    if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}).scalar_one():
        return []
    missing = [month for month in _months(now) if not _exists(connection, _name(month))]
    to_make = [month for month in missing if not _has_events_in_default(connection, month)]
    for month in to_make:
        first, next_first = first_id_at(_start(month)), first_id_at(_start(_next(month)))
        _create(connection, _name(month), f"FOR VALUES FROM ('{first}') TO ('{next_first}')")
    return [_name(month) for month in to_make]


def count_in_default(connection: Connection) -> int:
    """How many events lie in the default partition: an id of far ahead or long ago, or months that were not made."""
    return int(connection.execute(text(f"SELECT count(*) FROM {triggers.DEFAULT_PARTITION}")).scalar_one())  # noqa: S608


def include_object(found: Any, name: str | None, kind: str, *_compared: object) -> bool:
    """Alembic's ``include_object``: the models know the whole table, not its partitions and keys to them."""
    if kind == "foreign_key_constraint":
        return not any(element.target_fullname.startswith("ledger_event_") for element in found.elements)
    return not (kind == "table" and name is not None and name.startswith("ledger_event_"))


def _create(connection: Connection, name: str, bounds: str) -> None:
    for statement in (f"CREATE TABLE {name} PARTITION OF ledger_event {bounds}", *triggers.creation_on(name)):
        connection.exec_driver_sql(statement)


def _exists(connection: Connection, name: str) -> bool:
    return bool(connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": name}).scalar_one())


def _has_events_in_default(connection: Connection, month: date) -> bool:
    statement = f"SELECT EXISTS (SELECT FROM {triggers.DEFAULT_PARTITION} WHERE id >= :first AND id < :next_first)"  # noqa: S608
    bounds = {"first": first_id_at(_start(month)), "next_first": first_id_at(_start(_next(month)))}
    return bool(connection.execute(text(statement), bounds).scalar_one())


def _months(now: datetime) -> list[date]:
    months = [now.astimezone(UTC).date().replace(day=1)]
    while len(months) <= MONTHS_AHEAD:
        months.append(_next(months[-1]))
    return months


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _start(month: date) -> datetime:
    return datetime.combine(month, time(), UTC)


def _name(month: date) -> str:
    return f"ledger_event_{month.year}_{month.month:02}"
