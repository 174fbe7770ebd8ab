"""No fault after a wipe loses its report: every function that runs after it raises in turn, once and always.

What is checked is what a person and the next start find on the stick: the report with the wipe in it, or the
provisional one that says *not erased*; and that no such run ends well or switches the machine off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType

import pytest

import intake_agent
from intake_agent import work as steps
from intake_agent.candidates import Candidate, Ticked
from intake_agent.console import flow, power, unattended_flow
from intake_agent.machine import Disk, HiddenAreas, Machine, Medium, Memory, System
from intake_agent.run_options import RunOptions
from intake_agent.run_result import RunResult
from intake_agent.seeing import sources
from intake_agent.station.outbox import Outbox
from intake_agent.unattended.policy import from_values
from intake_agent.wiping.engine.jobs import Finished
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from intake_agent.work import Work
from wipe_reports import contradictions, schema, signing
from wipe_reports.document import (
    AreaState,
    Level,
    Outcome,
    Pass,
    Verification,
    VerificationMethod,
    Wipe,
    WipeReport,
)

SIZE = 500 * 10**9
ABSENT = HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.ABSENT)
DISKS = tuple(
    Disk(name=name, serial=f"S-{name}", model="Schijf", medium=Medium.HDD, bus="sata", size_bytes=SIZE)
    for name in ("sda", "sdb")
)
PACKAGES = tuple(str(Path(one.__file__ or "").parent) for one in (intake_agent, schema))


def an_erased_wipe(disk: Disk) -> Wipe:
    now = datetime.now(UTC)
    whole = Pass(pattern="stamped-random", started_at=now, ended_at=now, bytes_written=SIZE)
    read = VerificationMethod.FULL_READ_BACK
    return replace(
        unfinished(plan(disk), now, None),
        started_at=now,
        ended_at=now,
        level=Level.CLEAR,
        passes=(whole,),
        bytes_written=SIZE,
        verification=Verification(method=read, started_at=now, ended_at=now, bytes_read=SIZE, passed=True),
        interrupted=False,
        outcome=Outcome.ERASED,
        exceptions=(),
    )


def finished_wipes() -> list[Finished]:
    return [Finished(disk=one, wipe=an_erased_wipe(one), hidden_areas=ABSENT, trouble=None) for one in DISKS]


@pytest.fixture
def make_work(enrolled: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Work]:
    """Makes the work of a machine with two disks; ``wipe_all`` answers as if both were wiped."""
    monkeypatch.setattr(steps, "wipe_all", lambda *_a, **_k: finished_wipes())
    monkeypatch.setattr(sources, "disk_now", lambda name: None)

    def make() -> Work:
        work = steps.begin(RunOptions(state=enrolled, operator="An", online=False))
        work.machine = Machine(system=System(serial="M-1"), memory=Memory(installed_mib=8192), disks=DISKS)
        steps.choose(work, [Ticked(Candidate(disk=one, path=Path("/dev") / one.name, plan=plan(one))) for one in DISKS])
        return work

    return make


def finished(work: Work, tell: Callable[[str], None] = lambda _: None) -> RunResult:
    return steps.finish(work, follow=lambda *_: None, tell=tell, stop_asked=lambda: False)


def on_the_stick(work: Work) -> tuple[list[WipeReport], list[WipeReport]]:
    """The reports that wait to be sent, and the provisional ones."""
    box = Outbox(work.options.state)
    named = f"{work.report_id}.jws"
    folders = (box.folder, box.provisional)
    first, second = ([folder / named] if (folder / named).exists() else [] for folder in folders)
    read = [[schema.from_bytes(signing.peek(path.read_bytes())[1]) for path in paths] for paths in (first, second)]
    return read[0], read[1]


def assert_proof_stands(work: Work, ended: RunResult) -> None:
    reports, provisional = on_the_stick(work)
    if ended.stored_report is not None and not reports:
        reports = [schema.from_bytes(signing.peek(ended.stored_report.path.read_bytes())[1])]
    assert reports or provisional
    for report in [*reports, *provisional]:
        assert contradictions.find(report) == []
        assert {carrier.serial for carrier in report.carriers if carrier.wipe} == {one.serial for one in DISKS}
    if not reports:
        assert all(carrier.wipe and carrier.wipe.outcome is Outcome.NOT_ERASED for carrier in provisional[0].carriers)
        assert ended.stored_report is None
        assert ended.faults
        assert flow.exit_code(work, ended) == flow.FAILED


class Injected(RuntimeError):  # noqa: N818 - a fault of the test, no error of the program
    """What a function raises that was made to fail."""


@contextmanager
def calls_watched(at_call: Callable[[CodeType], None]) -> Iterator[None]:
    """``at_call`` is told of every call of a function of the agent or the report, and may raise in its place."""

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGES):
            at_call(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)


GUARDS = frozenset({"finish", "_proven", "in_short", "_provisional_stays", "tells", "tell_while_it_can_be"})
"""What tells of a fault: a fault in the telling itself is the interpreter's to report."""


