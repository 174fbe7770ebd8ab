"""A new room is a folder and one line: a small one in a package of its own comes to life without any edit elsewhere."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.app import ROOMS, create_app
from asset_service.core import jobs
from asset_service.core.db import Base, db, transaction
from asset_service.core.errors import Refused
from asset_service.core.jobs import BackgroundJob, JobState
from asset_service.core.keys import pdf_signer
from asset_service.devices import operations as devices
from asset_service.devices.lifecycle import STEPS
from asset_service.devices.models import DeviceKind
from asset_service.frame.rooms import rooms
from wipe_reports import pdf_signature

ROOM = '''
"""A room that polishes screens."""
from __future__ import annotations
from dataclasses import dataclass
from uuid import UUID
from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from sqlalchemy import ForeignKey, exists, func, select
from sqlalchemy.orm import Mapped, mapped_column
from asset_service.accounts.access import current_access, requires
from asset_service.core import documents, printing
from asset_service.core.db import Base, db, new_id, transaction, utc_now
from asset_service.devices.lifecycle import Blocker
from asset_service.devices.models import Device
from asset_service.devices.queries import device_by_code
from asset_service.devices.roles import READERS
from asset_service.frame.device_parts import DevicePart, Panel, StatusLine, Task
from asset_service.frame.looks import Look
from asset_service.frame.rooms import Found, MenuEntry, PeriodicJob, QueueLine, Room
from asset_service.ledger.events import Event
from asset_service.ledger.operations import record
from wipe_reports.press import Template

class Polish(Base):
    __tablename__ = "polish"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), index=True)
    shines: Mapped[bool] = mapped_column(default=True)
    diploma_sha256: Mapped[str | None]

@dataclass(frozen=True, kw_only=True)
class ScreenPolished(Event):
    """A screen was polished."""
    cloths: int

def polish(access, device, cloths):
    db.session.add(Polish(device_id=device.id))
    record(ScreenPolished(subject_id=device.id, device_id=device.id, cloths=cloths), access.actor)

SHINES = exists().where(Polish.device_id == Device.id, Polish.shines)
blueprint = Blueprint("polishing", __name__, template_folder="templates")

@blueprint.get("/polishing")
@requires(READERS)
def polished():
    return render_template("polishing/polished.html", count=count(current_access()))

def count(_access):
    return db.session.scalar(select(func.count()).select_from(Polish).where(Polish.shines))

def dull():
    with transaction():
        for one in db.session.scalars(select(Polish)):
            one.shines = False

DIPLOMA = Template.of_package("polishing_room", "diploma.typ")

def diploma(polish):
    facts = {"title": "Poetsdiploma", "code": db.session.get(Device, polish.device_id).code}
    return printing.Printout(template=DIPLOMA, language="nl", facts=facts, made_at=utc_now())

def print_diplomas():
    def printout_of(polish_id):
        polish = db.session.get(Polish, polish_id)
        return None if polish.diploma_sha256 else diploma(polish)

    def note(polish_id, digest):
        db.session.get(Polish, polish_id).diploma_sha256 = digest

    printing.print_many(db.session.scalars(select(Polish.id)).all(), printout_of, note, "Uitgereikt diploma")

@blueprint.get("/polishing/diploma.pdf")
@requires(READERS)
def last_diploma():
    return documents.answer(db.session.scalar(select(Polish.diploma_sha256)), "poetsdiploma")

def cloths(number):
    return f"{number} doeken"

def device_part(access, device, asked):
    shines = db.session.scalar(select(SHINES).where(Device.id == device.id))
    glans = StatusLine(label="Glans", look=Look("blinkt" if shines else "dof"), order=15)
    return DevicePart(status=[glans], panels=[Panel(template="polishing/panel.html", values=shines, order=35)])

def scan(access, text):
    return Found(result="found", words="Poetsdoek", url=url_for("polishing.polished")) if text == "DOEK" else None

ROOM = Room(
    name="polishing",
    pages=(blueprint,),
    menu=(MenuEntry(endpoint="polishing.polished", words="Poetsen", icon="star", order=25, within=("polishing.",)),),
    queue=(
        QueueLine(
            words="Blinkend", endpoint="polishing.polished", count=count, unit="te bewonderen", tone="wait", order=5
        ),
    ),
    gates={"screen_dull": (Blocker(SHINES, "Het scherm blinkt nog."),)},
    device_part=device_part,
    event_words={ScreenPolished: lambda data: f"Gepoetst met {data['cloths']} doeken"},
    looks={"SHINES": {"yes": Look("blinkt")}},
    filters=(cloths,),
    scan=scan,
    periodic_jobs=(PeriodicJob(function=dull, cron="15 3 * * *"),),
    job_words={print_diplomas: "Diploma's afdrukken"},
)
'''

TEMPLATES = {
    "polished.html": '{% extends "frame/base.html" %}{% block content %}{{ count | cloths }}{% endblock %}',
    "panel.html": '<h2>Poetsen</h2>{{ look(looks.SHINES, "yes").words if panel else "mat" }}',
}

DIPLOMA = """
#let facts = json(bytes(sys.inputs.facts))
#set document(title: facts.title)
#set text(lang: facts.language, region: facts.region)
= #facts.title
#facts.code
"""


@pytest.fixture(scope="module")
def polishing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The room, imported from a folder that is none of ours."""
    folder = tmp_path_factory.mktemp("rooms")
    package = folder / "polishing_room"
    templates = package / "templates" / "polishing"
    templates.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "room.py").write_text(ROOM)
    (package / "diploma.typ").write_text(DIPLOMA)
    for name, text in TEMPLATES.items():
        (templates / name).write_text(text)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("polishing_room.room")
    finally:
        sys.path.remove(str(folder))
        Base.metadata.remove(Base.metadata.tables["polish"])


