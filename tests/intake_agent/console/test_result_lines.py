"""The result's lines beside the code: what does not fit goes on below its own words, never below its sign."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("textual")
from textual.widgets import Static

from intake_agent import work as steps
from intake_agent.candidates import Candidate, Ticked
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.result import ResultScreen
from intake_agent.machine import Disk, Medium
from intake_agent.station.report import WipedDisk
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from intake_agent.work import RunResult, StoredReport
from wipe_reports.document import HiddenAreas

DISK = Disk(name="sda", serial="S-1", model="Schijf", medium=Medium.HDD, bus="sata", size_bytes=500 * 10**9)
EXCEPTIONS = ("interrupted", "read_back_differs", "hidden_area_unknown")
ADDRESS = "https://herstart.voorbeeld.be/d/HS-7K3M9P"


def test_a_fault_of_the_agent_itself_is_the_first_thing_said_on_the_result(at_work) -> None:
    """The disk may be erased and the report kept: whoever reads this must still not think that all went well."""
    fault = "Het volledige verslag kon niet getekend worden (RuntimeError: proef)."

    async def walk() -> str:
        async with at_work(1, online=False) as technician:
            await technician.see(LabelScreen)
            work = technician.app.work
            ended = RunResult(stored_report=StoredReport(work.outbox, Path("verslag.jws")), faults=(fault,))
            screen = ResultScreen(work, ended, can_power_off=False)
            technician.app.push_screen(screen)
            await technician.see(ResultScreen)
            shown = "\n".join(str(line.render()) for line in screen.query("#ended .line").results(Static))
            return f"{screen.sentence()}\n{shown}"

    told = asyncio.run(walk())
    assert told.startswith("De agent zelf ging fout")
    assert "RuntimeError: proef" in " ".join(told.split())


def test_long_words_on_the_result_keep_their_indent_beside_the_code(at_work) -> None:
    wipe = replace(unfinished(plan(DISK), datetime.now(UTC), None), exceptions=EXCEPTIONS)
    answer = {"result": "created", "device": {"code": "HS-7K3M9P", "url": ADDRESS}}

    async def walk() -> list[tuple[list[str], int]]:
        async with at_work(1, online=False) as technician:
            await technician.see(LabelScreen)
            work = technician.app.work
            steps.choose(work, [Ticked(Candidate(disk=DISK, path=Path("/dev/sda"), plan=plan(DISK)))])
            work.wiped["sda"] = WipedDisk(disk=DISK, wipe=wipe, hidden_areas=HiddenAreas())
            ended = RunResult(stored_report=StoredReport(work.outbox, Path("verslag.jws")), answer=answer)
            technician.app.push_screen(ResultScreen(work, ended, can_power_off=False))
            await technician.see(ResultScreen)
            assert technician.app.screen.query("#qr")
            lines = technician.app.screen.query("#ended .line").results(Static)
            return [(str(line.render()).splitlines(), line.content_size.width) for line in lines]

    shown = asyncio.run(walk())
    long = [words for words, _ in shown if len(words) > 1 and words[0].startswith(("[", " "))]
    assert len(long) >= 3
    for first, *rest in long:
        indent = "       " if "     - " in first else "     "
        assert all(line.startswith(indent) and line[len(indent)] != " " for line in rest)
    hung = [words for words, _ in shown if words and words[0].startswith(("[", " "))]
    assert all(len(line) <= width for words, width in shown if words in hung for line in words)
