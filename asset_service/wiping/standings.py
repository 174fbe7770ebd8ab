"""What the service's books hold of a wipe, in the form that the rule of :mod:`wipe_reports.standing` reads."""

from __future__ import annotations

from datetime import datetime

from asset_service.accounts.models import User
from asset_service.core.db import db
from asset_service.devices.models import DataStatus
from asset_service.wiping import evidence_rules
from asset_service.wiping.models import EvidenceStatus, NonceCheck, WipeEvidence
from wipe_reports import standing as standings
from wipe_reports.document import Outcome, VerificationMethod
from wipe_reports.standing import Bond, ServiceWord, Standing
from wipe_reports.words import Language

_BONDS = {
    EvidenceStatus.CLEARED: Bond.NONCE,
    EvidenceStatus.CONFIRMED: Bond.PERSON,
    EvidenceStatus.SUPERSEDED: Bond.NOT_THIS,
}


def word_of(wipe: WipeEvidence) -> ServiceWord:
    """What the service says of the wipe now."""
    confirmer = db.session.get(User, wipe.confirmed_by) if wipe.confirmed_by is not None else None
    return ServiceWord(
        bond=_BONDS.get(wipe.status, Bond.NOTHING_YET),
        reasons=_reasons(wipe),
        used_since=_used_since(wipe),
        destroyed_at=_destroyed_at(wipe),
        validator=confirmer.name if confirmer is not None else None,
        validator_position=wipe.confirmed_as,
        validated_at=wipe.confirmed_at,
    )


def standing_of(wipe: WipeEvidence, word: ServiceWord | None = None) -> Standing:
    """What the wipe is worth now; ``word`` is :func:`word_of` where that is at hand."""
    return standings.standing(Outcome(wipe.outcome), test=wipe.test, word=word or word_of(wipe))


def headline_of(wipe: WipeEvidence, standing: Standing, language: Language) -> str:
    """The standing as it is shown."""
    return standings.headline(standing, Outcome(wipe.outcome), VerificationMethod(wipe.verification), language)


def _reasons(wipe: WipeEvidence) -> tuple[str, ...]:
    """Why the wipe waits for a person; that its times cannot be true stays said once a person has confirmed it."""
    times = () if evidence_rules.times_of(wipe) else (NonceCheck.TIMES.value,)
    if wipe.status is EvidenceStatus.CONFIRMED:
        return times
    if wipe.status is not EvidenceStatus.AWAITING_CONFIRMATION:
        return ()
    bond = () if wipe.nonce_check is NonceCheck.HELD else (wipe.nonce_check.value,)
    return tuple(dict.fromkeys((*bond, *times)))


def _used_since(wipe: WipeEvidence) -> datetime | None:
    later = [one.exposed_at for one in wipe.carrier.exposures if one.number > wipe.exposure]
    return later[0] if later else None


def _destroyed_at(wipe: WipeEvidence) -> datetime | None:
    exposures = wipe.carrier.exposures
    if wipe.carrier.data_status is not DataStatus.DESTROYED or not exposures:
        return None
    return exposures[-1].cleared_at
