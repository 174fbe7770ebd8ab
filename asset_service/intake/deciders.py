"""Who decides about a report that waits for a person."""

from __future__ import annotations

from typing import Any

from asset_service.accounts.access import Access
from asset_service.accounts.models import Role
from asset_service.intake.models import UnmatchedReport

DECIDERS = (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN)


def may_decide(access: Access, waiting: UnmatchedReport | type[UnmatchedReport]) -> Any:
    """May this user decide about the report: as of the station's partner, or of who holds what it points at?

    True or False for one report, the SQL condition for the class: one rule for a list and for what is opened from it.
    """
    of_station = access.holds(DECIDERS, waiting.partner_id, waiting.site_id)
    return of_station | access.holds(DECIDERS, waiting.holder_partner_id, waiting.holder_site_id)
