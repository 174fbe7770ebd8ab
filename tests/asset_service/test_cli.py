"""``asset-service …``, as an operator types it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from asset_service.accounts.models import Membership, Partner, PartnerKind, Role, User
from asset_service.app import create_app
from asset_service.cli import main
from asset_service.config import Settings
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.jobs import name_of
from asset_service.core.jobs.models import JobSchedule
from asset_service.ledger.jobs import seal_everything
from wipe_reports.trust import TrustedKeys

PASSWORD = "zeven-groene-laptops-op-een-rij"


@pytest.fixture
def run(settings, monkeypatch):
    """``run("ledger", "verify")`` → the command's result, on this test's database."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HERSTART_DATA", str(settings.data_directory))
    monkeypatch.setenv("HERSTART_LOG_LEVEL", "warning")
    return lambda *words: CliRunner().invoke(main, list(words))


def test_a_new_house_is_set_up_from_the_command_line(app, run):
    period = ["--from", "2022-01-01", "--until", "2026-07-31"]
    project = run("create-project", "--name", "Digibank", "--call", "Oproep 2021", *period)
    assert project.exit_code == 0, project.output
    partner = ["--name", "Kringwinkel", "--enterprise-number", "0123.456.749", "--site", "Werkplaats"]
    made = run("create-partner", *partner, "--project", project.output.strip(), "--kind", "promotor")
    assert made.exit_code == 0, made.output
    where = ["--role", "technician", "--partner", "0123456749"]
    user = run("create-user", "--email", "noor@voorbeeld.be", "--name", "Noor", *where, "--password", PASSWORD)
    assert user.exit_code == 0, user.output
    reporter = ["--role", "reporter", "--project", project.output.strip()]
    user = run("create-user", "--email", "rik@voorbeeld.be", "--name", "Rik", *reporter, "--password", PASSWORD)
    assert user.exit_code == 0, user.output
    code = run("create-code", "--partner", "0123456749", "--site", "Werkplaats", "--uses", "3", "--hours", "2")
    assert len(code.output.strip().replace("-", "")) == 16
    with app.app_context():
        assert db.session.query(Membership).one().kind is PartnerKind.PROMOTOR
        granted = {user.email: user.grants[0] for user in db.session.query(User)}
        assert granted["noor@voorbeeld.be"].role is Role.TECHNICIAN
        assert str(granted["rik@voorbeeld.be"].project_id) == project.output.strip()


def test_a_role_is_given_to_somebody_who_is_a_user_already_and_taken_back(app, run, make_partner, make_user):
    partner, user = make_partner(), make_user(Role.ADMIN, email="noor@voorbeeld.be")
    with app.app_context():
        number = db.session.get(Partner, partner.id).enterprise_number
    desk = ["--email", "Noor@Voorbeeld.be", "--role", "desk", "--partner", number, "--site", "Werkplaats"]
    for _ in range(2):
        assert run("grant-role", *desk).exit_code == 0
    with app.app_context():
        granted = db.session.get(User, user.id).grants
        assert [one.site_id for one in granted if one.role is Role.DESK] == [partner.site_id]
    assert run("withdraw-role", *desk).exit_code == 0
    for words, refusal in (
        (desk, "heeft daar die rol niet"),
        (["--email", "noor@voorbeeld.be", "--role", "admin"], "laatste beheerder"),
        (["--email", "wie@voorbeeld.be", "--role", "admin"], "geen gebruiker"),
        (["--email", "noor@voorbeeld.be", "--role", "desk", "--site", "Werkplaats"], "kies ook de partner"),
    ):
        refused = run("withdraw-role", *words)
        assert refused.exit_code != 0
        assert refusal in refused.output
    with app.app_context():
        assert [one.role for one in db.session.get(User, user.id).grants] == [Role.ADMIN]


def test_a_partner_joins_a_project_and_leaves_it(app, run, make_partner):
    partner = make_partner()
    with app.app_context():
        number = db.session.get(Partner, partner.id).enterprise_number
    period = ["--from", "2022-01-01", "--until", "2026-07-31"]
    project = run("create-project", "--name", "Digibank", "--call", "Oproep 2021", *period).output.strip()
    where = ["--project", project, "--partner", number]
    assert "doet niet mee" in run("leave-project", *where, "--until", "2024-06-30").output
    joined = run("join-project", *where, "--from", "2022-01-01")
    assert joined.exit_code == 0, joined.output
    assert "al lid" in run("join-project", *where, "--from", "2023-01-01").output
    assert run("leave-project", *where, "--until", "2024-06-30").exit_code == 0
    with app.app_context():
        found = db.session.query(Membership).one()
        assert (str(found.since), str(found.until), found.kind) == ("2022-01-01", "2024-06-30", PartnerKind.MEMBER)


