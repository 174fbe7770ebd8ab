"""Who may set the minimum."""

from __future__ import annotations

from asset_service.accounts.models import Role
from asset_service.accounts.rules import Rule

POLICY_MAKERS = Rule((Role.PARTNER_ADMIN,))
"""Set the partner's minimum."""
