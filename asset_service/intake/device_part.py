"""What this room shows on a device's page: what the latest report says of the machine, and the reports themselves."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext, lazy_gettext

from asset_service.accounts.access import Access
from asset_service.devices.models import Device
from asset_service.frame.device_parts import Caution, DevicePart, Document, PageRequest, Panel, StatusLine
from asset_service.frame.looks import look
from asset_service.intake.machine_facts import Fact, machine_facts
from asset_service.intake.words import MINIMUM_VERDICTS, minimum_reason, upgrade_words
from asset_service.wiping import queries as wiping_queries
from asset_service.wiping.models import SignedReport

REPORTS_SHOWN = 20


def device_part(_access: Access, device: Device, _asked: PageRequest) -> DevicePart:
    """This room's part of the page of ``device``."""
    reports = wiping_queries.reports_of_device(device.id, limit=REPORTS_SHOWN).items
    # A report's number follows a clock that may be wrong: the latest is the one that came last.
    latest = max(reports, key=lambda one: one.received_at, default=None)
    facts = machine_facts(wiping_queries.document_of(latest)) if latest is not None else []
    return DevicePart(
        status=_minimum(device),
        panels=[Panel(template="intake/machine_panel.html", values=_calm(facts), order=70)] if facts else [],
        cautions=[Caution(words=fact.label, lines=fact.lines) for fact in facts if fact.warns],
        documents=[_document(report) for report in reports],
    )


def _calm(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if not fact.warns]


def _minimum(device: Device) -> list[StatusLine]:
    if not device.minimum:
        return []
    notes = [minimum_reason(reason) for reason in device.minimum_reasons]
    if device.minimum_upgrade:
        notes.append(gettext("Te verhelpen: %(part)s", part=upgrade_words(device.minimum_upgrade)))
    found = look(MINIMUM_VERDICTS, device.minimum)
    return [StatusLine(label=lazy_gettext("Minimum"), look=found, order=30, notes=notes)]


def _document(report: SignedReport) -> Document:
    url = url_for("intake.report", report_id=report.id)
    return Document(words=gettext("Verslag van het station"), url=url, at=report.received_at)
