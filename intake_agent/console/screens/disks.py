"""Which disks are wiped: ticked with the space bar, each with how and how long, or in red why it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Static

from intake_agent.candidates import Candidate, Ticked
from intake_agent.console import wipe_words
from intake_agent.console.marks import BY_HEALTH, Mark, folded, marked
from intake_agent.console.screens.frame import StepScreen, choice
from intake_agent.console.screens.question import Question
from intake_agent.console.screens.setting_aside import SettingAside
from intake_agent.console.summary import disk_title, medium_words
from intake_agent.judging import health
from intake_agent.judging.built_in import sees_own_disk
from intake_agent.language import gettext, gettext_noop, language
from intake_agent.wiping import judgements
from intake_agent.wiping.drives import suspend
from wipe_reports.document import Judgement

RESUME = (
    gettext_noop("Eerst nog niets kiezen"),
    gettext_noop("Verder gaan waar het stopte"),
    gettext_noop("Helemaal opnieuw beginnen"),
)
SLEEP = (gettext_noop("Nee, niet laten slapen"), gettext_noop("Ja, eerst even laten slapen"))


class Again(Enum):
    """The disks must be shown anew: looked at once more, or planned with the sleep that thaws a frozen one."""

    LOOK = auto()
    WITH_SLEEP = auto()


class DiskLine(Static, can_focus=True):
    """One disk. The space bar ticks it; what must be asked first is asked then."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick"), Binding("enter", "go_on")]

    def __init__(self, candidate: Candidate) -> None:
        super().__init__(markup=False, id=f"disk-{candidate.disk.name}")
        self.candidate = candidate
        self.ticked = False
        self.sets_aside = False
        self.resumes = False

    def on_mount(self) -> None:
        """Draw it."""
        self.redraw()

    @property
    def can_be_ticked(self) -> bool:
        """Is there nothing against it, or only what a person may set aside?"""
        return self.candidate.may_be_wiped or self.candidate.asks_person

    def redraw(self) -> None:
        """What it is, how it is, and what would be done or why not."""
        disk = self.candidate.disk
        box = ("[x]" if self.ticked else "[ ]") if self.can_be_ticked else " - "
        reasons = ", ".join(health.in_words(reason, language()) for reason in health.reasons_and_doubts(disk))
        words = health.verdict_words(disk.health.verdict, language()) + (f": {reasons}" if reasons else "")
        lines = [
            Text(disk_title(disk), style="bold"),
            Text(
                gettext(
                    "serienummer {serial}  ({medium})",
                    serial=disk.serial or gettext("onbekend"),
                    medium=medium_words(disk),
                )
            ),
            marked(BY_HEALTH[disk.health.verdict], words),
            *self._what_is_done(),
        ]
        self.update(Text.assemble((f"{box} ", "bold"), Text("\n    ").join(folded(line, 4) for line in lines)))

    def _what_is_done(self) -> Iterable[Text]:
        one = self.candidate
        if not self.can_be_ticked:
            for why in one.why_not:
                yield marked(Mark.BAD, why)
            return
        plan = one.plan
        yield Text(
            gettext(
                "{method}: niveau {level}, {duration}",
                method=wipe_words.method_words(plan),
                level=plan.level,
                duration=wipe_words.minutes_words(plan.minutes),
            )
        )
        for remark in plan.remarks:
            yield Text(gettext("Let op: {remark}", remark=remark))
        if one.cut is not None:
            yield marked(Mark.LOOK, wipe_words.cut_words(one.cut))
        for refusal in (*one.against, *one.set_aside):
            yield marked(Mark.LOOK, refusal.sentence)
        if one.asks_person and not self.sets_aside:
            yield Text(gettext("Toch wissen kan: dat wordt apart gevraagd en staat in het verslag."))

    def action_tick(self) -> None:
        """Space."""
        if not self.can_be_ticked:
            self.app.bell()
        elif self.ticked:
            self._tick(False)
        elif self.candidate.asks_person and not self.sets_aside:
            disk = self.candidate.disk
            asked = SettingAside(disk.serial, self.candidate.against, disk.size_bytes)
            self.app.push_screen(asked, self._set_aside_answered)
        else:
            self._ask_resume()

    def _set_aside_answered(self, answer: bool | None) -> None:
        if answer is True:
            self.sets_aside = True
            self._ask_resume()

    def _ask_resume(self) -> None:
        cut = self.candidate.cut
        if cut is None or not cut.resumable:
            self._tick(True)
            return
        self.app.push_screen(
            Question(
                gettext("{what_is_known} Wat doet u?", what_is_known=wipe_words.cut_words(cut)),
                tuple(map(gettext, RESUME)),
            ),
            self._resume_answered,
        )

    def _resume_answered(self, answer: int | None) -> None:
        if answer in {1, 2}:
            self.resumes = answer == 1
            self._tick(True)

    def _tick(self, ticked: bool) -> None:
        self.ticked = ticked
        self.redraw()

    def action_go_on(self) -> None:
        """Enter: the same as the first choice at the bottom."""
        self.screen.query_one("#go", Button).press()

    def as_ticked(self) -> Ticked:
        """The choice that was made."""
        aside = judgements.ALL if self.sets_aside else frozenset[Judgement]()
        return Ticked(self.candidate, set_aside=aside, resumes=self.resumes)


