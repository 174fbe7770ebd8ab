"""One machine in plain lines: for ``--plain``, for programs, and wherever no screen can be drawn."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing

from intake_agent import work as steps
from intake_agent.candidates import Ticked, resuming
from intake_agent.console import power, summary, terminal, wipe_words
from intake_agent.console.choosing import WipeRefusedError, by_asking, by_command_line
from intake_agent.language import gettext
from intake_agent.machine import Disk
from intake_agent.probes.json_facts import text
from intake_agent.run_options import RunOptions
from intake_agent.run_result import RunResult
from intake_agent.station.outbox import OutboxError
from intake_agent.wiping.engine.jobs import Follow
from intake_agent.wiping.progress import Listener, Progress
from intake_agent.wiping.scratch import scratch
from intake_agent.work import Work

DONE, FAILED, REFUSED, NOT_SENT = 0, 1, 2, 3
"""Exit codes: done (and sent) · a disk was not erased · refused, nothing touched · done but not sent yet."""


def run(options: RunOptions) -> int:
    """The whole way, on this machine; returns the exit code. Raises StationError, OutboxError and OSError in words."""
    if not (options.test or options.named_serials or terminal.is_interactive()):
        terminal.say(
            gettext(
                "Er wordt niets gewist. Noem elke schijf met --yes-wipe SERIENUMMER, of start dit aan een toetsenbord."
            )
        )
        return REFUSED
    with ExitStack() as stack:
        try:
            work = started(options, stack)
            steps.choose(work, _wanted(work, stack))
        except (WipeRefusedError, OutboxError) as refusal:
            terminal.say("", gettext("Er wordt niets gewist:"), str(refusal))
            return REFUSED
        run_result = wipe_and_tell(work)
    if options.may_power_off and run_result.is_safe and not run_result.faults:
        terminal.say(gettext("Het toestel gaat uit."))
        power.power_off()
    return exit_code(work, run_result)


def started(options: RunOptions, stack: ExitStack) -> Work:
    """The work begun and the machine inspected and described; its connection is closed with ``stack``."""
    work = steps.begin(options)
    if work.client is not None:
        stack.enter_context(closing(work.client))
    terminal.say_all(steps.look(work))
    terminal.say_all([work.label] if work.label else [])
    if not options.bench:
        terminal.say_all(summary.machine_lines(work.machine))
    return work


def _wanted(work: Work, stack: ExitStack) -> list[Ticked]:
    options = work.options
    if options.test:
        work.scratch = (stack.enter_context(scratch(options.test_size_mib * 1024 * 1024)),)
        return [resuming(one) for one in steps.offered(work) if one.may_be_wiped]
    return by_command_line(work) if options.named_serials else by_asking(work)


def wipe_and_tell(work: Work) -> RunResult:
    """Wipe what was chosen, sign, keep, send, and tell how it ended."""
    for one in work.chosen:
        terminal.say("", *wipe_words.plan_lines(one.disk, one.plan))
    with terminal.stop_on_signal() as stop_asked:
        run_result = steps.finish(work, follow=_line_each(), tell=terminal.say, stop_asked=stop_asked)
    if not work.chosen:
        terminal.say(gettext("Er is niets gewist; het verslag zegt alleen wat dit toestel is."))
    for done in work.wiped.values():
        terminal.say_all(wipe_words.outcome_lines(done.disk, done.wipe, done.hidden_areas))
    terminal.say_all([*work.untouched.values(), *run_result.remarks, *run_result.faults])
    _tell_where(run_result)
    if work.options.as_json:
        print(json.dumps(_as_json(work, run_result), ensure_ascii=False), flush=True)
    return run_result


def exit_code(work: Work, run_result: RunResult) -> int:
    """How the run ended, as a number."""
    if run_result.faults:
        return FAILED
    if run_result.stored_report is None:
        return FAILED if work.wiped else REFUSED
    if run_result.stored_report.trouble or not work.all_erased:
        return FAILED
    return DONE if run_result.answer is not None or work.client is None else NOT_SENT


def _line_each() -> Follow:
    """A listener that gives each disk its own line."""
    lines: dict[str, Listener] = {}

    def follow(disk: Disk, progress: Progress) -> None:
        lines.setdefault(disk.name, terminal.progress_line(disk.name))(progress)

    return follow


def _tell_where(run_result: RunResult) -> None:
    terminal.say("", *(run_result.stored_report.trouble if run_result.stored_report is not None else ()))
    if run_result.answer is not None:
        terminal.say(gettext("Het verslag is verstuurd en aangenomen."))
        if url := text(run_result.answer, "device", "url"):
            terminal.say(gettext("Pagina van het toestel: {url}", url=url))
        elif run_result.answer.get("result") == "unmatched":
            terminal.say(
                gettext(
                    "De dienst weet nog niet welk toestel dit is: het verslag staat bij de verslagen zonder toestel."
                )
            )
        return
    if run_result.trouble:
        terminal.say(run_result.trouble)
    if run_result.stored_report is not None:
        terminal.say(
            gettext("Het verslag is bewaard en nog niet verstuurd: {path}", path=run_result.stored_report.path),
            gettext("Verstuur het later met: intake-agent send"),
        )


def _as_json(work: Work, run_result: RunResult) -> dict[str, object]:
    """How it ended, for a program: the object that ``--json`` prints."""
    service_answer = run_result.answer or {}
    return {
        "report_id": work.report_id,
        "report_path": str(run_result.stored_report.path) if run_result.stored_report is not None else None,
        "sent": run_result.answer is not None,
        "faults": list(run_result.faults),
        "test": bool(work.scratch),
        "result": service_answer.get("result"),
        "device": service_answer.get("device"),
        "attests": service_answer.get("attests") or [],
        "carriers": [
            {
                "serial": one.disk.serial,
                "outcome": work.wiped[one.disk.name].wipe.outcome if one.disk.name in work.wiped else None,
                "level": work.wiped[one.disk.name].wipe.level if one.disk.name in work.wiped else None,
            }
            for one in work.chosen
        ],
    }
