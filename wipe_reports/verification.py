"""How a wipe was verified: what was planted or remembered before it, and what was read back after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class VerificationMethod(StrEnum):
    """How the outcome was read back, always apart from the technique."""

    FULL_READ_BACK = "full_read_back"
    SAMPLED_READ_BACK = "sampled_read_back"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Canaries:
    """Random blocks planted before a firmware erase and looked for after it; none may survive."""

    planted: int
    survived: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedBlocks:
    """Blocks remembered by hash before the erase of a drive that took no canaries, and read again after it.

    Those that were one fill before and after tell nothing, and are in neither count.
    """

    changed: int
    unchanged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Which part of the carrier a sampled read-back took, so that the same ranges can be drawn again.

    The address range is cut in ``sections``; in each, ``samples_per_section`` ranges of ``bytes_per_sample`` that do
    not overlap are drawn by Python's ``random.Random(int(seed, 16))``; the first and last address always belong to it.
    """

    seed: str
    sections: int
    samples_per_section: int
    bytes_per_sample: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The independent read-back. ``bytes_read`` over the carrier's size is the share that was verified.

    ``bytes_mismatched`` read back other than they must: another content than was written or, after a firmware erase,
    what was there before or what is no uniform fill. ``found`` says in a word what was read, such as
    ``stamped-random``, ``uniform 00`` or ``no canary``.
    """

    method: VerificationMethod
    started_at: datetime | None = None
    ended_at: datetime | None = None
    bytes_read: int = 0
    bytes_mismatched: int = 0
    canaries: Canaries | None = None
    compared_blocks: ComparedBlocks | None = None
    sample: Sample | None = None
    found: str | None = None
    passed: bool = False
