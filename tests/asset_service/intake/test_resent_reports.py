"""A report that was acknowledged is answered so again, whatever became of its station; a new one is not taken."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import RevocationReason
from asset_service.core.db import db, transaction
from asset_service.intake.models import QuarantinedReport
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping.models import SignedReport
from wipe_reports import signing


def _revoke(app, station):
    with app.app_context(), transaction():
        accounts.revoke_station(SYSTEM, station.id, reason=RevocationReason.LOST)


def _counts(app):
    with app.app_context():
        tables = (SignedReport, LedgerEvent, QuarantinedReport)
        return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


@pytest.mark.parametrize("doubtful", [False, True], ids=["matched", "waiting"])
def test_an_acknowledged_report_gets_its_receipt_again_after_a_revocation(app, client, station, reports, doubtful):
    """Else an agent whose answer was lost keeps the report for ever."""
    machine = reports.machine(code="HS-222222") if doubtful else reports.machine()
    made = reports.report(machine, reports.carrier(erased=True))
    jws = reports.signed(made, station.key)
    first = client.post("/api/v1/reports", data=jws, headers=reports.HEADERS)
    assert first.status_code == 201
    _revoke(app, station)
    before = _counts(app)
    again = client.post("/api/v1/reports", data=jws, headers=reports.HEADERS)
    assert (again.status_code, again.data) == (200, first.data)
    assert _counts(app) == before


def test_a_new_report_of_a_revoked_station_is_refused_and_kept(app, client, station, reports):
    reports.send(client, reports.report(None), station)
    _revoke(app, station)
    answer = reports.send(client, reports.report(None), station)
    assert (answer.status_code, answer.json["code"]) == (403, "revoked_station")
    signed, _, quarantined = _counts(app)
    assert (signed, quarantined) == (1, 1)


def test_other_bytes_under_an_acknowledged_number_are_refused(app, client, station, reports):
    """Another report with its number, or the same one signed by somebody else, is none that was acknowledged."""
    made = reports.report(None)
    jws = reports.signed(made, station.key)
    client.post("/api/v1/reports", data=jws, headers=reports.HEADERS)
    _revoke(app, station)
    other = reports.report(None, report_id=made.report_id)
    assert reports.send(client, other, station).json["code"] == "revoked_station"
    head, payload, signature = jws.split(".")
    forged = f"{head}.{payload}.{signature[:-6]}{'A' * 6}"
    assert client.post("/api/v1/reports", data=forged, headers=reports.HEADERS).status_code in {400, 403}
    strangers = reports.signed(made, signing.generate_key())
    assert client.post("/api/v1/reports", data=strangers, headers=reports.HEADERS).json["code"] == "unknown_station"


def test_an_acknowledged_report_is_answered_though_a_newer_rule_would_refuse_it(client, station, reports, monkeypatch):
    """What was taken in stays taken in: a service that grew stricter still gives the receipt."""
    from asset_service.intake import checks  # noqa: PLC0415 - the rule is replaced

    jws = reports.signed(reports.report(None), station.key)
    first = client.post("/api/v1/reports", data=jws, headers=reports.HEADERS)
    from wipe_reports.words import FieldError  # noqa: PLC0415

    monkeypatch.setattr(checks.contradictions, "find", lambda _report: [FieldError("created_at", "time.order", {})])
    again = client.post("/api/v1/reports", data=jws, headers=reports.HEADERS)
    assert (again.status_code, again.data) == (200, first.data)
