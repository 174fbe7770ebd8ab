"""Why a pass over a carrier ended early."""

from __future__ import annotations

from enum import StrEnum

from wipe_reports.reasons import WipeException


class StopReason(StrEnum):
    """What ended a writing or reading pass before its end; the values stand among a wipe's exceptions."""

    INTERRUPTED = WipeException.INTERRUPTED
    CARRIER_GONE = WipeException.CARRIER_GONE
    FLUSH_FAILED = WipeException.FLUSH_FAILED
    READ_BACK_DIFFERS = WipeException.READ_BACK_DIFFERS
    READER_FAILED = WipeException.READER_FAILED


CUT = frozenset({StopReason.INTERRUPTED, StopReason.CARRIER_GONE})
"""The wipe itself was cut: no other method is tried, and its journal stays, so that it can go on later."""
