"""The rows that a station's sighting adds, gathered by table and inserted together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from asset_service.core.rows import RowInsert, table_of
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    DataCarrier,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceTerm,
)
from asset_service.ledger.events import Actor
from asset_service.ledger.operations import Draft
from asset_service.wiping.models import SignedReport, WipeEvidence


@dataclass(frozen=True, slots=True)
class Seen:
    """The device that was seen, or will be once its rows are written, and its code; ``None`` of loose disks."""

    device_id: UUID | None
    code: str | None


class NewRows:
    """New rows by table, inserted in the order of their foreign keys, and the events that go with them."""

    _ORDER = (
        Device,
        DeviceCode,
        DeviceIdentity,
        DeviceTerm,
        Component,
        DataCarrier,
        CarrierExposure,
        SignedReport,
        WipeEvidence,
    )
    _INSERTS = tuple((model, RowInsert(table_of(model))) for model in _ORDER)

    def __init__(self, actor: Actor) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in self._ORDER}
        self.events = Draft(actor)

    def add(self, model: Any, /, **row: Any) -> None:
        self._rows[model].append(row)

    def insert(self, connection: Connection) -> None:
        """Insert the rows that were added since the last time. The events are recorded by themselves."""
        for model, inserts in self._INSERTS:
            inserts.execute(connection, self._rows[model])
            self._rows[model] = []
