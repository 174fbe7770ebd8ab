"""Background work of wiping: issuing attests. Safe to run twice: an attest is issued once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from asset_service.core.db import transaction
from asset_service.wiping import attests
from asset_service.wiping.models import Attest
from wipe_reports.words import Language


def issue_attests(evidence_ids: Sequence[str]) -> None:
    """Issue the Dutch attest of each of these evidences, where it was not issued yet."""
    for evidence_id in evidence_ids:
        issued_attest(UUID(evidence_id), "nl")


def issued_attest(evidence_id: UUID, language: Language) -> Attest:
    """The attest of the evidence; issued now where it was not."""
    known = attests.issued(evidence_id, language)
    if known is not None:
        return known
    with transaction():
        attests.seal_evidence(evidence_id)
    ready = attests.printed(evidence_id, language)
    with transaction():
        attests.issue(evidence_id, language, ready)
    return attests.issued(evidence_id, language) or _vanished()


def _vanished() -> Attest:
    raise RuntimeError("an attest that was just issued is not there")
