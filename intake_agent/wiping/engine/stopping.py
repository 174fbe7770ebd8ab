"""Why a pass over a carrier ended early."""

from __future__ import annotations

from enum import StrEnum


class StopReason(StrEnum):
    """What ended a writing or reading pass before its end; the values stand among a wipe's exceptions."""

    INTERRUPTED = "interrupted"
    CARRIER_GONE = "carrier_gone"
    FLUSH_FAILED = "flush_failed"
    READ_BACK_DIFFERS = "read_back_differs"
    READER_FAILED = "reader_failed"


CUT = frozenset({StopReason.INTERRUPTED, StopReason.CARRIER_GONE})
"""The wipe itself was cut: no other method is tried, and its journal stays, so that it can go on later."""
