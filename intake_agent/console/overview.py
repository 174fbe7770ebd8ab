"""A machine in one view for the screen: the verdict first, then each part with its sign, at most a line or two each."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from intake_agent.console import lock_words
from intake_agent.console.marks import BY_HEALTH, BY_MINIMUM, Mark, folded, marked
from intake_agent.console.summary import (
    capacity_words,
    kind_words,
    memory_words,
    model_words,
    no_disk_words,
    size_words,
    upgrade_line,
)
from intake_agent.judging import health, minimum
from intake_agent.judging.built_in import sees_own_disk
from intake_agent.language import decimal, gettext, language
from intake_agent.machine import Battery, Disk, Health, Machine, PartTest, PartTestKind
from wipe_reports import minimum_phrases
from wipe_reports import words as wire_words
from wipe_reports.reasons import PartTestFinding

_NAME_COLUMNS = 12


def overview(machine: Machine) -> Iterator[Text]:
    """The whole machine for the eye: verdict and what would change it, locks, identity, parts with their health."""
    yield from _verdict(machine)
    for lock in machine.firmware.locks:
        name = gettext("LET OP") if lock in lock_words.HIDES_DISKS else gettext("SLOT")
        yield folded(marked(Mark.BAD, f"{name}: {lock_words.in_words(lock, language())}"), 5)
    for test in machine.tests:
        name = " ".join(filter(None, (wire_words.of_text(test.kind, PartTestKind, language()), test.subject)))
        mark = {True: Mark.GOOD, False: Mark.BAD, None: Mark.UNKNOWN}[test.passed]
        yield _row(gettext("Test"), f"{name} ", marked(mark, _found(test)))
    yield Text("")
    system, processor = machine.system, machine.processor
    name = " ".join(filter(None, (system.manufacturer, system.product))) or gettext("onbekend")
    kind = kind_words(system.kind) if system.kind else None
    year = gettext("ongeveer uit {year}", year=machine.estimate.year) if machine.estimate.year else None
    kind_and_year = ", ".join(one for one in (kind, year) if one)
    yield _row(gettext("Toestel"), f"{name} ({kind_and_year})" if kind_and_year else name)
    yield _row(gettext("Serienummer"), system.serial or gettext("onbekend"))
    cores = ", " + gettext("{count} kernen", count=processor.cores) if processor.cores else ""
    yield _row(gettext("Processor"), (processor.brand or gettext("onbekend")) + cores)
    yield _row(gettext("Geheugen"), _memory(machine))
    for display in machine.displays:
        inches = (
            gettext(", {inches} inch", inches=decimal(f"{display.diagonal_tenths_inch / 10:.1f}"))
            if display.diagonal_tenths_inch
            else ""
        )
        yield _row(gettext("Scherm"), f"{display.width_px or '?'} x {display.height_px or '?'}{inches}")
    for disk in machine.disks:
        yield _row(gettext("Schijf"), _disk(disk), _health(disk.health, health.reasons_and_doubts(disk)))
    if not sees_own_disk(machine.disks):
        yield _row(gettext("Schijf"), "", marked(Mark.LOOK, no_disk_words(machine)))
    for battery in machine.batteries:
        yield _row(gettext("Batterij"), _battery(battery), _health(battery.health, battery.health.reasons))


def _found(test: PartTest) -> str:
    """What the test found; in a word how it ended where it says nothing more."""
    ended = {True: gettext("gelukt"), False: gettext("mislukt"), None: gettext("afgebroken")}[test.passed]
    return wire_words.of_reasons(test.findings, PartTestFinding, language()) or ended


def _verdict(machine: Machine) -> Iterator[Text]:
    judged = machine.minimum
    policy = f" ({judged.policy})" if judged.policy else ""
    yield marked(
        BY_MINIMUM[judged.verdict], f"{minimum_phrases.verdict(judged.verdict, language(), emphasized=True)}{policy}"
    )
    for reason in judged.reasons:
        yield Text("     - ") + folded(Text(minimum.in_words(reason, language())), 7)
    if judged.upgrade:
        yield Text("     ") + folded(Text(upgrade_line(judged.upgrade), style=Mark.LOOK.style), 5)


def _row(name: str, words: str, judged: Text | None = None) -> Text:
    return Text(f"{name:<{_NAME_COLUMNS}}") + folded(Text.assemble(words, judged or ""), _NAME_COLUMNS)


def _memory(machine: Machine) -> str:
    memory = machine.memory
    slots = (
        ", " + gettext("{count} van {slots} plaatsen gebruikt", count=len(memory.modules), slots=memory.slots)
        if memory.slots
        else ""
    )
    return f"{memory_words(memory)}{slots}"


def _disk(disk: Disk) -> str:
    return f"{disk.name} {model_words(disk)}, {size_words(disk.size_bytes)} "


def _battery(battery: Battery) -> str:
    share = f"{capacity} " if (capacity := capacity_words(battery)) else ""
    cycles = gettext("na {count} keer laden", count=battery.cycles) + " " if battery.cycles else ""
    return f"{share}{cycles}"


def _health(judged: Health, reason_keys: tuple[str, ...]) -> Text:
    reasons = ", ".join(health.in_words(reason, language()) for reason in reason_keys)
    words = health.verdict_words(judged.verdict, language())
    return marked(BY_HEALTH[judged.verdict], f"{words}: {reasons}" if reasons else words)
