"""The events of this room in plain words, as a timeline tells them."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.rooms import EventWords
from asset_service.minimum import events

EVENT_WORDS: dict[type, EventWords] = {
    events.MinimumPolicyChanged: lazy_gettext("Het minimum is gewijzigd"),
}
