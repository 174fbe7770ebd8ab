"""Languages and times on screen: Dutch is the language of the sources, English the second, Brussels the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale

LANGUAGES = ("nl", "en")
TIME_ZONE = "Europe/Brussels"


def language() -> str:
    """The language of this request: the user's own (``g.language``, set by accounts), else what the browser asks."""
    if not has_request_context():
        return LANGUAGES[0]
    chosen = g.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


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
    for source in stale_catalogues(Path(app.root_path) / "translations"):
        structlog.get_logger(__name__).error(
            "screens in this language are missing or old: run make translations", catalogue=str(source)
        )
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale=LANGUAGES[0], default_timezone=TIME_ZONE, locale_selector=language)
