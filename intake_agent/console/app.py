"""The technician's screens: one machine from its label to switching off, with a scanner and four keys."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeVar

from textual import work as background
from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import Worker, WorkerFailed, WorkerState

from intake_agent import work as steps
from intake_agent.console import power
from intake_agent.console.flow import FAILED, REFUSED, exit_code
from intake_agent.console.screens import testing
from intake_agent.console.screens.confirm import ConfirmScreen
from intake_agent.console.screens.disks import Again, DisksScreen
from intake_agent.console.screens.frame import Answer, StepScreen
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.machine import MachineScreen, Next
from intake_agent.console.screens.progress import Following, ProgressScreen
from intake_agent.console.screens.question import Question
from intake_agent.console.screens.result import ResultScreen, Then
from intake_agent.console.screens.waiting import WaitingScreen
from intake_agent.language import gettext, gettext_noop
from intake_agent.part_tests.running import STRESS_SECONDS, with_self_tests, with_stress
from intake_agent.run_options import RunOptions
from intake_agent.run_result import RunResult
from intake_agent.work import Work

_POWER_OFF = (gettext_noop("Nee, aan laten"), gettext_noop("Ja, uitzetten"))
_WALK = "walk"
Done = TypeVar("Done")


class TechnicianApp(App[int]):
    """Walks the steps of ``work``; its exit code is the agent's. ``look`` sees the machine, as ``steps.look`` does."""

    CSS_PATH = "screens/screens.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10", "switch_off", priority=True),
        Binding("ctrl+q", "leave_alone", priority=True, show=False),
        Binding("ctrl+c", "leave_alone", priority=True, show=False),
    ]

    def __init__(self, work: Work, *, look: Callable[[Work], list[str]] = steps.look) -> None:
        super().__init__()
        self.work = work
        self.stress_seconds: float = STRESS_SECONDS
        self._look = look
        self._seen = False
        self._remarks: list[str] = []
        self._following: Following | None = None
        self._run_result: RunResult | None = None
        self._switches_off = False
        self._leaves = False
        self.failure: BaseException | None = None

    def on_mount(self) -> None:
        """Begin the walk."""
        self._walk()

    @background(exclusive=True, exit_on_error=False, name=_WALK)
    async def _walk(self) -> None:
        """The steps in their order; one that is left by Esc goes back to the one before."""
        walk = [self._ask_label, self._show_machine, self._choose_disks, self._confirm]
        if self.work.options.bench:
            walk.remove(self._show_machine)
        at = 0
        while at < len(walk):
            if await walk[at]():
                at += 1
            elif at == 0:
                self.exit(REFUSED)
                return
            else:
                at -= 1
        run_result = await self._wipe()
        await self._show_result(run_result)

    async def _show(self, screen: StepScreen[Answer]) -> Answer | None:
        return await self.push_screen_wait(screen)

    async def _behind(self, screen: StepScreen[None], do: Callable[[], Done]) -> Done:
        """Do something that takes a while in a thread, behind a screen that says so."""
        await self.push_screen(screen)
        try:
            return await self.run_worker(do, thread=True, exit_on_error=False).wait()
        except WorkerFailed as failed:
            raise failed.error from failed
        finally:
            while self.screen is not screen:
                self.pop_screen()
            self.pop_screen()

    async def _ask_label(self) -> bool:
        options = self.work.options
        answer = await self._show(LabelScreen(options.operator, options.code, asks_code=not options.bench))
        if answer is None:
            return False
        self.work.options = replace(options, operator=answer.operator, code=answer.code)
        if not self._seen:
            return await self._look_again()
        if answer.code != options.code:
            waiting = WaitingScreen(
                gettext("Stap 1 van 6: etiket"), gettext("Er wordt gevraagd bij welk toestel dit etiket hoort.")
            )
            await self._behind(waiting, partial(steps.ask_label, self.work))
        return True

    async def _look_again(self) -> bool:
        step = gettext("Losse schijven") if self.work.options.bench else gettext("Stap 2 van 6: wat is dit toestel?")
        waiting = WaitingScreen(step, gettext("Het toestel wordt bekeken."))
        self._remarks = await self._behind(waiting, partial(self._look, self.work))
        self._seen = True
        return True

    async def _show_machine(self) -> bool:
        while True:
            answer = await self._show(MachineScreen(self.work.machine, self._label_first(self._remarks)))
            if answer is Next.LOOK_AGAIN:
                await self._look_again()
            elif answer is Next.TEST:
                await self._test_parts()
            else:
                return answer is not None

    def _label_first(self, remarks: list[str]) -> list[str]:
        return [self.work.label, *remarks] if self.work.label else remarks

    async def _test_parts(self) -> None:
        answer = await self.push_screen_wait(Question(gettext(testing.QUESTION), tuple(map(gettext, testing.ANSWERS))))
        following = testing.FollowingTests()
        if answer:
            await self._behind(testing.TestingScreen(following), partial(self._run_tests, answer, following))

    def _run_tests(self, answer: int, following: testing.FollowingTests) -> None:
        work, stop_asked = self.work, following.stop.is_set
        if answer in testing.SELF_TEST_ANSWERS:
            work.machine = with_self_tests(work.machine, following.follow, stop_asked)
        if answer in testing.STRESS_ANSWERS and not stop_asked():
            work.machine = with_stress(work.machine, self.stress_seconds, following.follow, stop_asked)

    async def _choose_disks(self) -> bool:
        while True:
            waiting = WaitingScreen(gettext("Stap 3 van 6: schijven"), gettext("De schijven worden nagekeken."))
            found = await self._behind(waiting, partial(steps.offered, self.work))
            answer = await self._show(
                DisksScreen(found, self._remarks if self.work.options.bench else [], loose=self.work.options.bench)
            )
            if answer is Again.LOOK:
                await self._look_again()
            elif answer is Again.WITH_SLEEP:
                self.work.options = replace(self.work.options, allow_suspend=True)
            elif answer is None:
                return False
            else:
                steps.choose(self.work, answer)
                return True

    async def _confirm(self) -> bool:
        if not self.work.chosen:
            return True
        confirmed = await self._show(ConfirmScreen(self.work.chosen, self.work.label))
        return confirmed is True

    async def _wipe(self) -> RunResult:
        following = self._following = Following()
        finish = partial(
            steps.finish,
            self.work,
            follow=following.follow,
            tell=following.messages.append,
            stop_asked=following.stop.is_set,
        )
        try:
            return await self._behind(ProgressScreen(self.work.chosen, following), finish)
        finally:
            self._following = None

    async def _show_result(self, run_result: RunResult) -> None:
        while True:
            self._run_result = run_result
            if self._leaves:
                self.exit(exit_code(self.work, run_result))
                return
            can_power_off = self._why_not_off() is None
            answer = await self._show(ResultScreen(self.work, run_result, can_power_off=can_power_off))
            if answer is Then.SEND_AGAIN:
                waiting = WaitingScreen(gettext("Stap 6 van 6: klaar"), gettext("Het verslag wordt verstuurd."))
                run_result = await self._behind(waiting, partial(steps.send_again, self.work, run_result))
            elif answer is Then.ANOTHER_ROUND:
                self.work, self._seen = steps.another_round(self.work), False
                self._walk()
                return
            elif answer is Then.POWER_OFF:
                self._switch_off()
                return
            else:
                self.exit(exit_code(self.work, run_result))
                return

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What fails on the way closes the screens; :func:`run` raises it, where it is shown without any secret."""
        if event.worker.name == _WALK and event.state is WorkerState.ERROR:
            self.failure = event.worker.error
            self.exit(FAILED)

    def stop(self) -> None:
        """A signal asks to stop: a wipe ends in its own words, anything else is left at once."""
        self._leaves = True
        if self._following is not None:
            self._following.stop.set()
        else:
            self.exit(exit_code(self.work, self._run_result) if self._run_result is not None else REFUSED)

    def action_leave_alone(self) -> None:
        """Ctrl-C and Ctrl-Q do nothing here: Esc leaves, and asks where that matters."""
        self.bell()

    def action_switch_off(self) -> None:
        """F10."""
        if not isinstance(self.screen, StepScreen):
            return
        if (why_not := self._why_not_off()) is not None:
            self.screen.say(why_not)
        else:
            self.push_screen(
                Question(gettext("Dit toestel uitzetten?"), tuple(map(gettext, _POWER_OFF))), self._switch_off_answered
            )

    def _why_not_off(self) -> str | None:
        if self._following is not None:
            return gettext("Er wordt nog gewist. Stop eerst met Esc, of wacht tot het klaar is.")
        if self._run_result is not None and not self._run_result.is_safe:
            return gettext("Het verslag ligt nog niet veilig: kopieer of verstuur het eerst.")
        return power.why_not(asked_for=self.work.options.may_power_off)

    def _switch_off_answered(self, answer: int | None) -> None:
        if answer == 1:
            self._switch_off()

    def _switch_off(self) -> None:
        self._switches_off = True
        self.stop()

    @property
    def switches_off(self) -> bool:
        """Was it asked to switch the machine off when the screens are gone?"""
        return self._switches_off


def run(options: RunOptions) -> int:
    """The screens on this terminal; returns the exit code. Raises StationError and OutboxError before anything shows.

    Raises :class:`intake_agent.console.power.PowerOffError` where the machine was to be switched off and stays on.
    """
    work = steps.begin(options)
    app = TechnicianApp(work)
    with _stop_on_signal(app):
        code = app.run(mouse=False)
    if work.client is not None:
        work.client.close()
    if app.failure is not None:
        raise app.failure
    if app.switches_off:
        power.power_off()
    return REFUSED if code is None else code


@contextmanager
def _stop_on_signal(app: TechnicianApp) -> Iterator[None]:
    """SIGTERM, SIGHUP of a serial line that fell away, and an interrupt from elsewhere, end a wipe tidily."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda *_: app.stop()) for number in signals]
    try:
        yield
    finally:
        for number, former in zip(signals, before, strict=True):
            signal.signal(number, former)
