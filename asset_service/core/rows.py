"""Inserting many rows on a hot path: the table's own bind processors, without SQLAlchemy's work for every row.

A Core ``executemany`` builds a dictionary of parameters for each row and looks every processor up again; on the
service's hottest write that costs more than the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnDefault, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from asset_service.core.db import Base

Processor = Callable[[Any], Any] | None


def insert_if_absent(connection: Connection, model: type[Base]) -> Any:
    """``INSERT`` into the model's table that leaves rows as they are which break a unique index (``ON CONFLICT``)."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(model).on_conflict_do_nothing()


def table_of(model: type[Base]) -> Table:
    """The table of ``model``: ``__table__`` may be any source of rows as far as types know."""
    return model.metadata.tables[model.__tablename__]


class RowInsert:
    """``INSERT`` into one table. Every row gives a value for every column; the ORM's defaults are not applied.

    Only a column for which the database itself has a default may be left out: it then gets the model's.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._defaults = {
            column.name: column.default.arg
            for column in self._table.columns
            if column.server_default is not None and isinstance(column.default, ColumnDefault)
        }
        self._plans: dict[str, tuple[str, list[tuple[str, Processor]], bool]] = {}

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert ``rows`` in one statement; none is nothing to do. Raises KeyError for a column without a value."""
        if not rows:
            return
        dialect = connection.dialect
        if dialect.name not in self._plans:
            self._plans[dialect.name] = self._plan(dialect)
        statement, columns, positional = self._plans[dialect.name]
        bound = (_bound({**self._defaults, **row} if self._defaults else row, columns) for row in rows)
        if positional:
            connection.exec_driver_sql(statement, [tuple(values) for values in bound])
        else:
            names = [name for name, _ in columns]
            connection.exec_driver_sql(statement, [dict(zip(names, values, strict=True)) for values in bound])

    def _plan(self, dialect: Dialect) -> tuple[str, list[tuple[str, Processor]], bool]:
        names = [column.name for column in self._table.columns]
        compiled = self._table.insert().compile(dialect=dialect, column_keys=names)
        order = compiled.positiontup if compiled.positional else names
        types = {column.name: column.type.dialect_impl(dialect) for column in self._table.columns}
        columns: list[tuple[str, Processor]] = [(name, types[name].bind_processor(dialect)) for name in order or names]
        return str(compiled), columns, bool(compiled.positional)


def _bound(row: Mapping[str, Any], columns: Sequence[tuple[str, Processor]]) -> list[Any]:
    return [row[name] if to is None or row[name] is None else to(row[name]) for name, to in columns]
