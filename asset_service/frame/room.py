"""What the frame declares of itself."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.core import mail
from asset_service.core.documents import remove_abandoned_drafts
from asset_service.core.jobs import forget_old_jobs
from asset_service.frame import pages
from asset_service.frame.rooms import PeriodicJob, Room

ROOM = Room(
    name="frame",
    pages=(pages.blueprint,),
    periodic_jobs=(
        PeriodicJob(function=forget_old_jobs, cron="20 4 * * *"),
        PeriodicJob(function=remove_abandoned_drafts, cron="40 4 * * *"),
        PeriodicJob(function=mail.follow_up, cron="*/10 * * * *"),
        PeriodicJob(function=mail.delete_old_mail, cron="30 4 * * *"),
    ),
    job_words={
        forget_old_jobs: lazy_gettext("Oude opdrachten vergeten"),
        remove_abandoned_drafts: lazy_gettext("Half geschreven bestanden opruimen"),
        mail.deliver: lazy_gettext("Mail versturen"),
        mail.follow_up: lazy_gettext("Mail die nog wacht, nakijken"),
        mail.delete_old_mail: lazy_gettext("Oude mail vergeten"),
    },
)
