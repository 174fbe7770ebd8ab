"""What the minimum declares of itself."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.rooms import MenuEntry, Room
from asset_service.minimum import pages, words
from asset_service.minimum.event_words import EVENT_WORDS
from asset_service.minimum.roles import POLICY_MAKERS

ROOM = Room(
    name="minimum",
    pages=(pages.blueprint,),
    menu=(
        MenuEntry(
            endpoint="minimum.policy",
            words=lazy_gettext("Minimum"),
            icon="flag",
            order=20,
            rule=POLICY_MAKERS,
            within=("minimum",),
            menu="administration",
        ),
    ),
    event_words=EVENT_WORDS,
    filters=(words.policy_words,),
)
