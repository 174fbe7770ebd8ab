"""Background jobs as people may see them: their own, and all of them for an admin of the service."""

from __future__ import annotations

from sqlalchemy import select

from asset_service.accounts.access import Access
from asset_service.core.jobs import BackgroundJob, JobState
from asset_service.core.paging import Key, Page, count_up_to, page
from asset_service.web.roles import JOB_KEEPERS

_LATEST_FIRST = (Key(BackgroundJob.id, descending=True),)


def jobs_of_service(access: Access, after: str | None = None, *, state: JobState | None = None) -> Page[BackgroundJob]:
    """All jobs, latest first; those in ``state`` where it is given. Raises :class:`Forbidden` for who is no admin."""
    access.demand_any(JOB_KEEPERS)
    jobs = select(BackgroundJob)
    return page(jobs if state is None else jobs.where(BackgroundJob.state == state), _LATEST_FIRST, after)


def jobs_of_user(access: Access, after: str | None = None) -> Page[BackgroundJob]:
    """The jobs that this user started, latest first."""
    return page(select(BackgroundJob).where(BackgroundJob.asked_by == access.user_id), _LATEST_FIRST, after)


def count_own_unfinished(access: Access) -> int:
    """How many jobs that this user started wait or run, counted up to a thousand."""
    if access.user_id is None:
        return 0
    unfinished = BackgroundJob.state.in_((JobState.WAITING, JobState.RUNNING))
    return count_up_to(select(BackgroundJob.id).where(unfinished, BackgroundJob.asked_by == access.user_id))


def count_failed(access: Access) -> int:
    """How many jobs of the service failed, for an admin; counted up to a thousand."""
    if not access.has(JOB_KEEPERS):
        return 0
    return count_up_to(select(BackgroundJob.id).where(BackgroundJob.state == JobState.FAILED))
