"""How every disk ended, where the report is, and the way to the device's page as a QR code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Button, Static

from intake_agent.candidates import DiskToWipe
from intake_agent.console import wipe_words
from intake_agent.console.marks import BY_OUTCOME, COLUMNS, Mark, folded
from intake_agent.console.qr import qr_lines
from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.console.summary import serial_words
from intake_agent.language import gettext, gettext_noop
from intake_agent.probes.json_facts import text
from intake_agent.run_result import RunResult
from intake_agent.work import Work

_QR_COLUMNS, _QR_LINES = 41, 19
"""What 24 lines leave beside the frame."""


class Then(Enum):
    """What to do when it is over."""

    SEND_AGAIN = auto()
    ANOTHER_ROUND = auto()
    POWER_OFF = auto()
    LEAVE = auto()


class ResultScreen(StepScreen[Then]):
    """Each disk in words and colour; then where the report is."""

    STEP = gettext_noop("Stap 6 van 6: klaar")

    def __init__(self, work: Work, run_result: RunResult, *, can_power_off: bool) -> None:
        super().__init__()
        self._work, self._run_result, self._can_power_off = work, run_result, can_power_off

    def sentence(self) -> str:
        """What to do now."""
        if self._run_result.stored_report is None:
            return gettext("Het verslag kon niet bewaard worden. Zet dit toestel niet uit en roep uw beheerder.")
        if self._run_result.faults:
            return gettext("De agent zelf ging fout: lees hieronder wat er gebeurde, en meld het aan uw beheerder.")
        if not self._work.all_erased:
            return gettext("Niet alles is gewist: lees hieronder wat er met elke schijf moet gebeuren.")
        if self._run_result.answer is None and self._work.client is not None:
            return gettext(
                "Het verslag is bewaard maar nog niet verstuurd. Probeer het nog eens, of verstuur het later."
            )
        return (
            gettext("Klaar. Scan de code met een telefoon voor de pagina van het toestel.")
            if self._url
            else gettext("Klaar.")
        )

    @property
    def _url(self) -> str | None:
        return text(self._run_result.answer, "device", "url") if self._run_result.answer else None

    def content(self) -> Iterable[Widget]:
        """Words on the left, the code on the right."""
        code = qr_lines(self._url, columns=_QR_COLUMNS, lines=_QR_LINES) if self._url else []
        columns = COLUMNS - max(map(len, code), default=0)
        with Horizontal(id="result-columns"):
            with Vertical(id="ended"):
                for line in self._lines(columns):
                    yield Static(line, classes="line")
            if code:
                yield Static("\n".join(code), id="qr", markup=False)

    def _lines(self, columns: int) -> Iterator[Text]:
        """Everything on the left; what does not fit ``columns`` goes on below its own words, not below its sign."""
        yield from (line for one in self._work.chosen for line in self._disk_lines(one, columns))
        if not self._work.chosen:
            yield _hanging(
                Mark.UNKNOWN, gettext("Er is niets gewist; het verslag zegt alleen wat dit toestel is."), columns
            )
        yield Text("")
        for words in self._run_result.remarks:
            yield Text(words)
        for words in self._run_result.faults:
            yield _hanging(Mark.BAD, words, columns)
        yield from self._where_it_is(columns)

    def _disk_lines(self, one: DiskToWipe, columns: int) -> Iterator[Text]:
        disk, done = one.disk, self._work.wiped.get(one.disk.name)
        yield Text(f"{disk.name} {serial_words(disk)}", style="bold")
        if done is None:
            why_not = self._work.untouched.get(disk.name) or gettext("niet begonnen: er werd eerder gestopt")
            yield _hanging(Mark.BAD, why_not, columns)
            return
        yield _hanging(BY_OUTCOME[done.wipe.outcome], wipe_words.outcome_words(done.wipe), columns)
        if locked := wipe_words.locked_words(disk, done.wipe):
            yield _hanging(Mark.BAD, locked, columns)
        for words in wipe_words.exception_words(done.wipe, disk, done.hidden_areas):
            yield Text("     - ") + folded(Text(words), 7, columns)
        if todo := wipe_words.advice(done.wipe):
            yield Text("     ") + folded(Text(todo, style=Mark.LOOK.style), 5, columns)

    def _where_it_is(self, columns: int) -> Iterator[Text]:
        run_result = self._run_result
        if run_result.answer is not None:
            yield _hanging(Mark.GOOD, gettext("Verslag verstuurd en aangenomen."), columns)
            code = text(run_result.answer, "device", "code")
            if self._url:
                yield Text(gettext("Toestel {code}\n{url}", code=code or "", url=self._url))
            elif run_result.answer.get("result") == "unmatched":
                words = gettext("De dienst weet nog niet welk toestel dit is: iemand kijkt het na.")
                yield _hanging(Mark.LOOK, words, columns)
        elif run_result.stored_report is not None:
            for words in (*run_result.stored_report.trouble, *([run_result.trouble] if run_result.trouble else [])):
                yield _hanging(Mark.BAD, words, columns)
            yield Text(gettext("Het getekende verslag ligt in:\n{path}", path=run_result.stored_report.path))
        else:
            yield _hanging(Mark.BAD, run_result.trouble or gettext("Het verslag is nergens bewaard."), columns)

    def choices(self) -> Iterable[Button]:
        """Send again, another round, off, or leave."""
        if (
            self._run_result.answer is None
            and self._work.client is not None
            and self._run_result.stored_report is not None
        ):
            yield choice(gettext("Nog eens versturen"), "SEND_AGAIN")
        if self._work.options.bench:
            yield choice(gettext("Nog een ronde"), "ANOTHER_ROUND")
        if self._can_power_off:
            yield choice(gettext("Uitzetten"), "POWER_OFF")
        yield choice(gettext("Klaar"), "LEAVE")

    def on_mount(self) -> None:
        """What is most likely wanted first."""
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the choices."""
        self.dismiss(Then[event.button.id or "LEAVE"])

    def action_back(self) -> None:
        """Nothing lies behind: what is wiped is wiped."""
        self.query_one("#LEAVE").focus()


def _hanging(mark: Mark, words: str, columns: int) -> Text:
    """``[OK] words``, what follows below the words."""
    return Text(f"{mark.sign} ", style=mark.style) + folded(Text(words, style=mark.style), len(mark.sign) + 1, columns)
