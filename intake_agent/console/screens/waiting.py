"""A moment's patience: something is being looked at, and there is nothing to choose."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from intake_agent.console.screens.frame import StepScreen
from intake_agent.language import gettext, gettext_noop


class WaitingScreen(StepScreen[None]):
    """Shown until whoever pushed it takes it away; Esc does nothing."""

    KEYS = gettext_noop("Even geduld")

    def __init__(self, step: str, sentence: str) -> None:
        super().__init__()
        self._step, self._sentence = step, sentence

    def step(self) -> str:
        """Where we are."""
        return self._step

    def sentence(self) -> str:
        """What is being done."""
        return self._sentence

    def content(self) -> Iterable[Widget]:
        """How long it takes."""
        yield Static(gettext("Dit duurt enkele seconden; bij een slechte schijf tot een minuut."), classes="line")

    def action_back(self) -> None:
        """There is no way back from looking."""
