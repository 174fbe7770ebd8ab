"""An admin sees which mail waits or failed and why, not what it says, and tries it again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core import jobs, mail
from asset_service.core.db import db, transaction
from asset_service.core.mail import OutgoingMail

SECRETS = ("jan.peeters", "Je toestel", "Dag Jan")


@pytest.fixture
def settings(settings, mail_server):
    address = {"smtp_host": "127.0.0.1", "smtp_port": mail_server.port, "smtp_from": "herstart@voorbeeld.be"}
    return replace(settings, smtp_tls="none", **address)


def _send(app, **changes):
    with app.app_context():
        with transaction():
            words = {"to": "jan.peeters@voorbeeld.be", "subject": "Je toestel is klaar", "body": "Dag Jan"}
            mail_id = mail.send(**{**words, **changes})
        jobs.work_off()
        return mail_id


def test_mail_that_waits_is_shown_without_what_it_says_and_is_sent_when_an_admin_asks(
    *, app, client, make_user, login, form_token, mail_server
):
    admin = make_user(Role.ADMIN, name="Noor Beheer")
    login(client, admin)
    assert "Mail die niet vertrekt" not in client.get("/").text
    mail_id = _send(app)
    _send(app, user_id=admin.id)
    home, page = client.get("/").text, client.get("/admin/mail").text
    assert "Mail die niet vertrekt" in home
    assert "2 te bekijken" in home
    assert page.count("De mailserver 127.0.0.1 antwoordt niet. · volgende poging:") == 2
    assert "Mail voor iemand buiten de dienst" in page
    assert "Mail voor Noor Beheer" in page
    assert not any(secret in home + page for secret in SECRETS)
    assert "geen mailserver ingesteld" not in page
    mail_server.start()
    answer = client.post(f"/admin/mail/{mail_id}/retry", data={"csrf_token": form_token(client)})
    assert answer.status_code == 302
    with app.app_context():
        jobs.work_off()
    assert len(mail_server.received) == 1
    assert "iemand buiten de dienst" in client.get("/admin/mail?state=sent").text
    assert "iemand buiten de dienst" not in client.get("/admin/mail?state=waiting").text
    assert "Hier staat niets." in client.get("/admin/mail?state=failed").text
    again = client.post(f"/admin/mail/{mail_id}/retry", data={"csrf_token": form_token(client)})
    assert again.status_code == 409
    assert client.get("/admin/mail?state=elsewhere").status_code == 422


def test_mail_that_failed_is_shown_and_nobody_else_sees_it(*, app, client, make_user, login, mail_server):
    mail_server.start()
    mail_server.replies["RCPT"] = "550 jan.peeters@voorbeeld.be does not live here"
    _send(app)
    login(client, make_user(Role.ADMIN))
    page = client.get("/admin/mail?state=failed").text
    assert "De mailserver 127.0.0.1 weigert deze bestemmeling (550)." in page
    assert "Probeer opnieuw" in page
    assert not any(secret in page for secret in SECRETS)
    # The job did its work: it found out that the mail cannot be delivered.
    assert "Achtergrondwerk dat mislukte" not in client.get("/").text
    other = login(app.test_client(), make_user(Role.PARTNER_ADMIN))
    assert other.get("/admin/mail").status_code == 403
    assert "Mail die niet vertrekt" not in other.get("/").text


def test_without_a_mail_server_the_page_says_so(*, app, settings, client, make_user, login):
    app.extensions["herstart_settings"] = replace(settings, smtp_host="")
    _send(app)
    login(client, make_user(Role.ADMIN))
    page = client.get("/admin/mail").text
    assert page.count("Er is geen mailserver ingesteld") == 2
    assert "Probeer opnieuw" not in page
    assert "Mail die niet vertrekt" in client.get("/").text
    with app.app_context():
        assert db.session.scalar(select(OutgoingMail.content)) is not None
