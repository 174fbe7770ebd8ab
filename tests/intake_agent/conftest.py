"""What the agent's tests share: the captures, the corpus where it is, loop devices where they may be made."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from intake_agent import language
from intake_agent.captures import captured_folder
from intake_agent.cli import main
from intake_agent.inspection import examine
from intake_agent.raw_facts import RawFacts
from intake_agent.station.report import Signatory, build, signed
from wipe_reports import contradictions, schema, signing

CAPTURES = Path(__file__).parent / "captures"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture(scope="session")
def captures() -> Path:
    """Small hand-made captures, one folder a machine."""
    return CAPTURES


@pytest.fixture(autouse=True)
def dutch_again() -> Iterator[None]:
    """Whatever language a test leaves in force, the next begins in Dutch."""
    yield
    language.use("nl")


@pytest.fixture
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The English catalogue, compiled anew, and in force."""
    for source in language.FOLDER.glob("*/LC_MESSAGES/*.po"):
        compiled = tmp_path / source.relative_to(language.FOLDER).with_suffix(".mo")
        compiled.parent.mkdir(parents=True)
        with source.open("rb") as catalogue, compiled.open("wb") as file:
            write_mo(file, read_po(catalogue, locale=source.parents[1].name))
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language.use("en")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Dumps of real machines with truth tables; they are no part of the project."""
    if not CORPUS.is_dir():
        pytest.skip("no corpus of real machines beside the repository (../shared/corpus)")
    return CORPUS


@pytest.fixture
def captured(tmp_path: Path) -> Callable[[Mapping[str, Any]], RawFacts]:
    """Writes a captured folder, file by file (what is no text as JSON), and reads it as anybody's.

    Whatever it tells, a report of it can be built, signed and read again.
    """
    key = signing.generate_key()
    signatory = Signatory(station="Bank 1", key=key, operator="An", position=None, code=None)

    def make(files: Mapping[str, Any]) -> RawFacts:
        for name, content in files.items():
            path = tmp_path / "opname" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        facts = captured_folder(tmp_path / "opname")
        report = build(
            examine(facts), {}, signatory, report_id="019ac000-0000-7000-8000-000000000000",
            created_at=datetime(2026, 11, 27, tzinfo=UTC), test=False,
        )  # fmt: skip
        schema.from_bytes(signing.verify(signed(report, key), key, "wipe-report+jws"))
        return facts

    return make


def _why_no_loop_devices() -> str | None:
    if os.geteuid() != 0:
        return "needs root to make loop devices"
    if shutil.which("losetup") is None or not Path("/dev/loop-control").exists():
        return "this system has no loop devices"
    return None


LoopMaker = Callable[..., Path]


@pytest.fixture
def loop_device(tmp_path: Path) -> Iterator[LoopMaker]:
    """Makes loop devices: ``loop_device(file, *losetup_options) -> /dev/loopN``; all are detached afterwards."""
    if reason := _why_no_loop_devices():
        pytest.skip(reason)
    made: list[Path] = []

    def make(backing: Path, *options: str) -> Path:
        command = ["losetup", "--find", "--show", *options, str(backing)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=30)
        made.append(Path(done.stdout.decode().strip()))
        return made[-1]

    yield make
    for device in reversed(made):
        subprocess.run(["losetup", "--detach", str(device)], check=True, timeout=30)


class StandInService:
    """A small HTTP server on loopback that keeps the wire's contract: it checks signatures and signs receipts.

    It stands in for the service so that the agent's side can be tested with answers no real service gives:
    ``answers`` holds (status, body) pairs that are given first, ``receipt_changes`` changes what a receipt says.
    ``forms`` holds every content it was given of each report. ``tls`` makes it speak HTTPS.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.key = signing.generate_key()
        self.stations: dict[str, signing.Key] = {}
        self.reports: dict[str, bytes] = {}
        self.forms: dict[str, set[bytes]] = defaultdict(set)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.receipt_changes: dict[str, str] = {}
        self.clock_ahead = timedelta(0)
        self.minimum_policy: dict[str, Any] | None = None
        self.http_date: str | None = None
        self.label: dict[str, Any] = {"status": "blank", "device": None}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._reply(200, outer.trusted())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), body))
                status, told = outer.answers.pop(0) if outer.answers else outer.answer(self.path, body)
                self._reply(status, told)

            def _reply(self, status: int, told: dict[str, Any]) -> None:
                content = json.dumps(told).encode()
                kind = "application/json" if status < 400 else "application/problem+json"
                self.send_response_only(status)
                self.send_header("Date", outer.http_date or self.date_time_string())
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Keep the test's output for the tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def now(self) -> str:
        return (datetime.now(UTC) + self.clock_ahead).isoformat().replace("+00:00", "Z")

    def trusted(self) -> dict[str, Any]:
        return {"keys": [{**signing.public_jwk(self.key), "herstart_role": "service", "herstart_name": "dienst"}]}

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/api/v1/stations/enrol":
            return self._enrol(json.loads(body))
        header, _ = signing.peek(body)
        key = self.stations[str(header["kid"])]
        if path == "/api/v1/wipe-jobs":
            return self._wipe_job(json.loads(signing.verify(body, key, "wipe-job+jws")))
        if path == "/api/v1/stations/settings":
            signing.verify(body, key, "station-settings+jws")
            return 200, {"time": self.now(), "minimum_policy": self.minimum_policy}
        if path == "/api/v1/stations/label":
            signing.verify(body, key, "label-lookup+jws")
            return 200, self.label
        return self._report(body, key)

    def _enrol(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if asked["code"] != "GOED":
            return 403, {"title": "Deze code is niet geldig.", "status": 403, "code": "code_invalid"}
        key = signing.key_from_jwk(asked["public_key"])
        self.stations[signing.key_id(key)] = key
        station = {"id": "s1", "name": asked["name"], "key_id": signing.key_id(key)}
        return 201, {"station": station, "partner": {"name": "Werkplaats"}, "keys": self.trusted()}

    def _wipe_job(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        carriers = [
            {"model": one["model"], "serial": one["serial"], "nonce": f"nonce-{one['serial']}"}
            for one in asked["carriers"]
        ]
        return 201, {"job_id": "j1", "time": self.now(), "expires_at": self.now(), "carriers": carriers}

    def _report(self, body: bytes, key: signing.Key) -> tuple[int, dict[str, Any]]:
        report = schema.from_bytes(signing.verify(body, key, "wipe-report+jws"))
        found = contradictions.find(report)
        if found:
            errors = [{"field": one.field, "message": one.message} for one in found]
            problem = {"title": "Dit verslag spreekt zichzelf tegen.", "status": 422, "code": "contradiction"}
            return 422, {**problem, "errors": errors}
        new = report.report_id not in self.reports
        self.reports[report.report_id] = body
        self.forms[report.report_id].add(body)
        receipt = {
            "report_id": report.report_id,
            "report_sha256": signing.fingerprint(body),
            "station_key_id": signing.key_id(key),
            "received_at": self.now(),
            **self.receipt_changes,
        }
        return 201 if new else 200, {
            "report_id": report.report_id,
            "result": "created",
            "device": {"code": "HS-0001", "url": f"{self.url}/d/HS-0001"},
            "receipt": signing.sign(json.dumps(receipt).encode(), self.key, "wipe-receipt+jws"),
            "received_at": self.now(),
            "attests": [],
        }


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERSTART_OPERATOR", "An")


@pytest.fixture
def service() -> Iterator[StandInService]:
    """A stand-in for the service, on loopback."""
    running = StandInService()
    yield running
    running.stop()


@pytest.fixture
def stand_in() -> type[StandInService]:
    """To start a stand-in that is not the usual one; whoever starts it stops it."""
    return StandInService


@pytest.fixture
def enrolled(service: StandInService, tmp_path: Path) -> Path:
    """The state folder of a station that is enrolled at ``service``."""
    state = tmp_path / "staat"
    command = ["enrol", "--service", service.url, "--code", "GOED", "--name", "Bank 1", "--state", str(state)]
    assert main(command) == 0
    return state
