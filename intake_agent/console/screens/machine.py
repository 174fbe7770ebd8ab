"""What this machine is, whether it meets the minimum, and how its parts are: everything in one view."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from textual.widget import Widget
from textual.widgets import Button, Static

from intake_agent.console.marks import Mark, folded, marked
from intake_agent.console.overview import overview
from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.language import gettext, gettext_noop
from intake_agent.machine import Machine


class Next(Enum):
    """What to do after the look."""

    DISKS = auto()
    TEST = auto()
    LOOK_AGAIN = auto()


class MachineScreen(StepScreen[Next]):
    """The verdict and the parts."""

    STEP = gettext_noop("Stap 2 van 6: wat is dit toestel?")
    SENTENCE = gettext_noop("Lees wat dit toestel is en of het voldoet. Kies dan 'Naar de schijven'.")

    def __init__(self, machine: Machine, remarks: list[str]) -> None:
        super().__init__()
        self._machine, self._remarks = machine, remarks

    def content(self) -> Iterable[Widget]:
        """What there is to say beforehand, then the machine."""
        for remark in self._remarks:
            yield Static(folded(marked(Mark.LOOK, remark), 5), classes="line")
        for line in overview(self._machine):
            yield Static(line, classes="line")

    def choices(self) -> Iterable[Button]:
        """On, tests, or look once more."""
        yield choice(gettext("Naar de schijven"), "disks")
        yield choice(gettext("Testen"), "test")
        yield choice(gettext("Kijk opnieuw"), "again")

    def on_mount(self) -> None:
        """The likely choice first."""
        self.query_one("#disks").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the choices."""
        self.dismiss({"disks": Next.DISKS, "test": Next.TEST, "again": Next.LOOK_AGAIN}[event.button.id or "disks"])
