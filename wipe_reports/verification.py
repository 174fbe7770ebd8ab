"""How a wipe was verified: what was planted or remembered before it, and what was read back after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from wipe_reports.shape import Form, Text, Unit, Whole

_COUNT = Whole(2**31 - 1)
_SEED = Form("32 × 0–9, a–f", r"[0-9a-f]{32}")


class VerificationMethod(StrEnum):
    """How the outcome was read back, always apart from the technique."""

    FULL_READ_BACK = "full_read_back"
    SAMPLED_READ_BACK = "sampled_read_back"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Canaries:
    """Random blocks planted before a firmware erase and looked for after it; none may survive."""

    planted: Annotated[int, Whole(), Unit("blocks"), "written before"]
    survived: Annotated[int, Whole(), Unit("blocks"), "found again after"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedBlocks:
    """Blocks remembered by hash before the erase of a drive that took no canaries, and read again after it.

    Those that were one fill before and after tell nothing, and are in neither count.
    """

    changed: Annotated[int, Whole(), Unit("blocks"), "read other than before"]
    unchanged: Annotated[int, Whole(), Unit("blocks"), "read as before"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Which part of the carrier a sampled read-back took, so that the same ranges can be drawn again.

    The address range is cut in ``sections``; in each, ``samples_per_section`` ranges of ``bytes_per_sample`` that do
    not overlap are drawn by Python's ``random.Random(int(seed, 16))``; the first and last address always belong to it.
    """

    seed: Annotated[str, Text(32, form=_SEED), "of the draw"]
    sections: Annotated[int, _COUNT, "parts of equal size"]
    samples_per_section: Annotated[int, _COUNT, "ranges in each"]
    bytes_per_sample: Annotated[int, Whole(), Unit("bytes"), "size of a range"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The independent read-back. ``bytes_read`` over the carrier's size is the share that was verified.

    ``bytes_mismatched`` read back other than they must: another content than was written or, after a firmware erase,
    what was there before or what is no uniform fill.
    """

    method: Annotated[VerificationMethod, "whole, sampled or none"]
    started_at: Annotated[datetime | None, "began"] = None
    ended_at: Annotated[datetime | None, "ended"] = None
    bytes_read: Annotated[int, Whole(), Unit("bytes"), "read back"] = 0
    bytes_mismatched: Annotated[int, Whole(), Unit("bytes"), "read back other than they must"] = 0
    canaries: Annotated[Canaries | None, "blocks planted before a firmware erase"] = None
    compared_blocks: Annotated[ComparedBlocks | None, "blocks remembered by hash before it"] = None
    sample: Annotated[Sample | None, "which part a sampled read-back took"] = None
    found: Annotated[str | None, Text(100), "``stamped-random``, ``uniform 00``, ``no canary`` and the like"] = None
    passed: Annotated[bool, "the read-back found what it must"] = False
