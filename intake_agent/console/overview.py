"""A machine in one view for the screen: the verdict first, then each part with its sign, at most a line or two each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from intake_agent.console import lock_words
from intake_agent.console.marks import BY_HEALTH, BY_MINIMUM, Mark, folded, marked
from intake_agent.console.summary import capacity_words, kind_words, memory_words, no_disk_words, size_words
from intake_agent.judging import health, minimum
from intake_agent.judging.built_in import sees_own_disk
from intake_agent.machine import Battery, Disk, Health, Machine, MinimumVerdict, PartTestKind
from wipe_reports import upgrade_words

_MINIMUM_WORDS = {
    MinimumVerdict.PASS: "VOLDOET aan het minimum",
    MinimumVerdict.FAIL: "VOLDOET NIET aan het minimum",
    MinimumVerdict.REVIEW: "MINIMUM: iemand moet beslissen",
}
_NAME_COLUMNS = 12


def overview(machine: Machine) -> Iterator[Text]:
    """The whole machine for the eye: verdict and what would change it, locks, identity, parts with their health."""
    yield from _verdict(machine)
    for lock in machine.firmware.locks:
        name = "LET OP" if lock in lock_words.HIDES_DISKS else "SLOT"
        yield folded(marked(Mark.BAD, f"{name}: {lock_words.in_words(lock)}"), 5)
    for test in machine.tests:
        name = " ".join(filter(None, (TEST_WORDS.get(test.kind, test.kind), test.subject)))
        mark = {True: Mark.GOOD, False: Mark.BAD, None: Mark.UNKNOWN}[test.passed]
        yield _row("Test", f"{name} ", marked(mark, test.detail or _passed(test.passed)))
    yield Text("")
    system, processor = machine.system, machine.processor
    name = " ".join(filter(None, (system.manufacturer, system.product))) or "onbekend"
    kind = kind_words(system.kind) if system.kind else None
    year = f"ongeveer uit {machine.estimate.year}" if machine.estimate.year else None
    told = ", ".join(words for words in (kind, year) if words)
    yield _row("Toestel", f"{name} ({told})" if told else name)
    yield _row("Serienummer", system.serial or "onbekend")
    cores = f", {processor.cores} kernen" if processor.cores else ""
    yield _row("Processor", f"{processor.brand or 'onbekend'}{cores}")
    yield _row("Geheugen", _memory(machine))
    for display in machine.displays:
        inches = (
            f", {display.diagonal_tenths_inch / 10:.1f} inch".replace(".", ",") if display.diagonal_tenths_inch else ""
        )
        yield _row("Scherm", f"{display.width_px or '?'} x {display.height_px or '?'}{inches}")
    for disk in machine.disks:
        yield _row("Schijf", _disk(disk), _health(disk.health, health.reasons_and_doubts(disk)))
    if not sees_own_disk(machine.disks):
        yield _row("Schijf", "", marked(Mark.LOOK, no_disk_words(machine)))
    for battery in machine.batteries:
        yield _row("Batterij", _battery(battery), _health(battery.health, battery.health.reasons))


TEST_WORDS: Mapping[str, str] = {
    PartTestKind.SMART_SHORT: "zelftest van de schijf",
    PartTestKind.PROCESSOR_STRESS: "processor",
    PartTestKind.MEMORY_STRESS: "geheugen",
    PartTestKind.DISK_READ: "leessnelheid",
}


def _passed(passed: bool | None) -> str:
    return {True: "gelukt", False: "mislukt", None: "afgebroken"}[passed]


def _verdict(machine: Machine) -> Iterator[Text]:
    judged = machine.minimum
    policy = f" ({judged.policy})" if judged.policy else ""
    yield marked(BY_MINIMUM[judged.verdict], f"{_MINIMUM_WORDS[judged.verdict]}{policy}")
    for reason in judged.reasons:
        yield Text("     - ") + folded(Text(minimum.in_words(reason)), 7)
    if judged.upgrade:
        words = Text(f"Te verhelpen: {upgrade_words.upgrade(judged.upgrade, 'nl')}", style=Mark.LOOK.style)
        yield Text("     ") + folded(words, 5)


def _row(name: str, words: str, judged: Text | None = None) -> Text:
    return Text(f"{name:<{_NAME_COLUMNS}}") + folded(Text.assemble(words, judged or ""), _NAME_COLUMNS)


def _memory(machine: Machine) -> str:
    memory = machine.memory
    slots = f", {len(memory.modules)} van {memory.slots} plaatsen gebruikt" if memory.slots else ""
    return f"{memory_words(memory)}{slots}"


def _disk(disk: Disk) -> str:
    return f"{disk.name} {disk.model or 'model onbekend'}, {size_words(disk.size_bytes)} "


def _battery(battery: Battery) -> str:
    share = f"{capacity} " if (capacity := capacity_words(battery)) else ""
    cycles = f"na {battery.cycles} keer laden " if battery.cycles else ""
    return f"{share}{cycles}"


def _health(judged: Health, told: tuple[str, ...]) -> Text:
    reasons = ", ".join(health.in_words(reason) for reason in told)
    words = health.verdict_words(judged.verdict)
    return marked(BY_HEALTH[judged.verdict], f"{words}: {reasons}" if reasons else words)
