"""Setting a judgement of the agent aside: what it said, and a yes that takes the disk's serial number to type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from intake_agent.console.marks import Mark, marked
from intake_agent.console.screens.scanning import ScannerProofScreen
from intake_agent.language import gettext
from intake_agent.wiping import judgements
from intake_agent.wiping.safety import Refusal


class SettingAside(ScannerProofScreen[bool], ModalScreen[bool]):
    """Dismissed with True when the last characters of the serial number were typed, with False when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", priority=True)]

    def __init__(self, serial: str | None, against: Iterable[Refusal], size_bytes: int | None = None) -> None:
        super().__init__()
        self._serial, self._against, self._size_bytes = serial, tuple(against), size_bytes

    def compose(self) -> ComposeResult:
        """What speaks against it, what the report will say, and the field."""
        with Vertical(id="question"):
            for refusal in self._against:
                yield Static(marked(Mark.BAD, refusal.sentence), classes="line")
            yield Static(gettext("Het verslag zegt dat u dit wist en toch liet wissen."), classes="line", markup=False)
            yield Static(f"{judgements.asking(self._serial, self._size_bytes)}:", classes="field-name", markup=False)
            yield Input(id="tail", compact=True)
            yield Static(gettext("Esc: niet wissen"), id="trouble", markup=False)

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#tail", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter after what was typed; a scan, also of the whole serial number, is no yes."""
        event.stop()
        if judgements.names_disk(event.value, self._serial, self._size_bytes):
            self.dismiss(True)
            return
        event.input.value = ""
        self.app.bell()
        words = gettext("Dat is niet wat er gevraagd wordt. Er wordt niets gewist. Esc: niet wissen")
        self.query_one("#trouble", Static).update(marked(Mark.BAD, words))

    def action_leave(self) -> None:
        """Esc."""
        self.dismiss(False)
