"""Mail: arrives once, later where the mail server was away, and what it says is readable nowhere meanwhile."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from asset_service.core import jobs, mail
from asset_service.core.db import db, transaction
from asset_service.core.errors import Refused, Unavailable
from asset_service.core.jobs import BackgroundJob, JobState, children, execution
from asset_service.core.mail import MailState, OutgoingMail, delivery

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


def _job() -> BackgroundJob:
    db.session.rollback()
    return db.session.scalars(select(BackgroundJob).execution_options(populate_existing=True)).one()


def _shown() -> tuple[MailState, str | None]:
    shown = _mail()
    return shown.state, shown.error


AWAY = "De mailserver 127.0.0.1 antwoordt niet."


def test_with_the_server_down_it_waits_and_arrives_later_once(app_context, mail_server, set_clock):
    _send()
    assert jobs.work_off() == 1
    assert _shown() == (MailState.WAITING, AWAY)
    assert (_job().state, _job().error) == (JobState.WAITING, AWAY)
    mail_server.start()
    assert jobs.work_off() == 0  # the pause is not over
    set_clock(execution.PAUSES[0] + timedelta(seconds=1))
    assert [jobs.work_off(), jobs.work_off()] == [1, 0]
    mail.deliver(str(_mail().id))  # a job is safe to run twice
    assert len(mail_server.received) == 1
    assert _shown() == (MailState.SENT, None)
    assert _job().state is JobState.DONE


def test_what_stays_away_through_all_pauses_has_failed_and_is_tried_again_when_asked(
    app_context, mail_server, set_clock
):
    mail_id, waited = _send(), timedelta()
    for pause in (*execution.PAUSES, timedelta()):
        assert jobs.work_off() == 1
        waited += pause + timedelta(seconds=1)
        set_clock(waited)
    assert _shown() == (MailState.FAILED, AWAY)
    assert [jobs.work_off(), mail.follow_up()] == [0, 0]
    mail_server.start()
    with transaction():
        mail.retry(mail_id)
    assert jobs.work_off() == 1
    assert _shown() == (MailState.SENT, None)
    assert len(mail_server.received) == 1
    with pytest.raises(Refused), transaction():
        mail.retry(mail_id)


def test_who_asks_again_need_not_wait_for_the_pause(app_context, mail_server):
    mail_id = _send()
    jobs.work_off()
    mail_server.start()
    with transaction():
        mail.retry(mail_id)
    assert (jobs.work_off(), len(mail_server.received)) == (1, 1)


def test_without_a_mail_server_it_waits_until_there_is_one(app, settings, mail_server, monkeypatch):
    app.extensions["herstart_settings"] = replace(settings, smtp_host="")
    with app.app_context():
        _send()
        assert [jobs.work_off(), jobs.work_off()] == [1, 0]
        assert _shown() == (MailState.WAITING, "Er is geen mailserver ingesteld (HERSTART_SMTP_HOST).")
        assert mail.follow_up() == 0
        app.extensions["herstart_settings"] = settings
        mail_server.start()
        assert [mail.follow_up(), mail.follow_up()] == [1, 0]
        assert jobs.work_off() == 1
        assert (len(mail_server.received), _shown()) == (1, (MailState.SENT, None))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("MAIL", "De mailserver 127.0.0.1 weigert deze mail (550)."),
        ("RCPT", "De mailserver 127.0.0.1 weigert deze bestemmeling (550)."),
        ("DATA", "De mailserver 127.0.0.1 weigert deze mail (550)."),
        (".", "De mailserver 127.0.0.1 weigert deze mail (550)."),
    ],
)
def test_what_is_refused_for_good_fails_at_once(*, app_context, mail_server, set_clock, command, words):
    mail_server.start()
    mail_server.replies[command] = f"550 not for {TO}"
    _send()
    assert jobs.work_off() == 1
    assert _shown() == (MailState.FAILED, words)
    assert _job().state is JobState.DONE
    set_clock(execution.PAUSES[0] + timedelta(seconds=1))
    assert jobs.work_off() == 0
    assert mail_server.received == []


@pytest.mark.parametrize(
    ("command", "reply"),
    [("HELO", "421 busy"), ("HELO", "554 away"), ("MAIL", "451 later"), ("RCPT", "450 greylisted"),
     ("DATA", "451 later"), (".", "452 full"), ("MAIL", "530 log in first")],
)  # fmt: skip
def test_what_is_refused_for_now_is_tried_again(*, app_context, mail_server, set_clock, command, reply):
    mail_server.start()
    mail_server.replies[command] = reply
    _send()
    jobs.work_off()
    state, error = _shown()
    assert (state, reply[:3] in error) == (MailState.WAITING, True)
    mail_server.replies.clear()
    set_clock(execution.PAUSES[0] + timedelta(seconds=1))
    jobs.work_off()
    assert (_shown(), len(mail_server.received)) == ((MailState.SENT, None), 1)


def test_a_mail_that_was_taken_is_sent_whatever_the_server_says_at_the_end(app_context, mail_server):
    mail_server.start()
    mail_server.replies["QUIT"] = "500 who are you"
    _send()
    jobs.work_off()
    assert (_shown(), len(mail_server.received)) == ((MailState.SENT, None), 1)


def test_a_database_that_is_away_when_the_mail_was_taken_does_not_let_it_go_twice(
    app_context, mail_server, monkeypatch
):
    mail_server.start()
    monkeypatch.setattr(delivery, "PAUSES_BEFORE_NOTE_SECONDS", (0.01, 0.01))
    answers, write = iter([OperationalError("", {}, Exception("away")), Unavailable("busy")]), delivery._write

    def sometimes(mail_id, **values):
        if (error := next(answers, None)) is not None:
            raise error
        write(mail_id, **values)

    monkeypatch.setattr(delivery, "_write", sometimes)
    _send()
    jobs.work_off()
    assert (_shown(), len(mail_server.received)) == ((MailState.SENT, None), 1)
    assert _job().attempts == 1


def test_two_workers_at_once_send_it_once(app, app_context, mail_server):
    mail_server.start()
    both = threading.Barrier(3, timeout=30)

    def work() -> None:
        with app.app_context():
            due = execution.due_jobs(execution.utc_now(), 10)
            both.wait()
            for job_id, _ in due:
                execution.work_on(str(job_id))

    _send()
    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert (_shown(), len(mail_server.received)) == ((MailState.SENT, None), 1)


def test_a_process_that_lost_its_job_sends_nothing_any_more(app_context, mail_server, set_clock, monkeypatch):
    mail_server.start()
    _send()
    job_id, message = str(_job().id), delivery._message

    def taken_over(*arguments):
        monkeypatch.setattr(delivery, "_message", message)
        set_clock(jobs.lease() + timedelta(seconds=1))
        assert execution.work_on(job_id)
        return message(*arguments)

    monkeypatch.setattr(delivery, "_message", taken_over)
    assert execution.work_on(job_id)
    assert (_shown(), len(mail_server.received)) == ((MailState.SENT, None), 1)


@pytest.mark.parametrize(("command", "copies"), [("RCPT", 1), (".", 2)])
def test_a_process_that_is_killed_half_way(*, app, app_context, mail_server, set_clock, command, copies):
    """Before the server has the mail it arrives once; after that and before our note, twice, as the same message."""
    mail_server.start()
    mail_id = _send()
    db.session.remove()

    def kill_the_sender(heard: str) -> None:
        if heard == command:
            mail_server.meanwhile = lambda _command: None
            os.kill(sender._child.process.pid, signal.SIGKILL)

    mail_server.meanwhile = kill_the_sender
    sender = children.OneAtATime(app)
    try:
        sender.work_for(2)
    finally:
        sender.stop()
    assert (_mail().state, _job().state) == (MailState.WAITING, JobState.RUNNING)
    set_clock(jobs.lease() + timedelta(seconds=1))
    assert jobs.work_off() == 1
    assert [one["Message-ID"] for one in mail_server.received] == [f"<{mail_id}@herstart.voorbeeld.be>"] * copies
    assert _shown() == (MailState.SENT, None)


def test_a_mail_of_a_transaction_that_was_rolled_back_never_goes(app_context, mail_server):
    mail_server.start()
    with pytest.raises(RuntimeError, match="never mind"), transaction():
        mail.send(to=TO, subject=SUBJECT, body="Tekst")
        raise RuntimeError("never mind")
    assert jobs.work_off() == 0
    with pytest.raises(RuntimeError, match="transaction"):
        mail.send(to=TO, subject=SUBJECT, body="Tekst")


def test_of_one_key_one_mail_is_sent(app_context, mail_server):
    mail_server.start()
    assert _send(key="nightly 2026-11-28") is not None
    assert _send(key="nightly 2026-11-28") is None
    jobs.work_off()
    assert _send(key="nightly 2026-11-28") is None
    assert (jobs.work_off(), len(mail_server.received)) == (0, 1)


def test_a_job_that_fails_in_a_way_of_its_own_leaves_no_mail_waiting(app_context, mail_server, monkeypatch, set_clock):
    mail_id = _send()
    with transaction():
        job = db.session.scalars(select(BackgroundJob)).one()
        job.state, job.error = JobState.FAILED, "Het proces is telkens gestopt."
    assert [mail.follow_up(), mail.follow_up()] == [1, 0]
    assert _shown() == (MailState.FAILED, "Het proces is telkens gestopt.")
    mail_server.start()
    with transaction():
        mail.retry(mail_id)
    assert (_job().state, jobs.work_off(), len(mail_server.received)) == (JobState.WAITING, 1, 1)


def test_mail_that_nobody_can_read_any_more_has_failed(app_context, mail_server):
    mail_server.start()
    _send()
    with transaction():
        db.session.scalars(select(OutgoingMail)).one().content = b"x"
    jobs.work_off()
    assert _shown()[0] is MailState.FAILED


def test_what_waited_for_a_month_has_failed_and_what_ended_a_month_ago_is_forgotten(
    app_context, mail_server, set_clock
):
    mail_server.start()
    _send(key="sent")
    jobs.work_off()
    mail_server.stop()
    _send(key="waits")
    set_clock(timedelta(days=29))
    assert [mail.follow_up(), mail.delete_old_mail()] == [0, 0]
    set_clock(timedelta(days=31))
    assert [mail.follow_up(), mail.delete_old_mail()] == [1, 1]
    assert _shown() == (MailState.FAILED, "Deze mail heeft een maand gewacht.")
    set_clock(timedelta(days=62))
    gone = str(_mail().id)
    assert mail.delete_old_mail() == 1
    mail.deliver(gone)
    assert len(mail_server.received) == 1
