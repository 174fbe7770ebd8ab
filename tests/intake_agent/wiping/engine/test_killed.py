"""kill -9 at random points of a wipe, 50 times: no disk is called clean that is not, no report is lost, none twice."""

from __future__ import annotations

import mmap
import os
import random
import shutil
import subprocess
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_agent.machine import Disk, Medium
from intake_agent.station.enrolment import load
from intake_agent.station.outbox import Outbox
from intake_agent.wiping.engine.journal import Journals
from wipe_reports import contradictions, schema, signing
from wipe_reports.document import Outcome, Wipe, WipeReport

KILLS = 50
SEED = int(os.environ.get("HERSTART_KILL_SEED", "20261122"))
MIB = 1 << 20
SIZE = 24 * MIB + 512 * 3
SECRET = int.from_bytes(b"aangifte", "little")


class Bench:
    """One disk, one stick, and agents that are killed at it."""

    def __init__(self, state: Path, carrier: Path, process: subprocess.Popen[str]) -> None:
        self.state, self.carrier, self._process = state, carrier, process
        self.disk = Disk(name=carrier.name, model="Proef", serial="TEST-KILLED", medium=Medium.VIRTUAL, size_bytes=SIZE)
        self.key = load(state).key
        self.fill()

    def fill(self) -> None:
        """Somebody's data on every sector: the secret and the sector's own number."""
        content = bytearray(SIZE)
        words = memoryview(content).cast("Q")
        words[0::64] = memoryview(array("Q", [SECRET] * (SIZE // 512)))
        words[1::64] = memoryview(array("Q", range(SIZE // 512)))
        self.carrier.write_bytes(content)

    def secrets(self) -> list[int]:
        """The sectors that still hold somebody's data."""
        with self.carrier.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as content:
            words = memoryview(content.read()).cast("Q")[0::64].tolist()
        return [sector for sector, word in enumerate(words) if word == SECRET]

    def live(self, seconds: float) -> list[list[str]]:
        """Let one agent live so long; what it told, word by word."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        return [line.split() for line in iter(self._process.stdout.readline, "over\n") if line.strip()]

    def reports(self) -> dict[str, WipeReport]:
        """The whole reports on the stick by id; each is signed by this station and does not contradict itself.

        One that was being written when the kill came is torn; the provisional report of its id then still stands.
        """
        found, outbox = {}, Outbox(self.state)
        for path in outbox.waiting():
            try:
                found[path.stem] = self._read(path)
            except signing.SignatureInvalid:
                assert any(path.stem in one.name and self._read(one) for one in outbox.provisional.glob("*")), path
        return found

    def is_told(self, report_id: str) -> bool:
        """Does anything on the stick say that a wipe of this report began?"""
        provisional = Outbox(self.state).provisional
        return report_id in self.reports() or any(
            report_id in path.name and self._read(path) for path in provisional.glob("*")
        )

    def _read(self, path: Path) -> WipeReport:
        report = schema.from_bytes(signing.verify(path.read_bytes(), self.key, "wipe-report+jws"))
        assert contradictions.find(report) == []
        return report


@pytest.fixture
def bench(enrolled: Path, fast_folder: Path) -> Iterator[Bench]:
    state = fast_folder / "state"
    shutil.copytree(enrolled, state)
    carrier = fast_folder / "disk"
    carrier.touch()
    os.truncate(carrier, SIZE)
    command = [sys.executable, str(Path(__file__).with_name("killed_wipe.py")), str(state), str(carrier)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Bench(state, carrier, process)
        assert process.stdin is not None
        process.stdin.close()


def wipe_of(report: WipeReport) -> Wipe:
    (carrier,) = [carrier for carrier in report.carriers if carrier.wipe is not None]
    assert carrier.wipe is not None
    return carrier.wipe


def test_whatever_the_moment_of_the_kill_the_stick_tells_the_truth(bench: Bench) -> None:
    chance = random.Random(SEED)  # noqa: S311 - it chooses when to kill
    whole_life = _life_of_one_wipe(bench)
    known, reached = set(bench.reports()), Counter[str]()
    for number in range(KILLS):
        where = f"seed {SEED}, kill {number}"
        before = bench.secrets()
        told = bench.live(chance.uniform(0, 1.1) * whole_life)
        left = bench.secrets()
        _journal_is_honest(bench, left, where)
        for _, report_id, *_ in told[:1]:
            assert left == before or bench.is_told(report_id), f"{where}: a wipe began and nothing tells of it"
        new = {report_id: report for report_id, report in bench.reports().items() if report_id not in known}
        known |= set(new)
        for report in new.values():
            wipe = wipe_of(report)
            reached[f"{wipe.outcome}{' after a cut' if wipe.attempts else ''}{' resumed' if wipe.resumed else ''}"] += 1
            if wipe.outcome is Outcome.ERASED:
                assert left == [], f"{where}: called erased with {len(left)} sectors of somebody's data"
                bench.fill()
    print(f"seed {SEED}: {dict(reached)}")
    assert reached[str(Outcome.NOT_ERASED)] > 0, reached
    _ends_with_one_report_each(bench, known)


def _life_of_one_wipe(bench: Bench) -> float:
    bench.live(60)
    bench.fill()
    began = time.monotonic()
    told = bench.live(60)
    assert [words[0] for words in told] == ["begun", "ended"]
    assert bench.secrets() == []
    bench.fill()
    return time.monotonic() - began


def _journal_is_honest(bench: Bench, left: list[int], where: str) -> None:
    cut = Journals(bench.state).cut(bench.disk)
    if cut is not None:
        too_early = [sector for sector in left if sector * 512 < cut.flushed_bytes]
        assert too_early == [], f"{where}: the journal calls {len(too_early)} sectors written that are not"


def _ends_with_one_report_each(bench: Bench, known: set[str]) -> None:
    """One more whole life: what was provisional is a report now, and nothing that was whole has changed or gone."""
    before = {report_id: wipe_of(report).outcome for report_id, report in bench.reports().items()}
    last = bench.live(60)
    assert [words[0] for words in last] == ["begun", "ended"]
    after = bench.reports()
    assert known <= set(after)
    assert {report_id: wipe_of(after[report_id]).outcome for report_id in before} == before
    assert wipe_of(after[last[0][1]]).outcome is Outcome.ERASED
    assert bench.secrets() == []
    assert [path for path in Outbox(bench.state).provisional.glob("*") if path.suffix == ".jws"] == []
    assert Journals(bench.state).cut(bench.disk) is None
