"""Background work of the ledger."""

from __future__ import annotations

import structlog

from asset_service.core.db import db, transaction, utc_now
from asset_service.ledger import partitions
from asset_service.ledger.operations import MAX_SEAL_EVENTS, seal
from asset_service.ledger.queries import recorded_ahead


def seal_everything() -> int:
    """Seal all that is not sealed yet, one transaction per seal, and give the number of events. Safe to run twice."""
    warn_of_clock_jump()
    count = 0
    while True:
        with transaction():
            sealed = seal(everything=True)
            size = sealed.tree_size if sealed is not None else 0
        count += size
        if size < MAX_SEAL_EVENTS:
            return count


def warn_of_clock_jump() -> None:
    """Write in the log that the clock is behind what the ledger recorded, so that an operator sees to it."""
    now = utc_now()
    ahead = recorded_ahead(now)
    if ahead is not None:
        structlog.get_logger(__name__).error("the clock is behind the ledger", now=now, ledger=ahead)


def make_months_ahead() -> list[str]:
    """Make the partitions of this month and the next ones, and give the names of those made. Safe to run twice.

    Writes in the log where events lie in the default partition. SQLite has no partitions: nothing is done.
    """
    if db.engine.dialect.name != "postgresql":
        return []
    with transaction():
        connection = db.session.connection()
        made = partitions.create_months(connection, utc_now())
        in_default = partitions.count_in_default(connection)
    if in_default:
        log = structlog.get_logger(__name__)
        log.error("events of the ledger lie in the default partition, in no month", events=in_default)
    return made
