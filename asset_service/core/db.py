"""The database: one ``db`` object, its column types, and the one way to write (:func:`transaction`)."""

from __future__ import annotations

import enum
import fcntl
import secrets
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import structlog
import uuid_utils
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Enum, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from asset_service.core.errors import unavailable
from asset_service.core.outages import Outage, outage_of

log = structlog.get_logger(__name__)

Row = TypeVar("Row")

WRITE_INTENT = "herstart_write"
"""Execution option of a connection whose transaction will write: SQLite then takes its lock at the start."""

TURN_WAIT_SECONDS = 5.0
"""How long a transaction waits for its turn to write to SQLite before it is refused as busy."""

LOCK_WAIT_SECONDS = 3
"""How long a statement waits for a lock that somebody else holds on the database, SQLite or PostgreSQL."""

THREADS = 8
"""Requests that one process answers at the same time: as many connections to the database does it need."""

WAITING_WRITERS = THREADS // 2
"""How many threads of one process may wait to write to SQLite: half of those that serve, so that pages go on."""

STUCK_SECONDS = 1.0
"""With every place taken and no transaction begun for this long, the next writer is refused at once."""


class _Turn:
    """The turn of this process's threads to write to SQLite."""

    def __init__(self) -> None:
        self.places = threading.BoundedSemaphore(WAITING_WRITERS)
        self.lock = threading.Lock()
        self.last_begun = 0.0  # by time.monotonic()


_turn = _Turn()


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware moment, kept as UTC. A naive one is a programming error and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What its values are in Python."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


JsonObject = JSON().with_variant(JSONB(), "postgresql")


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


# Text rather than a type of the database: a new member then needs no migration that PostgreSQL cannot roll back.
Word = Enum(enum.Enum, native_enum=False, length=40, values_callable=_values)


class Base(DeclarativeBase):
    """The base of every table. Constraint names are fixed so that migrations can name them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            dict[str, Any]: JsonObject,
            list[str]: JsonObject,
            enum.Enum: Word,
        },
    )


db = SQLAlchemy(model_class=Base)


class _Ids:
    """The ids that this process gives, each behind all that it gave or heard of, whatever the clock says meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest = uuid.UUID(int=0)

    def give(self) -> uuid.UUID:
        with self._lock:
            made = uuid.UUID(bytes=uuid_utils.uuid7().bytes)
            self._latest = made if made > self._latest else _next_after(self._latest)
            return self._latest

    def follow(self, latest: uuid.UUID) -> None:
        with self._lock:
            self._latest = max(self._latest, latest)


def _next_after(latest: uuid.UUID) -> uuid.UUID:
    """A UUIDv7 right behind ``latest``: of its millisecond, counted on in the 12 bits behind that (RFC 9562, 6.2)."""
    milliseconds, counted = latest.int >> 80, latest.int >> 64 & 0xFFF
    milliseconds, counted = (milliseconds, counted + 1) if counted < 0xFFF else (milliseconds + 1, 0)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | counted << 64 | 0b10 << 62 | secrets.randbits(62))


