"""The disks that could be wiped: how each would be, everything that speaks against it, and the yes that was given."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from intake_agent.language import gettext
from intake_agent.machine import Disk, Machine
from intake_agent.probes.battery import is_on_battery
from intake_agent.run_options import RunOptions
from intake_agent.seeing import sources
from intake_agent.seeing.block_device import look
from intake_agent.system_errors import in_words
from intake_agent.wiping import judgements
from intake_agent.wiping.drives import suspend
from intake_agent.wiping.engine.journal import Cut, Journals
from intake_agent.wiping.judgements import Fact
from intake_agent.wiping.plan import Plan, plan
from intake_agent.wiping.safety import Consent, Refusal, refusals
from intake_agent.wiping.scratch import Scratch
from wipe_reports.document import Judgement, Override


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One disk as it may be chosen. ``cut`` is an earlier wipe of it that never ended.

    ``set_aside`` are refusals that the command line took away beforehand (``--yes-volumes``); they are no longer among
    those ``against``.

    ``gains_by_sleep``: the drive is frozen, and a better method waits for a moment of sleep that this machine can take.
    """

    disk: Disk
    path: Path
    plan: Plan
    against: tuple[Refusal, ...] = ()
    set_aside: tuple[Refusal, ...] = ()
    cut: Cut | None = None
    gains_by_sleep: bool = False

    @property
    def may_be_wiped(self) -> bool:
        """Does nothing speak against it?"""
        return self.may_be_wiped_without(frozenset())

    @property
    def asks_person(self) -> bool:
        """Do only judgements speak against it? Those a person at the machine may set aside, and the report says so."""
        return bool(self.against) and self.may_be_wiped_without(judgements.ALL)

    def may_be_wiped_without(self, set_aside: Collection[Judgement]) -> bool:
        """Does nothing speak against it once these judgements are set aside?"""
        return not judgements.standing(self.against, set_aside) and self.plan.impossible is None

    @property
    def why_not(self) -> tuple[str, ...]:
        """Everything against it, in sentences."""
        impossible = () if self.plan.impossible is None else (self.plan.impossible,)
        return (*(refusal.sentence for refusal in self.against), *impossible)


@dataclass(frozen=True, slots=True)
class Ticked:
    """A candidate that was chosen, with what was said about it.

    ``set_aside`` are the judgements that the person knew better; ``resumes``: go on with the wipe that was cut.
    """

    candidate: Candidate
    set_aside: frozenset[Judgement] = frozenset()
    resumes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DiskToWipe:
    """A disk that will be wiped, and the yes that was given to it; ``overrides`` are for the report."""

    disk: Disk
    path: Path
    plan: Plan
    consent: Consent
    overrides: tuple[Override, ...] = ()
    resume: Cut | None = None


def check(disk: Disk, machine: Machine, consent: Consent) -> list[Refusal]:
    """Everything that speaks against wiping ``disk`` at this moment; the drive is asked its serial number again."""
    path = Path("/dev") / disk.name
    try:
        device = look(path)
    except (OSError, ValueError) as error:
        return [
            Refusal(Fact.GONE, gettext("{name}: de schijf is er niet meer ({error}).", name=disk.name, error=error))
        ]
    now = sources.disk_now(disk.name)
    return refusals(
        disk,
        device,
        consent,
        others=[other for other in machine.disks if other.name != disk.name],
        serial_now=now.serial if now else None,
        on_battery=is_on_battery(sources.power_supplies()),
    )


def consent_to(disk: Disk, set_aside: Iterable[Judgement] = ()) -> Consent:
    """The yes to one disk, by its serial number, with the judgements that were set aside for it."""
    return Consent(named_serials=frozenset({disk.serial or ""}), set_aside=frozenset(set_aside))


def candidates(
    machine: Machine, options: RunOptions, scratch: Iterable[Scratch], journals: Journals
) -> list[Candidate]:
    """Every disk that was seen, as if the operator named each; in a rehearsal only the scratch carriers are free."""
    carriers = list(scratch)
    found = [
        _candidate(disk, Path("/dev") / disk.name, options, journals, _against(disk, machine, bool(carriers)))
        for disk in machine.disks
    ]
    return found + [_candidate(one.disk, one.path, options, journals, []) for one in carriers]


def _against(disk: Disk, machine: Machine, rehearsal: bool) -> list[Refusal]:
    if rehearsal:
        return [Refusal(Fact.REHEARSAL, gettext("Dit is een oefening: deze schijf wordt niet aangeraakt."))]
    return check(disk, machine, consent_to(disk))


def _candidate(disk: Disk, path: Path, options: RunOptions, journals: Journals, against: list[Refusal]) -> Candidate:
    try:
        cut = journals.cut(disk)
    except OSError as error:
        cut = None
        against = [
            *against,
            Refusal(Fact.JOURNAL, gettext("De stick kan niet gelezen worden: {reason}.", reason=in_words(error))),
        ]
    accepted = judgements.SIGNATURES if options.accepts_signatures else frozenset[Judgement]()
    standing = judgements.standing(against, accepted)
    asleep = _planned(disk, options, cut, allow_suspend=True)
    can_sleep = asleep.needs_suspend and suspend.can_suspend()
    sleeps = can_sleep and options.allow_suspend
    return Candidate(
        disk=disk,
        path=path,
        plan=asleep if sleeps else _planned(disk, options, cut, allow_suspend=False),
        against=tuple(standing),
        set_aside=tuple(one for one in against if one not in standing),
        cut=cut,
        gains_by_sleep=can_sleep and not sleeps,
    )


def _planned(disk: Disk, options: RunOptions, cut: Cut | None, *, allow_suspend: bool) -> Plan:
    return plan(
        disk,
        sampled=options.sampled,
        wanted=options.wanted,
        allow_suspend=allow_suspend,
        locked_by=cut.locked_by if cut is not None else None,
    )


def chosen(ticked: Iterable[Ticked], options: RunOptions) -> list[DiskToWipe]:
    """The choices of what was ticked; what may not be wiped is left out, whatever was said about it."""
    return [_choice(one, options) for one in ticked if one.candidate.may_be_wiped_without(one.set_aside)]


def _choice(one: Ticked, options: RunOptions) -> DiskToWipe:
    found = one.candidate
    overrides = judgements.overrides(
        (*found.set_aside, *found.against), one.set_aside | _judged(found.set_aside), by=options.operator
    )
    return DiskToWipe(
        disk=found.disk,
        path=found.path,
        plan=found.plan,
        consent=consent_to(found.disk, {override.judgement for override in overrides}),
        overrides=overrides,
        resume=found.cut if one.resumes else None,
    )


def _judged(refusals: Iterable[Refusal]) -> frozenset[Judgement]:
    return frozenset(one.judgement for one in refusals if one.judgement is not None)


def resuming(one: Candidate, set_aside: frozenset[Judgement] = frozenset()) -> Ticked:
    """A candidate taken as a program takes it: a wipe that was cut goes on where that can be."""
    return Ticked(one, set_aside, resumes=one.cut is not None and one.cut.resumable)
