"""How fast a report is taken in, against a bare endpoint of the same server that only parses the JSON.

``python tests/bench/ingest.py``: the service's own server with two processes on SQLite, loopback, a new connection a
request, two client processes; realistic reports (4 disks × 20 S.M.A.R.T. attributes) about distinct machines, two of
the disks wiped, made offline. Both endpoints are loaded in turn within one run, so that noise hits both.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import multiprocessing
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import request
from flask_migrate import upgrade

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.app import create_app
from asset_service.config import Settings
from asset_service.core.access import public
from asset_service.core.db import db, transaction
from asset_service.core.security import csrf
from asset_service.serve import settled
from wipe_reports import signing

WORKERS = 2
CLIENTS = 2
ROUNDS = 6
REPORTS_A_ROUND = 300
HEADERS = {"Content-Type": "application/jose", "Connection": "close"}


def measure() -> list[tuple[str, float, str]]:
    """One row: the rate of ingest over the rate of bare parsing, with both rates in the note."""
    with tempfile.TemporaryDirectory(prefix="herstart-bench-") as name, _served(Path(name)) as (port, station_key):
        bare, ingest = [], []
        for _ in range(ROUNDS):
            bodies = [body.encode() for body in _signed_reports(REPORTS_A_ROUND, station_key)]
            payloads = [signing.peek(body)[1] for body in bodies]
            bare.append(_rate(port, "/bare", payloads, 200))
            ingest.append(_rate(port, "/api/v1/reports", bodies, 201))
        size = statistics.mean(len(one) for one in payloads)
        return [_row(bare, ingest, size)]


def _row(bare: list[float], ingest: list[float], size: float) -> tuple[str, float, str]:
    # The first round warms both up.
    pairs = list(zip(bare, ingest, strict=True))[1:]
    ratio = statistics.median(one / other for other, one in pairs)
    rates = [statistics.median(side) for side in zip(*pairs, strict=True)]
    note = (
        f"{rates[1]:.0f} against {rates[0]:.0f} requests/s, {size / 1000:.1f} kB of JSON, {WORKERS} processes, SQLite"
    )
    return ("ingest of a report, of bare JSON parsing (goal 0.40)", ratio, note)


def bare_app() -> Any:
    """The app, with one more endpoint that parses the JSON and nothing else (for gunicorn in :func:`_served`)."""
    app = create_app()
    app.add_url_rule("/bare", view_func=_bare, methods=["POST"])
    csrf.exempt(_bare)
    return settled(app)


@public
def _bare() -> dict[str, int]:
    return {"disks": len(request.get_json(force=True)["carriers"])}


@contextlib.contextmanager
def _served(data: Path) -> Iterator[tuple[int, signing.Key]]:
    settings = Settings(data_directory=data, log_level="warning", rate_limits=False)
    key = _prepared(settings)
    port = _free_port()
    environment = os.environ | {
        "HERSTART_DATA": str(data),
        "HERSTART_LOG_LEVEL": "warning",
        "HERSTART_RATE_LIMITS": "no",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--worker-class", "asset_service.http_worker.FrontWorker", "--log-level", "warning", "ingest:bare_app()",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield port, key
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _prepared(settings: Settings) -> signing.Key:
    """A migrated database with a project, a partner, a site and one enrolled station; the station's key."""
    app = create_app(settings)
    key = signing.generate_key()
    with app.app_context():
        upgrade()
        with transaction():
            accounts.create_project(
                SYSTEM, name="Meting", call="Digibanken", period_start=date(2026, 1, 1), period_end=date(2026, 12, 31)
            )
            partner = accounts.create_partner(SYSTEM, name="Kringwinkel Meting", enterprise_number="0123456749")
            site = accounts.create_site(SYSTEM, partner.id, name="Werkplaats")
            _, code = accounts.create_enrolment_code(SYSTEM, partner.id, site.id, valid_for=timedelta(hours=1))
            accounts.enrol_station(code, name="Werkbank 1", public_key=signing.public_jwk(key))
        db.session.remove()
        db.engine.dispose()
    return key


def _reports() -> ModuleType:
    path = Path(__file__).parents[1] / "asset_service" / "reports.py"
    specification = importlib.util.spec_from_file_location("bench_reports", path)
    if specification is None or specification.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


def _signed_reports(count: int, key: signing.Key) -> list[str]:
    builders = _reports()
    made = []
    for _ in range(count):
        disks = [builders.carrier(name=f"sd{letter}") for letter in "abcd"]
        wiped = [replace(one, wipe=builders.wipe(one.size_bytes)) for one in disks[:2]]
        made.append(builders.signed(builders.report(None, *wiped, *disks[2:]), key))
    return made


def _rate(port: int, path: str, bodies: list[bytes], expected: int) -> float:
    """Requests a second, over all client processes together."""
    context = multiprocessing.get_context("fork")
    shares = [bodies[start::CLIENTS] for start in range(CLIENTS)]
    ready = context.Barrier(CLIENTS + 1)
    failures = context.SimpleQueue()
    processes = [
        context.Process(target=_load, args=((port, path, expected), share, ready, failures)) for share in shares
    ]
    for process in processes:
        process.start()
    ready.wait()
    started = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - started
    if not failures.empty():
        raise SystemExit(f"{path} answered: {failures.get()}")
    return len(bodies) / seconds


def _load(target: tuple[int, str, int], bodies: list[bytes], ready: Any, failures: Any) -> None:
    port, path, expected = target
    ready.wait()
    for body in bodies:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", path, body, HEADERS)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.status != expected:
            failures.put((response.status, json.dumps(answer.decode(errors="replace"))[:300]))
            return


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    for name, ratio, note in measure():
        print(f"{name}: {ratio:.2f} ({note})")
