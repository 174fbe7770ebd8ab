"""A third language is one more catalogue: added to a copy of the house, it is there everywhere without another edit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wipe_reports import words
from wipe_reports.trust import TrustedKeys
from wipe_reports.verify import verify

HERE = Path(__file__).parent
HOUSE = HERE.parents[2]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-W", "ignore", "-p", "no:cacheprovider")
_KEPT = re.compile(r"(\{[^}]*\}|%\(\w+\)[sd]|<[^>]*>|&\w+;)")
_BENT = str.maketrans("aeiou", "äëïöü")


def bent(text: str) -> str:
    """The text in the made-up language; what is filled in and what is markup stay as they are."""
    return "".join(part if _KEPT.fullmatch(part) else part.translate(_BENT) for part in _KEPT.split(text))


def add_language(house: Path) -> None:
    """Its catalogues, and nothing else: a folder of the wire's words, and the texts of the service and of the agent."""
    folder = house / "wipe_reports" / "words" / "eo"
    folder.mkdir()
    catalogue = {key: bent(said) for key, said in words.CATALOGUES["nl"].items()}
    catalogue["document.region"] = "be"
    folder.joinpath("__init__.py").write_text(f'NAME = "Bent Dutch"\nWORDS = {catalogue!r}\n')
    add_screens(house / "asset_service" / "translations", "messages.po")
    add_screens(house / "intake_agent" / "translations", "intake_agent.po")


def add_screens(translations: Path, name: str) -> None:
    """The catalogue of the texts in one package's code, compiled."""
    with (translations / "en" / "LC_MESSAGES" / name).open("rb") as file:
        source = read_po(file, locale="en")
    screens = Catalog(locale="eo")
    for message in source:
        if message.id:
            one = isinstance(message.id, str)
            screens.add(message.id, bent(message.id) if one else tuple(map(bent, message.id)), flags=message.flags)
    target = translations / "eo" / "LC_MESSAGES" / name
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, screens)
    with target.with_suffix(".mo").open("wb") as file:
        write_mo(file, screens)


def test_a_third_language_is_one_more_catalogue_and_no_edit(tmp_path: Path) -> None:
    copy = tmp_path / "house"
    for package in ("asset_service", "intake_agent", "wipe_reports"):
        shutil.copytree(HOUSE / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    add_language(copy)
    done = subprocess.run(
        [*PYTEST, HERE / "in_a_third_language.py", "-k", "not postgresql"],
        cwd=copy,
        env={**os.environ, "THIRD_LANGUAGE_FOLDER": str(tmp_path), "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    # The house as it is has no such language: of a page in it, it says no more than that it cannot compare it.
    trusted = TrustedKeys.load(tmp_path / "keys.json")
    findings = verify((tmp_path / "attest.pdf").read_bytes(), trusted)
    assert findings.ok, findings.checks
    assert [one.key for one in findings.checks if one.name == "page"] == ["unknown.page_language"]
