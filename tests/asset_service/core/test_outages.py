"""A disk or a database that cannot be used now: 503 with words and a time to come back, and not ready."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import exc, text, update

from asset_service.accounts import access
from asset_service.accounts.models import Role, UserSession
from asset_service.app import create_app
from asset_service.core import db as core_db
from asset_service.core import documents, durable
from asset_service.core.access import public
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.errors import Unavailable, unavailable
from asset_service.core.outages import Outage, outage_of


def _while_connecting(code: int) -> sqlite3.OperationalError:
    """What the driver raises before SQLAlchemy wraps it, as in the listeners that prepare a connection."""
    error = sqlite3.OperationalError("while connecting")
    error.sqlite_errorcode = code
    return error


def _assert_not_now(answer, code: str) -> None:
    assert (answer.status_code, answer.json["code"]) == (503, code)
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert "Dit is te groot" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OSError(errno.ENOSPC, "full"), Outage.FULL),
        (OSError(errno.EDQUOT, "quota"), Outage.FULL),
        (OSError(errno.EROFS, "read-only"), Outage.UNWRITABLE),
        (OSError(errno.EIO, "broken"), Outage.UNWRITABLE),
        (OSError(errno.ENOENT, "no such file"), None),
        (exc.TimeoutError(), Outage.BUSY),
        (exc.OperationalError("", {}, psycopg.errors.AdminShutdown()), Outage.AWAY),
        (exc.OperationalError("", {}, psycopg.errors.CannotConnectNow()), Outage.AWAY),
        (exc.OperationalError("", {}, psycopg.OperationalError("connection refused")), Outage.AWAY),
        (exc.InterfaceError("", {}, psycopg.InterfaceError("the connection is closed")), Outage.AWAY),
        (exc.OperationalError("", {}, psycopg.errors.DiskFull()), Outage.FULL),
        (exc.OperationalError("", {}, psycopg.errors.TooManyConnections()), Outage.BUSY),
        (exc.OperationalError("", {}, psycopg.errors.LockNotAvailable()), Outage.BUSY),
        (exc.InternalError("", {}, psycopg.errors.ReadOnlySqlTransaction()), Outage.UNWRITABLE),
        (exc.ProgrammingError("", {}, psycopg.errors.UndefinedColumn()), None),
        (exc.IntegrityError("", {}, psycopg.errors.UniqueViolation()), None),
        (_while_connecting(sqlite3.SQLITE_BUSY), Outage.BUSY),
        (_while_connecting(sqlite3.SQLITE_CANTOPEN), Outage.UNWRITABLE),
        (_while_connecting(sqlite3.SQLITE_ERROR), None),
        (ValueError("a fault of ours"), None),
    ],
)
def test_what_is_an_outage_and_what_is_a_fault(error, outage):
    assert outage_of(error) is outage


def test_a_locked_database_is_said_and_noticed(settings, client, make_station, reports):
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's locks have a test of their own")
    station = make_station()
    locker = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    _assert_not_now(reports.send(client, reports.report(None), station), "unavailable")
    readiness = client.get("/readyz")
    assert (readiness.status_code, readiness.json["checks"]["database can be written"]) == (503, "failed")
    assert "veel geschreven" in readiness.json["reasons"]["database can be written"]
    assert client.get("/login").status_code == 200
    locker.execute("ROLLBACK")
    locker.close()
    assert reports.send(client, reports.report(None), station).status_code == 201
    assert client.get("/readyz").status_code == 200


def test_a_row_that_somebody_holds_makes_nobody_wait_for_ever(settings, app, client, make_station, reports):
    if settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite has one lock")
    station = make_station()
    url = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE signed_report IN ACCESS EXCLUSIVE MODE")
        _assert_not_now(reports.send(client, reports.report(None), station), "unavailable")
    assert reports.send(client, reports.report(None), station).status_code == 201


def test_a_database_that_is_read_only_is_said_and_noticed(settings, app, client, make_station, reports):
    station = make_station()
    _let_write(app, settings.database_url, False)
    _assert_not_now(reports.send(client, reports.report(None), station), "not_writable")
    readiness = client.get("/readyz")
    assert (readiness.status_code, readiness.json["checks"]["database can be written"]) == (503, "failed")
    _let_write(app, settings.database_url, True)
    assert reports.send(client, reports.report(None), station).status_code == 201
    assert client.get("/readyz").status_code == 200


def test_pages_of_who_is_logged_in_go_on_where_nothing_can_be_written(settings, app, client, login, make_user):
    """That a session is in use is written down every five minutes; a page does not fail for want of that."""
    login(client, make_user(Role.TECHNICIAN))
    with app.app_context():
        with transaction():
            db.session.execute(update(UserSession).values(last_seen_at=utc_now() - timedelta(minutes=10)))
        db.engine.dispose()
    _let_write(app, settings.database_url, False)
    assert client.get("/devices").status_code == 200
    _let_write(app, settings.database_url, True)
    assert client.get("/devices").status_code == 200


def test_pages_of_who_is_logged_in_go_on_where_the_turn_to_write_does_not_come(
    app, client, login, make_user, monkeypatch
):
    login(client, make_user(Role.TECHNICIAN))
    with app.app_context():
        with transaction():
            db.session.execute(update(UserSession).values(last_seen_at=utc_now() - timedelta(minutes=10)))
        db.engine.dispose()

    def busy():
        raise unavailable(Outage.BUSY)

    monkeypatch.setattr(access, "transaction", busy)
    assert client.get("/devices").status_code == 200


def test_an_error_is_still_that_error_while_the_database_is_away(app, client, login, make_user, monkeypatch):
    """Before, somebody who was logged in got 500 for a wrong address: the page around it asks the database."""
    login(client, make_user(Role.TECHNICIAN))

    def away(_token):
        raise _while_connecting(sqlite3.SQLITE_CANTOPEN)

    monkeypatch.setattr(app.login_manager, "_user_callback", away)
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Niet gevonden" in answer.text


def _let_write(app, url: str, may: bool) -> None:
    with app.app_context():
        if url.startswith("sqlite"):
            db.session.execute(text(f"PRAGMA query_only = {'OFF' if may else 'ON'}"))
        else:
            name = url.rpartition("/")[2].partition("?")[0]
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("SET default_transaction_read_only = off"))
                connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {not may}"))
            db.engine.dispose()


def test_a_postgresql_that_forgets_what_it_acknowledged_is_not_ready(settings, client, app):
    if settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite is set up by the service itself")
    name = settings.database_url.rpartition("/")[2].partition("?")[0]
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        db.engine.dispose()
    readiness = client.get("/readyz")
    assert readiness.status_code == 503
    reason = readiness.json["reasons"]["database keeps what it acknowledges"]
    assert "synchronous_commit = off" in reason


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB; a test that needs a full one fills it."""
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs root and mount")
    yield where
    subprocess.run(["umount", "--lazy", str(where)], check=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return filler


def test_a_full_disk_is_said_in_words_and_noticed(small_disk, settings, sqlite_template, station_of, reports):
    (small_disk / "herstart.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{small_disk / 'herstart.sqlite3'}"
    full = create_app(replace(settings, data_directory=small_disk / "data", database_url=url))
    station = station_of(full)
    client = full.test_client()
    assert reports.send(client, reports.report(None), station).status_code == 201
    filler = _fill(small_disk)
    refused = reports.send(client, reports.report(None), station)
    _assert_not_now(refused, "disk_full")
    assert "schijf van de server is vol" in refused.json["detail"]
    readiness = client.get("/readyz")
    assert (readiness.status_code, readiness.json["checks"]["documents can be written"]) == (503, "failed")
    assert "schijf van de server is vol" in readiness.json["reasons"]["documents can be written"]
    filler.unlink()
    assert reports.send(client, reports.report(None), station).status_code == 201
    assert client.get("/readyz").status_code == 200
    with full.app_context():
        db.engine.dispose()


def test_what_cannot_be_kept_for_want_of_room_is_no_matter_of_size(app_context, monkeypatch):
    monkeypatch.setattr(documents.store, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(Unavailable) as refused:
        documents.put(b"%PDF-1.7", "application/pdf")
    assert (refused.value.status, refused.value.code) == (503, "disk_full")


def test_a_document_and_the_names_that_lead_to_it_are_flushed(app_context, settings, monkeypatch):
    """The file before its name, its folder after it, and the folder above where it is new."""
    flushed, really = [], os.fsync

    def flush(descriptor):
        really(descriptor)
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", flush)
    digest = documents.put(b"%PDF-1.7 flushed", "application/pdf")
    folder = settings.data_directory / "documents"
    names = [str(path.relative_to(settings.data_directory.parent)) for path in flushed]
    assert names[-1] == f"data/documents/{digest[:2]}"
    assert names[-2].startswith("data/documents/.draft-")
    assert f"{folder.relative_to(settings.data_directory.parent)}" in names[:-2]
    flushed.clear()
    documents.put(b"%PDF-1.7 flushed", "application/pdf")
    assert flushed == [folder / digest[:2]]


def test_a_file_whose_flush_fails_is_not_there(tmp_path, monkeypatch):
    def fail(_descriptor):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="broken"), durable.draft_in(tmp_path) as draft:
        draft.file.write(b"content")
        draft.publish(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_writers_that_wait_leave_places_for_others(settings, app, monkeypatch):
    """With every place to wait taken and nothing moving, the next one is told so and does not wait too."""
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite's turn")
    monkeypatch.setattr(core_db._turn, "last_begun", 0.0)
    for _ in range(core_db.WAITING_WRITERS):
        assert core_db._turn.places.acquire(blocking=False)
    try:
        with app.app_context(), pytest.raises(Unavailable), transaction():
            pytest.fail("there was no place")
    finally:
        for _ in range(core_db.WAITING_WRITERS):
            core_db._turn.places.release()


def test_an_answer_that_is_ready_goes_out_though_the_database_went_away_meanwhile(settings, app):
    if settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite is in this process")

    def view():
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        return "ready"

    app.add_url_rule("/slow", view_func=public(view))
    client = app.test_client()
    assert client.get("/slow").text == "ready"
    assert client.get("/w/" + "a" * 26).status_code == 404
