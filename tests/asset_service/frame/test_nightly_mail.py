"""A nightly mail is a room's ``jobs.py`` and one line in its ``room.py``, as a small room proves."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from flask import Flask

from asset_service.accounts.models import Role
from asset_service.app import ROOMS, create_app
from asset_service.core import jobs
from asset_service.core.db import db, utc_now
from asset_service.core.jobs import calendar
from asset_service.frame.rooms import rooms

JOBS = '''
"""Tells stock managers what stands in their store."""
from __future__ import annotations
from flask import render_template
from flask_babel import lazy_gettext
from sqlalchemy import func, select
from asset_service.accounts.models import Role, Site
from asset_service.accounts.queries import users_who_hold
from asset_service.accounts.access_rules import Rule
from asset_service.core import mail
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.i18n import in_language
from asset_service.devices.models import Device

STOCK_KEEPERS = Rule((Role.STOCK_MANAGER,))

def tell_stock_managers():
    with transaction():
        for site in db.session.scalars(select(Site)):
            count = db.session.scalar(select(func.count()).select_from(Device).where(Device.site_id == site.id))
            for user in users_who_hold(STOCK_KEEPERS, site.partner_id, site.id):
                with in_language(user.language):
                    body = render_template("counting/stock.txt", name=user.name, site=site.name, count=count)
                mail.send(
                    to=user.email,
                    subject=lazy_gettext("Toestellen"),
                    body=body,
                    language=user.language,
                    user_id=user.id,
                    key=f"stock {utc_now():%Y-%m-%d} {site.id} {user.id}",
                )
'''

ROOM = '''
"""A room that counts."""
from flask import Blueprint
from counting_room.jobs import tell_stock_managers
from asset_service.frame.rooms import PeriodicJob, Room

ROOM = Room(
    name="counting",
    pages=(Blueprint("counting", __name__, template_folder="templates"),),
    periodic_jobs=(PeriodicJob(function=tell_stock_managers, cron="15 3 * * *"),),
)
'''

TEMPLATE = "{{ name }}, {{ site }}: {{ _('Toestellen') }} {{ count }}\n"


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The room, imported from a folder that is none of ours."""
    folder = tmp_path_factory.mktemp("rooms")
    templates = folder / "counting_room" / "templates" / "counting"
    templates.mkdir(parents=True)
    for name, content in (("__init__.py", ""), ("jobs.py", JOBS), ("room.py", ROOM)):
        (folder / "counting_room" / name).write_text(content)
    (templates / "stock.txt").write_text(TEMPLATE)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("counting_room.room")
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def app(settings, counting, mail_server) -> Iterator[Flask]:
    """The house with one room more, and a mail server."""
    address = {"smtp_host": "127.0.0.1", "smtp_port": mail_server.port, "smtp_from": "herstart@voorbeeld.be"}
    app = create_app(replace(settings, smtp_tls="none", **address), rooms=(*ROOMS, counting.ROOM))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_stock_managers_hear_every_night_once_in_their_own_language(
    *, app, app_context, make_partner, make_user, mail_server, set_clock, monkeypatch
):
    mail_server.start()
    partner = make_partner()
    make_user(Role.STOCK_MANAGER, partner, name="Anna", email="anna@voorbeeld.be", language="en")
    make_user(Role.STOCK_MANAGER, partner, name="Bert", email="bert@voorbeeld.be", site_id=partner.site_id)
    make_user(Role.TECHNICIAN, partner, name="Cis", email="cis@voorbeeld.be")
    scheduled = rooms().schedule(app.extensions["herstart_settings"])
    nightly = [one for one in scheduled if one.function.__module__ == "counting_room.jobs"]

    def work_at(moment: datetime) -> int:
        set_clock(moment - utc_now())
        monkeypatch.setattr(sys.modules["counting_room.jobs"], "utc_now", calendar.utc_now)
        calendar.make_due_jobs(nightly)
        return sum(iter(jobs.work_off, 0))

    # Noon in Brussels: due at a quarter past three, which is a quarter past one or two in UTC.
    noon = datetime.combine(utc_now().date(), datetime.min.time(), UTC) + timedelta(hours=11)
    assert work_at(noon) == 0
    assert work_at(noon + timedelta(hours=16)) == 3  # the job of the night, and a job for each mail
    assert work_at(noon + timedelta(hours=16, minutes=5)) == 0
    said = {one["To"]: (one["Subject"], one.get_content().strip()) for one in mail_server.received}
    assert said == {
        "anna@voorbeeld.be": ("Devices", "Anna, Werkplaats: Devices 0"),
        "bert@voorbeeld.be": ("Toestellen", "Bert, Werkplaats: Toestellen 0"),
    }
    # Of a night that is done twice (its process was killed right behind the commit) nobody hears twice.
    jobs.enqueue(nightly[0].function)
    assert sum(iter(jobs.work_off, 0)) == 1
    assert len(mail_server.received) == 2
    assert work_at(noon + timedelta(hours=40)) == 3
    assert len(mail_server.received) == 4
