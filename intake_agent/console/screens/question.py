"""A question in the middle of a step, with its answers below each other; the first answer changes nothing."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from intake_agent.console.screens.scanning import ScannerProofScreen, words


class Question(ScannerProofScreen[int | None], ModalScreen[int | None]):
    """Dismissed with the number of the answer, from 0; ``None`` when it was left by Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", priority=True),
        Binding("up", "app.focus_previous", priority=True),
        Binding("escape", "leave", priority=True),
    ]

    def __init__(self, question: str, answers: tuple[str, ...]) -> None:
        super().__init__()
        self._question, self._answers = question, answers

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(id="question"):
            yield Static(self._question, id="question-words", markup=False)
            for number, answer in enumerate(self._answers):
                yield Button(answer, id=f"answer-{number}", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer was chosen."""
        event.stop()
        self.dismiss(int((event.button.id or "answer-0").removeprefix("answer-")))

    def scanned(self, code: str) -> None:
        """Something was scanned: that is no answer."""
        super().scanned(code)
        self.query_one("#question-words", Static).update(f"{self._question}\n\n{words(code)}")

    def action_leave(self) -> None:
        """Esc."""
        self.dismiss(None)
