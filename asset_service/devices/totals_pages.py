"""The page of totals, for who reports over partners."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext

from asset_service.accounts.access import current_access, requires
from asset_service.core.errors import FieldError, Invalid
from asset_service.devices.roles import TOTALS_READERS
from asset_service.devices.totals import totals_of

blueprint = Blueprint("totals", __name__, template_folder="templates")


@blueprint.get("/totals")
@requires(TOTALS_READERS)
def totals() -> str:
    """How many devices each partner has, of those that were entered in the period that the address asks for."""
    since, until = _day("since"), _day("until")
    found = totals_of(current_access(), since, until)
    return render_template("devices/totals.html", totals=found, since=since, until=until)


def _day(name: str) -> date | None:
    asked = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError as error:
        message = gettext("Dit filter kennen we niet: %(name)s=%(value)s", name=name, value=asked[:50])
        raise Invalid(message, errors=[FieldError(name, message)]) from error
