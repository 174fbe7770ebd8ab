"""Who may see and do what brings the rooms together."""

from __future__ import annotations

from asset_service.accounts.access_rules import SERVICE_ADMINS

JOB_KEEPERS = SERVICE_ADMINS
"""See all background work of the service, and try failed jobs again."""

MAIL_KEEPERS = SERVICE_ADMINS
"""See which mail waits or failed and why, not what it says, and try it again."""
