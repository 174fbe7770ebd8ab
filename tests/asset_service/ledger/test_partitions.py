"""On PostgreSQL the events lie in partitions by month, each as append-only as the whole."""

# ruff: noqa: S608 - the statements are this file's own
from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from asset_service.core.db import db, transaction, utc_now
from asset_service.ledger import jobs, operations, partitions, queries, triggers
from asset_service.ledger.events import SYSTEM, Event
from asset_service.ledger.verify import verify
from wipe_reports import merkle

FEBRUARY = datetime(2025, 2, 1, tzinfo=UTC)
JANUARY = FEBRUARY - timedelta(milliseconds=1)
"""The last millisecond of January."""


class KeyTurned(Event):
    """An event of this test."""


@pytest.fixture
def database_url(postgresql_database_url: str) -> str:
    """SQLite keeps one table."""
    return postgresql_database_url


@pytest.fixture
def winter(app_context):
    """Partitions of January to April 2025, beside those of today."""
    with transaction():
        made = partitions.create_months(db.session.connection(), JANUARY)
    assert made == [f"ledger_event_2025_0{month}" for month in (1, 2, 3, 4)]
    return app_context


@pytest.fixture
def record_at(monkeypatch):
    """Record an event at a given moment, with an id of its millisecond."""

    def record(moment: datetime) -> uuid.UUID:
        made = uuid.UUID(int=operations.first_id_at(moment).int | 0x7 << 76 | 0b10 << 62 | uuid.uuid4().int % 2**62)
        with monkeypatch.context() as patch, transaction():
            patch.setattr(operations, "new_id", lambda: made)
            patch.setattr(operations, "utc_now", lambda: moment)
            return operations.record(KeyTurned(subject_id=uuid.uuid4()), SYSTEM)

    return record


def _partition_of(event_id: uuid.UUID) -> str:
    statement = text("SELECT tableoid::regclass::text FROM ledger_event WHERE id = :id")
    return db.session.execute(statement, {"id": event_id}).scalar_one()


def _partitions() -> list[str]:
    statement = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_event'::regclass ORDER BY 1"
    return list(db.session.execute(text(statement)).scalars())


def test_this_month_the_next_three_and_a_default_are_there_from_the_start(app_context):
    assert len(_partitions()) == 5
    with transaction():
        event_id = operations.record(KeyTurned(subject_id=uuid.uuid4()), SYSTEM)
    assert _partition_of(event_id) == f"ledger_event_{utc_now():%Y_%m}"


def test_events_lie_in_the_month_of_their_id(winter, record_at):
    last, first = record_at(JANUARY), record_at(FEBRUARY)
    assert (_partition_of(last), _partition_of(first)) == ("ledger_event_2025_01", "ledger_event_2025_02")


def test_the_lowest_id_of_a_month_lies_in_it(winter, record_at, monkeypatch):
    lowest = uuid.UUID(int=operations.first_id_at(FEBRUARY).int | 0x7 << 76 | 0b10 << 62)
    monkeypatch.setattr(operations, "new_id", lambda: lowest)
    with transaction():
        operations.record(KeyTurned(subject_id=uuid.uuid4()), SYSTEM)
    assert _partition_of(lowest) == "ledger_event_2025_02"


def test_december_is_followed_by_january(app_context):
    with transaction():
        made = partitions.create_months(db.session.connection(), datetime(2024, 11, 30, 23, 59, tzinfo=UTC))
    assert made == ["ledger_event_2024_11", "ledger_event_2024_12", "ledger_event_2025_01", "ledger_event_2025_02"]