class AfterTheWipe:
    """Watches the functions called once ``wipe_all`` answered; ``broken`` raises, its first time or ``always``."""

    def __init__(self, broken: CodeType | None = None, *, always: bool = False) -> None:
        self.called: dict[CodeType, None] = {}
        self.raised = 0
        self._broken, self._always, self._armed = broken, always, False

    def wipe_all(self, *_a: object, **_k: object) -> list[Finished]:
        made = finished_wipes()
        self._armed = True
        return made

    def at_call(self, code: CodeType) -> None:
        if not self._armed or code.co_name in GUARDS:
            return
        self.called.setdefault(code)
        if code is self._broken and (self._always or not self.raised):
            self.raised += 1
            raise Injected(code.co_qualname)


@pytest.mark.parametrize("always", [False, True])
def test_whatever_function_fails_after_the_wipe_its_proof_or_the_provisional_report_stands(
    make_work: Callable[[], Work], monkeypatch: pytest.MonkeyPatch, *, always: bool
) -> None:
    seen, work = AfterTheWipe(), make_work()
    monkeypatch.setattr(steps, "wipe_all", seen.wipe_all)
    with calls_watched(seen.at_call):
        finished(work)
    names = {one.co_name for one in seen.called}
    assert {"_take_over", "sign_and_store", "build", "to_bytes", "sign", "put", "write_new"} <= names
    for broken in seen.called:
        fault, work = AfterTheWipe(broken, always=always), make_work()
        monkeypatch.setattr(steps, "wipe_all", fault.wipe_all)
        with calls_watched(fault.at_call):
            ended = finished(work)
        assert fault.raised, broken.co_qualname
        assert_proof_stands(work, ended)


