"""One disk for everything, as on most machines, and it fills: the served program says so, and goes on by itself."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.wiping.models import SignedReport

PAGES = ("/", "/devices", "/account", "/wipes/awaiting", "/intake/unmatched", "/devices.csv", "/metrics", "/healthz")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs root and mount")
    yield where
    subprocess.run(["umount", "--lazy", str(where)], check=True)


@pytest.fixture
def settings(settings, small_disk, sqlite_template):
    """Database, documents, and (below) temporary files on that disk."""
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's disk is its own")
    (small_disk / "tmp").mkdir()
    shutil.copyfile(sqlite_template, small_disk / "herstart.sqlite3")
    url = f"sqlite:///{small_disk / 'herstart.sqlite3'}"
    return replace(settings, data_directory=small_disk / "data", database_url=url, rate_limits=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return filler


def _form_token(browser: httpx.Client, path: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)[-1]


def _import(browser: httpx.Client, content: bytes) -> httpx.Response:
    token = {"csrf_token": _form_token(browser, "/intake/import")}
    return browser.post("/intake/import", data=token, files={"files": ("herstart.zip", content)})


def test_a_full_disk_is_told_while_pages_go_on(
    *, app, settings, serve, post, small_disk, make_user, make_station, reports
):
    """Before, the first answer of a kind that was not counted yet killed its process, and every one after it."""
    user, station = make_user(Role.ADMIN), make_station()
    served = serve(settings, TMPDIR=str(small_disk / "tmp"))
    kept = reports.report(None)
    with httpx.Client(base_url=served.address, timeout=60) as browser:
        assert post(served, kept, station).status_code == 201
        sent = {"email": user.email, "password": user.password, "csrf_token": _form_token(browser, "/login")}
        assert browser.post("/login", data=sent).status_code == 302
        filler = _fill(small_disk)
        for _ in range(2):  # both processes
            assert browser.get("/readyz").status_code == 503
            assert {path: browser.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
            assert browser.get("/no-such-page").status_code == 404
        large = httpx.post(f"{served.address}/api/v1/reports", content=b"x" * 600_000, timeout=60)
        for refused in (post(served, reports.report(None), station), large, _import(browser, os.urandom(3_000_000))):
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
            assert re.search("schijf van de server is vol|kan nu niets bewaren", refused.text)
        assert large.json()["code"] == "disk_full"
        filler.unlink()
        assert browser.get("/readyz").status_code == 200
        assert post(served, reports.report(None), station).status_code == 201
        assert _import(browser, b"no archive").status_code == 200
    assert "SIGBUS" not in served.log.read_text()
    with app.app_context():
        assert db.session.get(SignedReport, UUID(kept.report_id)) is not None
        db.session.remove()
        db.engine.dispose()
