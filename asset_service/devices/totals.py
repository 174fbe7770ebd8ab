"""How many devices each partner has, by where they are in their life and by whether data can leak from them.

Figures for who reports over partners: no device, no person and no document is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import ColumnElement, func, select

from asset_service.accounts.access import Access
from asset_service.accounts.models import Partner
from asset_service.accounts.scope import Scope
from asset_service.core import days
from asset_service.core.db import db
from asset_service.core.errors import FieldError, Invalid
from asset_service.devices.models import DataStatus, Device, State
from asset_service.devices.queries import scopes_of
from asset_service.devices.roles import TOTALS_READERS

Cell = tuple[State, DataStatus]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many devices are in each state and have each data status; what there is none of is left out."""

    cells: Mapping[Cell, int]

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return sum(self.cells.values())

    def in_state(self, state: State) -> int:
        """How many devices are in this state."""
        return sum(number for (found, _), number in self.cells.items() if found is state)

    def with_data_status(self, data_status: DataStatus) -> int:
        """How many devices have this data status."""
        return sum(number for (_, found), number in self.cells.items() if found is data_status)

    @property
    def states(self) -> list[State]:
        """The states that there are devices in, in the order of a device's life."""
        return [state for state in State if self.in_state(state)]

    @property
    def data_statuses(self) -> list[DataStatus]:
        """The data statuses that there are devices with."""
        return [one for one in DataStatus if self.with_data_status(one)]


@dataclass(frozen=True, slots=True)
class PartnerTotals:
    """The devices of one partner."""

    partner: Partner
    counts: Counts


@dataclass(frozen=True, slots=True)
class Totals:
    """The devices of each partner that the user may count, by the partner's name, and of all of them together."""

    partners: Sequence[PartnerTotals]
    counts: Counts


def totals_of(access: Access, since: date | None = None, until: date | None = None) -> Totals:
    """The devices that were entered from ``since`` to ``until`` (days in Brussels, both included), as they are now.

    A device counts at the partner that has it now. In a project it does so where that partner took part on the day on
    which the device was entered, also once the partner has left; a partner without any is listed while it takes part.
    Rehearsals count nowhere. Each partner is read on its own, by ``ix_device_totals``.

    Raises :class:`Invalid` for a period that ends before it begins.
    """
    period = _entered(since, until)
    places: dict[UUID, list[Scope]] = {}
    for scope in scopes_of(access, TOTALS_READERS):
        if scope.partner_id is not None:
            places.setdefault(scope.partner_id, []).append(scope)
    counts = {partner_id: _counts(partner_id, scopes, period) for partner_id, scopes in places.items()}
    listed = [one for one in counts if counts[one].cells or access.may_somewhere(TOTALS_READERS, one)]
    found = [PartnerTotals(partner, counts[partner.id]) for partner in _partners(listed)]
    return Totals(found, _together(one.counts for one in found))


def _entered(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    if since is not None and until is not None and until < since:
        message = gettext("Het einde ligt voor het begin.")
        raise Invalid(message, errors=[FieldError("until", message)])
    bounds = []
    if since is not None:
        bounds.append(Device.created_at >= days.start_of(since))
    if until is not None:
        bounds.append(Device.created_at < days.end_of(until))
    return bounds


def _counts(partner_id: UUID, scopes: Sequence[Scope], period: Sequence[ColumnElement[bool]]) -> Counts:
    covered: Any = reduce(or_, (one.covers(Device.partner_id, Device.site_id, Device.created_at) for one in scopes))
    statement = (
        select(Device.state, Device.data_status, func.count())
        .where(Device.partner_id == partner_id, ~Device.test, covered, *period)
        .group_by(Device.state, Device.data_status)
    )
    return Counts({(state, data_status): number for state, data_status, number in db.session.execute(statement)})


def _partners(partner_ids: Collection[UUID]) -> Sequence[Partner]:
    if not partner_ids:
        return []
    statement = select(Partner).where(Partner.id.in_(partner_ids))
    return db.session.scalars(statement.order_by(Partner.name, Partner.id)).all()


def _together(some: Iterable[Counts]) -> Counts:
    cells: dict[Cell, int] = {}
    for counts in some:
        for cell, number in counts.cells.items():
            cells[cell] = cells.get(cell, 0) + number
    return Counts(cells)
