"""The least memory that must be added so that a machine reaches a bound, or why that cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Memory, MemoryModule, Upgrade
from wipe_reports.reasons import MinimumReason

_SIZES_MIB = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
_LARGEST_MIB = {"DDR": 1024, "DDR2": 4096, "DDR3": 8192, "DDR4": 32768}
"""The largest unbuffered module of each generation on the market (JEDEC densities; 16 GB DDR3 is too rare to name).
Firmware writes *SDRAM* and *DRAM* for any of them."""
_USUAL_MIB = {"DDR2": 2048}
"""What is found on a shelf where larger ones are rare, and what most boards of that time take."""
_SMALLEST_MIB = {"DDR3": 1024, "DDR4": 2048, "DDR5": 8192}
_SOLDERED_FORMS = frozenset({"Row Of Chips", "Chip", "Die", "TSOP"})
_SOLDERED_WORDS = re.compile(r"on.?board|solder|memory.?down|system board memory", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Board:
    """What can be changed: the modules in sockets, smallest first, the free slots, and the board's maximum."""

    installed_mib: int
    slots: int
    sockets: tuple[MemoryModule, ...]
    free: int
    maximum_mib: int | None

    @property
    def generation(self) -> str:
        return next((one.kind for one in self.sockets if one.kind), None) or ""

    @property
    def largest_mib(self) -> int:
        """The largest module a slot takes: what its generation is made in, and an equal share of the maximum."""
        largest = _LARGEST_MIB.get(self.generation, _SIZES_MIB[-1])
        if self.maximum_mib is None:
            return largest
        biggest_seen = max((one.size_mib or 0 for one in self.sockets), default=0)
        return min(largest, max(self.maximum_mib // self.slots, biggest_seen))

    @property
    def reachable_mib(self) -> int:
        """With the largest module in every socket."""
        soldered = self.installed_mib - sum(one.size_mib or 0 for one in self.sockets)
        full = soldered + self.largest_mib * (self.free + len(self.sockets))
        return min(full, self.maximum_mib or full)


def upgrade(memory: Memory, bound_mib: int) -> tuple[Upgrade | None, str | None]:
    """(what to add, ``None``) or (``None``, the reason why nothing helps, as a report holds it).

    Free slots are filled first, then the smallest modules are replaced; fewest modules touched, then smallest size.
    """
    board = _board(memory)
    if board is None:
        return None, str(Reason(MinimumReason.UPGRADE_UNKNOWN_SLOTS))
    if board.maximum_mib is not None and board.maximum_mib < bound_mib:
        return None, _at_most(board.maximum_mib)
    if not board.sockets and not board.free:
        return None, str(Reason(MinimumReason.UPGRADE_SOLDERED))
    kind, form = _kind_and_form(board.sockets or memory.modules)
    largest = board.largest_mib
    for limit in (min(largest, _USUAL_MIB.get(board.generation, largest)), largest):
        if to_add := _fewest_modules(board, bound_mib, limit):
            return replace(to_add, kind=kind, form=form), None
    return None, _at_most(board.reachable_mib)


def _board(memory: Memory) -> _Board | None:
    if memory.installed_mib is None or not memory.slots:
        return None
    free = max(memory.slots - len(memory.modules), 0)
    if memory.modules and all((one.kind or "").startswith("LPDDR") for one in memory.modules):
        free = 0  # LPDDR is never in a slot; tables list channels without chips as empty devices
    sockets = sorted((one for one in memory.modules if not _is_soldered(one)), key=lambda one: one.size_mib or 0)
    # Firmware that claims a maximum below what is in the machine is wrong.
    maximum = memory.max_mib if memory.max_mib and memory.max_mib >= memory.installed_mib else None
    return _Board(memory.installed_mib, memory.slots, tuple(sockets), free, maximum)


def _fewest_modules(board: _Board, bound_mib: int, limit_mib: int) -> Upgrade | None:
    sizes = [size for size in _SIZES_MIB if _SMALLEST_MIB.get(board.generation, 0) <= size <= limit_mib]
    for added in range(1, board.free + len(board.sockets) + 1):
        replaced = board.sockets[: max(added - board.free, 0)]
        remaining_mib = board.installed_mib - sum(one.size_mib or 0 for one in replaced)
        size = next((size for size in sizes if remaining_mib + added * size >= bound_mib), None)
        if size is not None and (board.maximum_mib is None or remaining_mib + added * size <= board.maximum_mib):
            return Upgrade(
                modules=added,
                module_mib=size,
                slots_free=board.free,
                replaces_mib=tuple(one.size_mib or 0 for one in replaced),
            )
    return None


def _is_soldered(module: MemoryModule) -> bool:
    return (
        module.form in _SOLDERED_FORMS
        or (module.kind or "").startswith("LPDDR")
        or _SOLDERED_WORDS.search(module.locator or "") is not None
    )


def _kind_and_form(modules: tuple[MemoryModule, ...]) -> tuple[str | None, str | None]:
    known = next((one for one in modules if one.kind), None)
    if known is None:
        return None, None
    return known.kind, None if known.form in _SOLDERED_FORMS else known.form or None


def _at_most(size_mib: int) -> str:
    figure = f"{size_mib / 1024:g} GB" if size_mib >= 1024 else f"{size_mib} MB"
    return str(Reason(MinimumReason.UPGRADE_OVER_MAXIMUM, figure))
