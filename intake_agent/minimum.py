"""Does a machine meet the minimum: the call asks for at least a Core i3 and 4 GB, for laptops and desktops.

The rule is data: ``processors.toml`` holds the processors and the bound. The verdict is *pass*, *fail*, or *review*
where a person decides; each reason is a key that reads the same in Dutch and English by :func:`in_words`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from intake_agent.machine import Machine, Memory, MemoryModule, Minimum, MinimumVerdict

_USABLE_SHARE = 0.85
"""4 GB installed shows as 3.4 to 3.9 GiB: firmware and graphics keep up to 15 % for themselves."""

_MODULE_SIZES_MIB = (1024, 2048, 4096, 8192, 16384)
_SOLDERED = frozenset({"Row Of Chips", "Chip", "Die", "TSOP"})


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


@dataclass(frozen=True, slots=True)
class _Table:
    memory_mib: int
    kinds: frozenset[str]
    rules: tuple[_Rule, ...]


@cache
def _table() -> _Table:
    data = tomllib.loads(files("intake_agent").joinpath("processors.toml").read_text(encoding="utf-8"))
    rules = (
        _Rule(re.compile(row["pattern"]), MinimumVerdict(row["verdict"]), row["family"]) for row in data["processor"]
    )
    return _Table(data["minimum"]["memory_mib"], frozenset(data["minimum"]["kinds"]), tuple(rules))


def judge_processor(brand: str) -> Judgement:
    """Is this processor at least a Core i3, by its brand string? Junk and unknown names ask a person."""
    name = _plain(brand)
    for rule in _table().rules:
        if rule.pattern.search(name):
            return Judgement(brand, rule.verdict, rule.family)
    return Judgement(brand, MinimumVerdict.REVIEW, None)


def _plain(brand: str) -> str:
    """Lower case, without trade marks and doubled spaces. ``Xeon(TM)`` was NetBurst's name and is kept apart."""
    words = re.sub(r"xeon\s?\(tm\)", "xeontm", brand.lower())
    words = re.sub(r"(\((r|tm|c)\)|[®™©])(?=-)", "", words)
    words = re.sub(r"\((r|tm|c)\)|[®™©]", " ", words)
    words = re.sub(r"\b(pentium|celeron)\(.*$", r"\1", words)
    return " ".join(words.split())


def judge(machine: Machine) -> Minimum:
    """The verdict on a whole machine, its reasons as keys, and the upgrade that would make it pass (or ``None``)."""
    if machine.system.kind is not None and machine.system.kind not in _table().kinds:
        return Minimum(verdict=MinimumVerdict.REVIEW, reasons=(f"kind_not_covered:{machine.system.kind}",))
    processor, processor_reason = _processor_verdict(machine.processor.brand)
    memory, memory_reason = _memory_verdict(machine.memory)
    verdicts = {processor, memory}
    verdict = next(one for one in (MinimumVerdict.FAIL, MinimumVerdict.REVIEW, MinimumVerdict.PASS) if one in verdicts)
    upgrade = None
    if memory is MinimumVerdict.FAIL and processor is not MinimumVerdict.FAIL:
        upgrade = memory_upgrade(machine.memory)
    return Minimum(verdict=verdict, reasons=(processor_reason, memory_reason), upgrade=upgrade)


def _processor_verdict(brand: str | None) -> tuple[MinimumVerdict, str]:
    if brand is None:
        return MinimumVerdict.REVIEW, "processor_unknown"
    found = judge_processor(brand)
    return found.verdict, processor_reason(found)


def processor_reason(found: Judgement) -> str:
    """The key of a judgement's reason, with the family it was recognised as."""
    return "processor_not_listed" if found.family is None else f"processor_{found.verdict}:{found.family}"


def _memory_verdict(memory: Memory) -> tuple[MinimumVerdict, str]:
    bound = _table().memory_mib
    if memory.installed_mib is not None:
        enough = memory.installed_mib >= bound
        return (MinimumVerdict.PASS, "memory_pass") if enough else (MinimumVerdict.FAIL, "memory_fail")
    if memory.usable_mib is None:
        return MinimumVerdict.REVIEW, "memory_unknown"
    if memory.usable_mib >= bound * _USABLE_SHARE:
        return MinimumVerdict.PASS, "memory_pass_by_usable"
    return MinimumVerdict.FAIL, "memory_fail_by_usable"


