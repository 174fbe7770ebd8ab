"""What a wipe is worth: does its nonce hold, and does it clear the carrier's exposure? Pure rules on plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asset_service.wiping.models import EvidenceStatus, NonceCheck
from wipe_reports.document import Outcome, Wipe

CUT = "interrupted"
"""The exception of a wipe that power, a key or a pulled stick cut."""

FOLLOW_FROM_CUT = frozenset({CUT, "not_all_written", "not_verified", "hidden_area_unknown"})
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


@dataclass(frozen=True, kw_only=True, slots=True)
class WipedCarrier:
    """The carrier that a report says was wiped, as the service knows it when the report came in."""

    station_id: UUID
    identity: str | None
    size_bytes: int
    exposure: int
    exposed: bool
    received_at: datetime


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
    )
    return next((refusal for refusal, holds in refusals if holds), NonceCheck.HELD)


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
