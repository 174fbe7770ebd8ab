"""Does a machine meet the minimum: the call asks for at least a Core i3 and 4 GB, for laptops and desktops.

The rule is data: :mod:`intake_agent.policy` says what each kind of device must have, ``processors.toml`` which
processors are at least a Core i3. The verdict is *pass*, *fail*, or *review* where a person decides; each reason is a
key, whose words :func:`in_words` gives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from intake_agent.judging.reasons import Reason
from intake_agent.judging.upgrade import upgrade
from intake_agent.machine import Machine, Memory, Minimum, MinimumVerdict
from intake_agent.policy import KindRule, Policy, of_the_call, table
from intake_agent.probes.memory import doubted_mib
from wipe_reports import minimum_phrases
from wipe_reports.hardware import ProcessorRule
from wipe_reports.reasons import MinimumReason
from wipe_reports.words import HOUSE_LANGUAGE, Language

_USABLE_SHARE = 0.85
"""4 GB installed shows as 3.4 to 3.9 GiB: firmware and graphics keep up to 15 % for themselves."""
_BY_PROCESSOR = {
    MinimumVerdict.PASS: MinimumReason.PROCESSOR_PASS,
    MinimumVerdict.FAIL: MinimumReason.PROCESSOR_FAIL,
    MinimumVerdict.REVIEW: MinimumReason.PROCESSOR_REVIEW,
}
_WORST_FIRST = (MinimumVerdict.FAIL, MinimumVerdict.REVIEW, MinimumVerdict.PASS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the table says of one processor: the verdict, and the family it was recognised as (``None``: no family)."""

    processor: str
    verdict: MinimumVerdict
    family: str | None


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    verdict: MinimumVerdict
    family: str


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(re.compile(row["pattern"]), MinimumVerdict(row["verdict"]), row["family"]) for row in table()["processor"]
    )


def judge_processor(brand: str) -> Judgement:
    """Is this processor at least a Core i3, by its brand string? Junk and unknown names ask a person."""
    name = _plain(brand)
    for rule in _rules():
        if rule.pattern.search(name):
            return Judgement(brand, rule.verdict, rule.family)
    return Judgement(brand, MinimumVerdict.REVIEW, None)


def _plain(brand: str) -> str:
    """Lower case, without trade marks, broken signs and doubled spaces.

    ``Xeon(TM)`` was NetBurst's name and is kept apart; firmware cuts names at any letter, also within ``(R)``.
    """
    words = re.sub(r"xeon\s?\(tm\)", "xeontm", brand.lower())
    words = re.sub(r"(\((r|tm|c)\)|[®™©])(?=-)", "", words)
    words = re.sub(r"\((r|tm|c)\)|[®™©]|[^\x20-\x7e]|\?|\((r|tm?)?$", " ", words)
    words = re.sub(r"\bcore(tm|t)?(?=[\s-]|i[3579]\b)", "core ", words)
    return " ".join(words.split())


def judge(machine: Machine, policy: Policy | None = None) -> Minimum:
    """The verdict on a whole machine by a policy (``None``: the call's own), its reasons as keys, and the upgrade.

    ``upgrade`` is what to add so that it passes; ``None`` where nothing is lacking or nothing helps, and then a reason
    says why. For a processor that fails no upgrade is ever named.
    """
    policy = policy or of_the_call()
    rule = policy.rule_for(machine.system.kind)
    if rule is None:
        reason = Reason(MinimumReason.KIND_NOT_COVERED, machine.system.kind or "?")
        return Minimum(verdict=MinimumVerdict.REVIEW, reasons=(str(reason),), policy=policy.label)
    processor, of_processor = _processor_verdict(machine.processor.brand, rule)
    memory, of_memory = _memory_verdict(machine.memory, rule)
    verdict = next(one for one in _WORST_FIRST if one in {processor, memory})
    to_add, why_not = None, None
    if memory is MinimumVerdict.FAIL and processor is not MinimumVerdict.FAIL:
        to_add, why_not = upgrade(machine.memory, rule.memory_mib)
    reasons = (of_processor, of_memory, _memory_doubt(machine.memory), *machine.doubts, why_not)
    given = tuple(str(reason) for reason in reasons if reason is not None)
    return Minimum(verdict=verdict, reasons=given, upgrade=to_add, policy=policy.label)


def _processor_verdict(brand: str | None, rule: KindRule) -> tuple[MinimumVerdict, Reason]:
    if rule.processor is ProcessorRule.ANY:
        return MinimumVerdict.PASS, Reason(MinimumReason.PROCESSOR_ANY)
    if brand is None:
        return MinimumVerdict.REVIEW, Reason(MinimumReason.PROCESSOR_UNKNOWN)
    found = judge_processor(brand)
    return found.verdict, processor_reason(found)


def processor_reason(found: Judgement) -> Reason:
    """The reason of a judgement, with the family it was recognised as."""
    if found.family is None:
        return Reason(MinimumReason.PROCESSOR_NOT_LISTED)
    return Reason(_BY_PROCESSOR[found.verdict], found.family)


def _memory_verdict(memory: Memory, rule: KindRule) -> tuple[MinimumVerdict, Reason]:
    bound = f"{rule.memory_mib / 1024:g} GB"
    if memory.installed_mib is not None:
        if memory.installed_mib >= rule.memory_mib:
            return MinimumVerdict.PASS, Reason(MinimumReason.MEMORY_PASS, bound)
        return MinimumVerdict.FAIL, Reason(MinimumReason.MEMORY_FAIL, bound)
    if memory.usable_mib is None:
        return MinimumVerdict.REVIEW, Reason(MinimumReason.MEMORY_UNKNOWN)
    if memory.usable_mib >= rule.memory_mib * _USABLE_SHARE:
        return MinimumVerdict.PASS, Reason(MinimumReason.MEMORY_PASS_BY_USABLE, bound)
    return MinimumVerdict.FAIL, Reason(MinimumReason.MEMORY_FAIL_BY_USABLE, bound)


def _memory_doubt(memory: Memory) -> Reason | None:
    """Both figures in MiB, where the firmware's and the system's contradict each other."""
    figures = doubted_mib(memory)
    return None if figures is None else Reason(MinimumReason.MEMORY_DOUBTED, f"{figures[0]}/{figures[1]}")


def in_words(reason: str, language: Language = HOUSE_LANGUAGE) -> str:
    """A reason's key in words; a key this version does not know is given back as it is."""
    return minimum_phrases.reason(reason, language)
