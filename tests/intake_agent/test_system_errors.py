"""The system's refusals are told in Dutch; what has no Dutch words keeps the system's own."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from intake_agent.cli import main
from intake_agent.system_errors import in_words


def test_a_full_stick_is_said_in_dutch() -> None:
    assert in_words(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == "er is geen plaats meer"


def test_what_is_not_known_keeps_its_own_words() -> None:
    assert in_words(OSError(errno.ELOOP, "loop")) == "loop"
    assert in_words(OSError("zonder nummer")) == "zonder nummer"


@pytest.mark.parametrize("command", [["assess", "--processors"], ["capture"]])
def test_a_command_that_cannot_use_a_file_says_why_in_dutch(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bestand").write_text("x")
    assert main([*command, str(tmp_path / "bestand" / "eronder")]) == 2
    assert "dat is geen map" in capsys.readouterr().err
