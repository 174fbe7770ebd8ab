"""One machine in plain lines: for ``--plain``, for programs, and wherever no screen can be drawn."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing

from intake_agent import work as steps
from intake_agent.console import summary, terminal
from intake_agent.console.choosing import WipeRefusedError, by_asking, by_command_line
from intake_agent.machine import Disk
from intake_agent.outbox import OutboxError
from intake_agent.probes.json_facts import text
from intake_agent.sending import Sent
from intake_agent.wiping.progress import Listener, Progress
from intake_agent.wiping.scratch import scratch
from intake_agent.wishes import Wishes
from intake_agent.work import Candidate, Kept, Work

DONE, FAILED, REFUSED, NOT_SENT = 0, 1, 2, 3
"""Exit codes: done (and sent) · a disk was not erased · refused, nothing touched · done but not sent yet."""


def run(wishes: Wishes) -> int:
    """The whole way, on this machine; returns the exit code. Raises StationError, OutboxError and OSError in words."""
    if not (wishes.test or wishes.named_serials or terminal.is_interactive()):
        terminal.say(
            "Er wordt niets gewist. Noem elke schijf met --yes-wipe SERIENUMMER, of start dit aan een toetsenbord."
        )
        return REFUSED
    try:
        work = steps.begin(wishes)
    except OutboxError as error:
        terminal.say("Er wordt niets gewist: het bewijs zou verloren gaan.", str(error))
        return REFUSED
    with ExitStack() as stack:
        if work.client is not None:
            stack.enter_context(closing(work.client))
        steps.look(work)
        terminal.say_all(summary.machine_lines(work.machine))
        try:
            steps.choose(work, _wanted(work, stack))
        except WipeRefusedError as refusal:
            terminal.say("", "Er wordt niets gewist:", str(refusal))
            return REFUSED
        return wipe_and_tell(work)


def _wanted(work: Work, stack: ExitStack) -> list[Candidate]:
    wishes = work.wishes
    if wishes.test:
        work.scratch = (stack.enter_context(scratch(wishes.test_size_mib * 1024 * 1024)),)
        return [one for one in steps.candidates(work) if one.may_be_wiped]
    return by_command_line(work) if wishes.named_serials else by_asking(work)


def wipe_and_tell(work: Work) -> int:
    """Wipe what was chosen, sign, keep, send, and tell how it ended; returns the exit code."""
    terminal.say_all(steps.ask_service(work))
    for one in work.chosen:
        terminal.say("", *summary.plan_lines(one.disk, one.plan))
    with terminal.stop_on_signal() as stop_asked:
        steps.wipe_chosen(work, _line_each(), stop_asked)
    for done in work.wiped.values():
        terminal.say_all(summary.outcome_lines(done.disk, done.wipe))
    terminal.say_all(work.untouched.values())
    kept = steps.sign_and_keep(work)
    if kept.trouble:
        terminal.say("", *kept.trouble)
    code = _tell_end(work, kept, steps.send(work, kept))
    return FAILED if kept.trouble else code


def _line_each() -> steps.Follow:
    """A listener that gives each disk its own line."""
    lines: dict[str, Listener] = {}

    def follow(disk: Disk, progress: Progress) -> None:
        lines.setdefault(disk.name, terminal.progress_line(disk.name))(progress)

    return follow


def _tell_end(work: Work, kept: Kept, sent: Sent | None) -> int:
    answer = sent.answer if sent is not None else None
    kept_at = sent.path if sent is not None else kept.path
    if answer is not None:
        terminal.say("", "Het verslag is verstuurd en aangenomen.")
        if url := text(answer, "device", "url"):
            terminal.say(f"Pagina van het toestel: {url}")
        else:
            terminal.say(
                "De dienst weet nog niet welk toestel dit is: het verslag staat bij de verslagen zonder toestel."
            )
    else:
        trouble = [sent.trouble] if sent is not None and sent.trouble else []
        terminal.say(
            "",
            *trouble,
            f"Het verslag is bewaard en nog niet verstuurd: {kept_at}",
            "Verstuur het later met: intake-agent send",
        )
    if work.wishes.as_json:
        print(json.dumps(steps.result(work, kept_at, answer), ensure_ascii=False), flush=True)
    if not work.all_erased:
        return FAILED
    return DONE if answer is not None or work.client is None else NOT_SENT
