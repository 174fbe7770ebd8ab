"""What can happen to a minimum."""

from __future__ import annotations

from dataclasses import dataclass

from asset_service.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class MinimumPolicyChanged(Event):
    """A partner's minimum for donated devices is another one; ``subject_id`` is the partner.

    ``kinds`` are the kinds of device that it rules; ``withdrawn``: the partner has none of its own any more.
    """

    version: int
    kinds: list[str]
    withdrawn: bool
