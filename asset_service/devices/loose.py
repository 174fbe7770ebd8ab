"""Data carriers that lie in no device: what must not be forgotten in a drawer."""

from __future__ import annotations

from typing import TypeVarTuple

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import joinedload

from asset_service.accounts.access import Access
from asset_service.core.paging import Key, Page, count_up_to, page
from asset_service.devices.models import Component, DataCarrier, DataStatus
from asset_service.devices.roles import READERS

Columns = TypeVarTuple("Columns")


def exposed(access: Access, after: str | None = None) -> Page[Component]:
    """Loose disks from which data may leak, latest first. Served by ``ix_component_loose``."""
    statement = _exposed(access, select(Component)).options(joinedload(Component.carrier))
    return page(statement, [Key(Component.id, True)], after)


def count_exposed(access: Access) -> int:
    """How many :func:`exposed` lists, counted up to a bound."""
    return count_up_to(_exposed(access, select(literal(1))))


def _exposed(access: Access, statement: Select[*Columns]) -> Select[*Columns]:
    return (
        statement.select_from(Component)
        .join(DataCarrier, DataCarrier.component_id == Component.id)
        .where(Component.partner_id.is_not(None), DataCarrier.data_status == DataStatus.EXPOSED)
        .where(access.clause(READERS, Component.partner_id, Component.site_id))
    )
