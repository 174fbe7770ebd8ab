"""Reports that a person carries here: each received as if its station had sent it, and what became of each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from asset_service.accounts.access import Access
from asset_service.core.db import db
from asset_service.core.errors import DomainError, Forbidden
from asset_service.intake.answers import Answer
from asset_service.intake.checks import CheckedReport, Rejected, check_report
from asset_service.intake.offline_files import OfflineFile
from asset_service.intake.receiving import quarantine_report, receive
from asset_service.intake.roles import DECIDERS
from asset_service.wiping.models import SignedReport


class ImportResult(StrEnum):
    """What became of a carried file."""

    MATCHED = "matched"
    CREATED = "created"
    LOOSE = "loose"
    UNMATCHED = "unmatched"
    KNOWN = "known"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedFile:
    """One file and what became of it; ``reason`` says in words why it was refused."""

    name: str
    result: ImportResult
    reason: str = ""
    report_id: str | None = None
    device_code: str | None = None


def import_files(access: Access, files: Iterable[OfflineFile], source: str) -> Iterator[ImportedFile]:
    """Take each file in, in a transaction of its own: a bad one takes none of the others with it.

    The signature says which station speaks; the user must work for its partner. ``source`` is the remote address,
    for quarantine.
    """
    for file in files:
        yield _import_file(access, file, source)


def _import_file(access: Access, file: OfflineFile, source: str) -> ImportedFile:
    if file.trouble is not None:
        result = ImportResult.SKIPPED if file.skipped else ImportResult.REFUSED
        return ImportedFile(name=file.name, result=result, reason=file.trouble)
    try:
        checked = check_report(file.raw)
        _demand_own(access, checked)
        answer = receive(checked, access)
    except Rejected as rejected:
        quarantine_report(file.raw, rejected, source)
        return ImportedFile(name=file.name, result=ImportResult.REFUSED, reason=str(rejected.errors[0].message))
    except DomainError as refused:
        return ImportedFile(name=file.name, result=ImportResult.REFUSED, reason=str(refused.detail or refused.title))
    return _imported(file.name, answer)


def _demand_own(access: Access, checked: CheckedReport) -> None:
    if not access.may(DECIDERS, checked.station.partner_id, checked.station.site_id):
        raise Forbidden(gettext("Dit verslag komt van een station waar je niet voor werkt."))


def _imported(name: str, answer: Answer) -> ImportedFile:
    receipt = answer.members()
    code = receipt["device"]["code"] if receipt["device"] else None
    if not answer.is_new:
        result = ImportResult.KNOWN
    elif receipt["result"] == ImportResult.UNMATCHED:
        result = ImportResult.UNMATCHED
    else:
        result = ImportResult(receipt["result"]) if code else ImportResult.LOOSE
    return ImportedFile(name=name, result=result, report_id=receipt["report_id"], device_code=code)


def receipts(access: Access, report_ids: Sequence[UUID]) -> bytes:
    """The answers to these reports as a ZIP, ``ID.json`` each, for the stick; without those of other partners."""
    statement = (
        select(SignedReport.id, SignedReport.answer)
        .where(SignedReport.id.in_(report_ids), access.clause(DECIDERS, SignedReport.partner_id, SignedReport.site_id))
        .order_by(SignedReport.id)
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for report_id, answer in db.session.execute(statement):
            archive.writestr(f"{report_id}.json", answer)
    return file.getvalue()
