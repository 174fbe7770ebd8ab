"""Lists by key: each page starts after the last row of the page before it, so a deep page costs what the first does."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar, TypeVarTuple, overload
from uuid import UUID

import orjson
from flask_babel import gettext
from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from asset_service.core.db import db
from asset_service.core.errors import FieldError, Invalid
from asset_service.core.input import Unreadable, read_json

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
COUNT_LIMIT = 1001
"""How far what waits for people is counted: they read *1000+* for what is more."""

Item = TypeVar("Item")
Second = TypeVar("Second")
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class Key:
    """One column of a list's order. The last key of a list must be unique."""

    column: InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Part of a list; ``next_cursor`` continues it and is ``None`` on the last page."""

    items: Sequence[Item]
    next_cursor: str | None


@overload
def page(
    statement: Select[Item],
    keys: Sequence[Key | InstrumentedAttribute[Any]],
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Item]: ...


@overload
def page(
    statement: Select[Item, Second, *Columns],
    keys: Sequence[Key | InstrumentedAttribute[Any]],
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Row[Item, Second, *Columns]]: ...


def page(
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[Key | InstrumentedAttribute[Any]],
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Any]:
    """The rows of ``statement`` in the order of ``keys`` that come after the cursor ``after``.

    Rows are entities where the statement selects one entity, else tuples; in that case each key's column must be
    among them. ``limit`` is 1 to :data:`MAX_LIMIT`. Raises :class:`Invalid` for a cursor that is not of this list.
    """
    if not 1 <= limit <= MAX_LIMIT:
        message = gettext("Kies een aantal van 1 tot %(most)s.", most=MAX_LIMIT)
        raise Invalid(message, errors=[FieldError("limit", message)])
    order = [key if isinstance(key, Key) else Key(key) for key in keys]
    if after:
        statement = statement.where(_beyond(order, _decode(after, order)))
    statement = statement.order_by(*(key.column.desc() if key.descending else key.column.asc() for key in order))
    rows = list(db.session.execute(statement.limit(limit + 1)).unique())
    single = len(rows[0]) == 1 if rows else True
    shown = rows[:limit]
    cursor = _encode(order, shown[-1], single) if len(rows) > limit else None
    return Page([row[0] for row in shown] if single else shown, cursor)


def cursor_values(after: str | None, keys: Sequence[Key]) -> list[Any] | None:
    """What the cursor ``after`` holds for each of ``keys``, for a list that is put together of several reads.

    ``None`` for the first page. Raises :class:`Invalid` for a cursor that is not of this list.
    """
    return _decode(after, keys) if after else None


def count_up_to(statement: Select[*tuple[Any, ...]], limit: int = COUNT_LIMIT) -> int:
    """How many rows ``statement`` gives, counted up to ``limit``: beyond that counting costs more than it tells."""
    return db.session.scalar(select(func.count()).select_from(statement.limit(limit).subquery())) or 0


def _beyond(order: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """Lexicographic "after": ORs of equal prefixes, since the keys may differ in direction."""
    # Typed parameters: SQLAlchemy would not compare a plain True by order.
    marks = [literal(value, key.column.type) for key, value in zip(order, values, strict=True)]
    choices = []
    for at, (key, mark) in enumerate(zip(order, marks, strict=True)):
        equal = [before.column == earlier for before, earlier in zip(order[:at], marks[:at], strict=True)]
        choices.append(and_(*equal, key.column < mark if key.descending else key.column > mark))
    return or_(*choices)


def _value(row: Any, key: Key, single: bool) -> Any:
    return getattr(row[0] if single else row, key.column.key)


def _encode(order: Sequence[Key], row: Any, single: bool) -> str:
    raw = orjson.dumps([_value(row, key, single) for key in order])
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC)


_READERS: dict[type, Callable[[str], Any]] = {UUID: UUID, datetime: _moment, date: date.fromisoformat}


def _decode(cursor: str, order: Sequence[Key]) -> list[Any]:
    try:
        values = read_json(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        return [_read(value, key) for value, key in zip(_list(values), order, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, Unreadable) as error:
        message = gettext("Deze pagina bestaat niet meer. Begin opnieuw bij de eerste.")
        raise Invalid(message, code="bad_cursor", errors=[FieldError("after", message)]) from error


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _read(value: Any, key: Key) -> Any:
    kind = key.column.type.python_type
    if kind in _READERS or issubclass(kind, Enum):
        if not isinstance(value, str):
            raise TypeError("no text")
        return _READERS.get(kind, kind)(value)
    if type(value) is not kind and not issubclass(kind, type(value)):
        raise ValueError("another type")
    if isinstance(value, int) and not -(2**31) <= value < 2**31:
        raise ValueError("out of range")
    return value