_ids = _Ids()
_latest_ids: list[Callable[[Connection], uuid.UUID | None]] = []


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 (RFC 9562): sorts in the order in which ids were given, so an index on it stays dense.

    Behind every id that :func:`keep_order` found, too: lists and timelines stay in the order in which things happened
    when the clock was ahead and is put right, also over a restart.
    """
    return _ids.give()


def latest_id(find: Callable[[Connection], uuid.UUID | None]) -> Callable[[Connection], uuid.UUID | None]:
    """Let :func:`keep_order` also look at what ``find`` gives: the latest id that any process wrote in its table."""
    _latest_ids.append(find)
    return find


def keep_order() -> None:
    """Let the ids that this process gives from now on sort behind those that stand in the books.

    Every :func:`transaction` does so first; whoever makes ids before it asks for it.
    """
    for find in _latest_ids:
        if (latest := find(db.session.connection())) is not None:
            _ids.follow(latest)


class Collector(Generic[Row]):
    """Rows that the operations of a :func:`transaction` add, written in one go right before its commit.

    So nothing is handed through returns, where it could be dropped unseen. A transaction that is rolled back drops
    what was added in it. ``write`` is given the transaction's connection.
    """

    def __init__(self, write: Callable[[Connection, Sequence[Row]], None]) -> None:
        self._write = write
        _collectors.append(self)

    def add(self, rows: Sequence[Row]) -> None:
        """Let the open transaction write ``rows``. Raises RuntimeError outside one."""
        if not in_transaction():
            raise RuntimeError("this is collected inside transaction() only")
        db.session().info.setdefault(self, []).extend(rows)

    def write(self) -> None:
        """Write what was added so far: before the commit only for who reads it back in the same transaction."""
        if rows := db.session().info.pop(self, None):
            self._write(db.session.connection(), rows)

    def drop(self) -> None:
        """Forget what was added and not written."""
        db.session().info.pop(self, None)


_collectors: list[Collector[Any]] = []


def utc_now() -> datetime:
    """This moment, timezone-aware."""
    return datetime.now(UTC)


@contextmanager
def transaction() -> Iterator[None]:
    """Run the operations inside as one transaction: on the disk at the end, rolled back on any error.

    The edge (``api.py``, ``pages.py``, ``cli.py``, ``jobs.py``) opens it; operations never commit. It returns once the
    database says that the commit is on the disk (``synchronous=FULL``), so whoever answers after it promises nothing
    that a power cut takes back. What was read before is forgotten first, so that gates judge what is in the database
    *now*; on SQLite the write lock is taken at the start (``BEGIN IMMEDIATE``), because a reader that turns writer
    half-way can only fail. What a :class:`Collector` was given is written last. One within another would lose the
    outer one's work and is refused: RuntimeError. Raises :class:`~asset_service.core.errors.Unavailable` where the
    turn to write does not come in time.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside a transaction")
    if in_transaction():
        raise RuntimeError("a transaction within a transaction")
    session.rollback()
    with _turn_to_write():
        try:
            session.connection(execution_options={WRITE_INTENT: True})
            _turn.last_begun = time.monotonic()
            keep_order()
            yield
            session.flush()
            for collector in _collectors:
                collector.write()
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            for collector in _collectors:
                collector.drop()


@contextmanager
def _turn_to_write() -> Iterator[None]:
    """Wait for the turn to write to SQLite: first among our threads, then on a lock file beside the database.

    SQLite itself sleeps and looks again, up to a tenth of a second each time: with two busy processes most of an
    ingest was that. Its own lock still stands behind this one, for whoever writes in another way. Nobody waits for
    ever, and never all threads at once: a database that is locked must not take the pages along.
    """
    path = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if not path or path == ":memory:":
        yield
        return
    deadline = time.monotonic() + TURN_WAIT_SECONDS
    with _place_to_wait(deadline), Path(f"{path}-turn").open("ab") as file:
        if not _turn.lock.acquire(timeout=TURN_WAIT_SECONDS):
            raise unavailable(Outage.BUSY)
        try:
            _lock(file, deadline)
            yield
        finally:
            # In this order: the next thread here finds the file free, and so does another process.
            fcntl.flock(file, fcntl.LOCK_UN)
            _turn.lock.release()


@contextmanager
def _place_to_wait(deadline: float) -> Iterator[None]:
    while not _turn.places.acquire(timeout=0.1):
        now = time.monotonic()
        if now > deadline or now - _turn.last_begun > STUCK_SECONDS:
            raise unavailable(Outage.BUSY)
    try:
        yield
    finally:
        _turn.places.release()


def _lock(file: BinaryIO, deadline: float) -> None:
    """Take the lock of the file; flock itself knows no timeout, so it is asked again after pauses of up to 2 ms."""
    pause_seconds = 0.0002
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise unavailable(Outage.BUSY) from None
            time.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, 0.002)
        else:
            return


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    # The driver's own implicit BEGIN comes too late for BEGIN IMMEDIATE; SQLAlchemy's "begin" event sends ours.
    dbapi_connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # Nothing is acknowledged before it is on the disk: NORMAL leaves a commit in memory until the next checkpoint.
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE deletes a ledger row past its trigger.
        "recursive_triggers=ON",
        f"busy_timeout={LOCK_WAIT_SECONDS * 1000}",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get(WRITE_INTENT)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def end_database_session(_error: BaseException | None) -> None:
    """End what the request read. A connection that was lost by then holds nothing, and takes no ready answer along."""
    try:
        db.session.close()
    except DBAPIError as error:
        if outage_of(error) is None:
            raise
        log.warning("the connection was lost before its end", reason=type(error.orig).__name__)


def in_transaction() -> bool:
    """Is a :func:`transaction` open in this context?"""
    session = db.session()
    return session.in_transaction() and bool(session.connection().get_execution_options().get(WRITE_INTENT))
