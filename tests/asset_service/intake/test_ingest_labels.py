"""Reports that say nothing of the machine, or claim a label; and what every report costs and leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event, func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.devices import codes, operations, queries
from asset_service.devices.models import Device, DeviceKind
from asset_service.intake import decisions
from asset_service.intake.models import Grounds, UnmatchedReport
from asset_service.ledger.models import LedgerEvent


def test_a_report_of_one_statement_a_table(app, client, station, reports):
    """Ingest must not grow a statement for each disk: the hottest write of the service stays flat."""
    counts = []
    for disks in (1, 4):
        made = reports.report(None, *(reports.carrier(name=f"sd{at}", erased=True) for at in range(disks)))
        statements = []
        with app.app_context():
            engine = db.engine

        def note(_connection, _cursor, statement, *_rest, seen=statements):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert reports.send(client, made, station).status_code == 201
        finally:
            event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 18


def test_every_accepted_report_stands_in_the_ledger(app, client, station, reports):
    disk = reports.carrier()
    reports.send(client, reports.report(None, disk), station)
    reports.send(client, reports.report(reports.nameless(), disk), station)
    with app.app_context():
        received = db.session.scalar(select(func.count()).where(LedgerEvent.kind == "ReportReceived"))
    assert received == 2


def test_a_blank_label_in_a_report_becomes_the_devices_code(app, client, station, technician, reports):
    with app.app_context(), transaction():
        fresh, later = operations.make_codes(technician, station.partner.id, 2)
    first = reports.report(reports.machine(code=fresh))
    response = reports.send(client, first, station)
    assert response.json["device"]["code"] == fresh
    second = reports.send(client, reports.again(first, device=replace(first.device, code=later.lower())), station)
    assert second.json["device"]["code"] == later
    third = reports.send(client, reports.again(first), station)
    assert third.json["device"]["code"] == later


def test_two_machines_that_say_nothing_usable_are_two_devices(app, client, station, reports):
    codes = {reports.send(client, reports.report(reports.nameless()), station).json["device"]["code"] for _ in range(2)}
    assert len(codes) == 2


def test_the_label_of_a_known_device_on_a_machine_that_says_nothing_points_at_that_device(
    app, client, station, reports
):
    first = reports.send(client, reports.report(reports.nameless(), reports.carrier()), station).json
    code = first["device"]["code"]
    # Another disk: nothing but the label says which of the white boxes this is.
    labelled = reports.report(reports.nameless(code=code), reports.carrier())
    second = reports.send(client, labelled, station).json
    assert (second["result"], second["device"]) == ("matched", first["device"])
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_the_label_also_finds_an_announced_device_that_no_agent_ever_saw(app, client, station, technician, reports):
    with app.app_context(), transaction():
        announced = operations.announce(technician, site_id=station.partner.site_id, kind=DeviceKind.DESKTOP).code
    answer = reports.send(client, reports.report(reports.nameless(code=announced), reports.carrier()), station).json
    assert (answer["result"], answer["device"]["code"]) == ("matched", announced)


@pytest.mark.parametrize("hint", ["board", "disk"])
def test_a_label_that_a_hint_contradicts_is_for_a_person(app, client, station, reports, hint):
    board, disk = reports.serial(11), reports.carrier()
    bearer = reports.nameless(manufacturer="Dell Inc.", product="Latitude 5490", board_serial=board)
    code = reports.send(client, reports.report(bearer, reports.carrier()), station).json["device"]["code"]
    reports.send(client, reports.report(reports.nameless(), disk), station)
    machine = {
        "board": replace(bearer, board_serial=reports.serial(11), code=code),
        "disk": reports.nameless(code=code),
    }[hint]
    answer = reports.send(client, reports.report(machine, disk if hint == "disk" else reports.carrier()), station).json
    assert (answer["result"], answer["device"]) == ("unmatched", None)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Device)) == 2


def test_another_partners_blank_label_is_to_an_agent_as_one_that_was_never_printed(
    *, app, client, station, technician, make_partner, make_user, reports
):
    other = make_partner(name="De Andere Werf")
    theirs = make_user(Role.TECHNICIAN, other).access
    with app.app_context(), transaction():
        (label,) = operations.make_codes(theirs, other.id, 1)
    answers = [
        reports.send(client, reports.report(reports.machine(code=code)), station).json
        for code in (label, codes.new_code())
    ]
    assert [one["result"] for one in answers] == ["unmatched", "unmatched"]
    with app.app_context():
        reasons = db.session.scalars(select(UnmatchedReport.reasons)).all()
        assert reasons == [["code_unknown"], ["code_unknown"]]
        # Also a person who decides later takes no label that was not printed for them.
        waiting = db.session.scalar(select(UnmatchedReport.report_id).order_by(UnmatchedReport.report_id))
        with transaction():
            made = decisions.resolve_unmatched(technician, waiting, device_id=None, grounds=Grounds.LABEL)
            assert made.code != label
        assert queries.scan(theirs, label).blank_code == label
