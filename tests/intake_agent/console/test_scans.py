"""A scanner types and presses Enter wherever the focus is: on no screen does that press a button or say yes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input

from intake_agent.candidates import Candidate, DiskToWipe
from intake_agent.console.screens.confirm import ArmedSwitch, ConfirmScreen
from intake_agent.console.screens.disks import Again, DiskLine, DisksScreen
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.machine import MachineScreen
from intake_agent.console.screens.progress import Following, ProgressScreen
from intake_agent.console.screens.question import Question
from intake_agent.console.screens.result import ResultScreen
from intake_agent.console.screens.setting_aside import SettingAside
from intake_agent.console.screens.testing import FollowingTests, TestingScreen
from intake_agent.machine import Disk, Machine, Medium
from intake_agent.wiping.plan import plan
from intake_agent.wiping.safety import Consent, Refusal
from intake_agent.work import RunResult

DISK = Disk(name="sda", model="Schijf", serial="S-0001", medium=Medium.HDD, bus="sata", size_bytes=500 * 10**9)
MARKS = Refusal("signatures", "sda: de schijf draagt een merk.")
CANDIDATE = Candidate(disk=DISK, path="/dev/sda", plan=plan(DISK), cut=None)
CHOICE = DiskToWipe(disk=DISK, path="/dev/sda", plan=plan(DISK), consent=Consent())
SCANS = ("https://herstart.example/d/HS-7K3M9P", "5901234123457", "AB 12  3 ", "   AB", "o")
NAMES = {"-": "minus", "/": "slash", ":": "colon", ".": "full_stop", " ": "space"}
NOTHING = "nothing yet"


class OneScreen(App[object]):
    """Shows one screen and keeps its answer."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, shown: Screen[object]) -> None:
        super().__init__()
        self.shown, self.answer = shown, NOTHING

    def on_mount(self) -> None:
        self.push_screen(self.shown, lambda answer: setattr(self, "answer", answer))


def keys(code: str) -> list[str]:
    return [NAMES.get(character, character) for character in code]


async def scan(pilot: object, code: str) -> None:
    """As fast as a scanner: no pause between the keys."""
    await pilot.press(*keys(code), "enter")
    await pilot.pause()


SCREENS: dict[str, Callable[[], Screen[object]]] = {
    "label": lambda: LabelScreen("An", None),
    "bench": lambda: LabelScreen("An", None, asks_code=False),
    "machine": lambda: MachineScreen(Machine(), []),
    "disks": lambda: DisksScreen([CANDIDATE], []),
    "confirm": lambda: ConfirmScreen([CHOICE]),
    "progress": lambda: ProgressScreen([CHOICE], Following()),
    "testing": lambda: TestingScreen(FollowingTests()),
    "question": lambda: Question("Wissen?", ("Nee", "Ja", "Misschien")),
}


def everywhere(make: Callable[[], Screen[object]], code: str) -> list[str]:
    """What a scan did with the focus on each thing of a screen that is no field; nothing is what it must do."""

    async def walk() -> list[str]:
        shown = make()
        app = OneScreen(shown)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            done = []
            for place in [one for one in shown.focus_chain if not isinstance(one, Input)]:
                place.focus()
                await pilot.pause()
                await scan(pilot, code)
                if app.answer != NOTHING or app.screen is not shown:
                    done.append(f"{place!r}: {app.answer!r} on {app.screen!r}")
                    break
            return done

    return asyncio.run(walk())


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("code", SCANS)
def test_no_scan_presses_anything(name: str, code: str) -> None:
    assert everywhere(SCREENS[name], code) == []


def test_a_scan_on_the_result_neither_switches_off_nor_leaves(at_work, monkeypatch: pytest.MonkeyPatch) -> None:
    work = asyncio.run(_a_work(at_work))
    ended = RunResult(stored_report=None, trouble="niet bewaard")
    assert everywhere(lambda: ResultScreen(work, ended, can_power_off=True), "HS-7K3M9P") == []


async def _a_work(at_work) -> object:
    async with at_work() as technician:
        return technician.app.work


