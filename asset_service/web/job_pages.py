"""Background jobs: where who started one finds it again, and where an admin sees what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, gettext, lazy_gettext
from werkzeug.wrappers import Response

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.core import jobs
from asset_service.core.db import transaction
from asset_service.core.input import filter_value
from asset_service.core.jobs import BackgroundJob, JobState
from asset_service.frame.looks import Look
from asset_service.frame.rooms import rooms
from asset_service.web import job_queries
from asset_service.web.roles import JOB_KEEPERS

blueprint = Blueprint("jobs", __name__, template_folder="templates")

JOB_STATES: dict[str, Look] = {
    JobState.WAITING: Look(lazy_gettext("wacht"), "clock", "wait"),
    JobState.RUNNING: Look(lazy_gettext("loopt"), "restart", "wait"),
    JobState.DONE: Look(lazy_gettext("klaar"), "check", "good"),
    JobState.FAILED: Look(lazy_gettext("mislukt"), "cross", "bad"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class JobLine:
    """One job as drawn; ``asked_by`` is a person's name, or says that the service itself asked for it."""

    job: BackgroundJob
    words: LazyString | str
    asked_by: str


@blueprint.get("/jobs")
@requires()
def own_jobs() -> str:
    """What this user started, and how far it is."""
    page = job_queries.jobs_of_user(current_access(), request.args.get("after"))
    return render_template("web/own_jobs.html", page=page, lines=_lines(page.items))


@blueprint.get("/admin/jobs")
@requires(JOB_KEEPERS)
def all_jobs() -> str:
    """All work in the background, or what failed of it."""
    state = filter_value(request.args, "state", JobState)
    page = job_queries.jobs_of_service(current_access(), request.args.get("after"), state=state)
    return render_template("web/all_jobs.html", page=page, lines=_lines(page.items), state=state)


@blueprint.post("/admin/jobs/<uuid:job_id>/retry")
@requires(JOB_KEEPERS)
def retry(job_id: UUID) -> Response:
    """Try a failed job again."""
    with transaction():
        jobs.retry(job_id)
    jobs.start(jobs.Added(job_id, 0))
    flash(gettext("Deze opdracht wordt opnieuw geprobeerd."), "good")
    return redirect(url_for(".all_jobs", state=JobState.FAILED.value))


def _lines(shown: Sequence[BackgroundJob]) -> list[JobLine]:
    names: dict[UUID, Any] = dict(accounts_queries.actor_names({("user", one.asked_by) for one in shown}))
    return [
        JobLine(
            job=one,
            words=rooms().job_words.get(one.function, one.function),
            asked_by=names.get(one.asked_by, "?") if one.asked_by else gettext("de dienst zelf"),
        )
        for one in shown
    ]
