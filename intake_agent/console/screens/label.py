"""Whose work it is, and which label the machine bears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Button, Input, Static

from intake_agent.console.marks import Mark, folded, marked
from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.language import gettext
from intake_agent.run_options import code_in


@dataclass(frozen=True, slots=True)
class Label:
    """The operator's name, and the code on the label: ``None`` where there is no label."""

    operator: str
    code: str | None


class LabelScreen(StepScreen[Label]):
    """Asks the name where it is not known, and the label's code; in bench mode there is no label to ask."""

    def __init__(self, operator: str, code: str | None, *, asks_code: bool = True) -> None:
        super().__init__()
        self._operator, self._code, self._asks_code = operator, code, asks_code

    def step(self) -> str:
        """Where we are."""
        return gettext("Stap 1 van 6: etiket") if self._asks_code else gettext("Losse schijven: wie doet dit werk?")

    def sentence(self) -> str:
        """What to do here."""
        if not self._asks_code:
            return gettext("Typ uw naam en druk op Enter. Die naam komt op het attest.")
        return gettext("Kleef een etiket op het toestel en scan het. Geen etiket bij de hand? Kies 'Geen etiket'.")

    def content(self) -> Iterable[Widget]:
        """The fields."""
        yield Static(gettext("Uw naam (komt op het attest)"), classes="field-name")
        yield Input(self._operator, id="operator", compact=True)
        if self._asks_code:
            yield Static(gettext("Code op het etiket"), classes="field-name")
            yield Input(self._code or "", id="code", compact=True, placeholder=gettext("bijvoorbeeld HS-7K3M9P"))
        yield Static("", id="trouble")

    def choices(self) -> Iterable[Button]:
        """Go on, with or without a label."""
        yield choice(gettext("Verder"), "go")
        if self._asks_code:
            yield choice(gettext("Geen etiket"), "no-label")

    def on_mount(self) -> None:
        """Begin where the first thing is missing."""
        field = "operator" if not self._operator or not self._asks_code else "code"
        self.query_one(f"#{field}", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter, also the one that a scanner sends."""
        if event.input.id == "operator" and self._asks_code:
            self._take_scan_as_name(event.value)
        else:
            self._go_on()

    def _take_scan_as_name(self, typed: str) -> None:
        """A label that was scanned into the field for the name is a label all the same."""
        if _is_label(typed):
            self.query_one("#operator", Input).value = ""
            self.query_one("#code", Input).value = typed
        self.query_one("#code" if self.query_one("#operator", Input).value else "#operator", Input).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the choices."""
        if event.button.id == "no-label":
            self._finish(None)
        else:
            self._go_on()

    def _go_on(self) -> None:
        if not self._asks_code:
            self._finish(None)
            return
        field = self.query_one("#code", Input)
        typed = field.value.strip()
        code = code_in(typed)
        if code is not None:
            self._finish(code)
        elif typed:
            field.value = ""
            field.focus()
            self._trouble(
                gettext(
                    "{typed} is geen code van een toestel. Op het etiket staat iets als HS-7K3M9P. Scan opnieuw.",
                    typed=typed,
                )
            )
        else:
            field.focus()
            self._trouble(gettext("Er is nog geen etiket gescand. Scan het, of kies 'Geen etiket'."))

    def _finish(self, code: str | None) -> None:
        operator = self.query_one("#operator", Input)
        if _is_label(operator.value):
            operator.value = ""
            operator.focus()
            self._trouble(gettext("Dat is een etiket, geen naam. Wie doet dit werk? Typ uw naam."))
        elif operator.value.strip():
            self.dismiss(Label(operator.value.strip(), code))
        else:
            operator.focus()
            self._trouble(gettext("Wie doet dit werk? Typ eerst uw naam."))

    def _trouble(self, sentence: str) -> None:
        self.query_one("#trouble", Static).update(folded(marked(Mark.LOOK, sentence), 5))


def _is_label(typed: str) -> bool:
    """Was a label scanned where a name is asked? Some names have the form of a code, but no hyphen or web address."""
    return code_in(typed) is not None and ("/" in typed or "-" in typed)
