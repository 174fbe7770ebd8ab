"""A technician at the screens: a captured machine, scratch carriers as its disks, keys pressed as on a keyboard."""

from __future__ import annotations

import asyncio
import html
import os
import re
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("textual")
from textual.pilot import Pilot
from textual.widgets import Button

from intake_agent.captures import captured_folder
from intake_agent.console.app import TechnicianApp
from intake_agent.console.screens.confirm import ConfirmScreen
from intake_agent.console.screens.disks import DiskLine, DisksScreen
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.machine import MachineScreen
from intake_agent.console.screens.progress import Following
from intake_agent.console.screens.question import Question
from intake_agent.inspection import examine
from intake_agent.run_options import RunOptions
from intake_agent.wiping.scratch import Scratch, scratch
from intake_agent.work import Work, begin
from wipe_reports import schema, signing
from wipe_reports.document import WipeReport

MIB = 1024 * 1024
SECONDS_FOR_A_SCREEN = 30


class Technician:
    """Presses keys and reads what the screen shows."""

    def __init__(self, app: TechnicianApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def to_the_disks(self) -> None:
        """The label is scanned and the machine looked at."""
        await self.see(LabelScreen)
        await self.scan("HS-7K3M9P")
        await self.see(MachineScreen)
        await self.press("enter")
        await self.see(DisksScreen)

    async def to_the_scratch_disk(self) -> None:
        """The first scratch carrier has the focus."""
        await self.to_the_disks()
        while not (isinstance(self.app.focused, DiskLine) and self.app.focused.candidate.disk.name == "proef1"):
            await self.press("down")

    async def confirm_by_serial(self) -> None:
        """The last characters of the first chosen disk are typed."""
        await self.see(ConfirmScreen)
        await self.scan(self.app.work.chosen[0].disk.serial[-4:])

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def scan(self, code: str) -> None:
        """What a scanner does: types the code and presses Enter."""
        await self.press(*(character if character.isalnum() else KEYS.get(character, character) for character in code))
        await self.press("enter")

    async def see(self, screen: type) -> None:
        """Wait until this screen is shown."""
        for _ in range(SECONDS_FOR_A_SCREEN * 20):
            assert self.app.is_running, self.app.failure
            if isinstance(self.app.screen, screen):
                await self.pilot.pause()
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{screen.__name__} did not come; {self.app.screen} is shown:\n{self.reads()}")

    async def see_words(self, words: str) -> None:
        """Wait until these words are shown."""
        for _ in range(SECONDS_FOR_A_SCREEN * 20):
            if words in self.reads():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{words!r} was not shown:\n{self.reads()}")

    def reads(self) -> str:
        """What stands on the 24 lines now, with one space for every gap; a picture is saved where one is asked."""
        return " ".join(words_of(self.app.export_screenshot(title="Herstart")).split())

    def picture(self, name: str) -> str:
        """The same, with nothing cut off, and the picture itself in the folder of ``make screenshots``."""
        assert self.cut_off() == []
        if folder := os.environ.get("HERSTART_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"agent-{name}.svg").write_text(self.app.export_screenshot(title="Herstart"))
        return self.reads()

    def cut_off(self) -> list[str]:
        """Words that stand on this screen but do not fit 80 by 24, as the widgets that hold them say."""
        screen = self.app.screen
        cut = []
        for widget in screen.query("Static, Button"):
            words = str(widget.label if isinstance(widget, Button) else widget.render())
            width, height = widget.content_size
            needed = sum(
                len(textwrap.wrap(line, max(width, 1), break_on_hyphens=False)) or 1
                for line in words.splitlines() or [""]
            )
            if widget.region.right > 80 or needed > max(height, 1):
                cut.append(words)
        for row in ("#title", "#sentence", "#choices", "#keys"):
            cut += [row for found in screen.query(row) if found.region.bottom > 24 or not found.region.height]
        return cut

    async def answer(self, number: int) -> None:
        """Choose an answer of a question."""
        await self.see(Question)
        await self.press(*["down"] * number, "enter")


KEYS = {"-": "minus", "/": "slash", ":": "colon", ".": "full_stop"}


def words_of(svg: str) -> str:
    """The text of Textual's picture, a line a row of the screen."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, words in re.findall(r'<text[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg, re.DOTALL):
        rows.setdefault(float(y), []).append((float(x), html.unescape(words).replace("\xa0", " ")))
    return "\n".join("".join(words for _, words in sorted(row)) for _, row in sorted(rows.items()))


ScratchDisks = Callable[..., tuple[Scratch, ...]]


@pytest.fixture
def scratch_disks() -> Iterator[ScratchDisks]:
    """Makes scratch carriers of so many MiB each, with the names of disks of their own."""
    with ExitStack() as stack:

        def make(*sizes_mib: int) -> tuple[Scratch, ...]:
            made = [stack.enter_context(scratch(size * MIB)) for size in sizes_mib]
            return tuple(
                Scratch(replace(one.disk, name=f"proef{number}"), one.path) for number, one in enumerate(made, 1)
            )

        yield make


@pytest.fixture
def work_on(enrolled: Path) -> Iterator[Callable[..., Work]]:
    """A piece of work that was begun; options are wishes."""
    begun: list[Work] = []

    def make(**wished: object) -> Work:
        begun.append(begin(RunOptions(state=enrolled, **{"operator": "An", **wished})))
        return begun[-1]

    yield make
    for work in begun:
        if work.client is not None:
            work.client.close()


AtWork = Callable[..., "AsyncIterator[Technician]"]


@pytest.fixture
def at_work(work_on: Callable[..., Work], scratch_disks: ScratchDisks, captures: Path) -> AtWork:
    """``async with at_work(8, 8) as technician``: at the screens of a captured laptop with disks of these sizes."""

    @asynccontextmanager
    async def start(*sizes_mib: int, machine: str = "thin-laptop", **wished: object) -> AsyncIterator[Technician]:
        seen = examine(captured_folder(captures / machine))
        carriers = scratch_disks(*sizes_mib)

        def look(work: Work) -> list[str]:
            work.machine, work.scratch = seen, carriers
            return []

        app = TechnicianApp(work_on(**wished), look=look)
        async with app.run_test(size=(80, 24)) as pilot:
            yield Technician(app, pilot)

    return start


@pytest.fixture
def reported(service) -> Callable[[int], WipeReport]:
    """The report that the service took in as the first, second, …, counted from 0."""

    def read(number: int) -> WipeReport:
        _, payload = signing.peek(list(service.reports.values())[number])
        return schema.from_bytes(payload)

    return read


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Holds every wipe at its first word of progress until the event is set."""
    told, go_on = Following.follow, threading.Event()

    def hold(following: Following, *moment: object) -> None:
        told(following, *moment)
        go_on.wait(60)

    monkeypatch.setattr(Following, "follow", hold)
    return go_on
