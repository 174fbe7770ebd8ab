"""Mail as an admin of the service may see it: that it waits or failed, and why; never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from asset_service.accounts.access import Access
from asset_service.core.db import db
from asset_service.core.jobs import BackgroundJob, JobState
from asset_service.core.mail import MailState, OutgoingMail
from asset_service.core.paging import Key, Page, count_up_to, page
from asset_service.web.roles import MAIL_KEEPERS


def mails(access: Access, after: str | None = None, *, state: MailState | None = None) -> Page[OutgoingMail]:
    """All mail, latest first; what is in ``state`` where it is given. Raises :class:`Forbidden` for who is no admin."""
    access.demand_any(MAIL_KEEPERS)
    found = select(OutgoingMail).options(defer(OutgoingMail.content, raiseload=True))
    if state is not None:
        found = found.where(OutgoingMail.state == state)
    return page(found, (Key(OutgoingMail.id, descending=True),), after)


def waiting_jobs(shown: Sequence[OutgoingMail]) -> dict[UUID, BackgroundJob]:
    """The jobs, by id, that will try again to send one of these."""
    ids = [one.job_id for one in shown if one.state is MailState.WAITING and one.job_id is not None]
    waiting = select(BackgroundJob).where(BackgroundJob.id.in_(ids), BackgroundJob.state == JobState.WAITING)
    return {job.id: job for job in db.session.scalars(waiting)} if ids else {}


def count_unsent(access: Access) -> int:
    """How much mail failed, or waits after an attempt that did, for an admin; counted up to a thousand."""
    if not access.has(MAIL_KEEPERS):
        return 0
    waits = (OutgoingMail.state == MailState.WAITING) & OutgoingMail.error.is_not(None)
    unsent = select(OutgoingMail.id).where(or_(OutgoingMail.state == MailState.FAILED, waits))
    return count_up_to(unsent)