def test_facts_that_spoil_the_report_cost_the_machines_facts_and_not_the_wipes(
    make_work: Callable[[], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = make_work()

    def spoils(*_a: object, **_k: object) -> list[Finished]:
        work.machine = replace(work.machine, memory=Memory(installed_mib="veel"))  # type: ignore[arg-type]
        return finished_wipes()

    monkeypatch.setattr(steps, "wipe_all", spoils)
    ended = finished(work)
    (report,) = on_the_stick(work)[0]
    assert report.device.serial == "M-1"
    assert [carrier.wipe.outcome for carrier in report.carriers if carrier.wipe] == [Outcome.ERASED] * 2
    assert "korter verslag" in ended.faults[0]
    assert flow.exit_code(work, ended) == flow.FAILED


@pytest.mark.parametrize("spoilt", ["method", "bytes_written", "hidden_areas"])
def test_a_wipe_that_cannot_be_told_is_told_without_a_claim_and_the_other_ones_stand(
    make_work: Callable[[], Work], monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    work = make_work()
    bad, good = finished_wipes()
    assert bad.wipe is not None
    if spoilt == "hidden_areas":
        huge = HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.LEFT, dco_sectors=2**64 - 1)
        bad = replace(bad, hidden_areas=huge)
    else:
        bad = replace(bad, wipe=replace(bad.wipe, **{spoilt: {"method": "x" * 400, "bytes_written": -1}[spoilt]}))
    monkeypatch.setattr(steps, "wipe_all", lambda *_a, **_k: [bad, good])
    ended = finished(work)
    (report,) = on_the_stick(work)[0]
    told = {carrier.serial: carrier.wipe for carrier in report.carriers}
    assert told["S-sdb"] is not None
    assert told["S-sdb"].outcome is Outcome.ERASED
    assert told["S-sda"] is not None
    if spoilt != "hidden_areas":
        assert (told["S-sda"].outcome, told["S-sda"].exceptions) == (Outcome.NOT_ERASED, ("not_reportable",))
        assert ended.faults
        assert flow.exit_code(work, ended) == flow.FAILED


def test_a_wiping_engine_that_fails_leaves_every_chosen_disk_told_as_not_erased(
    make_work: Callable[[], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_a: object, **_k: object) -> list[Finished]:
        raise MemoryError

    work = make_work()
    monkeypatch.setattr(steps, "wipe_all", fails)
    ended = finished(work)
    assert flow.exit_code(work, ended) == flow.FAILED
    (report,) = on_the_stick(work)[0]
    assert {carrier.wipe.outcome for carrier in report.carriers if carrier.wipe} == {Outcome.NOT_ERASED}


def test_nothing_is_wiped_where_the_provisional_report_cannot_be_made(
    make_work: Callable[[], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    work = make_work()
    monkeypatch.setattr(steps, "wipe_all", lambda *_a, **_k: asked.append(True))
    monkeypatch.setattr("intake_agent.station.report.device", lambda *_: 1 / 0)
    ended = finished(work)
    assert not asked
    assert "niets gewist" in (ended.trouble or "")
    assert flow.exit_code(work, ended) == flow.REFUSED


def test_a_console_that_fails_in_telling_costs_nothing(make_work: Callable[[], Work]) -> None:
    def tells(_words: str) -> None:
        raise Injected("the screen fell away")

    work = make_work()
    ended = finished(work, tells)
    assert ended.stored_report is not None
    assert_proof_stands(work, ended)


@pytest.mark.parametrize("after", ["plain", "unattended"])
def test_a_run_with_a_fault_after_its_wipe_is_not_ok_and_does_not_switch_off(
    make_work: Callable[[], Work], monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    work, off = make_work(), []
    chosen, candidates = (
        list(work.chosen),
        [Candidate(disk=one, path=Path("/dev") / one.name, plan=plan(one)) for one in DISKS],
    )
    monkeypatch.setattr(power, "power_off", lambda: off.append(True))
    monkeypatch.setattr(steps, "offered", lambda _: candidates)
    monkeypatch.setattr("intake_agent.station.report.parts", lambda _: 1 / 0)
    monkeypatch.setattr(flow, "started", lambda *_: work)
    monkeypatch.setattr(unattended_flow, "started", lambda *_: work)
    monkeypatch.setattr(steps, "store_provisional", lambda _: None)
    options = replace(work.options, named_serials=frozenset({"S-sda", "S-sdb"}), may_power_off=True)
    if after == "plain":
        monkeypatch.setattr(flow, "_wanted", lambda *_: [Ticked(one) for one in candidates])
        code = flow.run(options)
    else:
        policy = from_values(
            {"operator": "An", "wipe": "all", "after": "power-off"}, sources=("policy_file:bank.toml",)
        )
        code = unattended_flow.run(policy, options)
    assert len(chosen) == len(work.chosen) == 2
    assert code == flow.FAILED
    assert not off
