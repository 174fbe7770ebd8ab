"""Every disk's progress at the same time, until the report is signed, kept and sent."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Button, Static

from intake_agent.candidates import DiskToWipe
from intake_agent.console import wipe_words
from intake_agent.console.marks import Mark, marked
from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.console.screens.question import Question
from intake_agent.console.summary import size_words
from intake_agent.language import gettext, gettext_noop
from intake_agent.machine import Disk
from intake_agent.wiping.progress import Progress

_BAR_COLUMNS = 28
_SECONDS_BETWEEN_LOOKS = 0.5
STOP = (gettext_noop("Nee, gewoon verder wissen"), gettext_noop("Ja, stoppen: de schijven zijn dan NIET gewist"))


@dataclass(slots=True)
class Following:
    """What the screen looks at while another thread wipes: progress by disk name, the messages, the wish to stop."""

    at: dict[str, Progress] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def follow(self, disk: Disk, progress: Progress) -> None:
        """The latest moment of one disk."""
        self.at[disk.name] = progress


class DiskProgress(Static):
    """One disk: its name, then phase, share, rate and time left."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(markup=False)
        self.disk = disk

    def show(self, progress: Progress | None) -> None:
        """Draw where it is now; ``None`` before the first byte."""
        disk = self.disk
        name = Text(f"{disk.name}  {disk.model or ''}, {size_words(disk.size_bytes)}, {disk.serial}", style="bold")
        self.update(Text("\n").join([name, _bar(progress) if progress else Text(gettext("wacht op de schijf"))]))


def _bar(progress: Progress) -> Text:
    share = wipe_words.percent_done(progress)
    filled = _BAR_COLUMNS * share // 100
    return Text.assemble(
        f"{wipe_words.phase_words(progress.phase)} ",
        ("█" * filled, "#55ff55"),
        ("░" * (_BAR_COLUMNS - filled), "#aaaaaa"),
        f" {share:3d} %  {wipe_words.rate_words(progress):>9}  {wipe_words.time_left(progress.seconds_left)}",
    )


class ProgressScreen(StepScreen[None]):
    """Shows how far each disk is by what ``following`` knows; whoever pushed it takes it away when all is done."""

    STEP = gettext_noop("Stap 5 van 6: wissen")
    SENTENCE = gettext_noop("Even geduld. Laat het toestel aan, met de stroomkabel in. Stoppen kan met Esc.")
    KEYS = gettext_noop("Esc: stoppen (er wordt eerst gevraagd of u het zeker weet)")

    def __init__(self, chosen: list[DiskToWipe], following: Following) -> None:
        super().__init__()
        self._chosen, self.following = chosen, following

    def content(self) -> Iterable[Widget]:
        """A block a disk, and what is being done beside the wiping."""
        for one in self._chosen:
            yield DiskProgress(one.disk)
        yield Static("", id="stage", classes="line", markup=False)

    def choices(self) -> Iterable[Button]:
        """Only stopping."""
        yield choice(gettext("Stoppen"), "stop")

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(_SECONDS_BETWEEN_LOOKS, self._redraw)
        self._redraw()

    def _redraw(self) -> None:
        for block in self.query(DiskProgress):
            block.show(self.following.at.get(block.disk.name))
        stage = self.query_one("#stage", Static)
        if self.following.stop.is_set():
            stage.update(marked(Mark.LOOK, gettext("Stoppen gevraagd: even wachten, het verslag wordt nog gemaakt.")))
        else:
            stage.update(Text("\n").join([*map(Text, self.following.messages[-6:])]))

    def on_button_pressed(self) -> None:
        """Stop, by the button."""
        self.action_back()

    def action_back(self) -> None:
        """Stop: asked once more."""
        if not self.following.stop.is_set():
            question = gettext("Wilt u echt stoppen? Wat nu bezig is, is dan niet gewist. Het verslag zegt dat ook zo.")
            self.app.push_screen(Question(question, tuple(map(gettext, STOP))), self._stop_answered)

    def _stop_answered(self, answer: int | None) -> None:
        if answer == 1:
            self.following.stop.set()
            self._redraw()
