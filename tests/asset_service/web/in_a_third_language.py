"""What ``test_third_language.py`` runs in a copy of the house that has one more catalogue, and no other change.

The words of that language are the Dutch ones with their vowels bent: ``Gewist`` is ``Gëwïst``. It calls itself *eo*.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from asset_service.accounts import operations
from asset_service.accounts.models import Role, User
from asset_service.cli import main
from asset_service.config import Settings
from asset_service.core.db import db
from asset_service.core.errors import Invalid
from asset_service.core.i18n import LANGUAGES
from wipe_reports import cli, words
from wipe_reports.trust import TrustedKeys
from wipe_reports.verify import verify


@pytest.fixture
def reader(app: Flask, house: Any, make_user: Callable[..., Any], login: Callable[..., FlaskClient]) -> FlaskClient:
    """A client logged in as somebody who reads the third language."""
    return login(app.test_client(), make_user(Role.DESK, house.partner, email="e@example.org", language="eo"))


def test_it_is_a_language_of_the_house() -> None:
    assert words.LANGUAGES == LANGUAGES
    assert "eo" in LANGUAGES
    assert Path(words.__file__).is_relative_to(Path.cwd()), "the copy is what runs"


def test_a_page_stands_in_it_with_the_words_of_the_wire(reader: FlaskClient, house: Any) -> None:
    device = house.receive_report()["device"]["code"]
    page = reader.get(f"/d/{device}").text
    assert '<html lang="eo">' in page
    assert "Töëstëllën" in page
    assert "ällës tërüggëlëzën" in page


def test_an_answer_of_the_api_stands_in_it(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/devices", headers={"Accept-Language": "eo"})
    dutch = app.test_client().get("/api/v1/devices", headers={"Accept-Language": "nl"})
    assert answer.status_code == dutch.status_code == 401
    bent = str.maketrans("aeiou", "äëïöü")
    assert answer.json["title"] == dutch.json["title"].translate(bent) != dutch.json["title"]


def test_a_user_chooses_it_and_a_wrong_choice_names_it(
    *,
    app: Flask,
    client: FlaskClient,
    house: Any,
    login: Callable[..., FlaskClient],
    form_token: Callable[[FlaskClient], str],
) -> None:
    login(client, house.users[Role.DESK])
    assert "Bent Dutch" in client.get("/account").text
    chosen = {"language": "eo", "csrf_token": form_token(client)}
    assert client.post("/account/language", data=chosen).status_code == 302
    assert '<html lang="eo">' in client.get("/account").text
    offered = f"{', '.join(LANGUAGES[:-1])} of {LANGUAGES[-1]}"
    with app.test_request_context(headers={"Accept-Language": "nl"}), pytest.raises(Invalid, match=offered):
        operations.set_language(house.users[Role.DESK].access, "vo")


def test_the_command_line_takes_it_and_names_it(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HERSTART_DATA", str(settings.data_directory))
    account = ["create-user", "--email", "c@example.org", "--name", "C", "--role", "admin"]
    password = ["--password", "tien-stille-schermen-in-maart"]
    refused = CliRunner().invoke(main, [*account, "--language", "vo", *password])
    assert "'eo'" in refused.output
    made = CliRunner().invoke(main, [*account, "--language", "eo", *password])
    assert made.exit_code == 0, made.output
    with app.app_context():
        assert db.session.query(User).filter_by(email="c@example.org").one().language == "eo"


def test_an_attest_is_issued_in_it_and_holds(
    reader: FlaskClient, house: Any, form_token: Callable[[FlaskClient], str], capsys: pytest.CaptureFixture[str]
) -> None:
    public_id = house.receive_report()["attests"][0]["check_url"].rpartition("/")[2]
    token = {"X-CSRFToken": form_token(reader)}
    issued = reader.post(f"/api/v1/attests/{public_id}.pdf?lang=eo", headers=token)
    assert issued.status_code == 200, issued.text
    folder = Path(os.environ["THIRD_LANGUAGE_FOLDER"])
    (folder / "attest.pdf").write_bytes(issued.data)
    keys = reader.get("/api/v1/keys").json
    (folder / "keys.json").write_text(json.dumps(keys))
    page = subprocess.run(
        ["pdftotext", "-layout", folder / "attest.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert "ällës tërüggëlëzën" in page.stdout
    findings = verify(issued.data, TrustedKeys.from_jwks(keys))
    assert findings.ok, findings.checks
    assert [one.key for one in findings.checks if one.name == "page"] == ["holds.page"]
    found = cli.main(
        ["verify", str(folder / "attest.pdf"), "--trusted-keys", str(folder / "keys.json"), "--lang", "eo"]
    )
    assert found == 0
    assert "klöpt" in capsys.readouterr().out


def test_the_agent_speaks_it(tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz\n")
    # In a process of its own: the language in force is the whole program's.
    done = subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", "assess", "--processors", names, "--language", "eo"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reason"].startswith("pröcëssör völdöët")
    refused = subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", "assess", "--language", "vo"],
        env={**os.environ, "HERSTART_LANGUAGE": "eo"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "eo" in refused.stderr
    told = subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", "--help"],
        env={**os.environ, "HERSTART_LANGUAGE": "eo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "gëschönkën töëstël" in told.stdout
