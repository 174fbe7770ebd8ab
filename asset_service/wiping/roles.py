"""Who may do what with the proof of a wipe, and with a carrier that must be destroyed.

What is read here follows the device: :data:`asset_service.devices.roles.READERS`.
"""

from __future__ import annotations

from asset_service.accounts.access import Access
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role
from asset_service.devices.roles import opens_part
from asset_service.wiping.models import DestructionTask, WipeEvidence

CONFIRMERS = Rule((Role.STOCK_MANAGER, Role.PARTNER_ADMIN))
"""Vouch for a wipe that came without a nonce that holds."""

DESTROYERS = Rule((Role.TECHNICIAN, Role.STOCK_MANAGER))
"""Decide that a carrier must be destroyed, and write down that it was."""


def may_confirm(access: Access, found: WipeEvidence) -> bool:
    """Would ``confirm_wipe`` let this user vouch for the wipe: does a role of theirs hold where the disk is?"""
    return bool(opens_part(access, CONFIRMERS, found.carrier.component))


def may_destroy(access: Access, task: DestructionTask) -> bool:
    """Would ``destroy`` let this user close the task?"""
    return bool(opens_part(access, DESTROYERS, task.carrier.component))
