"""What a wipe is worth, on plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_service.wiping.evidence_rules import GivenNonce, WipedCarrier, check_nonce, judge
from asset_service.wiping.models import EvidenceStatus, NonceCheck
from wipe_reports.document import Outcome

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STATION = UUID(int=1)
CARRIER = WipedCarrier(station_id=STATION, identity="SSD|S1", size_bytes=512, exposure=2, exposed=True, received_at=NOW)
GIVEN = GivenNonce(
    station_id=STATION,
    carrier_identity="SSD|S1",
    size_bytes=512,
    exposure=2,
    expires_at=NOW + timedelta(days=1),
    used=False,
)


@pytest.mark.parametrize(
    ("given_nonce", "expected"),
    [
        (GIVEN, NonceCheck.HELD),
        (None, NonceCheck.UNKNOWN),
        (replace(GIVEN, station_id=UUID(int=2)), NonceCheck.OTHER_STATION),
        (replace(GIVEN, carrier_identity="SSD|S2"), NonceCheck.OTHER_CARRIER),
        (replace(GIVEN, size_bytes=1024), NonceCheck.OTHER_CARRIER),
        (replace(GIVEN, used=True), NonceCheck.USED),
        (replace(GIVEN, expires_at=NOW - timedelta(seconds=1)), NonceCheck.EXPIRED),
        (replace(GIVEN, exposure=1), NonceCheck.STALE),
    ],
)
def test_a_nonce_binds_a_wipe_to_station_carrier_and_exposure(given_nonce, expected):
    assert check_nonce("n", given_nonce, CARRIER) is expected


def test_a_wipe_without_a_nonce_says_so():
    assert check_nonce(None, GIVEN, CARRIER) is NonceCheck.ABSENT


@given(st.sampled_from(Outcome), st.sampled_from(NonceCheck), st.booleans())
def test_only_erased_with_a_nonce_that_holds_clears_by_itself(outcome, nonce_check, exposed):
    status = judge(outcome, nonce_check, exposed=exposed)
    clears = outcome is Outcome.ERASED and nonce_check is NonceCheck.HELD and exposed
    assert (status is EvidenceStatus.CLEARED) == clears
    assert (status is EvidenceStatus.NOT_ERASED) == (outcome is not Outcome.ERASED)
