"""How stations and users look on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.looks import Look

STATIONS = {
    "active": Look(lazy_gettext("actief"), "check", "good"),
    "revoked": Look(lazy_gettext("ingetrokken"), "cross", "bad"),
}

USERS = {
    "active": Look(lazy_gettext("actief"), "check", "good"),
    "inactive": Look(lazy_gettext("uitgeschakeld"), "cross"),
}
