"""The page of totals, for who reports over partners."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request

from asset_service.accounts.access import current_access, requires
from asset_service.core.input import filter_value
from asset_service.devices.roles import TOTALS_READERS
from asset_service.devices.totals import totals_of

blueprint = Blueprint("totals", __name__, template_folder="templates")


@blueprint.get("/totals")
@requires(TOTALS_READERS)
def totals() -> str:
    """How many devices each partner has, of those that were entered in the period that the address asks for."""
    since, until = (filter_value(request.args, name, _day) for name in ("since", "until"))
    found = totals_of(current_access(), since, until)
    return render_template("devices/totals.html", totals=found, since=since, until=until)


def _day(asked: str) -> date | None:
    day = asked.strip()
    return date.fromisoformat(day) if day else None
