"""What wiping declares of itself."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.frame.rooms import QueueLine, Room
from asset_service.wiping import api, pages, queries, words
from asset_service.wiping.device_part import device_part
from asset_service.wiping.event_words import EVENT_WORDS
from asset_service.wiping.jobs import issue_attests

ROOM = Room(
    name="wiping",
    apis=(api.blueprint,),
    pages=(pages.blueprint,),
    queue=(
        QueueLine(
            words=lazy_gettext("Wissingen zonder bevestiging"),
            endpoint="wiping.awaiting",
            count=queries.count_awaiting,
            unit=lazy_gettext("te bevestigen"),
            tone="wait",
            order=20,
        ),
        QueueLine(
            words=lazy_gettext("Schijven die niet gewist raken"),
            endpoint="wiping.destructions",
            count=queries.count_open_tasks,
            unit=lazy_gettext("te vernietigen"),
            tone="bad",
            order=30,
        ),
    ),
    device_part=device_part,
    event_words=EVENT_WORDS,
    looks={
        "OUTCOMES": words.OUTCOMES,
        "LEVELS": words.LEVELS,
        "TECHNIQUES": words.TECHNIQUES,
        "VERIFICATIONS": words.VERIFICATIONS,
        "TASKS": {"confirm": words.TO_CONFIRM, "destroy": words.TO_DESTROY},
    },
    job_words={issue_attests: lazy_gettext("Attesten maken")},
    filters=(words.verified_share, words.wipe_notes),
)
