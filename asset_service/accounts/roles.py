"""Who may do what with partners, users and stations.

What only who runs the service may do (projects, partners, other admins) asks ``SERVICE_ADMINS``.
"""

from __future__ import annotations

from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role

ADMINISTRATORS = Rule((Role.PARTNER_ADMIN,))
"""Make users, give roles and enrol stations, each within the partner or site of their own role."""

PROJECT_ROLES = (Role.REPORTER,)
"""What somebody can be in a whole project: a role that needs no more than totals."""
