"""What cannot be known or done is said once, and in words that fit who reads them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from intake_agent.console.overview import overview
from intake_agent.machine import Machine
from intake_agent.system_errors import in_words


def test_root_is_not_told_to_become_root(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = PermissionError(1, os.strerror(1))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "probeer het als root" in in_words(refused)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert in_words(refused) == "dat laat het systeem niet toe"


def test_what_is_not_known_of_a_machine_is_called_unknown_once() -> None:
    (line,) = (str(line) for line in overview(Machine()) if str(line).startswith("Toestel"))
    assert line.split() == ["Toestel", "onbekend"]


def test_a_console_that_cannot_draw_a_letter_shows_another_and_goes_on(captures: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", "inspect", "--captured", str(captures / "all-in-one")],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "alles-in-??n" in told.stdout
