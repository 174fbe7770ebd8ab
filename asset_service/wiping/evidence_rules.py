"""What a wipe is worth: does its nonce hold, and does it clear the carrier's exposure? Pure rules on plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asset_service.wiping.models import EvidenceStatus, NonceCheck, WipeEvidence
from wipe_reports.document import Outcome, Wipe
from wipe_reports.moments import TOLERANCE, can_be_true
from wipe_reports.reasons import WipeException

CUT = WipeException.INTERRUPTED
"""The exception of a wipe that power, a key or a pulled stick cut."""

FOLLOW_FROM_CUT = frozenset(
    {CUT, WipeException.NOT_ALL_WRITTEN, WipeException.NOT_VERIFIED, WipeException.HIDDEN_AREA_UNKNOWN}
)
"""Exceptions that say no more than that the work was not finished."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenNonce:
    """What the service remembers of a nonce it gave."""

    station_id: UUID
    carrier_identity: str
    size_bytes: int
    exposure: int
    expires_at: datetime
    used: bool
    given_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WipedCarrier:
    """The carrier that a report says was wiped, as the service knows it when the report came in.

    ``wiped_from`` and ``wiped_until`` are the wipe's own times by the station's clock, of one that may clear it.
    """

    station_id: UUID
    identity: str | None
    size_bytes: int
    exposure: int
    exposed: bool
    received_at: datetime
    wiped_from: datetime | None = None
    wiped_until: datetime | None = None


def check_nonce(nonce: str | None, given: GivenNonce | None, carrier: WipedCarrier) -> NonceCheck:
    """Does the nonce bind this wipe to this station, this carrier and the exposure that stands?"""
    if nonce is None or given is None:
        return NonceCheck.ABSENT if nonce is None else NonceCheck.UNKNOWN
    refusals = (
        (NonceCheck.OTHER_STATION, given.station_id != carrier.station_id),
        (
            NonceCheck.OTHER_CARRIER,
            (given.carrier_identity, given.size_bytes) != (carrier.identity, carrier.size_bytes),
        ),
        (NonceCheck.STALE, given.exposure != carrier.exposure),
        (NonceCheck.USED, given.used),
        (NonceCheck.EXPIRED, given.expires_at < carrier.received_at),
        (NonceCheck.TIMES, not _between(given, carrier)),
    )
    return next((refusal for refusal, holds in refusals if holds), NonceCheck.HELD)


def _between(given: GivenNonce, carrier: WipedCarrier) -> bool:
    """Was it wiped after its nonce was given and before the report came? What was done earlier it does not bind."""
    started_at, ended_at = carrier.wiped_from, carrier.wiped_until
    if started_at is None or ended_at is None:
        return True
    after_nonce = given.given_at is None or started_at >= given.given_at - TOLERANCE
    return after_nonce and times_can_be_true(started_at, ended_at, carrier.received_at)


def times_can_be_true(started_at: datetime, ended_at: datetime, received_at: datetime) -> bool:
    """Can the station's clock have stood right during the wipe?"""
    return can_be_true(started_at, received_at) and can_be_true(ended_at, received_at)


def times_of(found: WipeEvidence) -> bool:
    """:func:`times_can_be_true` for evidence that is kept."""
    return times_can_be_true(found.started_at, found.ended_at, found.report.received_at)


def judge(outcome: Outcome, nonce_check: NonceCheck, *, exposed: bool) -> EvidenceStatus:
    """What the wipe does. Only *erased* clears an exposure, and by itself only with a nonce that holds.

    A nonce of another exposure binds the wipe to that one: nobody may take it for a wipe of the present one.
    """
    if outcome is not Outcome.ERASED:
        return EvidenceStatus.NOT_ERASED
    if not exposed or nonce_check is NonceCheck.STALE:
        return EvidenceStatus.SUPERSEDED
    return EvidenceStatus.CLEARED if nonce_check is NonceCheck.HELD else EvidenceStatus.AWAITING_CONFIRMATION


def was_only_cut(wipe: Wipe) -> bool:
    """Did the wipe not end, without the disk showing any fault? Then it is wiped again rather than destroyed."""
    faultless = not (wipe.errors or wipe.unreadable_sectors or wipe.verification.bytes_mismatched)
    cut = CUT in wipe.exceptions and FOLLOW_FROM_CUT.issuperset(wipe.exceptions)
    return wipe.outcome is Outcome.NOT_ERASED and cut and faultless
