"""Tests of parts while they run: how far each is, and how warm."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from textual.widget import Widget
from textual.widgets import Button, Static

from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.language import gettext, gettext_noop, language
from intake_agent.machine import PartTestKind
from intake_agent.part_tests.following import PartProgress
from wipe_reports import words

QUESTION = gettext_noop("Wat wilt u testen? Er wordt niets gewist en niets geschreven op de schijven.")
ANSWERS = (
    gettext_noop("Niets, terug"),
    gettext_noop("Zelftest van de schijven (meestal 2 minuten)"),
    gettext_noop("Processor, geheugen en schijven 60 seconden belasten"),
    gettext_noop("Allebei"),
)
SELF_TEST_ANSWERS, STRESS_ANSWERS = frozenset({1, 3}), frozenset({2, 3})
_SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(slots=True)
class FollowingTests:
    """What the screen looks at while other threads test: the latest of each part, and the wish to stop."""

    at: dict[tuple[str, str | None], PartProgress] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def follow(self, progress: PartProgress) -> None:
        """The latest moment of one part."""
        self.at[progress.kind, progress.subject] = progress


class TestingScreen(StepScreen[None]):
    """Shows how far the tests are; whoever pushed it takes it away when they are done."""

    __test__ = False
    STEP = gettext_noop("Stap 2 van 6: testen")
    SENTENCE = gettext_noop("De onderdelen worden getest. Laat het toestel staan; stoppen kan met Esc.")
    KEYS = gettext_noop("Esc: stoppen met testen")

    def __init__(self, following: FollowingTests) -> None:
        super().__init__()
        self.following = following

    def content(self) -> Iterable[Widget]:
        """A line a part."""
        yield Static("", id="parts", classes="line", markup=False)

    def choices(self) -> Iterable[Button]:
        """Only stopping."""
        yield choice(gettext("Stoppen"), "stop")

    def on_mount(self) -> None:
        """Look again and again."""
        self.set_interval(_SECONDS_BETWEEN_LOOKS, self._redraw)

    def _redraw(self) -> None:
        words = gettext("Stoppen gevraagd, even wachten.") if self.following.stop.is_set() else gettext("Bezig...")
        lines = [_line(progress) for progress in list(self.following.at.values())]
        self.query_one("#parts", Static).update("\n".join([*lines, words]))

    def on_button_pressed(self) -> None:
        """Stop, by the button."""
        self.action_back()

    def action_back(self) -> None:
        """Stop: nothing is lost by it."""
        self.following.stop.set()
        self._redraw()


def _line(progress: PartProgress) -> str:
    warm = "  " + gettext("{celsius} graden", celsius=progress.celsius) if progress.celsius is not None else ""
    name = f"{words.of_text(progress.kind, PartTestKind, language())} {progress.subject or ''}".strip()
    return f"{name:<50} {100 * progress.share_done:3.0f} %{warm}"
