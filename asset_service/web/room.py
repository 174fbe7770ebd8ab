"""What brings the rooms together declares itself too: home and the list of devices stand in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.devices import loose
from asset_service.devices.roles import READERS
from asset_service.frame.rooms import MenuEntry, QueueLine, Room
from asset_service.web import job_pages, job_queries, mail_pages, mail_queries, pages
from asset_service.web.roles import JOB_KEEPERS, MAIL_KEEPERS

ROOM = Room(
    name="web",
    pages=(pages.blueprint, job_pages.blueprint, mail_pages.blueprint),
    menu=(
        MenuEntry(endpoint="web.home", words=lazy_gettext("Start"), icon="home", order=10, within=("web.home",)),
        MenuEntry(
            endpoint="web.devices",
            words=lazy_gettext("Toestellen"),
            icon="device",
            order=20,
            rule=READERS,
            within=("web.devices", "web.device"),
        ),
        MenuEntry(
            endpoint="jobs.all_jobs",
            words=lazy_gettext("Achtergrondwerk"),
            icon="clock",
            order=50,
            rule=JOB_KEEPERS,
            within=("jobs.all_jobs",),
            menu="administration",
        ),
        MenuEntry(
            endpoint="mail.all_mail",
            words=lazy_gettext("Mail"),
            icon="mail",
            order=60,
            rule=MAIL_KEEPERS,
            within=("mail.all_mail",),
            menu="administration",
        ),
    ),
    queue=(
        QueueLine(
            words=lazy_gettext("Je opdrachten"),
            endpoint="jobs.own_jobs",
            count=job_queries.count_own_unfinished,
            unit=lazy_gettext("bezig"),
            tone="wait",
            order=5,
        ),
        QueueLine(
            words=lazy_gettext("Achtergrondwerk dat mislukte"),
            endpoint="jobs.all_jobs",
            count=job_queries.count_failed,
            unit=lazy_gettext("te bekijken"),
            tone="bad",
            order=6,
        ),
        QueueLine(
            words=lazy_gettext("Mail die niet vertrekt"),
            endpoint="mail.all_mail",
            count=mail_queries.count_unsent,
            unit=lazy_gettext("te bekijken"),
            tone="bad",
            order=7,
        ),
        QueueLine(
            words=lazy_gettext("Losse schijven, nog niet gewist"),
            endpoint="web.loose_disks",
            count=loose.count_exposed,
            unit=lazy_gettext("los en niet gewist"),
            tone="bad",
            order=40,
        ),
    ),
    addresses={
        "home": "web.home",
        "scan": "web.scan",
        "claim": "web.claim",
        "device": "web.device",
        "loose_disk": "web.loose_disk",
        "loose_disks": "web.loose_disks",
    },
    looks={"JOB_STATES": job_pages.JOB_STATES, "MAIL_STATES": mail_pages.MAIL_STATES},
)