@pytest.fixture
def app(settings, polishing) -> Iterator[Flask]:
    """The house with one room more, of which the table of steps names a gate."""
    steps = [replace(one, gates=(*one.gates, "screen_dull")) if one.action == "inspect" else one for one in STEPS]
    app = create_app(settings, rooms=(*ROOMS, polishing.ROOM), steps=steps)
    with app.app_context():
        Base.metadata.tables["polish"].create(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def device(app, make_user, station, client, login, polishing):  # noqa: PLR0917 - fixtures
    """A laptop that came in and whose screen was polished; its user is logged in."""
    user = make_user(Role.TECHNICIAN, station.partner)
    with app.app_context():
        with transaction():
            made = devices.announce(user.access, site_id=station.partner.site_id, kind=DeviceKind.LAPTOP)
            devices.receive(user.access, made.id)
            polishing.polish(user.access, made, 3)
        code, device_id = made.code, made.id
    login(client, user)
    return code, device_id, user.access


def test_its_page_stands_in_the_menu_and_marks_where_one_is(client, device):
    page = client.get("/polishing").text
    assert "1 doeken" in page
    assert re.search(r'href="/polishing" aria-current="page"[^>]*>.*?Poetsen', page, re.DOTALL)


def test_its_panel_its_status_and_its_event_stand_on_the_devices_page(client, device):
    page = client.get(f"/d/{device[0]}").text
    status, panel, history = (page.index(words) for words in ("Glans", "<h2>Poetsen</h2>", "Gepoetst met 3 doeken"))
    assert status < panel < history
    assert "blinkt" in page[panel:history]


def test_its_line_stands_in_the_queue(client, device):
    line = r'href="/polishing">Blinkend</a>\s*<span class="end">.*?1 te bewonderen'
    assert re.search(line, client.get("/").text, re.DOTALL)


def test_its_scan_is_known(client, device):
    assert client.get("/scan?q=DOEK").location == "/polishing"


def test_its_gate_keeps_a_device_from_its_step_until_its_nightly_job_has_run(app, client, device):
    code, device_id, access = device
    with app.app_context(), pytest.raises(Refused, match="Het scherm blinkt nog"), transaction():
        devices.inspect(access, device_id, reusable=True, defects=[])
    assert "Het scherm blinkt nog." in client.get(f"/d/{code}").text
    with app.app_context():
        (nightly,) = [job for job in rooms().periodic_jobs if job.function.__module__ == "polishing_room.room"]
        assert nightly.cron == "15 3 * * *"
        jobs.enqueue(nightly.function)
        jobs.work_off()
    with app.app_context(), transaction():
        assert devices.inspect(access, device_id, reusable=True, defects=[]).reusable


def test_its_documents_are_printed_by_a_job_signed_and_answered(app, client, device, polishing):
    with app.app_context():
        for _ in range(2):
            jobs.enqueue(polishing.print_diplomas)
            jobs.work_off()
        assert {
            (job.state, job.progress_done, job.progress_total) for job in db.session.scalars(select(BackgroundJob))
        } == {(JobState.DONE, 1, 1)}
        digest = db.session.scalar(select(polishing.Polish.diploma_sha256))
    answer = client.get("/polishing/diploma.pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="poetsdiploma.pdf"'
    assert answer.headers["ETag"] == f'"{digest}"'
    with app.app_context():
        (signature,) = pdf_signature.check(answer.data, [pdf_signer().certificate])
    assert (signature.intact, signature.whole, signature.trusted) == (True, True, True)
    assert b"<pdfaid:conformance>A<" in answer.data
