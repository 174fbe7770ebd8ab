"""What brings the rooms together declares itself too: home and the list of devices stand in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.rooms import MenuEntry, Room
from asset_service.web import pages

ROOM = Room(
    name="web",
    pages=(pages.blueprint,),
    menu=(
        MenuEntry(endpoint="web.home", words=lazy_gettext("Start"), icon="home", order=10, within=("web.home",)),
        MenuEntry(
            endpoint="web.devices",
            words=lazy_gettext("Toestellen"),
            icon="device",
            order=20,
            within=("web.devices", "web.device"),
        ),
    ),
)
