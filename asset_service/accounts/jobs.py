"""Background work of accounts."""

from __future__ import annotations

from asset_service.accounts import operations
from asset_service.core.db import transaction


def delete_ended_sessions() -> int:
    """Delete the rows of sessions whose time is over, and give their number. Safe to run twice."""
    with transaction():
        return operations.delete_ended_sessions()
