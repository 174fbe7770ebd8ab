"""What an NVMe drive holds beyond the namespaces that the system shows: old data may lie there.

Total NVM capacity and unallocated capacity are the controller's (NVM Express Base 2.0, figure 275: TNVMCAP and
UNVMCAP). A namespace that was deleted, or that is attached to no controller here, is reached by a sanitize only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from intake_agent.machine import Disk, Medium
from intake_agent.probes.json_facts import first, number
from intake_agent.probes.namespaces import controller


def with_unallocated(disks: Iterable[Disk], answers: Mapping[str, tuple[Any, Any]]) -> tuple[Disk, ...]:
    """The disks, each namespace with what its drive holds in none that is shown.

    ``answers`` are, by disk, what ``smartctl --json`` and ``nvme id-ctrl`` said, parsed.
    """
    found = tuple(disks)
    shown: dict[str, int] = defaultdict(int)
    for disk in found:
        shown[controller(disk) or disk.name] += disk.size_bytes or 0
    return tuple(
        replace(disk, unallocated_bytes=_unallocated(answers[disk.name], shown[controller(disk) or disk.name]))
        if disk.medium is Medium.NVME
        else disk
        for disk in found
    )


def _unallocated(both: tuple[Any, Any], shown_bytes: int) -> int | None:
    """The drive's own figure, or its total less what is shown where that is more; ``None`` where it tells neither."""
    smartctl, identified = both
    total = first(number(smartctl, "nvme_total_capacity"), number(identified, "tnvmcap"))
    free = first(number(smartctl, "nvme_unallocated_capacity"), number(identified, "unvmcap"))
    hidden = max(0, total - shown_bytes) if total and shown_bytes else None
    return max((one for one in (free, hidden) if one is not None), default=None)
