"""What intake declares of itself."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.rooms import MenuEntry, QueueLine, Room
from asset_service.intake import api, import_pages, pages, queries, words
from asset_service.intake.device_part import device_part
from asset_service.intake.event_words import EVENT_WORDS
from asset_service.intake.machine_facts import machine_facts
from asset_service.intake.roles import DECIDERS, QUARANTINE_READERS

ROOM = Room(
    name="intake",
    apis=(api.blueprint,),
    pages=(pages.blueprint, import_pages.blueprint),
    menu=(
        MenuEntry(
            endpoint="intake.unmatched",
            words=lazy_gettext("Verslagen"),
            icon="inbox",
            order=30,
            rule=DECIDERS,
            within=("intake.unmatched", "intake.report", "intake_import"),
        ),
        MenuEntry(
            endpoint="intake.quarantine",
            words=lazy_gettext("Quarantaine"),
            icon="shield",
            order=40,
            rule=QUARANTINE_READERS,
            within=("intake.quarantine",),
            menu="administration",
        ),
    ),
    queue=(
        QueueLine(
            words=lazy_gettext("Verslagen zonder toestel"),
            endpoint="intake.unmatched",
            count=queries.count_unmatched,
            unit=lazy_gettext("te bekijken"),
            tone="wait",
            order=10,
        ),
    ),
    device_part=device_part,
    event_words=EVENT_WORDS,
    looks={"MINIMUM_VERDICTS": words.MINIMUM_VERDICTS, "IMPORT_RESULTS": words.IMPORT_RESULTS},
    filters=(words.minimum_reason, words.operator_words, words.upgrade_words, machine_facts),
)
