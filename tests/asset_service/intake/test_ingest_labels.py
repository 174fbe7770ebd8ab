"""Reports that say nothing of the machine, or claim a label; and what every report costs and leaves behind."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import event, func, select

from asset_service.core.db import db, transaction
from asset_service.devices import operations
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
