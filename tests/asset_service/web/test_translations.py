"""Every text on screen exists in every language, and says so where a translation was not compiled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import asset_service
from asset_service.core.i18n import LANGUAGES, TRANSLATIONS, stale_catalogues
from wipe_reports import words

PACKAGE = Path(asset_service.__file__).parent
CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
TEMPLATES = ("**/templates/**.html", "**/templates/**.txt")
METHODS = [("**.py", "python"), *((pattern, "jinja2") for pattern in TEMPLATES)]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _texts() -> set[str]:
    options = {pattern: {"extensions": "jinja2.ext.do"} for pattern in TEMPLATES}
    found = extract_from_dir(str(PACKAGE), METHODS, options, keywords=KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found if isinstance(text, str)}


def _translated(catalogue: Path) -> dict[str, Message]:
    with catalogue.open("rb") as file:
        messages = read_po(file, locale=catalogue.parents[1].name)
        return {message.id: message for message in messages if isinstance(message.id, str) and message.id}


def test_every_language_of_the_house_has_its_catalogue_and_no_other_has_one() -> None:
    translated = {catalogue.parents[1].name for catalogue in CATALOGUES}
    assert set(words.LANGUAGES) == set(LANGUAGES) == translated | {words.HOUSE_LANGUAGE}


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_text_is_in_the_catalogue_and_nothing_else_is(catalogue: Path) -> None:
    assert _texts() == set(_translated(catalogue))


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_text_has_its_words(catalogue: Path) -> None:
    assert [message.id for message in _translated(catalogue).values() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_a_translation_fills_in_what_its_text_fills_in(catalogue: Path) -> None:
    for message in _translated(catalogue).values():
        assert sorted(PLACEHOLDER.findall(message.id)) == sorted(PLACEHOLDER.findall(str(message.string))), message.id


def test_the_texts_are_gathered_from_what_make_translations_reads() -> None:
    gathered = re.findall(r"^\[\w+: (.*)\]$", (TRANSLATIONS / "babel.cfg").read_text(), re.MULTILINE)
    assert gathered == [pattern for pattern, _ in METHODS]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the English catalogue, not compiled."""
    copy = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(ENGLISH.read_bytes())
    return copy


def test_a_catalogue_that_was_not_compiled_is_found_at_the_start(catalogue: Path, tmp_path: Path) -> None:
    assert stale_catalogues(tmp_path) == [catalogue]
    with catalogue.open("rb") as source, catalogue.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(source, locale="en"))
    assert stale_catalogues(tmp_path) == []
