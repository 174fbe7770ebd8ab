"""Languages and times on screen: Dutch is the language of the sources, English the second, Brussels the clock."""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

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


def register(app: Flask) -> None:
    """Start Flask-Babel with the house's languages."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale=LANGUAGES[0], default_timezone=TIME_ZONE, locale_selector=language)