def memory_upgrade(memory: Memory) -> str | None:
    """The smallest module that lifts the memory to the bound: ``+ 1 × 4 GB DDR4 SO-DIMM: one slot free``.

    Uses a free slot where there is one, else replaces the smallest module; ``None`` where the memory is soldered,
    the board's maximum is below the bound, or nothing is known of the slots.
    """
    bound, installed = _table().memory_mib, memory.installed_mib
    if installed is None or memory.slots is None or (memory.max_mib is not None and memory.max_mib < bound):
        return None
    sockets = [module for module in memory.modules if module.form not in _SOLDERED]
    free = memory.slots - len(memory.modules)
    kind = _kind_of_module(sockets or list(memory.modules))
    if free > 0:
        return _module_words(bound - installed, kind, "one slot free" if free == 1 else f"{free} slots free")
    if not sockets:
        return None
    smallest = min(module.size_mib or 0 for module in sockets)
    return _module_words(bound - installed + smallest, kind, f"replaces {smallest / 1024:g} GB")


def _module_words(needed_mib: int, kind: str, where: str) -> str | None:
    size = next((size for size in _MODULE_SIZES_MIB if size >= needed_mib), None)
    return None if size is None else f"+ 1 × {size // 1024} GB {kind}".rstrip() + f": {where}"


def _kind_of_module(modules: list[MemoryModule]) -> str:
    forms = {"SODIMM": "SO-DIMM", "Row Of Chips": "", "Chip": ""}
    known = next((one for one in modules if one.kind), None)
    return " ".join(filter(None, (known.kind, forms.get(known.form or "", known.form)))) if known else ""


_WORDS = {
    "nl": {
        "processor_pass": "processor voldoet ({figure})",
        "processor_fail": "processor is te oud of te zwak ({figure})",
        "processor_review": "processor: iemand moet beslissen ({figure})",
        "processor_unknown": "processor onbekend",
        "processor_not_listed": "processor staat niet in de lijst: iemand moet beslissen",
        "memory_pass": "genoeg geheugen (4 GB of meer)",
        "memory_fail": "te weinig geheugen (minder dan 4 GB)",
        "memory_pass_by_usable": "geheugen lijkt genoeg: het systeem ziet bijna 4 GB of meer",
        "memory_fail_by_usable": "te weinig geheugen: het systeem ziet duidelijk minder dan 4 GB",
        "memory_unknown": "geheugen onbekend",
        "kind_not_covered": "het minimum geldt voor laptops en desktops, dit is: {figure}",
    },
    "en": {
        "processor_pass": "processor is good enough ({figure})",
        "processor_fail": "processor is too old or too weak ({figure})",
        "processor_review": "processor: a person must decide ({figure})",
        "processor_unknown": "processor unknown",
        "processor_not_listed": "processor is not in the table: a person must decide",
        "memory_pass": "enough memory (4 GB or more)",
        "memory_fail": "too little memory (less than 4 GB)",
        "memory_pass_by_usable": "memory seems enough: the system sees nearly 4 GB or more",
        "memory_fail_by_usable": "too little memory: the system sees clearly less than 4 GB",
        "memory_unknown": "memory unknown",
        "kind_not_covered": "the minimum is for laptops and desktops, this is: {figure}",
    },
}


def in_words(reason: str, language: str = "nl") -> str:
    """A reason's key in words. ``language`` is nl or en; a key this version does not know is given back as it is."""
    key, _, figure = reason.partition(":")
    words = _WORDS[language].get(key)
    return reason if words is None else words.format(figure=figure)


def upgrade_in_words(upgrade: str, language: str = "nl") -> str:
    """An upgrade's key, ``+ 1 × 4 GB DDR4 SO-DIMM: one slot free``, in ``language``."""
    if language == "en":
        return upgrade
    module, _, where = upgrade.partition(": ")
    words = re.sub(r"^(\d+) slots free$", r"\1 plaatsen vrij", where.replace("one slot free", "één plaats vrij"))
    return f"{module}: {words.replace('replaces', 'vervangt')}"
