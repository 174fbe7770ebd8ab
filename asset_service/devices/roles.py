"""Who may do what with devices and their parts."""

from __future__ import annotations

from asset_service.accounts.models import Role

READERS = (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN)
"""See a device, its parts and what happened to it."""

WORKERS = (Role.TECHNICIAN, Role.STOCK_MANAGER)
"""Enter a device, take its steps, put parts in and out, print labels."""
