"""Background work of the ledger."""

from __future__ import annotations

from asset_service.core.db import transaction
from asset_service.ledger.operations import MAX_SEAL_EVENTS, seal


def seal_everything() -> int:
    """Seal all that is not sealed yet, one transaction per seal, and give the number of events. Safe to run twice."""
    count = 0
    while True:
        with transaction():
            sealed = seal(everything=True)
            size = sealed.tree_size if sealed is not None else 0
        count += size
        if size < MAX_SEAL_EVENTS:
            return count
