"""The frame's own addresses: its static files, and the icon that browsers ask for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect

from asset_service.core.access import public
from asset_service.frame.static_files import asset

blueprint = Blueprint("frame", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")


@blueprint.get("/favicon.ico")
@public
def favicon() -> Any:
    """Where browsers look for an icon when what they show (a PDF) names none."""
    return redirect(asset("favicon.svg"), 301)
