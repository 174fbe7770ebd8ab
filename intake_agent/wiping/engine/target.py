"""The carrier of one wipe, as it was planned: its size and block are not asked of the device again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wipe_reports.document import HiddenAreas

SMALLEST_SPLIT_BYTES = 4096
"""Where a transfer fails it is split down to this, or to the drive's logical block where that is larger."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A block device or file of ``size_bytes``; ``unallocated_bytes`` more of the drive are not shown by it.

    ``namespaces_left`` are parts of the same NVMe drive that no plan of this machine reaches.
    """

    path: Path
    size_bytes: int
    logical_block_bytes: int = 512
    hidden_areas: HiddenAreas
    unallocated_bytes: int = 0
    namespaces_left: int = 0

    @property
    def smallest_split_bytes(self) -> int:
        """The smallest piece that is tried by itself."""
        return max(self.logical_block_bytes, SMALLEST_SPLIT_BYTES)
