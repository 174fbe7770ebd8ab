"""Who may do what with the proof of a wipe, and with a carrier that must be destroyed.

What is read here follows the device: :data:`asset_service.devices.roles.READERS`.
"""

from __future__ import annotations

from asset_service.accounts.models import Role

CONFIRMERS = (Role.STOCK_MANAGER, Role.PARTNER_ADMIN)
"""Vouch for a wipe that came without a nonce that holds."""

DESTROYERS = (Role.TECHNICIAN, Role.STOCK_MANAGER)
"""Decide that a carrier must be destroyed, and write down that it was."""
