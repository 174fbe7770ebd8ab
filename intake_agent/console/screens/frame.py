"""What every screen has: where we are, one sentence that says what to do, the content, the choices, the keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Static

from intake_agent.console.screens.scanning import ScannerProofScreen, words
from intake_agent.language import gettext, gettext_noop

Answer = TypeVar("Answer")

KEYS = gettext_noop("Pijlen of Tab: gaan  Spatie: aankruisen  Enter: kiezen  Esc: terug  F10: uit")


class StepScreen(ScannerProofScreen[Answer]):
    """One step. It is dismissed with its answer, or with ``None`` for *back*."""

    STEP: ClassVar[str] = ""
    SENTENCE: ClassVar[str] = ""
    KEYS: ClassVar[str] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "further", priority=True),
        Binding("up", "nearer", priority=True),
        Binding("escape", "back", priority=True),
        Binding("right", "focus_along(1)"),
        Binding("left", "focus_along(-1)"),
    ]

    def compose(self) -> ComposeResult:
        """The frame around :meth:`content` and :meth:`choices`."""
        yield Static(f" Herstart   {self.step()}", id="title", markup=False)
        yield Static(self.sentence(), id="sentence", markup=False)
        with VerticalScroll(id="content", can_focus=False):
            yield from self.content()
        with Horizontal(id="choices"):
            yield from self.choices()
        yield Static(gettext(self.KEYS), id="keys", markup=False)

    def step(self) -> str:
        """Where we are."""
        return gettext(self.STEP) if self.STEP else ""

    def sentence(self) -> str:
        """What to do here, in one sentence."""
        return gettext(self.SENTENCE) if self.SENTENCE else ""

    def content(self) -> Iterable[Widget]:
        """What there is to see."""
        return ()

    def choices(self) -> Iterable[Button]:
        """What can be chosen at the bottom."""
        return ()

    def say(self, sentence: str) -> None:
        """Another sentence at the top, about what was just done."""
        self.query_one("#sentence", Static).update(sentence)

    def scanned(self, code: str) -> None:
        """Something was scanned where nothing is asked: say so, and do nothing."""
        super().scanned(code)
        self.say(words(code))

    def action_back(self) -> None:
        """Esc."""
        self.dismiss(None)

    def action_further(self) -> None:
        """Down: scroll what does not fit, then on to the next that can be chosen."""
        content = self.query_one("#content", VerticalScroll)
        if not self._chooses_in(content) and content.scroll_offset.y < content.max_scroll_y:
            content.scroll_relative(y=5, animate=False)
        else:
            self.focus_next()

    def action_nearer(self) -> None:
        """Up: the other way."""
        content = self.query_one("#content", VerticalScroll)
        if not self._chooses_in(content) and content.scroll_offset.y > 0:
            content.scroll_relative(y=-5, animate=False)
        else:
            self.focus_previous()

    def action_focus_along(self, step: int) -> None:
        """Right and left, along the choices."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def _chooses_in(self, content: Widget) -> bool:
        return any(content in widget.ancestors for widget in self.focus_chain)


def choice(words: str, name: str) -> Button:
    """One choice at the bottom; ``name`` is its id."""
    return Button(words, id=name, compact=True)
