"""Who may do what with the reports of stations."""

from __future__ import annotations

from typing import Any

from asset_service.accounts.access import Access
from asset_service.accounts.access_rules import SERVICE_ADMINS, Rule
from asset_service.accounts.models import Role
from asset_service.intake.models import UnmatchedReport

DECIDERS = Rule((Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN))
"""Carry reports in, and decide about those that wait for a person."""

QUARANTINE_READERS = SERVICE_ADMINS
"""See and remove what was refused: it may be anybody's."""


def may_decide(access: Access, waiting: UnmatchedReport | type[UnmatchedReport]) -> Any:
    """May this user decide about the report: as of the station's partner, or of who holds what it points at?

    True or False for one report, the SQL condition for the class: one rule for a list and for what is opened from it.
    """
    of_station = access.holds(DECIDERS, waiting.partner_id, waiting.site_id)
    return of_station | access.holds(DECIDERS, waiting.holder_partner_id, waiting.holder_site_id)
