"""Who started a job finds it again; an admin sees what failed, why, and tries it again."""

from __future__ import annotations

import sys
import types

import pytest

from asset_service.accounts.models import Role
from asset_service.core import jobs
from asset_service.core.db import db, transaction
from asset_service.core.jobs.models import BackgroundJob, JobState


@pytest.fixture
def fail(monkeypatch):
    module = types.ModuleType("job_of_this_test")
    exec("def fail():\n    raise RuntimeError('later')", module.__dict__)  # noqa: S102 - a job must be importable
    monkeypatch.setitem(sys.modules, "job_of_this_test", module)
    return module.fail


def test_who_started_a_job_finds_it_again_and_nobody_else_does(app, client, make_user, login, fail):
    user, other = make_user(Role.TECHNICIAN), make_user(Role.TECHNICIAN)
    with app.app_context():
        jobs.enqueue(fail, asked_by=user.id)
        with transaction():
            job = db.session.query(BackgroundJob).one()
            job.state, job.progress_done, job.progress_total = JobState.RUNNING, 3, 10
    page = login(client, user).get("/jobs").text
    assert "job_of_this_test.fail" in page
    assert "3 van 10" in page
    assert "Je opdrachten" in client.get("/").text
    others = login(app.test_client(), other)
    assert "job_of_this_test.fail" not in others.get("/jobs").text
    assert others.get("/admin/jobs").status_code == 403


def test_an_admin_sees_what_failed_and_tries_it_again(*, app, client, make_user, login, form_token, fail):
    login(client, make_user(Role.ADMIN))
    with app.app_context():
        job_id = jobs.enqueue(fail)
        jobs.work_off()
        with transaction():
            db.session.get(BackgroundJob, job_id).state = JobState.FAILED
    assert "Achtergrondwerk dat mislukte" in client.get("/").text
    page = client.get("/admin/jobs?state=failed").text
    assert "Onverwachte fout: RuntimeError" in page
    assert "de dienst zelf" in page
    retried = client.post(f"/admin/jobs/{job_id}/retry", data={"csrf_token": form_token(client)})
    assert retried.status_code == 302
    with app.app_context():
        assert db.session.get(BackgroundJob, job_id).state is JobState.WAITING
    again = client.post(f"/admin/jobs/{job_id}/retry", data={"csrf_token": form_token(client)})
    assert again.status_code == 409
    assert client.get("/admin/jobs?state=elsewhere").status_code == 422
