"""Writing to the ledger: :func:`record` an event, :func:`seal` what is not sealed yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import rfc8785
from sqlalchemy import Connection, bindparam, insert, select, text

from asset_service.core.db import WRITE_INTENT, Collector, db, latest_id, new_id, utc_now
from asset_service.core.keys import service_key
from asset_service.core.rows import RowInsert, table_of
from asset_service.ledger.events import Actor, Event
from asset_service.ledger.models import LedgerEvent, LedgerLeaf, LedgerSeal
from wipe_reports import merkle, signing
from wipe_reports.bundle import LEDGER_HEAD_TYPE

MAX_SEAL_EVENTS = 50_000
"""The most events in one tree: sealing and proving need memory for their hashes (32 bytes each), no more."""

RECENT = timedelta(days=2)
"""How far back :func:`seal` looks by default; no transaction stays open that long."""

_SEAL_LOCK = 0x68_65_72_73
"""PostgreSQL advisory lock of the sealer: two would write the same seal number and one would fail."""

_EVENTS: Collector[dict[str, Any]] = Collector(RowInsert(table_of(LedgerEvent)).execute)


_LATEST = select(LedgerEvent.id).order_by(LedgerEvent.id.desc()).limit(1)
_LATEST_SINCE = _LATEST.where(LedgerEvent.id >= bindparam("since"))


@latest_id
def _latest_event(connection: Connection) -> UUID | None:
    """The event that was written last: each transaction writes its events behind its rows. Served by the key.

    Looked for among recent ones first: PostgreSQL then opens this month's partition and not those of all years.
    """
    since = first_id_at(utc_now() - RECENT)
    recent = connection.execute(_LATEST_SINCE, {"since": since}).scalar()
    return recent or connection.execute(_LATEST).scalar()


def record(event: Event, actor: Actor) -> UUID:
    """Let the open transaction write ``event`` into the ledger; gives its id.

    All events of a transaction are written in one statement, right before its commit. Raises RuntimeError outside
    :func:`~asset_service.core.db.transaction`: an event stands or falls with the change that it tells of.
    """
    row = _row(event, actor)
    _EVENTS.add([row])
    event_id: UUID = row["id"]
    return event_id


class Draft:
    """Events of one actor made ready before the database is locked, for a hot path; then to be recorded."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._rows: list[dict[str, Any]] = []

    def add(self, event: Event) -> None:
        """Make the event ready: it has its id and its bytes now."""
        self._rows.append(_row(event, self.actor))

    def record(self) -> None:
        """:func:`record` what was added, once."""
        _EVENTS.add(self._rows)
        self._rows = []


def canonical_json(value: dict[str, Any]) -> bytes:
    """RFC 8785 JSON of what an event may hold: for text, whole numbers up to 2⁵³, lists and keys in ASCII, orjson's
    sorted output is the very same bytes as rfc8785's (a test holds them side by side), at a tenth of the time.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


def _row(event: Event, actor: Actor) -> dict[str, Any]:
    event_id, now = new_id(), utc_now()
    kind: type = type(event)
    canonical = canonical_json(
        {
            "id": str(event_id),
            "kind": kind.__name__,
            "recorded_at": moment(now),
            "actor": {"kind": actor.kind, "id": str(actor.id) if actor.id else None},
            "subject_id": str(event.subject_id),
            "device_id": str(event.device_id) if event.device_id else None,
            "data": {name: plain(getattr(event, name)) for name in _data_fields(kind)},
        }
    )
    return {
        "id": event_id,
        "recorded_at": now,
        "kind": kind.__name__,
        "subject_id": event.subject_id,
        "device_id": event.device_id,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "canonical": canonical,
    }


def _writing_connection() -> Connection:
    connection = db.session.connection()
    if not connection.get_execution_options().get(WRITE_INTENT):
        raise RuntimeError("the ledger is written inside transaction() only")
    return connection


@cache
def _data_fields(kind: type[Event]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.name not in {"subject_id", "device_id"})


def moment(value: datetime) -> str:
    """A moment as it stands in canonical bytes: ISO 8601, UTC, microseconds, ending in ``Z``."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_AS_IT_IS = frozenset({type(None), bool, int, str})
_WRITTEN: dict[type, Callable[[Any], str]] = {UUID: str, Decimal: str, datetime: moment, date: date.isoformat}


def plain(value: Any) -> Any:
    """A field of an event as JSON knows it. Raises TypeError for what an event may not hold (a float, an object)."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind in _WRITTEN:
        return _WRITTEN[kind](value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"an event cannot hold a {kind.__name__}")


def seal(*, everything: bool = False) -> LedgerSeal | None:
    """Seal the events that no seal holds yet, at most :data:`MAX_SEAL_EVENTS`; ``None`` where there are none.

    Those of the open transaction too.
    Looks at the last :data:`RECENT` days, so that an attest does not wait for a walk over all events;
    ``everything`` looks at all (the scheduled job does). Call it inside ``transaction()``: on PostgreSQL a second
    sealer waits for the first, on SQLite the write lock does the same.
    """
    connection = _writing_connection()
    _EVENTS.write()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEAL_LOCK})
    events = connection.execute(_unsealed(everything)).all()
    if not events:
        return None
    leaf_hashes = [merkle.leaf_hash(canonical) for _, canonical in events]
    sealed = _new_seal(leaf_hashes)
    db.session.add(sealed)
    db.session.flush()
    connection.execute(
        insert(table_of(LedgerLeaf)),
        [
            {"event_id": event_id, "seal_number": sealed.number, "leaf_index": index, "leaf_hash": leaf_hash}
            for index, ((event_id, _), leaf_hash) in enumerate(zip(events, leaf_hashes, strict=True))
        ],
    )
    return sealed


def _unsealed(everything: bool) -> Any:
    event, leaf = LedgerEvent.__table__.c, LedgerLeaf.__table__.c
    statement = (
        select(event.id, event.canonical)
        .outerjoin(LedgerLeaf.__table__, leaf.event_id == event.id)
        .where(leaf.event_id.is_(None))
        .order_by(event.id)
        .limit(MAX_SEAL_EVENTS)
    )
    return statement if everything else statement.where(event.id >= first_id_at(utc_now() - RECENT))


def first_id_at(value: datetime) -> UUID:
    """The lowest UUIDv7 that can have been made at ``value`` (RFC 9562: its first 48 bits are milliseconds)."""
    return UUID(int=max(0, int(value.timestamp() * 1000)) << 80)


def _new_seal(leaf_hashes: list[bytes]) -> LedgerSeal:
    last = db.session.scalars(select(LedgerSeal).order_by(LedgerSeal.number.desc()).limit(1)).first()
    sealed = LedgerSeal(
        number=last.number + 1 if last else 1,
        sealed_at=utc_now(),
        tree_size=len(leaf_hashes),
        root_hash=merkle.tree_head(leaf_hashes),
        previous_root_hash=last.root_hash if last else None,
        head_jws="",
    )
    sealed.head_jws = signing.sign(rfc8785.dumps(head_of(sealed)), service_key(), LEDGER_HEAD_TYPE)
    return sealed


def head_of(sealed: LedgerSeal) -> dict[str, Any]:
    """What a seal's signed head says; hashes in hex."""
    previous = sealed.previous_root_hash
    return {
        "seal": sealed.number,
        "tree_size": sealed.tree_size,
        "root_hash": sealed.root_hash.hex(),
        "sealed_at": moment(sealed.sealed_at),
        "previous_root": previous.hex() if previous else None,
    }
