"""A service that is away is tried again with growing pauses; a refused report is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.cli import main
from intake_agent.station import retrying
from intake_agent.station.client import Client, ServiceUnreachableError, asked_pause_seconds
from intake_agent.station.outbox import Outbox
from intake_agent.station.retrying import LONGEST_PAUSE_SECONDS, LastTry, keep_trying, last_try, note, pause_after
from intake_agent.station.sending import Sent

AWAY = Sent("r", Path("r.jws"), None, "weg", later=True)
TAKEN = Sent("r", Path("r.jws"), {"receipt": "x"})
REFUSED = Sent("r", Path("r.jws"), None, "Nee.")


class Bench:
    """A clock and a way to wait that do not wait."""

    def __init__(self, rounds: list[list[Sent]]) -> None:
        self.rounds, self.waited, self.at = rounds, list[float](), 0.0

    def send(self) -> list[Sent]:
        return self.rounds.pop(0)

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds

    def run(self, outbox: Outbox, longest_seconds: float | None = None) -> list[tuple[list[Sent], float | None]]:
        return list(
            keep_trying(outbox, self.send, longest_seconds=longest_seconds, pause=self.pause, clock=lambda: self.at)
        )


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    """An outbox whose folder is there."""
    made = Outbox(tmp_path)
    made.prove_room()
    return made


def test_pauses_grow_until_the_service_is_back(outbox: Outbox) -> None:
    bench = Bench([[AWAY]] * 6 + [[TAKEN]])
    *_, (results, wait) = bench.run(outbox)
    assert (results, wait) == ([TAKEN], None)
    assert len(bench.waited) == 6
    for number, waited in enumerate(bench.waited):
        assert max(1, 2**number / 2) <= waited <= 2**number
    assert last_try(outbox) is None


def test_a_refused_report_ends_the_trying(outbox: Outbox) -> None:
    bench = Bench([[REFUSED]])
    assert bench.run(outbox) == [([REFUSED], None)]
    assert bench.waited == []


def test_the_time_given_is_not_exceeded(outbox: Outbox) -> None:
    bench = Bench([[AWAY]] * 50)
    bench.run(outbox, longest_seconds=600)
    assert sum(bench.waited) <= 600
    assert len(bench.waited) >= 8


def test_an_agent_that_is_started_again_goes_on_with_the_pause_it_was_in(outbox: Outbox) -> None:
    for _ in range(8):
        note(outbox, [AWAY])
    bench = Bench([[TAKEN]])
    bench.run(outbox)
    assert len(bench.waited) == 1
    assert 30 <= bench.waited[0] <= 128


@pytest.mark.parametrize("jump", [timedelta(days=-3000), timedelta(days=3000)])
def test_a_clock_that_jumped_never_makes_a_pause_longer(jump: timedelta) -> None:
    kept = LastTry(5, datetime.now(UTC) + jump, 16)
    assert kept.left_seconds(datetime.now(UTC)) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\x00\x00",
        b"[" * 100_000,
        b'{"failed": 3, "tried_at": 5, "pause_seconds": 4}',
        b'{"failed": -1}',
    ],
)
def test_a_torn_state_of_the_tries_is_as_if_there_were_none(outbox: Outbox, content: bytes) -> None:
    (outbox.folder / "last-try.json").write_bytes(content)
    assert last_try(outbox) is None
    assert note(outbox, [AWAY]).failed == 1


@given(st.integers(1, 10**6), st.none() | st.floats(0, 10**9), st.floats(0, 1))
def test_a_pause_is_at_least_a_second_and_at_most_a_quarter_of_an_hour(
    failed: int, asked: float | None, chance: float
) -> None:
    pause = pause_after(failed, asked, lambda: chance)
    assert 1 <= pause <= LONGEST_PAUSE_SECONDS
    assert pause >= min(asked or 0, LONGEST_PAUSE_SECONDS) - 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("7", 7.0), ("-3", None), ("straks", None), ("Sun, 22 Nov 2026 04:00:30 GMT", 30.0),
     ("Sun, 22 Nov 2020 04:00:00 GMT", 0.0), ("9" * 40, None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert asked_pause_seconds(header, datetime(2026, 11, 22, 4, tzinfo=UTC)) == seconds


def answering(*answers: tuple[int, dict[str, str]]) -> tuple[Client, list[float]]:
    waited: list[float] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        status, headers = left.pop(0)
        return httpx.Response(status, headers=headers, json={"keys": []})

    client = Client("https://herstart.example", transport=httpx.MockTransport(answer), pause=waited.append)
    return client, waited


def test_a_short_retry_after_is_honoured_within_one_request() -> None:
    client, waited = answering((429, {"Retry-After": "7"}), (503, {}), (200, {}))
    assert client.keys() == {"keys": []}
    assert waited == [7.0, 3.0]


def test_a_long_retry_after_ends_the_request_and_is_handed_on() -> None:
    client, waited = answering((503, {"Retry-After": "3600"}))
    with pytest.raises(ServiceUnreachableError) as caught:
        client.keys()
    assert caught.value.asked_pause_seconds == 3600
    assert waited == []


def test_send_keep_trying_gives_a_refused_report_no_second_chance_and_plain_send_does(
    enrolled: Path, service, capsys
) -> None:
    outbox = Outbox(enrolled)
    path = outbox.put("0192f0c1-2b3a-7c4d-8e5f-000000000001", signed_report(enrolled))
    service.answers.append((422, {"title": "Nee.", "status": 422}))
    assert main(["send", "--keep-trying", "--state", str(enrolled)]) == 1
    asked = len(service.requests)
    assert main(["send", "--keep-trying", "--state", str(enrolled)]) == 1
    assert len(service.requests) == asked
    assert "1 geweigerd; die worden niet opnieuw geprobeerd" in capsys.readouterr().out
    assert main(["send", "--state", str(enrolled)]) == 0
    assert not path.exists()


def test_send_keep_trying_sends_as_soon_as_the_service_is_back(
    enrolled: Path, service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "pause_after", lambda failed, asked: 0)
    monkeypatch.setattr("intake_agent.station.client._PAUSES_SECONDS", ())
    Outbox(enrolled).put("0192f0c1-2b3a-7c4d-8e5f-000000000001", signed_report(enrolled))
    service.answers += [(503, {})] * 3
    assert main(["send", "--keep-trying", "--for", "1", "--state", str(enrolled)]) == 0
    assert len(service.reports) == 1


def test_for_without_keep_trying_is_asked_wrongly(enrolled: Path, capsys) -> None:
    assert main(["send", "--for", "5", "--state", str(enrolled)]) == 2
    assert "--keep-trying" in capsys.readouterr().err


def signed_report(state: Path) -> str:
    from intake_agent.machine import Machine  # noqa: PLC0415
    from intake_agent.station import enrolment  # noqa: PLC0415
    from intake_agent.station.report import Signatory, build, signed  # noqa: PLC0415

    own = enrolment.load(state)
    report = build(
        Machine(),
        {},
        Signatory(station=own.name, key=own.key, operator="An"),
        report_id="0192f0c1-2b3a-7c4d-8e5f-000000000001",
        created_at=datetime.now(UTC),
        test=False,
    )
    return signed(report, own.key)


def test_the_state_of_the_tries_is_kept_by_a_plain_send_too(
    enrolled: Path, service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake_agent.station.client._PAUSES_SECONDS", ())
    Outbox(enrolled).put("0192f0c1-2b3a-7c4d-8e5f-000000000001", signed_report(enrolled))
    service.stop()
    assert main(["send", "--state", str(enrolled)]) == 1
    kept = json.loads((enrolled / "outbox" / "last-try.json").read_text())
    assert kept["failed"] == 1
