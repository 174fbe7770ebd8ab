"""Who may do what with devices and their parts."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from asset_service.accounts.access import Access
from asset_service.accounts.access_rules import Rule
from asset_service.accounts.models import Role
from asset_service.core.errors import Forbidden
from asset_service.devices.models import Component, Device

READERS = Rule((Role.TECHNICIAN, Role.STOCK_MANAGER, Role.DESK, Role.PARTNER_ADMIN))
"""See a device, its parts and what happened to it."""

WORKERS = Rule((Role.TECHNICIAN, Role.STOCK_MANAGER))
"""Enter a device, take its steps, put parts in and out, print labels."""

TOTALS_READERS = Rule((Role.REPORTER, Role.STOCK_MANAGER, Role.PARTNER_ADMIN), totals=True)
"""See how many devices each partner has, without seeing any of them."""


def opens_part(access: Access, rule: Rule, part: Component | type[Component]) -> Any:
    """Does ``rule`` open the part to this user: as who has the device that it sits in, or where it lies loose?

    True or False for one part; for the class the SQL condition, in a query that outer-joins the part's device. A part
    has a device or a place of its own, never both.
    """
    device = Device if isinstance(part, type) else part.device
    loose = access.holds(rule, part.partner_id, part.site_id)
    return loose if device is None else loose | access.holds(rule, device.partner_id, device.site_id)


def demand_part(access: Access, rule: Rule, part: Component) -> None:
    """Raise :class:`Forbidden` unless :func:`opens_part`."""
    if not opens_part(access, rule, part):
        raise Forbidden(gettext("Je rol laat dit bij deze partner niet toe."))
