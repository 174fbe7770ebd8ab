"""Putting mail into the table, trying it again, and forgetting old mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from flask import current_app
from flask_babel import LazyString, gettext
from sqlalchemy import Select, and_, delete, false, or_, select

from asset_service.config import is_mail_address
from asset_service.core import jobs
from asset_service.core.db import db, in_transaction, new_id, transaction, utc_now
from asset_service.core.errors import FieldError, Invalid, NotFound, Refused
from asset_service.core.i18n import LANGUAGES, in_language
from asset_service.core.input import is_storable
from asset_service.core.jobs import BackgroundJob, JobState
from asset_service.core.mail.delivery import deliver
from asset_service.core.mail.models import Attachment, Content, MailState, OutgoingMail
from asset_service.core.rows import insert_if_absent

MAX_ADDRESS_CHARACTERS = 254
MAX_SUBJECT_CHARACTERS = 200
MAX_BODY_CHARACTERS = 100_000
MAX_ATTACHED_BYTES = 10 * 1024 * 1024
"""Of all attachments together: many servers take no message of more than some 15 MB, which is what these become."""

FOLLOWED_UP_AT_ONCE = 500

KEEP = timedelta(days=30)
"""How long mail is waited for at most, and how long what was sent or failed stands in the table behind that."""


def send(
    *,
    to: str,
    subject: str | LazyString,
    body: str | LazyString,
    language: str = LANGUAGES[0],
    attachments: Sequence[Attachment] = (),
    user_id: UUID | None = None,
    key: str | None = None,
) -> UUID | None:
    """Write down that this mail must go, within the caller's transaction, and give its id.

    It goes if and only if that transaction is committed. Lazy texts are said in ``language``; who draws the body from a
    template does so within :func:`asset_service.core.i18n.in_language`. Of one ``key`` one mail is sent, however often
    it is asked for within a month: ``None`` is given where there is one already. ``user_id`` is the user whom it is
    for, whom an admin then sees by name. Raises RuntimeError outside a transaction, :class:`Invalid` for what cannot be
    a mail, :class:`NotFound` for an attachment that is not there.
    """
    if not in_transaction():
        raise RuntimeError("a mail is sent in the transaction that it belongs to")
    with in_language(language):
        content = Content(to, str(subject), str(body), language, tuple(attachments))
    _check(content)
    mail_id = new_id()
    values = {"id": mail_id, "user_id": user_id, "key": key, "content": content.encrypted()}
    made = insert_if_absent(db.session.connection(), OutgoingMail).values(values).returning(OutgoingMail.id)
    if db.session.scalar(made) is None:
        return None
    _let_a_job_send(db.session.get_one(OutgoingMail, mail_id))
    return mail_id


def retry(mail_id: UUID) -> None:
    """Try to send the mail now, whether it failed or waits, within the caller's transaction.

    Raises :class:`NotFound`, and :class:`Refused` for mail that was sent.
    """
    mail = db.session.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound(gettext("Deze mail is er niet (meer)."))
    if mail.state is MailState.SENT:
        raise Refused(gettext("Deze mail is al verzonden."))
    mail.state, mail.finished_at = MailState.WAITING, None
    _let_a_job_send(mail)


def follow_up() -> int:
    """See to mail that waits and that no job will send, and give the number. Safe to run twice.

    That is mail from before there was a mail server, and of a job that failed in a way of its own. What waited for a
    month has failed: nobody expects it any more, and what it says must not stay here.
    """
    has_server = bool(current_app.extensions["herstart_settings"].smtp_host)
    with transaction():
        seen_to = db.session.execute(_without_a_job(has_server).limit(FOLLOWED_UP_AT_ONCE).with_for_update()).all()
        for mail, error in seen_to:
            if mail.created_at < utc_now() - KEEP:
                _fail(mail, gettext("Deze mail heeft een maand gewacht."))
            elif error is not None:
                _fail(mail, error)
            else:
                _let_a_job_send(mail)
        return len(seen_to)


def _without_a_job(has_server: bool) -> Select[OutgoingMail, str | None]:
    """Mail that waits for too long, or that no job sends, with the error of a job that failed."""
    job = select(BackgroundJob.state).where(BackgroundJob.id == OutgoingMail.job_id).scalar_subquery()
    error = select(BackgroundJob.error).where(
        BackgroundJob.id == OutgoingMail.job_id, BackgroundJob.state == JobState.FAILED
    )
    unsent = or_(job.is_(None), job == JobState.DONE) if has_server else false()
    too_old = OutgoingMail.created_at < utc_now() - KEEP
    return (
        select(OutgoingMail, error.scalar_subquery())
        .where(OutgoingMail.state == MailState.WAITING, or_(job == JobState.FAILED, unsent, too_old))
        .order_by(OutgoingMail.id)
    )


def delete_old_mail() -> int:
    """Delete mail that was sent, or had failed, a month ago, and give the number. Safe to run twice."""
    finished = OutgoingMail.state.in_((MailState.SENT, MailState.FAILED))
    old = and_(finished, OutgoingMail.finished_at < utc_now() - KEEP)
    with transaction():
        return len(db.session.scalars(delete(OutgoingMail).where(old).returning(OutgoingMail.id)).all())


def _fail(mail: OutgoingMail, error: str | None) -> None:
    mail.state, mail.error, mail.finished_at = MailState.FAILED, error, utc_now()


def _let_a_job_send(mail: OutgoingMail) -> None:
    job = db.session.get(BackgroundJob, mail.job_id) if mail.job_id is not None else None
    if job is not None and job.state is JobState.FAILED:
        jobs.retry(job.id)
        return
    mail.job_id = jobs.add(deliver, str(mail.id), key=f"mail {mail.id}").job_id
    jobs.hasten(mail.job_id)


def _check(content: Content) -> None:
    _demand("to", _is_address(content.to), gettext("Dit is geen e-mailadres."))
    one_line = 0 < len(content.subject) <= MAX_SUBJECT_CHARACTERS and content.subject.isprintable()
    _demand("subject", one_line, gettext("Het onderwerp van een mail is één regel van hoogstens 200 tekens."))
    body = content.body.strip()
    fits = bool(body) and len(body) <= MAX_BODY_CHARACTERS and is_storable(body)
    _demand("body", fits, gettext("Deze tekst past niet."))
    names = [one.name for one in content.attachments]
    named = all(name.isprintable() and 0 < len(name) <= 100 and "/" not in name for name in names)
    _demand("attachments", named, gettext("Dit kan geen naam van een bestand zijn."))
    size_bytes = sum(map(_size_bytes, content.attachments))
    _demand("attachments", size_bytes <= MAX_ATTACHED_BYTES, gettext("Deze bijlagen zijn te groot voor een mail."))


def _demand(field: str, holds: bool, message: str) -> None:
    if not holds:
        raise Invalid(message, errors=[FieldError(field, message)])


def _is_address(text: str) -> bool:
    """One address that mail can be sent to over the internet."""
    return len(text) <= MAX_ADDRESS_CHARACTERS and is_mail_address(text) and "." in text.rpartition("@")[2].strip(".")


def _size_bytes(attachment: Attachment) -> int:
    document = attachment.open()
    document.file.close()
    return document.size_bytes
