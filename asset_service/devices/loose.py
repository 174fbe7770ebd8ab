"""Data carriers that lie in no device: what must not be forgotten in a drawer."""

from __future__ import annotations

from typing import TypeVarTuple

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import joinedload

from asset_service.accounts.access import Access
from asset_service.core.db import db
from asset_service.core.paging import Key, Page, page
from asset_service.devices.models import Component, DataCarrier, DataStatus
from asset_service.devices.queries import COUNT_LIMIT
from asset_service.devices.roles import READERS

Columns = TypeVarTuple("Columns")


def exposed(access: Access, after: str | None = None) -> Page[Component]:
    """Loose disks from which data may leak, latest first. Served by ``ix_component_loose``."""
    statement = _exposed(access, select(Component)).options(joinedload(Component.carrier))
    return page(statement, [Key(Component.id, True)], after)


def count_exposed(access: Access) -> int:
    """How many :func:`exposed` lists, counted up to a bound."""
    some = _exposed(access, select(literal(1))).limit(COUNT_LIMIT).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _exposed(access: Access, statement: Select[*Columns]) -> Select[*Columns]:
    return (
        statement.select_from(Component)
        .join(DataCarrier, DataCarrier.component_id == Component.id)
        .where(Component.partner_id.is_not(None), DataCarrier.data_status == DataStatus.EXPOSED)
        .where(access.clause(READERS, Component.partner_id, Component.site_id))
    )
