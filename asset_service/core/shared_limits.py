"""Rate limits that all processes of one machine count together, without a Redis: a small SQLite file of its own.

It never waits for the database's write lock, and what a power cut takes of it is a minute of counting. Where the file
cannot be written, each process counts for itself until it can: a full disk must not lock everybody out, nor let
everybody in.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from limits.storage import MemoryStorage, MovingWindowSupport, Storage

SCHEME = "herstart-file"
WAIT_SECONDS = 1.0
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLEAN_UP_EVERY = 1000
_TABLE = """
CREATE TABLE IF NOT EXISTS hit (
    key TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, until REAL NOT NULL, PRIMARY KEY (key, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hit_until ON hit (until);
"""

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


class SharedFileStorage(Storage, MovingWindowSupport):
    """The moving windows of ``limits``: the hits of a key are numbered, so that looking at one row decides.

    A hit is let in where the one that lies ``limit`` places before it has left the window.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library's own shape

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = urlsplit(uri or "").path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._own_count = MemoryStorage()
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong below."""
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits of the key, unless they are more than ``limit`` within ``expiry`` seconds."""
        if amount > limit:
            return False

        def hit(connection: sqlite3.Connection) -> bool:
            now = time.time()
            last = self._last_number(connection, key)
            if self._is_inside(connection, key, last + amount - limit, now, expiry):
                return False
            rows = [(key, last + one, now, now + expiry) for one in range(1, amount + 1)]
            connection.executemany("INSERT INTO hit VALUES (?, ?, ?, ?)", rows)
            connection.execute("DELETE FROM hit WHERE key = ? AND number <= ?", (key, last + amount - limit))
            self._clean_up(connection, now)
            return True

        return self._with_file(hit, lambda: self._own_count.acquire_entry(key, limit, expiry, amount))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """(when the oldest hit in the window was, the number of hits in it), for Retry-After."""

        def look(connection: sqlite3.Connection) -> tuple[float, int]:
            now = time.time()
            inside = (key, now - expiry, now)
            statement = "SELECT min(at), count(*) FROM hit WHERE key = ? AND at > ? AND at <= ?"
            oldest, count = connection.execute(statement, inside).fetchone()
            return (oldest if oldest is not None else now, min(count, limit))

        return self._with_file(look, lambda: self._own_count.get_moving_window(key, limit, expiry))

    def check(self) -> bool:
        """Can the file be used?"""
        return self._with_file(lambda _connection: True, lambda: False)

    def reset(self) -> int | None:
        """Forget every hit."""
        self._own_count.reset()
        return self._with_file(lambda connection: connection.execute("DELETE FROM hit").rowcount, lambda: None)

    def clear(self, key: str) -> None:
        """Forget the hits of a key."""
        self._own_count.clear(key)
        self._with_file(lambda connection: connection.execute("DELETE FROM hit WHERE key = ?", (key,)), lambda: None)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Fixed windows are not counted here."""
        raise NotImplementedError("moving windows only")

    def get(self, key: str) -> int:
        """Fixed windows are not counted here."""
        raise NotImplementedError("moving windows only")

    def get_expiry(self, key: str) -> float:
        """Fixed windows are not counted here."""
        raise NotImplementedError("moving windows only")

    @staticmethod
    def _last_number(connection: sqlite3.Connection, key: str) -> int:
        row = connection.execute("SELECT max(number) FROM hit WHERE key = ?", (key,)).fetchone()
        return row[0] or 0

    @staticmethod
    def _is_inside(connection: sqlite3.Connection, key: str, number: int, now: float, expiry: int) -> bool:
        """Does this hit still count? One of the future does not: the clock was put back, and would shut them out."""
        row = connection.execute("SELECT at FROM hit WHERE key = ? AND number = ?", (key, number)).fetchone()
        return row is not None and now - expiry < row[0] <= now

    def _clean_up(self, connection: sqlite3.Connection, now: float) -> None:
        self._hits += 1
        if self._hits % _CLEAN_UP_EVERY == 0:
            connection.execute("DELETE FROM hit WHERE until < ?", (now,))

    def _with_file(self, step: Callable[[sqlite3.Connection], Result], otherwise: Callable[[], Result]) -> Result:
        with self._lock:
            try:
                connection = self._opened()
                connection.execute("BEGIN IMMEDIATE")
                try:
                    result = step(connection)
                except BaseException:
                    connection.rollback()
                    raise
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                log.warning("rate limits are counted per process", reason=str(error))
                self._close()
                if getattr(error, "sqlite_errorcode", None) in _BROKEN:
                    self._begin_anew()
            else:
                return result
        return otherwise()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            # Nothing here is promised to anybody: a hit need not be on the disk.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_TABLE)
            self._connection = connection
        return self._connection

    def _begin_anew(self) -> None:
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(self._path + ending).unlink()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
