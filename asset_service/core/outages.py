"""Which errors say that the database, the disk or Redis cannot do its work now, rather than that something is wrong.

Such a request may be sent again later: it is answered 503, never 500.
"""

from __future__ import annotations

import errno
import sqlite3
from enum import StrEnum

from redis.exceptions import ConnectionError as RedisAwayError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Outage(StrEnum):
    """What cannot be done now."""

    BUSY = "busy"
    AWAY = "away"
    FULL = "full"
    UNWRITABLE = "unwritable"


# SQLite's primary result codes: https://sqlite.org/rescode.html
_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: Outage.BUSY,
    sqlite3.SQLITE_LOCKED: Outage.BUSY,
    sqlite3.SQLITE_PROTOCOL: Outage.BUSY,
    sqlite3.SQLITE_FULL: Outage.FULL,
    sqlite3.SQLITE_READONLY: Outage.UNWRITABLE,
    sqlite3.SQLITE_IOERR: Outage.UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: Outage.UNWRITABLE,
}
# PostgreSQL's SQLSTATEs, whole or their class of two characters: its manual, appendix A.
_BY_SQLSTATE = {
    "08": Outage.AWAY,
    "57P": Outage.AWAY,  # shut down, crashed, starting up
    "53100": Outage.FULL,
    "53": Outage.BUSY,  # too many connections, out of memory
    "55P03": Outage.BUSY,  # a lock was not given in time
    "57014": Outage.BUSY,
    "40": Outage.BUSY,  # a clash with another transaction, after every attempt
    "25006": Outage.UNWRITABLE,  # read-only: a standby, or set so
    "58": Outage.UNWRITABLE,
}
_BY_ERRNO = {
    errno.ENOSPC: Outage.FULL,
    errno.EDQUOT: Outage.FULL,
    errno.EROFS: Outage.UNWRITABLE,
    errno.EIO: Outage.UNWRITABLE,
    errno.EACCES: Outage.UNWRITABLE,
    errno.EPERM: Outage.UNWRITABLE,
    errno.EMFILE: Outage.BUSY,
    errno.ENFILE: Outage.BUSY,
}
_INVALIDATED = "8s2b"
"""SQLAlchemy's code of "can't reconnect until invalid transaction is rolled back": the connection was lost before."""


def outage_of(error: BaseException) -> Outage | None:
    """What ``error`` says cannot be done now; ``None`` for an error of another kind."""
    if isinstance(error, DBAPIError):
        return _outage_of_database(error)
    if isinstance(error, sqlite3.Error):  # while a connection is made: SQLAlchemy has not wrapped it yet
        return _outage_of_sqlite(error)
    if isinstance(error, PoolTimeoutError):
        return Outage.BUSY
    if isinstance(error, PendingRollbackError):
        return Outage.AWAY if error.code == _INVALIDATED else None
    if isinstance(error, RedisAwayError | RedisTimeoutError):
        return Outage.AWAY
    return _BY_ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _outage_of_database(error: DBAPIError) -> Outage | None:
    if isinstance(error.orig, sqlite3.Error):
        return _outage_of_sqlite(error.orig)
    if error.connection_invalidated:
        return Outage.AWAY
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # psycopg gives no SQLSTATE where no server answered at all.
        return Outage.AWAY if isinstance(error, OperationalError | InterfaceError) else None
    return next((_BY_SQLSTATE[part] for part in (state, state[:3], state[:2]) if part in _BY_SQLSTATE), None)


def _outage_of_sqlite(error: sqlite3.Error) -> Outage | None:
    code = getattr(error, "sqlite_errorcode", None)
    return _BY_SQLITE_CODE.get(code & 0xFF) if code is not None else None
