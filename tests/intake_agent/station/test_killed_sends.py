"""kill -9 at random points of keeping and sending, 50 times: no report lost, none accepted in two forms."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uuid_utils

from intake_agent.machine import Machine
from intake_agent.station import enrolment
from intake_agent.station.outbox import Outbox
from intake_agent.station.report import Signatory, build, signed

KILLS = 50
SEED = int(os.environ.get("HERSTART_KILL_SEED", "20261122"))
WHOLE, PROVISIONAL = "An", "afgebroken"


def make_ready(state: Path, ready: Path, report_id: str) -> None:
    own = enrolment.load(state)
    for operator, name in ((PROVISIONAL, "provisional"), (WHOLE, "whole")):
        report = build(
            Machine(),
            {},
            Signatory(station=own.name, key=own.key, operator=operator),
            report_id=report_id,
            created_at=datetime.now(UTC),
            test=False,
        )
        (ready / f"{report_id}.{name}").write_text(signed(report, own.key))


class Agents:
    """Agents that live for as long as they are given."""

    def __init__(self, process: subprocess.Popen[str], state: Path, ready: Path) -> None:
        self._process, self._state, self._ready = process, state, ready
        self.told: dict[str, list[str]] = {}

    def start(self, seconds: float) -> list[str]:
        """Let one agent live ``seconds``; what it told."""
        report_id = str(uuid_utils.uuid7())
        make_ready(self._state, self._ready, report_id)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{report_id} {seconds}\n")
        self._process.stdin.flush()
        lines = iter(self._process.stdout.readline, "over\n")
        self.told[report_id] = [line.strip() for line in lines if line[0] not in "{\n"]
        return self.told[report_id]


@contextmanager
def agents(state: Path, ready: Path) -> Iterator[Agents]:
    command = [sys.executable, str(Path(__file__).with_name("killed_agents.py")), str(state), str(ready)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield Agents(process, state, ready)
        assert process.stdin is not None
        process.stdin.close()


def test_no_report_is_lost_and_none_is_accepted_in_two_forms(enrolled: Path, service, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    ready.mkdir()
    chance = random.Random(SEED)  # noqa: S311 - it chooses when to kill
    with agents(enrolled, ready) as started:
        began = time.monotonic()
        assert "sent" in started.start(60)
        usual_seconds = time.monotonic() - began
        died_after: dict[str, int] = defaultdict(int)
        kills = 0
        while kills < KILLS:
            told = started.start(usual_seconds * chance.random() ** 3)  # keeping is soon done, sending takes long
            if "unharmed" not in told:
                kills += 1
                died_after[told[-1] if told else "start"] += 1
    print(
        f"seed {SEED} (HERSTART_KILL_SEED): {kills} agents killed, by what they had last finished: {dict(died_after)}"
    )

    last = [sys.executable, "-m", "intake_agent.cli", "send", "--state", str(enrolled)]
    subprocess.run(last, check=False, timeout=120)  # may still find what a kill tore, and says so by its exit code
    assert subprocess.run(last, check=False, timeout=120).returncode == 0
    outbox = Outbox(enrolled)
    assert outbox.waiting() == []
    assert list(outbox.provisional.glob("*.jws")) == []

    assert [report_id for report_id, forms in service.forms.items() if len(forms) != 1] == []
    for report_id, told in started.told.items():
        if "whole" in told:
            assert service.reports[report_id] == (ready / f"{report_id}.whole").read_bytes()
        elif "provisional" in told:
            assert report_id in service.reports
    assert len(died_after) >= 2, "the kills did not reach the different steps"
