"""The last word before anything is destroyed: the serial numbers again, and a yes that no slip of a key can give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from intake_agent.candidates import DiskToWipe
from intake_agent.console import wipe_words
from intake_agent.console.marks import Mark, folded, marked
from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.console.summary import disk_title
from intake_agent.language import gettext, gettext_noop

PRESSES = 3
LAST_CHARACTERS = 4


def names_a_disk(typed: str, chosen: Iterable[DiskToWipe]) -> bool:
    """Is this the serial number of a chosen disk, or its last four characters? Case and spaces do not matter."""
    one_line = "".join(typed.split()).upper()
    serials = ["".join((one.disk.serial or "").split()).upper() for one in chosen]
    return len(one_line) >= LAST_CHARACTERS and any(
        one_line == serial or (len(one_line) == LAST_CHARACTERS and serial.endswith(one_line)) for serial in serials
    )


class ArmedSwitch(Static, can_focus=True):
    """A yes of four keys: the space bar three times, then Enter. Enter alone only tells what is missing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "arm"), Binding("enter", "fire")]

    class Fired(Message):
        """It was armed, and Enter was pressed."""

    def __init__(self) -> None:
        super().__init__(markup=False, id="switch")
        self._presses = 0

    def on_mount(self) -> None:
        """Draw it."""
        self._redraw()

    def on_blur(self) -> None:
        """Whoever walks away begins anew."""
        self.disarm()

    def action_arm(self) -> None:
        """Space."""
        self._presses = min(PRESSES, self._presses + 1)
        self._redraw()

    def action_fire(self) -> None:
        """Enter."""
        if self._presses == PRESSES:
            self.post_message(self.Fired())
        else:
            self.app.bell()

    def disarm(self) -> None:
        """What was pressed was no yes."""
        self._presses = 0
        self._redraw()

    def _redraw(self) -> None:
        left, wipe = PRESSES - self._presses, gettext("WISSEN")
        words = (
            gettext("druk nu op Enter om te WISSEN")
            if not left
            else gettext("nog {left} keer op de spatiebalk, dan Enter", left=left)
        )
        self.update(f" {'[#]' * self._presses}{'[ ]' * left}  {wipe}: {words} ")


class ConfirmScreen(StepScreen[bool]):
    """Dismissed with True when the yes was given."""

    STEP = gettext_noop("Stap 4 van 6: zeker?")
    SENTENCE = gettext_noop("ALLE gegevens op deze schijven gaan voorgoed weg. Kijk de serienummers na en bevestig.")

    def __init__(self, chosen: list[DiskToWipe], label: str | None = None) -> None:
        super().__init__()
        self._chosen, self._label = chosen, label

    def content(self) -> Iterable[Widget]:
        """Whose label it is, the disks, and the two ways to say yes."""
        if self._label:
            yield Static(folded(marked(Mark.LOOK, self._label), 5), classes="line")
        name = gettext("serienummer")
        for one in self._chosen:
            disk = one.disk
            serial = disk.serial or ""
            yield Static(
                Text.assemble(
                    (disk_title(disk), "bold"),
                    f"\n    {name} {serial[:-LAST_CHARACTERS]}",
                    (serial[-LAST_CHARACTERS:], "bold #000000 on #ffff55"),
                ),
                classes="line",
            )
        longest = max((one.plan.minutes or 0 for one in self._chosen), default=0)
        if longest:
            together = gettext(" (alle schijven tegelijk)") if len(self._chosen) > 1 else ""
            yield Static(
                gettext(
                    "Klaar over {duration}{together}.",
                    duration=wipe_words.minutes_words(longest),
                    together=together,
                ),
                classes="line",
                markup=False,
            )
        yield Static(gettext("Typ of scan de laatste 4 tekens van één van deze serienummers:"), classes="field-name")
        yield Input(id="serial", compact=True)
        yield Static(gettext("Of met drie keer de spatiebalk en dan Enter:"), classes="field-name")
        yield ArmedSwitch()
        yield Static("", id="trouble")

    def choices(self) -> Iterable[Button]:
        """The way back."""
        yield choice(gettext("Terug, niets wissen"), "no")

    def on_mount(self) -> None:
        """Ready for the scanner."""
        self.query_one("#serial", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter after what was typed or scanned."""
        if names_a_disk(event.value, self._chosen):
            self.dismiss(True)
            return
        event.input.value = ""
        typed = event.value.strip()
        why = (
            gettext("{typed} hoort bij geen van deze schijven.", typed=typed)
            if typed
            else gettext("Er is nog niets getypt of gescand.")
        )
        self.query_one("#trouble", Static).update(marked(Mark.BAD, gettext("{why} Er is niets gewist.", why=why)))

    def scanned(self, code: str) -> None:
        """A scan beside the field is no yes, not even with spaces in it."""
        super().scanned(code)
        self.query_one(ArmedSwitch).disarm()

    def on_armed_switch_fired(self) -> None:
        """The other yes."""
        self.dismiss(True)

    def on_button_pressed(self) -> None:
        """Back."""
        self.dismiss(None)
