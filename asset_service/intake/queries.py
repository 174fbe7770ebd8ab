"""Reading intake: reports that wait for a person, and quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVarTuple
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import Select, literal, select
from sqlalchemy.orm import joinedload, undefer

from asset_service.accounts.access import Access
from asset_service.core.db import db
from asset_service.core.errors import NotFound
from asset_service.core.paging import DEFAULT_LIMIT, Key, Page, count_up_to, page
from asset_service.devices import codes
from asset_service.devices import queries as devices_queries
from asset_service.devices.models import Device
from asset_service.devices.queries import may_read
from asset_service.intake.models import QuarantinedReport, UnmatchedReport
from asset_service.intake.roles import QUARANTINE_READERS, may_decide
from asset_service.wiping.models import SignedReport
from wipe_reports.messages import LabelStatus

Columns = TypeVarTuple("Columns")


def unmatched(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[UnmatchedReport]:
    """Reports that wait for a person of the station's partner or of who holds the device, latest first."""
    statement = _waiting(access, select(UnmatchedReport)).options(
        joinedload(UnmatchedReport.report).joinedload(SignedReport.station), joinedload(UnmatchedReport.partner)
    )
    return page(statement, [Key(UnmatchedReport.report_id, True)], after, limit)


def count_unmatched(access: Access) -> int:
    """How many :func:`unmatched` lists, counted up to a bound."""
    return count_up_to(_waiting(access, select(literal(1))))


def unmatched_report(access: Access, report_id: UUID) -> UnmatchedReport:
    """One of them, also after the decision. Raises :class:`NotFound`, also for one that the user may not see."""
    found = db.session.get(UnmatchedReport, report_id)
    if found is not None and may_decide(access, found):
        return found
    raise NotFound(gettext("Dit verslag wacht niet op een beslissing."))


def candidates(access: Access, waiting: UnmatchedReport) -> Sequence[Device]:
    """The devices that the report's hints point at, as far as the user may see them."""
    ids = [UUID(one) for one in waiting.candidate_ids]
    statement = select(Device).where(Device.id.in_(ids)).options(joinedload(Device.site)).order_by(Device.id)
    return [one for one in db.session.scalars(statement) if may_read(access, one)]


@dataclass(frozen=True, slots=True)
class LabelHolder:
    """Whose a label is."""

    status: LabelStatus
    device: dict[str, Any] | None = None


def holder_of_label(partner_id: UUID, text: str) -> LabelHolder:
    """Whose label ``text`` is, for a station of the partner. Of another partner's it learns nothing: *unknown*."""
    code = codes.parse(text)
    label = devices_queries.label(code, partner_id) if code is not None else None
    if label is None or (label.device is not None and label.device.partner_id != partner_id):
        return LabelHolder(LabelStatus.UNKNOWN)
    if label.device is None:
        return LabelHolder(LabelStatus.BLANK)
    found = label.device
    shown = {
        "code": found.code,
        "manufacturer": found.manufacturer,
        "product": found.product,
        "since": found.created_at,
    }
    return LabelHolder(LabelStatus.DEVICE, shown)


def quarantined(access: Access, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[QuarantinedReport]:
    """What is in quarantine, latest first, without the bytes; for an admin."""
    access.demand_any(QUARANTINE_READERS)
    statement = select(QuarantinedReport).options(joinedload(QuarantinedReport.station))
    return page(statement, [Key(QuarantinedReport.id, True)], after, limit)


def quarantined_item(access: Access, item_id: UUID) -> QuarantinedReport:
    """One item with its bytes; for an admin. Raises :class:`NotFound`."""
    access.demand_any(QUARANTINE_READERS)
    statement = select(QuarantinedReport).where(QuarantinedReport.id == item_id)
    found = db.session.scalars(statement.options(undefer(QuarantinedReport.body))).one_or_none()
    if found is None:
        raise NotFound(gettext("Dit zit niet (meer) in quarantaine."))
    return found


def _waiting(access: Access, statement: Select[*Columns]) -> Select[*Columns]:
    theirs = may_decide(access, UnmatchedReport)
    return statement.select_from(UnmatchedReport).where(UnmatchedReport.resolved_at.is_(None), theirs)
