"""One machine in plain lines: for ``--plain``, for programs, and wherever no screen can be drawn."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing

from intake_agent import work as steps
from intake_agent.candidates import Ticked, resuming
from intake_agent.console import power, summary, terminal, wipe_words
from intake_agent.console.choosing import WipeRefusedError, by_asking, by_command_line
from intake_agent.ending import RunResult
from intake_agent.language import gettext
from intake_agent.machine import Disk
from intake_agent.probes.json_facts import text
from intake_agent.station.outbox import OutboxError
from intake_agent.wiping.engine.jobs import Follow
from intake_agent.wiping.progress import Listener, Progress
from intake_agent.wiping.scratch import scratch
from intake_agent.wishes import Wishes
from intake_agent.work import Work

DONE, FAILED, REFUSED, NOT_SENT = 0, 1, 2, 3
"""Exit codes: done (and sent) · a disk was not erased · refused, nothing touched · done but not sent yet."""


def run(wishes: Wishes) -> int:
    """The whole way, on this machine; returns the exit code. Raises StationError, OutboxError and OSError in words."""
    if not (wishes.test or wishes.named_serials or terminal.is_interactive()):
        terminal.say(
            gettext(
                "Er wordt niets gewist. Noem elke schijf met --yes-wipe SERIENUMMER, of start dit aan een toetsenbord."
            )
        )
        return REFUSED
    with ExitStack() as stack:
        try:
            work = started(wishes, stack)
            steps.choose(work, _wanted(work, stack))
        except (WipeRefusedError, OutboxError) as refusal:
            terminal.say("", gettext("Er wordt niets gewist:"), str(refusal))
            return REFUSED
        ended = wipe_and_tell(work)
    if wishes.may_power_off and ended.is_safe and not ended.faults:
        terminal.say(gettext("Het toestel gaat uit."))
        power.power_off()
    return exit_code(work, ended)


def started(wishes: Wishes, stack: ExitStack) -> Work:
    """The work begun and the machine looked at and told; its connection is closed with ``stack``."""
    work = steps.begin(wishes)
    if work.client is not None:
        stack.enter_context(closing(work.client))
    terminal.say_all(steps.look(work))
    terminal.say_all([work.label] if work.label else [])
    if not wishes.bench:
        terminal.say_all(summary.machine_lines(work.machine))
    return work


def _wanted(work: Work, stack: ExitStack) -> list[Ticked]:
    wishes = work.wishes
    if wishes.test:
        work.scratch = (stack.enter_context(scratch(wishes.test_size_mib * 1024 * 1024)),)
        return [resuming(one) for one in steps.offered(work) if one.may_be_wiped]
    return by_command_line(work) if wishes.named_serials else by_asking(work)


def wipe_and_tell(work: Work) -> RunResult:
    """Wipe what was chosen, sign, keep, send, and tell how it ended."""
    for one in work.chosen:
        terminal.say("", *wipe_words.plan_lines(one.disk, one.plan))
    with terminal.stop_on_signal() as stop_asked:
        ended = steps.finish(work, follow=_line_each(), tell=terminal.say, stop_asked=stop_asked)
    if not work.chosen:
        terminal.say(gettext("Er is niets gewist; het verslag zegt alleen wat dit toestel is."))
    for done in work.wiped.values():
        terminal.say_all(wipe_words.outcome_lines(done.disk, done.wipe, done.hidden_areas))
    terminal.say_all([*work.untouched.values(), *ended.remarks, *ended.faults])
    _tell_where(ended)
    if work.wishes.as_json:
        print(json.dumps(steps.result(work, ended), ensure_ascii=False), flush=True)
    return ended


def exit_code(work: Work, ended: RunResult) -> int:
    """How the run ended, as a number."""
    if ended.faults:
        return FAILED
    if ended.kept is None:
        return FAILED if work.wiped else REFUSED
    if ended.kept.trouble or not work.all_erased:
        return FAILED
    return DONE if ended.answer is not None or work.client is None else NOT_SENT


def _line_each() -> Follow:
    """A listener that gives each disk its own line."""
    lines: dict[str, Listener] = {}

    def follow(disk: Disk, progress: Progress) -> None:
        lines.setdefault(disk.name, terminal.progress_line(disk.name))(progress)

    return follow


def _tell_where(ended: RunResult) -> None:
    terminal.say("", *(ended.kept.trouble if ended.kept is not None else ()))
    if ended.answer is not None:
        terminal.say(gettext("Het verslag is verstuurd en aangenomen."))
        if url := text(ended.answer, "device", "url"):
            terminal.say(gettext("Pagina van het toestel: {url}", url=url))
        elif ended.answer.get("result") == "unmatched":
            terminal.say(
                gettext(
                    "De dienst weet nog niet welk toestel dit is: het verslag staat bij de verslagen zonder toestel."
                )
            )
        return
    if ended.trouble:
        terminal.say(ended.trouble)
    if ended.kept is not None:
        terminal.say(
            gettext("Het verslag is bewaard en nog niet verstuurd: {path}", path=ended.kept.path),
            gettext("Verstuur het later met: intake-agent send"),
        )
