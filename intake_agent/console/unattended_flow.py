"""A machine inspected and wiped with nobody at it, as a policy allowed; every safety rule holds, then perhaps off."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from intake_agent import work as steps
from intake_agent.candidates import Candidate, resuming
from intake_agent.console import lock_words, power, terminal
from intake_agent.console.flow import FAILED, REFUSED, exit_code, started, wipe_and_tell
from intake_agent.console.lock_words import HIDES_DISKS
from intake_agent.console.summary import serial_words
from intake_agent.language import gettext, language
from intake_agent.machine import Disk
from intake_agent.part_tests.running import with_stress
from intake_agent.run_options import RunOptions, code_in
from intake_agent.station import enrolment
from intake_agent.station.outbox import OutboxError
from intake_agent.unattended.policy import After, UnattendedPolicy
from intake_agent.work import Work
from wipe_reports.document import Level


def wishes_of(policy: UnattendedPolicy, options: RunOptions) -> RunOptions:
    """What the policy allows, over what the command line gave; the report names the policy beside the operator."""
    return replace(
        options,
        operator=policy.operator,
        position=policy.position,
        unattended_by=policy.sources,
        code=options.code or policy.code,
        accepts_signatures=False,
        sampled=policy.sampled,
        wanted=policy.level,
        allow_suspend=policy.allow_suspend,
        may_power_off=options.may_power_off or policy.after is After.POWER_OFF,
    )


def run(policy: UnattendedPolicy, options: RunOptions) -> int:
    """Everything the policy says, in its order; returns the exit code. Raises StationError and OSError in words."""
    allowed = wishes_of(policy, options)
    own = enrolment.load(options.state)
    if policy.service is not None and policy.service != own.service:
        terminal.say(
            gettext(
                "Er wordt niets gewist: dit station hoort bij {own}, het beleid bij {other}.",
                own=own.service,
                other=policy.service,
            )
        )
        return REFUSED
    if policy.asks_code and allowed.code is None:
        allowed = replace(allowed, code=_scanned())
        if allowed.code is None:
            terminal.say(gettext("Er wordt niets gewist: het beleid vraagt een etiket, en er is er geen gescand."))
            return REFUSED
    return _apply_policy(policy, allowed)


def _apply_policy(policy: UnattendedPolicy, options: RunOptions) -> int:
    with ExitStack() as stack:
        try:
            work = started(options, stack)
        except OutboxError as error:
            terminal.say(gettext("Er wordt niets gewist: het bewijs zou verloren gaan."), str(error))
            return REFUSED
        if policy.stress_seconds:
            terminal.say(
                gettext(
                    "Processor, geheugen en schijven worden {seconds} seconden belast.",
                    seconds=policy.stress_seconds,
                )
            )
            work.machine = with_stress(work.machine, policy.stress_seconds, lambda _: None, lambda: False)
        covered = _covered(policy, work)
        steps.choose(work, [resuming(one) for one in covered if one.may_be_wiped])
        run_result = wipe_and_tell(work)
        code = exit_code(work, run_result)
        if _is_short(policy, work, covered) and code != REFUSED:
            code = FAILED
    if policy.after is After.POWER_OFF and code == FAILED:
        terminal.say(gettext("Niet alles is gelukt: het toestel blijft aan, zodat iemand dit leest."))
    elif policy.after is After.POWER_OFF and run_result.is_safe:
        terminal.say(gettext("Het toestel gaat uit."))
        power.power_off()
    return code


def _scanned() -> str | None:
    """The label, scanned by whoever stands there; an empty line gives up."""
    if not terminal.is_interactive():
        return None
    while typed := terminal.ask(gettext("Scan het etiket van het toestel (leeg = stoppen): ")):
        if (code := code_in(typed)) is not None:
            return code
        terminal.say(
            gettext("{typed} is geen code van een toestel. Op het etiket staat iets als HS-7K3M9P.", typed=typed)
        )
    return None


def _covered(policy: UnattendedPolicy, work: Work) -> list[Candidate]:
    """The disks that the policy speaks of; what speaks against one is reported, and that one is left alone."""
    found = steps.offered(work)
    for one in found:
        if not policy.covers(one.disk):
            terminal.say(gettext("{name}: het beleid laat deze schijf zoals ze is.", name=_name(one.disk)))
        elif not one.may_be_wiped:
            terminal.say(
                gettext("{name} wordt NIET gewist:", name=_name(one.disk)), *(f"  {why}" for why in one.why_not)
            )
    return [one for one in found if policy.covers(one.disk)]


def _is_short(policy: UnattendedPolicy, work: Work, covered: list[Candidate]) -> bool:
    """May data be left that a person would look for? What lacks is reported; a policy that wipes nothing asks nothing.

    No disk covered at all is short: it may be unseen, behind a controller or on a bus that nobody knows. So is a disk
    that was left because nobody knows what it is or whose, and a level that was asked and not reached.
    """
    if not policy.media:
        return False
    short = [
        gettext("{name}: staat nog vol, kijk na.", name=_name(one.disk))
        for one in covered
        if one.disk.name not in work.wiped
    ]
    spoken_of = {one.disk.name for one in covered}
    short += [
        gettext("{name}: kan een schijf van het toestel zelf zijn en werd niet gewist.", name=_name(disk))
        for disk in work.machine.disks
        if disk.name not in spoken_of and policy.may_mean(disk)
    ]
    short += [
        gettext("{name}: niveau {level}, het beleid vraagt purge.", name=_name(one.disk), level=one.wipe.level)
        for one in work.wiped.values()
        if policy.level is Level.PURGE and one.wipe.level is not Level.PURGE
    ]
    if not covered:
        short.append(
            gettext("Er is geen schijf waarvan het beleid spreekt. Er kan er toch een zijn: kijk in het toestel.")
        )
    short += [
        gettext("Let op: {warning}.", warning=lock_words.in_words(lock, language()))
        for lock in work.machine.firmware.locks
        if lock in HIDES_DISKS
    ]
    terminal.say_all(short)
    return bool(short)


def _name(disk: Disk) -> str:
    return f"{disk.name} ({serial_words(disk)})"
