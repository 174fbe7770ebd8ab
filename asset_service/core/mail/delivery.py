"""Handing one mail to the mail server (SMTP, RFC 5321): the job behind every mail."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app
from flask_babel import gettext
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from asset_service.config import Settings
from asset_service.core import jobs
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.documents import DocumentUnreadable
from asset_service.core.documents.encryption import Undecipherable
from asset_service.core.errors import NotFound, Unavailable
from asset_service.core.mail.models import Content, MailState, OutgoingMail, Unreadable

TIMEOUT_SECONDS = 30
"""How long one answer of the server may take."""

PAUSES_BEFORE_NOTE_SECONDS = (1, 5, 20)
"""The pauses between attempts to write down that a mail was handed over."""

_ABOUT_LOGGING_IN = {530, 534, 535, 538}
"""Refusals that say nothing of the mail but of how we came in (RFC 4954): to be mended in the settings."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a mail was not handed over, in words for an admin; ``for_good`` where trying again would not help.

    The words hold nothing that the server said: it may quote the address.
    """

    words: str
    for_good: bool = False


def deliver(mail_id: str) -> None:
    """Hand the mail to the mail server, where it was not sent yet, and write down how that went. Safe to run twice.

    Raises :class:`Unavailable` where it must be tried again.
    """
    mail = db.session.get(OutgoingMail, UUID(mail_id))
    content, created_at = (mail.content, mail.created_at) if mail is not None else (None, utc_now())
    db.session.rollback()
    if content is None:
        return
    settings: Settings = current_app.extensions["herstart_settings"]
    if not settings.smtp_host:
        # It waits for a server, not for another attempt: `follow_up` finds it once there is one.
        _write(mail_id, error=gettext("Er is geen mailserver ingesteld (HERSTART_SMTP_HOST)."))
        return
    failure = _attempt(settings, mail_id, content, created_at)
    if failure is None:
        _write_sent(mail_id)
    elif failure.for_good or jobs.on_last_attempt():
        _write(mail_id, state=MailState.FAILED, error=failure.words, finished_at=utc_now())
    else:
        _write(mail_id, state=MailState.WAITING, error=failure.words, finished_at=None)
        raise Unavailable(failure.words)


def _write_sent(mail_id: str) -> None:
    """Write that the mail was handed over; a database that is away for a moment must not let it go twice."""
    for pause_seconds in PAUSES_BEFORE_NOTE_SECONDS:
        try:
            _write(mail_id, state=MailState.SENT, content=None, error=None, finished_at=utc_now())
        except (SQLAlchemyError, Unavailable):
            time.sleep(pause_seconds)
        else:
            return
    _write(mail_id, state=MailState.SENT, content=None, error=None, finished_at=utc_now())


def _write(mail_id: str, **values: object) -> None:
    unsent = (OutgoingMail.id == UUID(mail_id), OutgoingMail.state != MailState.SENT)
    with transaction():
        db.session.execute(update(OutgoingMail).where(*unsent).values(**values))


def _attempt(settings: Settings, mail_id: str, encrypted: bytes, created_at: datetime) -> Failure | None:
    try:
        content = Content.decrypted(encrypted)
        message = _message(settings, content, mail_id, created_at)
    except Unreadable:
        return Failure(gettext("Deze mail is met de sleutel van deze dienst niet te lezen."), for_good=True)
    except (NotFound, DocumentUnreadable, Undecipherable):
        return Failure(gettext("Een bijlage van deze mail is er niet meer."), for_good=True)
    # Whoever lost the job in the meantime must not send what another process sends too.
    jobs.renew_lease()
    try:
        _hand_over(settings, message, content.to)
    except (OSError, smtplib.SMTPException) as error:
        return _failure(error, settings.smtp_host)
    return None


def _message(settings: Settings, content: Content, mail_id: str, created_at: datetime) -> EmailMessage:
    """The mail, the same at each attempt: the ``Message-ID`` says which mail it is."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name="Herstart", addr_spec=settings.smtp_from)
    message["To"] = Address(addr_spec=content.to)
    message["Subject"] = content.subject
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = f"<{mail_id}@{_own_name(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(content.body, cte="quoted-printable")
    for one in content.attachments:
        document = one.open()
        with document.file as file:
            main, _, sub = document.media_type.partition("/")
            charset = {"charset": "utf-8"} if main == "text" else {}
            message.add_attachment(file.read(), maintype=main, subtype=sub, filename=one.name, params=charset)
    # Last: content headers that stand there before are taken for those of the first part.
    message["Content-Language"] = content.language
    return message


def _hand_over(settings: Settings, message: EmailMessage, to: str) -> None:
    """Return once the server has taken the mail. Raises what smtplib does where it has not."""
    server = _connected(settings)
    try:
        server.send_message(message, settings.smtp_from, [to])
        # The mail is taken, whatever the server still says.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    """A connection to the mail server, over TLS with a checked certificate and logged in as the settings say."""
    where = (settings.smtp_host, settings.smtp_port, _own_name(settings))
    if settings.smtp_tls == "tls":
        checked = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=checked)
    else:
        server = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            _log_in(server, settings)
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, settings: Settings) -> None:
    try:
        server.login(settings.smtp_user, settings.smtp_password)
    except ValueError as error:  # a question that is no base64, or a password that it cannot be asked for in
        raise smtplib.SMTPAuthenticationError(501, b"") from error


def _own_name(settings: Settings) -> str:
    """What we say that we are: a name, or an address as RFC 5321 writes one. Else smtplib would ask the DNS."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _failure(error: OSError, host: str) -> Failure:
    """What ``error`` means: only a refusal of this very mail, its sender or its recipient (5xx) is for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        words = gettext("De mailserver %(host)s weigert deze bestemmeling (%(code)s).", host=host, code=code)
        return Failure(words, for_good=_is_for_good(code))
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        code = error.smtp_code
        words = gettext("De mailserver %(host)s weigert deze mail (%(code)s).", host=host, code=code)
        return Failure(words, for_good=_is_for_good(code))
    return Failure(_trouble_with_the_server(error, host))


def _trouble_with_the_server(error: OSError, host: str) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return gettext("De mailserver %(host)s aanvaardt de naam of het wachtwoord niet.", host=host)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return gettext("De mailserver %(host)s kent geen versleuteling of geen aanmelding.", host=host)
    if isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        return gettext("De mailserver %(host)s laat ons nu niet toe (%(code)s).", host=host, code=code)
    if isinstance(error, ssl.SSLError):
        return gettext("Met de mailserver %(host)s lukt geen vertrouwde, versleutelde verbinding.", host=host)
    return gettext("De mailserver %(host)s antwoordt niet.", host=host)


def _is_for_good(code: int) -> bool:
    return 500 <= code < 600 and code not in _ABOUT_LOGGING_IN