class DisksScreen(StepScreen["list[Ticked] | Again"]):
    """All disks; dismissed with those that were ticked, which may be none. ``loose``: they lie in a dock."""

    STEP = gettext_noop("Stap 3 van 6: schijven")
    SENTENCE = gettext_noop(
        "Zet met de spatiebalk een kruisje bij elke schijf die gewist moet worden. Druk dan op Enter."
    )

    def __init__(self, found: list[Candidate], remarks: list[str], *, loose: bool = False) -> None:
        super().__init__()
        self._found, self._remarks, self._loose = found, remarks, loose

    def step(self) -> str:
        """Where we are."""
        return gettext("Losse schijven: kies wat gewist wordt") if self._loose else super().step()

    def content(self) -> Iterable[Widget]:
        """What there is to say beforehand, then a line a disk."""
        for remark in self._remarks:
            yield Static(folded(marked(Mark.LOOK, remark), 5), classes="line")
        for one in self._found:
            yield DiskLine(one)
        if self._found and not self._loose and not sees_own_disk(one.disk for one in self._found):
            words = gettext("Geen schijf van het toestel zelf gezien. Er kan er toch een zijn: kijk in het toestel.")
            yield Static(folded(marked(Mark.LOOK, words), 5), classes="line", id="no-own-disk")
        if not self._found:
            yield Static(folded(marked(Mark.LOOK, self._nothing_there()), 5), classes="line", id="nothing")

    def _nothing_there(self) -> str:
        if self._loose:
            return gettext("Nog geen losse schijf gezien. Steek er een in het dock en kies 'Kijk opnieuw'.")
        return gettext("Geen schijf gezien. Er kan er toch een zijn (RAID, losse kabel): kijk in het toestel.")

    def choices(self) -> Iterable[Button]:
        """On, thaw, look again."""
        yield choice(gettext("Verder"), "go")
        if any(one.gains_by_sleep for one in self._found):
            yield choice(gettext("Bevroren schijf: met slaapstand"), "thaw")
        yield choice(gettext("Kijk opnieuw"), "again")

    def on_mount(self) -> None:
        """Begin at the first disk."""
        lines = list(self.query(DiskLine))
        (lines[0] if lines else self.query_one("#go")).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the choices."""
        ticked = [line.as_ticked() for line in self.query(DiskLine) if line.ticked]
        if event.button.id == "go" and ticked:
            self.dismiss(ticked)
        elif event.button.id == "again":
            self.dismiss(Again.LOOK)
        elif event.button.id == "thaw":
            self.app.push_screen(
                Question(gettext("{why} Laten slapen?", why=gettext(suspend.ASKING)), tuple(map(gettext, SLEEP))),
                self._sleep_answered,
            )
        else:
            question = gettext(
                "Er is geen schijf aangekruist. Wilt u alleen een verslag over dit toestel, zonder wissen?"
            )
            self.app.push_screen(
                Question(question, (gettext("Nee, terug naar de schijven"), gettext("Ja, niets wissen"))), self._without
            )

    def _sleep_answered(self, answer: int | None) -> None:
        if answer == 1:
            self.dismiss(Again.WITH_SLEEP)

    def _without(self, answer: int | None) -> None:
        if answer == 1:
            self.dismiss([])
