"""What the service says to a station: its time, and the partner's own minimum, kept for when there is no network."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_agent import policy
from intake_agent.station import enrolment, sending
from intake_agent.station.client import ServiceUnreachableError
from intake_agent.station.clock import CLOCK, Clock
from intake_agent.station.sending import Settings, ask_settings
from wipe_reports import signing

RULE = {"name": "Werkplaats", "version": 3, "kinds": {"laptop": {"memory_mib": 8192, "processor": "core_i3"}}}


@pytest.fixture(autouse=True)
def _own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CLOCK", Clock())


def ask(state: Path) -> Settings:
    own = enrolment.load(state)
    client = sending.connect(own)
    try:
        return ask_settings(own, client)
    finally:
        client.close()


def test_the_partners_rule_is_asked_by_a_signed_request_and_kept(enrolled: Path, service) -> None:
    service.minimum_policy = RULE
    settings = ask(enrolled)
    assert settings.minimum_policy == RULE
    assert settings.remarks == ()
    assert policy.in_force(enrolled).version == 3
    path, _, body = service.requests[-1]
    assert path == "/api/v1/stations/settings"
    key = signing.load_private_key(enrolled / "station.key")
    assert set(json.loads(signing.verify(body, key, "station-settings+jws"))) == {"request_id"}


def test_a_partner_without_a_rule_of_its_own_gets_the_calls_again(enrolled: Path, service) -> None:
    service.minimum_policy = RULE
    ask(enrolled)
    service.minimum_policy = None
    assert ask(enrolled).minimum_policy is None
    assert policy.in_force(enrolled) == policy.of_the_call()


def test_a_rule_that_cannot_be_used_is_told_and_the_one_kept_goes_on_counting(enrolled: Path, service) -> None:
    service.minimum_policy = RULE
    ask(enrolled)
    service.minimum_policy = {"name": "x", "version": 4, "kinds": {"laptop": {"memory_mib": -1}}}
    assert ask(enrolled).remarks
    assert policy.in_force(enrolled).version == 3


def test_the_clock_follows_the_time_in_the_settings(enrolled: Path, service) -> None:
    service.clock_ahead = timedelta(days=6000)
    settings = ask(enrolled)
    assert settings.time is not None
    assert settings.time - datetime.now(UTC) > timedelta(days=5999)
    assert any("dagen achter" in remark for remark in settings.remarks)
    assert sending.CLOCK.check is not None
    assert sending.CLOCK.check.corrected
    assert sending.CLOCK is not CLOCK


def test_without_the_service_the_rule_kept_goes_on_counting(
    enrolled: Path, service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.minimum_policy = RULE
    ask(enrolled)
    monkeypatch.setattr("intake_agent.station.client._PAUSES_SECONDS", ())
    service.stop()
    with pytest.raises(ServiceUnreachableError):
        ask(enrolled)
    assert policy.in_force(enrolled).version == 3
