"""Who may set the minimum."""

from __future__ import annotations

from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role

POLICY_MAKERS = Rule((Role.PARTNER_ADMIN,))
"""Set the partner's minimum."""
