"""Seals: one tree each, chained, signed, and safe for two sealers at once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select

from asset_service.core.db import db, transaction, utc_now
from asset_service.core.errors import NotFound
from asset_service.core.keys import service_key
from asset_service.ledger import jobs, operations, queries
from asset_service.ledger.events import SYSTEM, Event
from asset_service.ledger.models import LedgerEvent, LedgerLeaf, LedgerSeal
from asset_service.ledger.verify import verify
from wipe_reports import bundle, merkle, signing


class BoxMoved(Event):
    """An event of this test."""


def _record(count: int = 1) -> list[uuid.UUID]:
    with transaction():
        return [operations.record(BoxMoved(subject_id=uuid.uuid4()), SYSTEM) for _ in range(count)]


def _seal(**options) -> int | None:
    with transaction():
        sealed = operations.seal(**options)
        return sealed.number if sealed else None


def test_nothing_new_makes_no_seal(app_context):
    assert _seal() is None
    _record()
    assert _seal() == 1
    assert _seal() is None


def test_a_head_is_signed_and_chained_to_the_one_before(app_context):
    _record(3)
    _seal()
    _record(2)
    _seal()
    first, second = db.session.scalars(select(LedgerSeal).order_by(LedgerSeal.number)).all()
    assert (first.tree_size, second.tree_size) == (3, 2)
    head = orjson.loads(signing.verify(second.head_jws, service_key(), bundle.LEDGER_HEAD_TYPE))
    assert head == {
        "seal": 2,
        "tree_size": 2,
        "root_hash": second.root_hash.hex(),
        "sealed_at": operations.moment(second.sealed_at),
        "previous_root": first.root_hash.hex(),
    }


@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_every_event_is_proved_by_its_inclusion(app_context, count):
    for event_id in (_record(count), _seal())[0]:
        proof = queries.inclusion(event_id)
        leaf = merkle.leaf_hash(proof.canonical)
        assert merkle.verify_inclusion(leaf, proof.leaf_index, proof.tree_size, proof.path, proof.root_hash)


def test_an_unsealed_event_has_no_proof_yet(app_context):
    (event_id,) = _record()
    with pytest.raises(NotFound):
        queries.inclusion(event_id)


def _record_at(event_id: uuid.UUID, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(operations, "new_id", lambda: event_id)
        _record()


def test_an_event_that_was_committed_late_is_sealed_later(app_context, monkeypatch):
    """Its id is older than events that are sealed already: a mark "sealed up to here" would skip it."""
    _record()
    _seal()
    late = operations.first_id_at(utc_now() - timedelta(minutes=5))
    _record_at(late, monkeypatch)
    assert _seal() == 2
    assert queries.inclusion(late).seal_number == 2


def test_what_is_older_than_the_window_waits_for_the_job(app_context, monkeypatch):
    old = operations.first_id_at(utc_now() - timedelta(days=30))
    _record_at(old, monkeypatch)
    assert _seal() is None
    assert jobs.seal_everything() == 1
    assert queries.inclusion(old).seal_number == 1


def test_more_events_than_one_tree_holds_make_several_seals(app_context, monkeypatch):
    monkeypatch.setattr(operations, "MAX_SEAL_EVENTS", 4)
    monkeypatch.setattr(jobs, "MAX_SEAL_EVENTS", 4)
    _record(10)
    assert jobs.seal_everything() == 10
    sizes = db.session.scalars(select(LedgerSeal.tree_size).order_by(LedgerSeal.number)).all()
    assert sizes == [4, 4, 2]
    assert list(verify()) == []


def test_sealers_at_the_same_moment_seal_every_event_once(app):
    with app.app_context():
        _record(40)
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def seal_and_record() -> None:
        try:
            with app.app_context():
                start.wait()
                for _ in range(5):
                    _seal(everything=True)
                    _record()
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=seal_and_record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context():
        jobs.seal_everything()
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (LedgerEvent, LedgerLeaf)]
        assert counts == [60, 60]
        assert list(verify()) == []