def test_no_partition_can_be_changed_or_emptied(winter, record_at, monkeypatch):
    """Neither those of the first migration nor those that the job made, with rows or without."""
    monkeypatch.setattr(partitions, "MONTHS_AHEAD", 5)
    assert len(jobs.make_months_ahead()) == 2
    record_at(JANUARY)
    record_at(datetime(2020, 1, 1, tzinfo=UTC))
    before = db.session.execute(text("SELECT * FROM ledger_event ORDER BY id")).all()
    tables = ["ledger_event", *_partitions()]
    assert len(tables) == 1 + 4 + 5 + 2
    for table in tables:
        for statement in (f"UPDATE {table} SET kind = 'Other'", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(DBAPIError, match=triggers.MESSAGE), transaction():
                db.session.execute(text(statement))
            with pytest.raises(DBAPIError, match=triggers.MESSAGE), transaction():
                db.session.execute(text("SET LOCAL session_replication_role = replica"))
                db.session.execute(text(statement))
    assert db.session.execute(text("SELECT * FROM ledger_event ORDER BY id")).all() == before


def test_the_job_twice_makes_nothing_new(app_context, monkeypatch):
    monkeypatch.setattr(jobs, "utc_now", lambda: utc_now() + timedelta(days=40))
    assert jobs.make_months_ahead()
    there = _partitions()
    assert jobs.make_months_ahead() == []
    assert _partitions() == there


def test_whoever_comes_while_another_makes_partitions_leaves_it_to_them(app_context):
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": partitions._LOCK})
        with transaction():
            assert partitions.create_months(db.session.connection(), FEBRUARY) == []


def test_an_event_of_no_month_is_accepted_and_reported(app_context, record_at, monkeypatch):
    """Its month is not made behind it: the rows of the ledger never move."""
    with capture_logs() as logs:
        jobs.make_months_ahead()
    assert logs == []
    event_id = record_at(FEBRUARY)
    assert _partition_of(event_id) == triggers.DEFAULT_PARTITION
    monkeypatch.setattr(jobs, "utc_now", lambda: JANUARY)
    with capture_logs() as logs:
        assert jobs.make_months_ahead() == [f"ledger_event_2025_0{month}" for month in (1, 3, 4)]
    assert [(line["log_level"], line["events"]) for line in logs] == [("error", 1)]


@pytest.mark.parametrize(
    "weakened",
    [
        "DROP TRIGGER ledger_event_2025_02_append_only ON ledger_event_2025_02",
        "ALTER TABLE ledger_event_2025_02 DISABLE TRIGGER ledger_event_2025_02_append_only",
        "ALTER TABLE ledger_event_2025_02 ENABLE TRIGGER ledger_event_2025_02_append_only",
    ],
)
def test_the_service_is_not_ready_with_a_partition_that_is_not_guarded(winter, client, weakened):
    assert client.get("/readyz").status_code == 200
    with transaction():
        db.session.execute(text(weakened))
    assert triggers.missing(db.session.connection()) == ["ledger_event_2025_02_append_only"]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["ledger triggers"]) == (503, "failed")


def test_a_partition_made_by_hand_and_a_detached_default_are_noticed(app_context):
    with transaction():
        db.session.execute(text(f"ALTER TABLE ledger_event DETACH PARTITION {triggers.DEFAULT_PARTITION}"))
        bounds = f"FROM ('{operations.first_id_at(JANUARY)}') TO ('{operations.first_id_at(FEBRUARY)}')"
        db.session.execute(text(f"CREATE TABLE by_hand PARTITION OF ledger_event FOR VALUES {bounds}"))
    expected = ["by_hand_append_only", "ledger_event_default_append_only"]
    assert triggers.missing(db.session.connection()) == expected


def test_a_seal_over_two_months_is_verified(winter, record_at):
    events = [record_at(JANUARY), record_at(FEBRUARY)]
    assert jobs.seal_everything() == 2
    assert list(verify()) == []
    for event_id in events:
        proof = queries.inclusion(event_id)
        leaf = merkle.leaf_hash(proof.canonical)
        assert merkle.verify_inclusion(leaf, proof.leaf_index, proof.tree_size, proof.path, proof.root_hash)


def test_the_latest_event_is_found_in_whatever_month_it_lies(winter, record_at):
    connection = db.session.connection()
    assert operations._latest_event(connection) is None
    old = record_at(FEBRUARY)
    assert operations._latest_event(db.session.connection()) == old
    recent = record_at(utc_now())
    assert operations._latest_event(db.session.connection()) == recent
