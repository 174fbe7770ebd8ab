"""What an event leaves in the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import orjson
import pytest
import rfc8785
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from asset_service.core.db import db, transaction
from asset_service.ledger import operations, queries
from asset_service.ledger.events import SYSTEM, Actor, Event
from asset_service.ledger.models import LedgerEvent


class Colour(StrEnum):
    GREEN = "green"


@dataclass(frozen=True, kw_only=True)
class LaptopPainted(Event):
    colour: Colour
    coats: int
    weight_g: Decimal
    at: datetime
    day: date
    by: uuid.UUID | None
    dry: bool
    words: list[str]


def _painted(**changes) -> LaptopPainted:
    fields = {
        "subject_id": uuid.uuid4(),
        "colour": Colour.GREEN,
        "coats": 2,
        "weight_g": Decimal("12.50"),
        "at": datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1))),
        "day": date(2026, 3, 1),
        "by": None,
        "dry": True,
        "words": ["één", "twee"],
    }
    return LaptopPainted(**{**fields, **changes})


def test_the_canonical_bytes_hold_the_whole_event(app_context):
    device_id, user = uuid.uuid4(), uuid.uuid4()
    event = _painted(device_id=device_id)
    with transaction():
        event_id = operations.record(event, Actor(kind="user", id=user))
    row = db.session.get(LedgerEvent, event_id)
    said = orjson.loads(row.canonical)
    assert rfc8785.dumps(said) == row.canonical
    assert said == {
        "id": str(event_id),
        "kind": "LaptopPainted",
        "recorded_at": operations.moment(row.recorded_at),
        "actor": {"kind": "user", "id": str(user)},
        "subject_id": str(event.subject_id),
        "device_id": str(device_id),
        "data": {
            "colour": "green",
            "coats": 2,
            "weight_g": "12.50",
            "at": "2026-03-01T12:00:00.000000Z",
            "day": "2026-03-01",
            "by": None,
            "dry": True,
            "words": ["één", "twee"],
        },
    }
    assert (row.kind, row.device_id, row.actor_kind, row.actor_id) == ("LaptopPainted", device_id, "user", user)


def test_an_event_outside_a_transaction_is_refused(app_context):
    with pytest.raises(RuntimeError, match="transaction"):
        operations.record(_painted(), SYSTEM)


def test_an_event_is_gone_with_the_change_that_failed(app_context):
    with pytest.raises(ZeroDivisionError), transaction():
        event_id = operations.record(_painted(), SYSTEM)
        _ = 1 / 0
    assert db.session.get(LedgerEvent, event_id) is None


def _statements(action) -> list[str]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    listened = (db.engine, "before_cursor_execute", note)
    sqlalchemy.event.listen(*listened)
    try:
        action()
    finally:
        sqlalchemy.event.remove(*listened)
    return seen


def test_the_events_of_a_transaction_are_written_in_one_statement_at_its_end(app_context):
    def paint_twice() -> None:
        with transaction():
            operations.record(_painted(), SYSTEM)
            db.session.execute(sqlalchemy.text("SELECT 'the last change'"))
            operations.record(_painted(), Actor(kind="user", id=uuid.uuid4()))

    statements = _statements(paint_twice)
    inserts = [number for number, one in enumerate(statements) if one.startswith("INSERT INTO ledger_event")]
    assert len(inserts) == 1
    assert inserts[0] > statements.index("SELECT 'the last change'")
    assert db.session.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(LedgerEvent)) == 2


def test_an_event_of_a_transaction_that_failed_is_not_written_by_the_next(app_context):
    with pytest.raises(ZeroDivisionError), transaction():
        operations.record(_painted(), SYSTEM)
        _ = 1 / 0
    with transaction():
        event_id = operations.record(_painted(), SYSTEM)
    assert list(db.session.scalars(sqlalchemy.select(LedgerEvent.id))) == [event_id]


def test_a_draft_is_made_outside_a_transaction_and_recorded_once_within(app_context):
    draft = operations.Draft(SYSTEM)
    draft.add(_painted(coats=1))
    draft.add(_painted(coats=2))
    with pytest.raises(RuntimeError, match="transaction"):
        draft.record()
    with transaction():
        draft.record()
        draft.record()
    rows = db.session.scalars(sqlalchemy.select(LedgerEvent).order_by(LedgerEvent.id))
    assert [queries.data_of(row)["coats"] for row in rows] == [1, 2]


@given(value=st.one_of(st.floats(), st.binary(), st.dictionaries(st.text(), st.text()), st.complex_numbers()))
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        operations.plain(value)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_a_moment_reads_back_as_itself(moment):
    try:
        written = operations.moment(moment)
    except OverflowError:
        return  # year 1 or 9999, an hour beyond the calendar
    assert written.endswith("Z")
    assert datetime.fromisoformat(f"{written.zfill(27)}") == moment


def test_a_timeline_is_paged_latest_first(app_context):
    device_id = uuid.uuid4()
    with transaction():
        made = [operations.record(_painted(device_id=device_id, coats=number), SYSTEM) for number in range(5)]
        operations.record(_painted(device_id=uuid.uuid4()), SYSTEM)
    first = queries.timeline(device_id, limit=3)
    second = queries.timeline(device_id, first.next_cursor, limit=3)
    assert [row.id for row in [*first.items, *second.items]] == made[::-1]
    assert second.next_cursor is None
    assert queries.data_of(first.items[0])["coats"] == 4


def test_the_events_about_a_row_are_found_by_it(app_context):
    event = _painted()
    with transaction():
        event_id = operations.record(event, SYSTEM)
    assert [row.id for row in queries.of_subject(event.subject_id).items] == [event_id]