def test_the_first_screen_that_a_second_scan_reaches_stays(at_work) -> None:
    async def walk() -> None:
        async with at_work(1) as technician:
            await technician.see(LabelScreen)
            await technician.scan("HS-7K3M9P")
            await technician.see(MachineScreen)
            await technician.scan("HS-7K3M9P")
            assert isinstance(technician.app.screen, MachineScreen)
            assert "hier wordt niets gescand: er is niets gekozen" in technician.picture("2-machine-scanned")
            await technician.press("enter")
            await technician.see(DisksScreen)

    asyncio.run(walk())


def test_a_scan_that_begins_on_one_screen_presses_nothing_on_the_next() -> None:
    async def walk() -> object:
        app = OneScreen(SCREENS["testing"]())
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*keys("HS-7K3"))
            await pilot.pause()
            await app.push_screen(Question("Wissen?", ("Nee", "Ja")), lambda answer: setattr(app, "answer", answer))
            await pilot.press("enter")
            await pilot.pause()
            return app.answer

    assert asyncio.run(walk()) == NOTHING


@pytest.mark.parametrize("code", ["   ABC", "ABC   ", " A B C "])
def test_spaces_in_a_scan_do_not_arm_the_switch(code: str) -> None:
    async def walk() -> tuple[object, str]:
        app = OneScreen(ConfirmScreen([CHOICE]))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            switch = app.screen.query_one(ArmedSwitch)
            switch.focus()
            await pilot.pause()
            await scan(pilot, code)
            await pilot.press("enter")
            await pilot.pause()
            return app.answer, str(switch.render())

    answer, shown = asyncio.run(walk())
    assert answer == NOTHING
    assert "nog 3 keer" in shown


@pytest.mark.parametrize("code", ["A1 B2", "HS-7K3M9P"])
def test_a_scan_ticks_no_disk(code: str) -> None:
    async def walk() -> bool:
        app = OneScreen(DisksScreen([CANDIDATE], []))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await scan(pilot, code)
            return app.screen.query_one(DiskLine).ticked

    assert asyncio.run(walk()) is False


@pytest.mark.parametrize("code", ["HS-7K3M9P", "S-0001", "0001 ", "00010001", ""])
def test_a_scan_sets_no_judgement_aside(code: str) -> None:
    async def walk() -> object:
        app = OneScreen(SettingAside("VB0001S-0001" if code == "S-0001" else "S-00019", (MARKS,)))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await scan(pilot, code)
            return app.answer

    assert asyncio.run(walk()) == NOTHING


@pytest.mark.parametrize("key", ["enter", "space", "y", "j", "delete", "escape"])
@pytest.mark.parametrize("name", ["confirm", "progress", "disks", "question"])
def test_one_key_decides_nothing_about_data(name: str, key: str) -> None:
    """On each thing that can have the focus: nothing is wiped or left unwiped, and no wipe is stopped, by one key."""

    async def walk(place: int) -> tuple[object, bool, int]:
        shown = SCREENS[name]()
        app = OneScreen(shown)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            shown.focus_chain[place % len(shown.focus_chain)].focus()
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
            stopped = isinstance(shown, ProgressScreen) and shown.following.stop.is_set()
            return app.answer, stopped, len(shown.focus_chain)

    _, _, places = asyncio.run(walk(0))
    seen = [asyncio.run(walk(place)) for place in range(places)]
    harmless = {NOTHING, None, Again.LOOK, *(range(3) if name == "question" else ())}
    assert {answer for answer, _, _ in seen} <= harmless
    assert not any(stopped for _, stopped, _ in seen)


def test_the_first_answer_of_a_question_has_the_focus_and_changes_nothing() -> None:
    async def walk() -> object:
        app = OneScreen(SCREENS["question"]())
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            return app.answer

    assert asyncio.run(walk()) == 0


def test_a_label_scanned_at_the_bench_is_nobodys_name() -> None:
    async def walk() -> tuple[object, str]:
        app = OneScreen(LabelScreen("", None, asks_code=False))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await scan(pilot, "HS-7K3M9P")
            return app.answer, app.screen.query_one("#operator", Input).value

    assert asyncio.run(walk()) == (NOTHING, "")
