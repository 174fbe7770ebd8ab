"""Leaving the screens: stopping a wipe, a signal, switching off, and going without having sent."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from intake_agent.console import power
from intake_agent.console.flow import FAILED, NOT_SENT, REFUSED
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.progress import ProgressScreen
from intake_agent.console.screens.question import Question
from intake_agent.console.screens.result import ResultScreen
from intake_agent.console.screens.waiting import WaitingScreen
from intake_agent.station.outbox import Outbox, OutboxError
from intake_agent.work import Work
from wipe_reports.document import Outcome


def test_a_wipe_shows_how_far_it_is_and_stops_only_when_asked_twice(at_work, reported, held) -> None:
    async def walk() -> int | None:
        async with at_work(400) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.confirm_by_serial()
            await technician.see(ProgressScreen)
            await technician.see_words("Overschrijven")
            await technician.press("f10")
            assert "Er wordt nog gewist" in technician.reads()
            await technician.press("escape")
            await technician.answer(0)
            assert not technician.app.screen.following.stop.is_set()
            shown = technician.picture("5-progress")
            assert "/s" in shown
            assert " %" in shown
            await technician.press("escape")
            await technician.see(Question)
            technician.picture("5-stop")
            await technician.answer(1)
            assert "Stoppen gevraagd" in technician.reads()
            held.set()
            await technician.see(ResultScreen)
            shown = technician.picture("6-result-stopped")
            assert "[XX] NIET GEWIST: er kunnen nog gegevens op staan" in shown
            assert "het wissen werd afgebroken" in shown
            assert "Wis deze schijf opnieuw" in shown
            await technician.press("enter")
            await technician.pilot.pause()
            return technician.app.return_value

    assert asyncio.run(walk()) == FAILED
    wipe = reported(0).carriers[-1].wipe
    assert wipe is not None
    assert (wipe.outcome, wipe.interrupted) == (Outcome.NOT_ERASED, True)


def test_left_without_sending_the_exit_code_says_so(at_work, service) -> None:
    async def walk() -> int | None:
        service.answers = [(500, {})] * 2
        async with at_work(1) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.confirm_by_serial()
            await technician.see(ResultScreen)
            await technician.press("escape", "enter")
            await technician.pilot.pause()
            return technician.app.return_value

    assert asyncio.run(walk()) == NOT_SENT


def test_f10_switches_a_live_machine_off_after_a_question(at_work, monkeypatch: pytest.MonkeyPatch) -> None:
    async def walk() -> bool:
        async with at_work() as technician:
            await technician.see(LabelScreen)
            await technician.press("f10")
            await technician.answer(0)
            await technician.see(LabelScreen)
            await technician.press("f10", "f10")
            await technician.answer(1)
            await technician.pilot.pause()
            return technician.app.switches_off

    monkeypatch.setattr(power, "runs_live", lambda: True)
    assert asyncio.run(walk())


def test_f10_leaves_an_installed_machine_on_and_says_why(at_work, monkeypatch: pytest.MonkeyPatch) -> None:
    async def walk() -> bool:
        async with at_work() as technician:
            await technician.see(LabelScreen)
            await technician.press("f10")
            assert "zet het zelf uit" in technician.reads()
            assert not isinstance(technician.app.screen, Question)
            return technician.app.switches_off

    monkeypatch.setattr(power, "runs_live", lambda: False)
    assert not asyncio.run(walk())


def test_ctrl_c_and_ctrl_q_do_not_leave(at_work) -> None:
    async def walk() -> None:
        async with at_work() as technician:
            await technician.see(LabelScreen)
            await technician.press("ctrl+c", "ctrl+q", "ctrl+p")
            assert isinstance(technician.app.screen, LabelScreen)
            assert technician.app.is_running

    asyncio.run(walk())


def test_a_signal_during_a_wipe_ends_it_in_a_report_and_leaves(at_work, reported, held) -> None:
    async def walk() -> int | None:
        async with at_work(400) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.confirm_by_serial()
            await technician.see_words("Overschrijven")
            technician.app.stop()
            held.set()
            while technician.app.is_running and technician.app.return_value is None:
                await asyncio.sleep(0.05)
            return technician.app.return_value

    assert asyncio.run(walk()) == FAILED
    wipe = reported(0).carriers[-1].wipe
    assert wipe is not None
    assert wipe.interrupted


def test_a_machine_whose_report_lies_in_memory_only_is_not_switched_off(
    at_work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(self: Outbox, report_id: str, compact: str) -> Path:
        raise OutboxError("Het verslag kan niet bewaard worden: vol.")

    def elsewhere(report_id: str, compact: str) -> tuple[Outbox, Path]:
        return Outbox(tmp_path), tmp_path / "verslag.jws"

    async def walk() -> None:
        async with at_work(1, online=False) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.confirm_by_serial()
            await technician.see(ResultScreen)
            assert "Kopieer dat bestand eerst" in technician.reads()
            assert "Uitzetten" not in technician.reads()
            await technician.press("f10")
            assert "Het verslag ligt nog niet veilig" in technician.reads()

    monkeypatch.setattr(power, "runs_live", lambda: True)
    monkeypatch.setattr(Outbox, "put", full)
    monkeypatch.setattr("intake_agent.work.store_elsewhere", elsewhere)
    asyncio.run(walk())


def test_a_signal_while_the_machine_is_looked_at_leaves_at_once(at_work, service) -> None:
    looking, go_on = threading.Event(), threading.Event()

    def slow_look(work: Work) -> list[str]:
        looking.set()
        go_on.wait(60)
        return []

    async def walk() -> tuple[int | None, BaseException | None]:
        async with at_work(1) as technician:
            technician.app._look = slow_look
            await technician.see(LabelScreen)
            await technician.scan("HS-7K3M9P")
            await technician.see(WaitingScreen)
            assert looking.is_set()
            technician.app.stop()
            go_on.set()
            await technician.pilot.pause()
            return technician.app.return_value, technician.app.failure

    assert asyncio.run(walk()) == (REFUSED, None)
    assert service.reports == {}
