"""What accounts declare of themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.accounts import account_pages, api, pages, words
from asset_service.accounts.event_words import EVENT_WORDS
from asset_service.accounts.jobs import delete_ended_sessions
from asset_service.accounts.roles import ADMINISTRATORS
from asset_service.frame.rooms import MenuEntry, PeriodicJob, Room

ROOM = Room(
    name="accounts",
    apis=(api.blueprint,),
    pages=(pages.blueprint, account_pages.blueprint),
    menu=(
        MenuEntry(
            endpoint="accounts.stations",
            words=lazy_gettext("Stations"),
            icon="station",
            order=10,
            rule=ADMINISTRATORS,
            within=("accounts.stations", "accounts.create_code", "accounts.revoke"),
            menu="administration",
        ),
        MenuEntry(
            endpoint="accounts.users",
            words=lazy_gettext("Gebruikers"),
            icon="user",
            order=30,
            rule=ADMINISTRATORS,
            within=("accounts.users", "accounts.grant_role", "accounts.withdraw_role"),
            menu="administration",
        ),
    ),
    event_words=EVENT_WORDS,
    addresses={"account": "account.profile", "logout": "accounts.logout"},
    looks={"STATIONS": words.STATIONS, "USERS": words.USERS},
    periodic_jobs=(PeriodicJob(function=delete_ended_sessions, cron="40 * * * *"),),
    job_words={delete_ended_sessions: lazy_gettext("Afgelopen sessies vergeten")},
)
