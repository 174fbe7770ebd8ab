"""The one way to write: whole or not at all, one writer at a time on SQLite, judged on what is there now."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text

from asset_service.accounts.models import User
from asset_service.core.db import db, in_transaction, new_id, transaction


def _user(number: int = 0) -> User:
    return User(id=new_id(), email=f"gebruiker{number}@voorbeeld.be", name="Noor", password_hash="", language="nl")


def test_what_fails_leaves_nothing(app_context):
    with pytest.raises(ZeroDivisionError), transaction():
        db.session.add(_user())
        db.session.flush()
        _ = 1 / 0
    assert db.session.scalars(select(User)).all() == []


def test_a_row_changed_outside_a_transaction_is_refused(app_context):
    db.session.add(_user())
    with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
        pass
    db.session.rollback()


def test_in_transaction_tells_a_writer_from_a_reader(app_context):
    db.session.execute(select(User))
    assert not in_transaction()
    db.session.rollback()
    with transaction():
        assert in_transaction()
    assert not in_transaction()


def test_a_gate_sees_what_was_committed_a_moment_ago(app):
    """A reader that turned writer half-way would fail on SQLite, or judge on yesterday's row."""
    failures = []
    start = threading.Barrier(4)

    def count_up() -> None:
        try:
            with app.app_context():
                db.session.scalars(select(User)).one()
                start.wait()
                for _ in range(10):
                    with transaction():
                        user = db.session.scalars(select(User).with_for_update()).one()
                        user.name = str(int(user.name) + 1)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    with app.app_context(), transaction():
        user = _user()
        user.name = "0"
        db.session.add(user)
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context():
        assert db.session.scalars(select(User.name)).one() == "40"


def test_moments_come_back_as_utc(app_context):
    user = _user()
    user.created_at = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    with transaction():
        db.session.add(user)
    read = db.session.scalars(select(User.created_at)).one()
    assert (read, read.utcoffset()) == (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), timedelta(0))


def test_a_moment_without_a_zone_is_refused(app_context):
    user = _user()
    user.created_at = datetime(2026, 3, 1)  # noqa: DTZ001 - the very thing that is refused
    with pytest.raises(Exception, match="time zone"), transaction():
        db.session.add(user)


def test_ids_sort_by_their_making():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


def test_sqlite_is_set_up_for_one_writer_and_many_readers(app_context):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's own settings")
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    for name, value in pragmas.items():
        assert db.session.execute(text(f"PRAGMA {name}")).scalar() == value


def test_a_transaction_within_a_transaction_is_refused(app_context):
    with transaction():
        with pytest.raises(RuntimeError, match="within"), transaction():
            raise AssertionError("the outer one's work would be lost here")
        assert in_transaction()


def test_writers_take_turns_and_each_gets_one(app, database_url):
    """Several at once: none starves, none fails, and no two write at the same moment on SQLite."""
    inside, most, done = [], [], []

    def write():
        with app.app_context():
            for _ in range(5):
                with transaction():
                    inside.append(1)
                    most.append(len(inside))
                    time.sleep(0.002)
                    inside.pop()
                    done.append(1)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 20
    if database_url.startswith("sqlite"):
        assert max(most) == 1
