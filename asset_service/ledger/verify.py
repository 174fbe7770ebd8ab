"""Is the ledger still what was sealed? Reads all of it once, in constant memory, and names what does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask_babel import gettext
from sqlalchemy import Row, func, select

from asset_service.core.db import db, utc_now
from asset_service.core.keys import service_key
from asset_service.ledger import queries, triggers
from asset_service.ledger.models import LedgerEvent, LedgerLeaf, LedgerSeal
from asset_service.ledger.operations import head_of, moment
from wipe_reports import merkle, signing
from wipe_reports.bundle import LEDGER_HEAD_TYPE

SEALED_WITHIN = timedelta(days=1)
"""An event that is older than this and still unsealed was kept from the sealer."""

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: ``code`` for machines, ``words`` for people."""

    code: str
    words: str


def verify(held_head: str | None = None) -> Iterator[Finding]:
    """Everything that does not hold, as it is found; nothing where the ledger is whole.

    ``held_head`` is a signed head (JWS) that was kept outside the house: the ledger must still hold that seal.
    """
    yield from _check_triggers()
    previous: bytes | None = None
    number = 0
    statement = select(LedgerSeal).order_by(LedgerSeal.number).execution_options(yield_per=_ROWS_AT_ONCE)
    for sealed in db.session.scalars(statement):
        number += 1
        if sealed.number != number:
            words = gettext("Zegel %(number)s ontbreekt.", number=number)
            yield Finding("seal_missing", words)
            number = sealed.number
        yield from _check_seal(sealed, previous)
        yield from _check_leaves(sealed)
        previous = sealed.root_hash
        db.session.expunge(sealed)
    yield from _check_strays()
    yield from _check_unsealed()
    yield from _check_clock()
    if held_head is not None:
        yield from _check_held(held_head)


def _check_triggers() -> Iterator[Finding]:
    for name in triggers.missing(db.session.connection()):
        yield Finding("trigger_missing", gettext("De beveiliging %(name)s staat niet meer aan.", name=name))


def _check_seal(sealed: LedgerSeal, previous: bytes | None) -> Iterator[Finding]:
    if sealed.previous_root_hash != previous:
        words = gettext("Zegel %(number)s sluit niet aan op het vorige.", number=sealed.number)
        yield Finding("chain_broken", words)
    if not _is_signed(sealed):
        words = gettext("De handtekening van zegel %(number)s klopt niet.", number=sealed.number)
        yield Finding("signature_wrong", words)


def _is_signed(sealed: LedgerSeal) -> bool:
    try:
        payload = signing.verify(sealed.head_jws, service_key(), LEDGER_HEAD_TYPE)
    except signing.SignatureInvalid:
        return False
    head: dict[str, Any] = orjson.loads(payload)
    return head == head_of(sealed)


_LEAVES = (
    select(LedgerLeaf.leaf_index, LedgerLeaf.leaf_hash, LedgerLeaf.event_id, *LedgerEvent.__table__.columns)
    .outerjoin(LedgerEvent, LedgerEvent.id == LedgerLeaf.event_id)
    .order_by(LedgerLeaf.leaf_index)
    .execution_options(yield_per=_ROWS_AT_ONCE)
)


def _check_leaves(sealed: LedgerSeal) -> Iterator[Finding]:
    """Compare each event with its leaf, and the tree over the events as they are now with the sealed root."""
    hashes: list[bytes] = []
    for row in db.session.execute(_LEAVES.where(LedgerLeaf.seal_number == sealed.number)):
        if row.leaf_index != len(hashes):
            words = gettext("In zegel %(number)s ontbreekt blad %(index)s.", number=sealed.number, index=len(hashes))
            yield Finding("leaf_missing", words)
            return
        yield from _check_event(row)
        hashes.append(row.leaf_hash if row.canonical is None else merkle.leaf_hash(row.canonical))
    if len(hashes) != sealed.tree_size:
        words = gettext("In zegel %(number)s ontbreekt blad %(index)s.", number=sealed.number, index=len(hashes))
        yield Finding("leaf_missing", words)
    elif merkle.tree_head(hashes) != sealed.root_hash:
        words = gettext("De gebeurtenissen van zegel %(number)s zijn niet meer die van toen.", number=sealed.number)
        yield Finding("root_wrong", words)


def _check_event(row: Row[Any]) -> Iterator[Finding]:
    if row.canonical is None:
        yield Finding("event_missing", gettext("Gebeurtenis %(id)s is verdwenen.", id=row.event_id))
    elif merkle.leaf_hash(row.canonical) != row.leaf_hash or not _agrees(row):
        yield Finding("event_changed", gettext("Gebeurtenis %(id)s is veranderd.", id=row.event_id))


def _agrees(row: Row[Any]) -> bool:
    """Do the columns, by which timelines are drawn, say what the sealed bytes say?"""
    sealed = orjson.loads(row.canonical)
    columns = {
        "id": str(row.id),
        "kind": row.kind,
        "recorded_at": moment(row.recorded_at),
        "actor": {"kind": row.actor_kind, "id": str(row.actor_id) if row.actor_id else None},
        "subject_id": str(row.subject_id),
        "device_id": str(row.device_id) if row.device_id else None,
    }
    return columns == {name: sealed.get(name) for name in columns}


def _check_strays() -> Iterator[Finding]:
    """Leaves of a seal that is not there: their seal was removed."""
    seals = select(LedgerSeal.number)
    strays = db.session.scalar(select(func.count()).select_from(LedgerLeaf).where(LedgerLeaf.seal_number.not_in(seals)))
    if strays:
        yield Finding("seal_removed", gettext("%(count)s bladeren horen bij een verdwenen zegel.", count=strays))


def _check_unsealed() -> Iterator[Finding]:
    statement = (
        select(func.count(), func.min(LedgerEvent.recorded_at))
        .outerjoin(LedgerLeaf, LedgerLeaf.event_id == LedgerEvent.id)
        .where(LedgerLeaf.event_id.is_(None), LedgerEvent.recorded_at < utc_now() - SEALED_WITHIN)
    )
    count, oldest = db.session.execute(statement).one()
    if count:
        words = gettext(
            "%(count)s gebeurtenissen zijn nooit verzegeld, de oudste van %(date)s.", count=count, date=oldest.date()
        )
        yield Finding("never_sealed", words)


def _check_clock() -> Iterator[Finding]:
    now = utc_now()
    ahead = queries.recorded_ahead(now)
    if ahead is not None:
        words = gettext(
            "Het grootboek bevat een gebeurtenis van %(then)s, en de klok van de dienst staat nu op %(now)s.",
            then=moment(ahead),
            now=moment(now),
        )
        yield Finding("clock_behind", words)


def _check_held(held_head: str) -> Iterator[Finding]:
    try:
        payload = signing.verify(held_head.strip(), service_key(), LEDGER_HEAD_TYPE)
    except signing.SignatureInvalid as error:
        yield Finding("held_head_not_ours", gettext("Het bewaarde zegel is niet van deze dienst: %(why)s", why=error))
        return
    held = orjson.loads(payload)
    sealed = db.session.get(LedgerSeal, held["seal"])
    if sealed is None or head_of(sealed) != held:
        words = gettext("Het bewaarde zegel %(number)s is niet meer dat van het grootboek.", number=held["seal"])
        yield Finding("held_head_differs", words)
