"""The events of this room in plain words, as a timeline tells them."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.rooms import EventWords
from asset_service.intake import events

EVENT_WORDS: dict[type, EventWords] = {
    events.ReportReceived: lazy_gettext("Verslag van een station ontvangen"),
    events.ReportCarriedIn: lazy_gettext("Iemand bracht een verslag binnen als bestand"),
    events.ReportUnmatched: lazy_gettext("Een verslag wacht op een persoon"),
    events.ReportResolved: lazy_gettext("Een persoon wees dit toestel aan voor een verslag"),
    events.ReportRejected: lazy_gettext("Een persoon besliste: dit verslag gaat over geen toestel van ons"),
    events.QuarantineDeleted: lazy_gettext("Een geweigerd bericht is verwijderd"),
}
