"""Issuing attests, in the background or on request. Safe to run twice: what says the same is issued once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from asset_service.core import jobs
from asset_service.core.db import transaction
from asset_service.wiping import attests
from asset_service.wiping.models import Attest
from wipe_reports.words import HOUSE_LANGUAGE, LANGUAGES, Language

ATTEMPTS = 5
"""What an attest says may change while it is printed; five changes within as many prints do not happen."""


def issue_attests(evidence_ids: Sequence[str]) -> None:
    """Issue the Dutch attest of each of these evidences, where it was not issued yet."""
    for number, evidence_id in enumerate(evidence_ids, start=1):
        issued_attest(UUID(evidence_id), HOUSE_LANGUAGE)
        jobs.progress(number, len(evidence_ids))


def issue_anew(evidence_id: UUID) -> None:
    """Issue the attest again in every language that it was issued in (else in Dutch): the service's word changed.

    A language that the house no longer has is passed over.
    """
    issued = attests.languages_issued(evidence_id)
    for language in [one for one in issued if one in LANGUAGES] or [HOUSE_LANGUAGE]:
        issued_attest(evidence_id, language)


def issued_attest(evidence_id: UUID, language: Language) -> Attest:
    """The attest that says what the service says now; issued where it was not."""
    for _ in range(ATTEMPTS):
        known = attests.current(evidence_id, language)
        if known is not None:
            return known
        with transaction():
            attests.seal_evidence(evidence_id)
        ready = attests.printed(evidence_id, language)
        with transaction():
            attests.issue(evidence_id, language, ready)
    return attests.current(evidence_id, language) or _vanished()


def _vanished() -> Attest:
    raise RuntimeError("an attest that was just issued is not there")
