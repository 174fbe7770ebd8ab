"""The edge of ingest: one report in one transaction, however it came, and what was refused into quarantine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from asset_service.accounts.access import Access
from asset_service.core import jobs
from asset_service.core.clashes import is_clash
from asset_service.core.db import transaction
from asset_service.intake import events, operations, quarantine
from asset_service.intake.answers import Answer
from asset_service.intake.checks import CheckedReport, Rejected
from asset_service.ledger.operations import record
from asset_service.wiping.evidence import NonceClash
from asset_service.wiping.jobs import issue_attests

ATTEMPTS = 6

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


def receive(checked: CheckedReport, carrier: Access | None = None) -> Answer:
    """Apply the report, again where another process wrote the same machine at the same moment.

    A machine never seen is made ready before the database is locked, so that stations do not wait for each other.
    The second one to write breaks a unique index or (PostgreSQL) a deadlock; read again, it finds what the first
    one wrote and matches it. Two such clashes in a row need three processes; six do not happen. ``carrier`` is who
    carried the report here; a station that sends its own has none.
    """
    drafts = [operations.draft(checked)]

    def apply() -> tuple[Answer, jobs.Added | None]:
        drafted = drafts.pop() if drafts else None
        answer = operations.ingest(checked) if drafted is None else operations.write(drafted)
        if carrier is not None and answer.is_new:
            record(events.ReportCarriedIn(subject_id=UUID(checked.report.report_id)), carrier.actor)
        # Ingest never waits for a PDF: it is made in the background, or by the first who asks for it.
        added = jobs.add(issue_attests, [str(one) for one in answer.attests]) if answer.attests else None
        return answer, added

    answer, added = in_one_transaction(apply)
    if added is not None:
        jobs.start(added)
    return answer


def quarantine_report(raw: bytes, rejected: Rejected, source: str) -> None:
    """Keep what was refused, within the bounds of quarantine; ``source`` is the remote address."""
    quarantined = in_one_transaction(partial(quarantine.store, raw, rejected, source))
    log.warning("report refused", reason=rejected.code, quarantined=quarantined, bytes=len(raw))


def in_one_transaction(step: Callable[[], Result]) -> Result:
    """``step`` in one transaction, again where another process wrote the same rows at the same moment."""
    for _ in range(ATTEMPTS - 1):
        try:
            with transaction():
                return step()
        except (DBAPIError, NonceClash) as error:
            if not (is_clash(error) or isinstance(error, NonceClash)):
                raise
    with transaction():
        return step()
