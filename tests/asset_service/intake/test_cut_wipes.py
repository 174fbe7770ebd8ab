"""Reports of wipes that were cut, sent by a stick that came back: before or after the one that finished."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from asset_service.core.db import db, transaction
from asset_service.devices.models import CarrierExposure, DataCarrier, DataStatus, Device, State
from asset_service.wiping.models import DestructionTask, EvidenceStatus, NonceCheck, WipeEvidence
from wipe_reports.document import ClockCheck, Level, Outcome, Verification, VerificationMethod

LONG_AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)


@pytest.fixture
def database_url(sqlite_url):
    """What differs between the databases (the joined exposure, the events) the tests of ingest run on both."""
    return sqlite_url


def cut(reports, disk, nonce=None):
    """The disk as a provisional report tells it: everything stopped just after the wipe began."""
    wipe = reports.wipe(
        disk.size_bytes,
        nonce,
        level=Level.NONE,
        outcome=Outcome.NOT_ERASED,
        exceptions=("interrupted",),
        interrupted=True,
        passes=(),
        bytes_written=0,
        started_at=LONG_AGO,
        ended_at=LONG_AGO,
        verification=Verification(method=VerificationMethod.NONE),
    )
    return replace(disk, wipe=wipe)


def provisional(reports, final, disk, **changes):
    made = reports.again(final, carriers=(cut(reports, disk),))
    return replace(made, **{"created_at": LONG_AGO, **changes})


def status(app):
    with app.app_context():
        return db.session.scalars(select(DataCarrier.data_status)).one()


def statuses(app):
    with app.app_context():
        return db.session.scalars(select(WipeEvidence.status).order_by(WipeEvidence.started_at)).all()


@pytest.mark.parametrize("clock", [None, ClockCheck(ahead_seconds=4, corrected=False)])
@pytest.mark.parametrize("cut_first", [True, False])
def test_a_wipe_that_finished_stands_whenever_the_cut_one_is_told(*, app, client, station, reports, cut_first, clock):
    disk = reports.carrier()
    final = reports.report(None, reports.wiped(client, station, disk))
    early = provisional(reports, final, disk, clock=clock)
    for made in (early, final) if cut_first else (final, early):
        assert reports.send(client, made, station).status_code == 201
    assert status(app) is DataStatus.WIPED
    assert statuses(app) == [EvidenceStatus.NOT_ERASED, EvidenceStatus.CLEARED]
    with app.app_context():
        assert db.session.scalars(select(DestructionTask)).all() == [], "what was only cut is wiped again"


def test_a_cut_wipe_cleans_nothing_even_with_the_services_own_number(app, client, station, reports):
    disk = reports.carrier()
    (nonce,) = reports.nonces(client, station, disk)
    reports.send(client, reports.report(None, cut(reports, disk, nonce)), station)
    assert status(app) is DataStatus.EXPOSED
    assert statuses(app) == [EvidenceStatus.NOT_ERASED]


def test_a_wipe_that_went_on_with_the_number_of_the_cut_one_still_clears(app, client, station, reports):
    disk = reports.carrier()
    (nonce,) = reports.nonces(client, station, disk)
    early = reports.report(None, cut(reports, disk, nonce))
    reports.send(client, early, station)
    resumed = replace(disk, wipe=reports.wipe(disk.size_bytes, nonce, interrupted=True, resumed=True))
    reports.send(client, reports.again(early, carriers=(resumed,)), station)
    assert status(app) is DataStatus.WIPED
    again = reports.again(early, carriers=(resumed,))
    reports.send(client, again, station)
    with app.app_context():
        checks = db.session.scalars(select(WipeEvidence.nonce_check).order_by(WipeEvidence.id)).all()
    assert checks == [NonceCheck.HELD, NonceCheck.HELD, NonceCheck.USED], "what erased used the number up"


@pytest.mark.parametrize(
    ("changes", "tasks"),
    [
        ({"unreadable_sectors": 9}, 1),
        ({"exceptions": ("interrupted", "read_errors")}, 1),
        ({"exceptions": ("interrupted", "a_fault_of_next_year")}, 1),
        ({"exceptions": ("method_failed",)}, 1),
        ({"exceptions": ("interrupted", "not_all_written", "not_verified")}, 0),
    ],
)
def test_a_disk_that_shows_a_fault_when_it_is_cut_is_still_to_be_destroyed(
    *, app, client, station, reports, changes, tasks
):
    disk = cut(reports, reports.carrier())
    faulty = replace(disk, wipe=replace(disk.wipe, **changes))
    reports.send(client, reports.report(None, faulty), station)
    with app.app_context():
        assert len(db.session.scalars(select(DestructionTask)).all()) == tasks


def gone(app, state):
    with app.app_context(), transaction():
        db.session.execute(update(Device).values(state=state))


@pytest.mark.parametrize("state", [State.TRANSFERRED, State.HANDED_OFF, State.MISSING])
def test_an_old_report_exposes_no_disk_that_left_clean_after_it(*, app, client, station, reports, state):
    disk = reports.carrier()
    final = reports.report(None, reports.wiped(client, station, disk))
    reports.send(client, final, station)
    gone(app, state)
    clock = ClockCheck(ahead_seconds=86_400, corrected=True)
    reports.send(client, provisional(reports, final, disk, clock=clock), station)
    assert status(app) is DataStatus.WIPED


@pytest.mark.parametrize(
    ("clock", "created_at"),
    [
        (None, LONG_AGO),
        (ClockCheck(ahead_seconds=-400_000_000, corrected=False), LONG_AGO),
        (ClockCheck(ahead_seconds=1, corrected=False), datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)),
    ],
    ids=["never compared", "known to be wrong", "right, and after it"],
)
def test_a_disk_that_came_back_from_outside_is_exposed_unless_the_clock_proves_it_old(
    *, app, client, station, reports, clock, created_at
):
    """A returned machine with an empty clock battery says 2009: that day is no proof of anything."""
    disk = reports.carrier()
    final = reports.report(None, reports.wiped(client, station, disk))
    reports.send(client, final, station)
    gone(app, State.TRANSFERRED)
    reports.send(client, provisional(reports, final, disk, clock=clock, created_at=created_at), station)
    assert status(app) is DataStatus.EXPOSED


def test_an_old_report_about_a_destroyed_disk_does_not_revive_it(app, client, station, reports):
    disk = reports.carrier()
    final = reports.report(None, disk)
    reports.send(client, final, station)
    with app.app_context(), transaction():
        db.session.execute(update(DataCarrier).values(data_status=DataStatus.DESTROYED))
        db.session.execute(update(CarrierExposure).values(cleared_at=datetime.now(UTC)))
    known = provisional(reports, final, disk, clock=ClockCheck(ahead_seconds=0, corrected=False))
    assert reports.send(client, known, station).json["result"] == "matched"
    assert status(app) is DataStatus.DESTROYED
    unknown = provisional(reports, final, disk)
    assert reports.send(client, unknown, station).json["result"] == "unmatched"
    assert status(app) is DataStatus.DESTROYED


def test_what_only_a_rehearsal_cleaned_is_exposed_by_an_old_report_too(app, client, station, reports):
    disk = reports.carrier()
    rehearsal = reports.report(None, reports.wiped(client, station, disk), test=True)
    reports.send(client, rehearsal, station)
    assert status(app) is DataStatus.WIPED
    clock = ClockCheck(ahead_seconds=0, corrected=False)
    reports.send(client, provisional(reports, rehearsal, disk, clock=clock, test=False), station)
    assert status(app) is DataStatus.EXPOSED
