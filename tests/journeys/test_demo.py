"""What a newcomer sees first: ``make demo DEMO_ARGS=--once`` takes this machine in and shows where everything is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from wipe_reports import cli

ROOT = Path(__file__).resolve().parents[2]


def _demo(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "deploy/demo.py", "--once", "--folder", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_the_demo_goes_from_inspection_to_a_verified_attest(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    done = _demo(folder)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^Toestel +http://127\.0\.0\.1:\d+/d/HS-", done.stdout, re.MULTILINE)
    assert re.search(r"^Aanmelden +http://127\.0\.0\.1:\d+/login", done.stdout, re.MULTILINE)
    assert "Alles klopt." in done.stdout
    assert cli.main(["verify", str(folder / "wis-attest.pdf"), "--trusted-keys", str(folder / "keys.json")]) == 0


def test_the_demo_empties_no_folder_that_it_did_not_make(tmp_path: Path) -> None:
    precious = tmp_path / "photos"
    precious.mkdir()
    (precious / "holiday.jpg").write_bytes(b"not ours")
    done = _demo(precious)
    assert done.returncode == 2
    assert (precious / "holiday.jpg").read_bytes() == b"not ours"
