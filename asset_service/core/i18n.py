"""Languages and times on screen: the sources are Dutch, other languages have a catalogue, Brussels is the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale

from wipe_reports.words import HOUSE_LANGUAGE, Language
from wipe_reports.words import LANGUAGES as LANGUAGES_OF_THE_WIRE

TRANSLATIONS = Path(__file__).parents[1] / "translations"
LANGUAGES: tuple[Language, ...] = tuple(
    one for one in LANGUAGES_OF_THE_WIRE if one == HOUSE_LANGUAGE or (TRANSLATIONS / one).is_dir()
)
"""The house's languages of which the screens have a catalogue too; a language that lacks one fails a test."""
TIME_ZONE = "Europe/Brussels"
LANGUAGE_OF_USER = "herstart_language_of_user"
"""The app's extension that gives the language of who is logged in, ``None`` where nobody is; asked once a request."""


def language() -> Language:
    """The language of this request: the user's own (``g.language``, known to accounts), else what the browser asks."""
    if not has_request_context():
        return HOUSE_LANGUAGE
    if "language" not in g:
        g.language = None  # who finds it out may ask for words meanwhile
        g.language = current_app.extensions.get(LANGUAGE_OF_USER, lambda: None)()
    chosen = g.language
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or HOUSE_LANGUAGE


@contextmanager
def in_language(chosen: str) -> Iterator[None]:
    """Say texts, and what templates draw, in this language: for somebody else than who asks, and outside requests.

    Raises ValueError for a language that is not one of the house's.
    """
    if chosen not in LANGUAGES:
        raise ValueError(f"no language of this house: {chosen}")
    with force_locale(chosen):
        yield


def stale_catalogues(directory: Path) -> list[Path]:
    """The catalogues under ``directory`` that were not compiled, or changed since."""
    found = []
    for source in sorted(directory.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            found.append(source)
    return found


def register(app: Flask) -> None:
    """Start Flask-Babel with the house's languages, and say so where a translation would silently be missing."""
    for source in stale_catalogues(TRANSLATIONS):
        structlog.get_logger(__name__).error(
            "screens in this language are missing or old: run make translations", catalogue=str(source)
        )
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, default_locale=HOUSE_LANGUAGE, default_timezone=TIME_ZONE, locale_selector=language)
