"""Who may see and do what brings the rooms together."""

from __future__ import annotations

from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role

JOB_KEEPERS = Rule((Role.ADMIN,))
"""See all background work of the service, and try failed jobs again."""
