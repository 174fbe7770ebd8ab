"""Mail of the service: where an admin sees what waits or failed and why, and tries it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.core import mail
from asset_service.core.db import transaction
from asset_service.core.input import filter_value
from asset_service.core.mail import MailState, OutgoingMail
from asset_service.frame.looks import Look
from asset_service.web import mail_queries
from asset_service.web.roles import MAIL_KEEPERS

blueprint = Blueprint("mail", __name__, template_folder="templates")

MAIL_STATES: dict[str, Look] = {
    MailState.WAITING: Look(lazy_gettext("wacht"), "clock", "wait"),
    MailState.SENT: Look(lazy_gettext("verzonden"), "check", "good"),
    MailState.FAILED: Look(lazy_gettext("mislukt"), "cross", "bad"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MailLine:
    """One mail as drawn: for which user, if it is for one, and when it is tried again after an attempt that failed."""

    mail: OutgoingMail
    recipient: str
    next_attempt_at: datetime | None


@blueprint.get("/admin/mail")
@requires(MAIL_KEEPERS)
def all_mail() -> str:
    """All mail of the last month, or what is in one state; and whether there is a mail server."""
    state = filter_value(request.args, "state", MailState)
    page = mail_queries.mails(current_access(), request.args.get("after"), state=state)
    has_server = bool(current_app.extensions["herstart_settings"].smtp_host)
    return render_template(
        "web/all_mail.html", page=page, lines=_lines(page.items), state=state, states=MAIL_STATES, has_server=has_server
    )


@blueprint.post("/admin/mail/<uuid:mail_id>/retry")
@requires(MAIL_KEEPERS)
def retry(mail_id: UUID) -> Response:
    """Try to send a mail now."""
    with transaction():
        mail.retry(mail_id)
    flash(gettext("Deze mail wordt opnieuw geprobeerd."), "good")
    return redirect(url_for(".all_mail"))


def _lines(shown: Sequence[OutgoingMail]) -> list[MailLine]:
    names = accounts_queries.actor_names({("user", one.user_id) for one in shown})
    jobs = mail_queries.waiting_jobs(shown)
    lines = []
    for one in shown:
        job = jobs.get(one.job_id) if one.job_id is not None else None
        lines.append(
            MailLine(
                mail=one,
                recipient=names.get(one.user_id, "?") if one.user_id else gettext("iemand buiten de dienst"),
                next_attempt_at=job.next_attempt_at if job is not None and job.attempts else None,
            )
        )
    return lines
