"""The least memory that must be added so that a machine reaches a bound, or why that cannot be.

The parts are named as a workshop looks for them on its shelf: ``+ 1 × 4 GB DDR4 SO-DIMM: one slot free``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from intake_agent.machine import Memory, MemoryModule

_SIZES_MIB = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
_LARGEST_MIB = {"SDRAM": 512, "DDR": 1024, "DDR2": 4096, "DDR3": 8192, "DDR4": 32768}
"""The largest unbuffered module of each generation on the market (JEDEC densities; 16 GB DDR3 is too rare to name)."""
_SMALLEST_MIB = {"DDR3": 1024, "DDR4": 2048, "DDR5": 8192}
_SOLDERED_FORMS = frozenset({"Row Of Chips", "Chip", "Die", "TSOP"})
_SOLDERED_WORDS = re.compile(r"on.?board|solder|memory.?down|system board memory", re.IGNORECASE)


def upgrade(memory: Memory, bound_mib: int) -> tuple[str | None, str | None]:
    """(what to add, ``None``) or (``None``, the key of the reason why nothing helps).

    Free slots are filled first, then the smallest modules are replaced; fewest modules touched, then smallest size.
    """
    if memory.installed_mib is None or memory.slots is None:
        return None, "upgrade_unknown_slots"
    maximum = _believable_maximum(memory)
    if maximum is not None and maximum < bound_mib:
        return None, f"upgrade_over_maximum:{_words(maximum)}"
    sockets = sorted((one for one in memory.modules if not _is_soldered(one)), key=lambda one: one.size_mib or 0)
    free = max(memory.slots - len(memory.modules), 0)
    if memory.modules and all((one.kind or "").startswith("LPDDR") for one in memory.modules):
        free = 0  # LPDDR is never in a slot; tables list channels without chips as empty devices
    if not sockets and not free:
        return None, "upgrade_soldered"
    sizes = _sizes(memory, sockets, maximum)
    for added in range(1, free + len(sockets) + 1):
        replaced = sockets[: max(added - free, 0)]
        kept = memory.installed_mib - sum(one.size_mib or 0 for one in replaced)
        fitting = (size for size in sizes if kept + added * size >= bound_mib)
        if (size := next(fitting, None)) is not None and (maximum is None or kept + added * size <= maximum):
            return _in_parts(added, size, _kind(sockets or list(memory.modules)), free, replaced), None
    return None, f"upgrade_over_maximum:{_words(maximum)}" if maximum else "upgrade_unknown_slots"


def _believable_maximum(memory: Memory) -> int | None:
    """The board's maximum; firmware that claims less than what is in it is wrong."""
    return memory.max_mib if memory.max_mib and memory.max_mib >= (memory.installed_mib or 0) else None


def _is_soldered(module: MemoryModule) -> bool:
    return (
        module.form in _SOLDERED_FORMS
        or (module.kind or "").startswith("LPDDR")
        or _SOLDERED_WORDS.search(module.locator or "") is not None
    )


def _sizes(memory: Memory, sockets: Sequence[MemoryModule], maximum_mib: int | None) -> list[int]:
    """Module sizes a slot takes: an equal share of the board's maximum, and what its generation is made in."""
    generation = next((one.kind for one in sockets if one.kind), None) or ""
    largest = _LARGEST_MIB.get(generation, _SIZES_MIB[-1])
    if maximum_mib is not None and memory.slots:
        biggest_seen = max((one.size_mib or 0 for one in sockets), default=0)
        largest = min(largest, max(maximum_mib // memory.slots, biggest_seen))
    return [size for size in _SIZES_MIB if _SMALLEST_MIB.get(generation, 0) <= size <= largest]


def _in_parts(added: int, size_mib: int, kind: str, free: int, replaced: Sequence[MemoryModule]) -> str:
    where = []
    if free:
        where.append("one slot free" if free == 1 else f"{free} slots free")
    sizes = Counter(one.size_mib or 0 for one in replaced)
    gone = [f"{count} × {_words(size)}" if count > 1 else _words(size) for size, count in sorted(sizes.items())]
    if gone:
        where.append(f"replaces {' + '.join(gone)}")
    return f"+ {added} × {_words(size_mib)} {kind}".rstrip() + ": " + ", ".join(where)


def _kind(modules: Sequence[MemoryModule]) -> str:
    forms = {"SODIMM": "SO-DIMM"}
    known = next((one for one in modules if one.kind), None)
    if known is None:
        return ""
    form = "" if known.form in _SOLDERED_FORMS else forms.get(known.form or "", known.form or "")
    return f"{known.kind} {form}".rstrip()


def _words(size_mib: int) -> str:
    return f"{size_mib / 1024:g} GB" if size_mib >= 1024 else f"{size_mib} MB"


def in_words(upgrade: str, language: str = "nl") -> str:
    """An upgrade's key in ``language`` (nl or en)."""
    if language == "en":
        return upgrade
    module, _, where = upgrade.partition(": ")
    words = re.sub(r"(\d+) slots free", r"\1 plaatsen vrij", where.replace("one slot free", "één plaats vrij"))
    return f"{module}: {words.replace('replaces', 'vervangt')}"
