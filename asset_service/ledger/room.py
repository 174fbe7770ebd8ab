"""What the ledger declares of itself."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.core.jobs import every_minutes
from asset_service.frame.rooms import PeriodicJob, Room
from asset_service.ledger import triggers
from asset_service.ledger.jobs import make_months_ahead, seal_everything

ROOM = Room(
    name="ledger",
    periodic_jobs=(
        PeriodicJob(
            function=seal_everything, cron=lambda settings: every_minutes(settings.seal_minutes), by_ticker=True
        ),
        PeriodicJob(function=make_months_ahead, cron="10 1 * * *"),
    ),
    job_words={
        seal_everything: lazy_gettext("Het grootboek verzegelen"),
        make_months_ahead: lazy_gettext("De komende maanden van het grootboek klaarzetten"),
    },
    database_checks={"ledger triggers": triggers.missing},
)