def test_an_example_stock_is_loaded_for_somebody_who_looks_around(app, run, make_partner):
    partner = make_partner()
    with app.app_context():
        number = db.session.get(Partner, partner.id).enterprise_number
    loaded = run("example-stock", "--partner", number, "--site", "Werkplaats")
    assert loaded.exit_code == 0, loaded.output
    assert len(loaded.output.split()) > 3
    assert run("ledger", "seal").exit_code == 0
    assert run("ledger", "verify").exit_code == 0


def test_the_keys_are_exported_for_verification_elsewhere(run, make_station, tmp_path):
    station = make_station()
    file = tmp_path / "keys.json"
    assert run("keys", "export", str(file)).exit_code == 0
    trusted = TrustedKeys.load(file)
    assert trusted.keys[station.key_id].name == station.key_id, "what we call a station is not told to strangers"
    assert len(trusted.keys) == 2
    assert len(trusted.certificates) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create-partner", "--name", "x", "--enterprise-number", "123", "--site", "y"], "ondernemingsnummer"),
        (["create-user", "--email", "a@b.be", "--name", "A", "--role", "admin", "--password", "kort"], "12 tekens"),
        (["create-user", "--email", "a@b.be", "--name", "A", "--role", "boss", "--password", PASSWORD], "technician"),
        (["create-code", "--partner", "0123456749", "--site", "Nergens"], "geen partner"),
        (["ledger", "head"], "nog niets verzegeld"),
        (["worker"], "REDIS_URL"),
    ],
)
def test_a_refusal_is_said_in_words(run, words, said):
    result = run(*words)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_setting_that_cannot_be_used_is_said_at_the_start(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost")
    result = CliRunner().invoke(main, ["migrate"])
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.output


def test_an_error_of_the_database_is_said_without_what_was_to_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    monkeypatch.setenv("HERSTART_DATA", str(tmp_path))
    words = ["create-user", "--email", "noor@voorbeeld.be", "--name", "Noor", "--role", "admin", "--password", PASSWORD]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 1
    assert "asset-service migrate" in said.output
    assert "argon2" not in said.output + str(said.exception)
    assert "noor@" not in said.output + str(said.exception)


def test_a_port_that_is_taken_and_a_redis_that_is_away_are_said_in_words(run, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run("serve", "--port", str(taken.getsockname()[1]))
    assert said.exit_code == 1
    assert "kan niet geluisterd worden" in said.output
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    assert "Redis is niet bereikbaar" in run("worker", "--burst").output
    assert "doet `worker` het werk" in run("background").output


def test_migrating_twice_changes_nothing(run):
    assert run("migrate").exit_code == run("migrate").exit_code == 0


@pytest.fixture
def service(settings, serve):
    """The service as it runs in a workshop: two processes on a real port."""
    return serve(settings, HERSTART_RATE_LIMITS="yes")


def _metrics_folders(service):
    places = [Path("/dev/shm"), Path(tempfile.gettempdir())]
    return [found for place in places for found in place.glob(f"herstart-metrics-{service.process.pid}-*")]


def test_the_service_serves_adds_up_its_processes_and_stops_cleanly(service):
    for _ in range(30):
        assert httpx.get(f"{service.address}/api/v1/keys", timeout=60).status_code == 200
    counted = [
        line
        for line in httpx.get(f"{service.address}/metrics", timeout=60).text.splitlines()
        if line.startswith('herstart_requests_total{endpoint="accounts_api.keys"')
    ]
    assert [float(line.split()[-1]) for line in counted] == [30.0]
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=30) == 0
    assert _metrics_folders(service) == []


def test_a_worker_that_ends_leaves_the_others_their_metrics(service, servers):
    worker = psutil.Process(service.process.pid).children()[-1]
    worker.terminate()
    worker.wait(timeout=30)
    servers.wait_until_ready(service)
    assert len(_metrics_folders(service)) == 1
    assert httpx.get(f"{service.address}/metrics", timeout=60).status_code == 200


def test_without_workers_the_service_itself_seals_the_ledger(*, app, settings, run, make_station, servers):
    make_station()
    with app.app_context(), transaction():
        # Due now, so that this test need not wait for the next five minutes to be full.
        db.session.add(JobSchedule(function=name_of(seal_everything), cron="*/5 * * * *", next_at=utc_now()))
    assert run("ledger", "head").exit_code == 1
    environment = {**os.environ, "DATABASE_URL": settings.database_url, "HERSTART_DATA": str(settings.data_directory)}
    code = f"from asset_service import serve; serve.run('127.0.0.1', {servers.free_port()}, 1, background=True)"
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as process:
        deadline = time.monotonic() + 60
        while run("ledger", "head").exit_code and time.monotonic() < deadline:
            time.sleep(0.2)
        process.terminate()
        assert process.wait(timeout=30) == 0
    assert run("ledger", "head").exit_code == 0


def test_processes_that_start_together_on_an_empty_directory_share_their_keys(tmp_path, sqlite_url):
    made = {create_app(_fresh(tmp_path, sqlite_url)).secret_key for _ in range(3)}
    assert len(made) == 1


def _fresh(directory: Path, url: str) -> Settings:
    return Settings(data_directory=directory / "fresh", database_url=url, log_level="warning")
