"""The page that people see where something went wrong."""

from __future__ import annotations

import structlog
from flask import render_template
from flask_babel import lazy_gettext
from markupsafe import escape

from asset_service.core.errors import Problem
from asset_service.core.outages import outage_of

log = structlog.get_logger(__name__)

_ADVICE = {
    400: lazy_gettext("Ga terug en probeer het opnieuw."),
    403: lazy_gettext("Heb je dit nodig voor je werk? Vraag het aan de beheerder van je organisatie."),
    404: lazy_gettext(
        "Deze pagina bestaat niet, of ze is niet voor jou. Scan het etiket opnieuw of begin bij de start."
    ),
    405: lazy_gettext("Ga naar het begin en kies daar wat je wil doen."),
    413: lazy_gettext("Kies een kleiner bestand."),
    414: lazy_gettext("Ga naar het begin en zoek daar opnieuw, met minder woorden."),
    422: lazy_gettext("Ga terug, kijk na wat je invulde en probeer het opnieuw."),
}
"""What a person can do, on a page whose error says nothing of its own."""


def draw(problem: Problem) -> str:
    """The page of ``problem``; what is of no avail without the database is left out where that is away."""
    if problem.status < 500:
        try:
            advice = _ADVICE.get(problem.status) if problem.detail in {"", problem.title} else None
            return render_template("frame/error.html", problem=problem, advice=advice)
        except Exception as broken:
            # Around it stands who is logged in, which asks the database. What was wrong with the request stays so.
            if outage_of(broken) is None:
                raise
            log.warning("an error's page without what the database knows", reason=repr(broken))
    try:
        return render_template("frame/outage.html", problem=problem)
    except Exception as broken:  # noqa: BLE001 - what is broken must not break the page that says so; it is logged
        log.warning("no page for an outage", reason=repr(broken))
    return (
        f'<!doctype html><html lang="nl"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(problem.title)}</title>"
        f"<main><h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p></main></html>"
    )
