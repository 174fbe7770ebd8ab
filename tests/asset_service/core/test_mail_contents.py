"""What a mail says, and over what it goes: readable to who reads it, nowhere else, and to no stranger's server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask_babel import lazy_gettext
from sqlalchemy import select, text

from asset_service.core import documents, jobs, mail
from asset_service.core.db import db, transaction
from asset_service.core.errors import Invalid, NotFound
from asset_service.core.i18n import in_language
from asset_service.core.jobs import execution
from asset_service.core.mail import Attachment, MailState, OutgoingMail

TO = "jan.peeters@voorbeeld.be"
SUBJECT = "Je toestel is klaar – kom het halen"


@pytest.fixture
def settings(settings, mail_server):
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_tls="none",
        smtp_from="herstart@voorbeeld.be",
        base_url="https://herstart.voorbeeld.be",
    )


def _send(**changes):
    with transaction():
        return mail.send(**{"to": TO, "subject": SUBJECT, "body": "Dag Jan,\n\n.\nHet is klaar.\n", **changes})


def _mail() -> OutgoingMail:
    db.session.rollback()
    return db.session.scalars(select(OutgoingMail).execution_options(populate_existing=True)).one()


def _shown() -> tuple[MailState, str | None]:
    shown = _mail()
    return shown.state, shown.error


def test_a_mail_arrives_with_what_it_says(app_context, mail_server):
    mail_server.start()
    digest = documents.put(b"%PDF-1.7 attest", "application/pdf")
    mail_id = _send(attachments=[Attachment("wis-attest.pdf", digest)], language="en")
    assert jobs.work_off() == 1
    (message,) = mail_server.received
    assert (message["To"], message["From"]) == (TO, "Herstart <herstart@voorbeeld.be>")
    assert (message["Subject"], message["Content-Language"]) == (SUBJECT, "en")
    assert message["Message-ID"] == f"<{mail_id}@herstart.voorbeeld.be>"
    body, attached = message.iter_parts()
    assert body.get_content().replace("\r\n", "\n") == "Dag Jan,\n\n.\nHet is klaar.\n"
    assert (attached.get_filename(), attached.get_content_type()) == ("wis-attest.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1.7 attest"
    assert _shown() == (MailState.SENT, None)


def _stored() -> bytes:
    """Everything that the database holds of mail, jobs and events."""
    tables = ("outgoing_mail", "background_job", "ledger_event")
    rows = [row for table in tables for row in db.session.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    db.session.rollback()
    return b"".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


@pytest.mark.parametrize("code", [250, 450, 550])
def test_what_it_says_stands_readable_nowhere_and_is_dropped_once_it_is_sent(
    *, app_context, mail_server, caplog, capfd, code
):
    mail_server.start()
    mail_server.replies["RCPT"] = f"{code} {TO}: as you wish, Jan"
    caplog.set_level("DEBUG")
    _send()
    stored = _stored()
    jobs.work_off()
    stored += _stored()
    logged = "".join(capfd.readouterr()) + caplog.text
    for word in ("peeters", "Jan", "toestel is klaar", "halen"):
        assert word.encode() not in stored
        assert word not in logged
    assert (_mail().content is None) == (code == 250)


@pytest.mark.parametrize(
    "to", ["", "jan", "jan@", "@b.be", "jan@b", "a@b.be, c@d.be", "a@b.be\r\nBcc: c@d.be", "jané@b.be", "a b@c.be",
           "Jan <a@b.be>", f"{'a' * 250}@b.be"],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_once(app_context, to):
    with pytest.raises(Invalid):
        _send(to=to)


@pytest.mark.parametrize(
    "changes",
    [{"subject": "Onderwerp\r\nBcc: c@d.be"}, {"subject": "Onderwerp\nx"}, {"subject": ""}, {"subject": "x" * 201},
     {"body": " \n"}, {"body": "x" * 100_001}, {"body": "a\0"}, {"body": "\ud800"}],
)  # fmt: skip
def test_what_cannot_be_a_mail_is_refused_at_once(app_context, changes):
    with pytest.raises(Invalid):
        _send(**changes)


def test_attachments_are_there_have_a_name_and_fit(app_context, mail_server):
    mail_server.start()
    digest = documents.put(b"naam;aantal", "text/csv")
    with pytest.raises(NotFound):
        _send(attachments=[Attachment("a.csv", "0" * 64)])
    for name in ("", "a\r\nBcc: c@d.be", "../a.pdf"):
        with pytest.raises(Invalid):
            _send(attachments=[Attachment(name, digest)])
    large = documents.put(b"x" * 6 * 1024 * 1024, "application/octet-stream")
    with pytest.raises(Invalid):
        _send(attachments=[Attachment("a.bin", large)] * 2)
    _send(attachments=[Attachment("a.csv", digest)])
    documents.documents().remove(digest)
    jobs.work_off()
    assert _shown() == (MailState.FAILED, "Een bijlage van deze mail is er niet meer.")


def test_an_encrypted_document_goes_along_readable(app_context, mail_server):
    mail_server.start()
    key = documents.EncryptionKey(b"k" * 32, "agreement/1")
    digest = documents.put("één;twee".encode(), "text/csv", key=key)
    with pytest.raises(NotFound):
        _send(attachments=[Attachment("a.csv", digest)])
    _send(attachments=[Attachment("a.csv", digest, key)])
    assert b"k" * 32 not in _stored()
    assert (b"k" * 32).hex().encode() not in _stored()
    jobs.work_off()
    (message,) = mail_server.received
    assert [one.get_content() for one in message.iter_attachments()] == ["één;twee"]


def test_it_is_said_in_the_language_of_who_reads_it(app_context, mail_server):
    mail_server.start()
    _send(subject=lazy_gettext("Gebruikers"), body=lazy_gettext("Meld je eerst aan."), language="en")
    _send(subject=lazy_gettext("Gebruikers"), body=lazy_gettext("Meld je eerst aan."), language="nl")
    jobs.work_off()
    said = {one["Subject"]: one.get_content().strip() for one in mail_server.received}
    assert said == {"Users": "Log in first.", "Gebruikers": "Meld je eerst aan."}
    with pytest.raises(ValueError, match="language"), in_language("vo"):
        pass


@pytest.fixture
def trusted(mail_servers, mail_server, tmp_path, monkeypatch) -> Callable[[], None]:
    """``trusted()`` lets this machine trust the CA of the mail server, which speaks TLS from here on."""
    ca, mail_server.tls = mail_servers.certified(tmp_path)
    return lambda: monkeypatch.setenv("SSL_CERT_FILE", str(ca))


@pytest.mark.parametrize(("kind", "refusal"), [("starttls", "535 no"), ("tls", "535 no"), ("tls", "334 a")])
def test_a_server_with_a_trusted_certificate_gets_name_password_and_mail(
    *, app, app_context, settings, mail_server, trusted, kind, refusal
):
    trusted()
    mail_server.tls_at_once = kind == "tls"
    mail_server.start()
    secrets = {"smtp_user": "herstart", "smtp_password": "zeven-groene"}
    app.extensions["herstart_settings"] = replace(settings, smtp_tls=kind, **secrets)
    _send()
    jobs.work_off()
    assert (_shown(), len(mail_server.received)) == ((MailState.SENT, None), 1)
    assert ("STAR" in mail_server.commands, "AUTH" in mail_server.commands) == (kind == "starttls", True)
    mail_server.replies["AUTH"] = refusal
    _send(key="second")
    jobs.work_off()
    db.session.rollback()
    (error,) = db.session.scalars(select(OutgoingMail.error).where(OutgoingMail.state == MailState.WAITING)).all()
    assert error == "De mailserver 127.0.0.1 aanvaardt de naam of het wachtwoord niet."
    assert "zeven-groene" not in repr(app.extensions["herstart_settings"])


def test_a_server_that_nobody_vouches_for_or_without_tls_gets_nothing(
    *, app, app_context, settings, mail_server, trusted, set_clock
):
    app.extensions["herstart_settings"] = replace(settings, smtp_tls="starttls")
    mail_server.start()
    _send()
    jobs.work_off()
    untrusted = "Met de mailserver 127.0.0.1 lukt geen vertrouwde, versleutelde verbinding."
    assert _shown() == (MailState.WAITING, untrusted)
    mail_server.tls = None
    set_clock(execution.PAUSES[0] + timedelta(seconds=1))
    jobs.work_off()
    assert _shown() == (MailState.WAITING, "De mailserver 127.0.0.1 kent geen versleuteling of geen aanmelding.")
    assert (mail_server.received, "MAIL" in mail_server.commands) == ([], False)
