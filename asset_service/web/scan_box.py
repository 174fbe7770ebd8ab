"""What a scan or typed words lead to."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext

from asset_service.accounts.access import Access
from asset_service.frame.rooms import Found, rooms


def resolve(access: Access, text: str) -> Found:
    """Where ``text`` leads this user: the first room that knows it says so."""
    if not text.strip():
        return Found(result="unknown", words=gettext("Scan of typ eerst iets."), url=url_for("web.scan"))
    for scan in rooms().scans:
        if (found := scan(access, text)) is not None:
            return found
    return Found(result="unknown", words=gettext("Niet gevonden."), url=url_for("web.scan", q=text))
