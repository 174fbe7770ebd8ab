"""What the ledger declares of itself."""

from __future__ import annotations

from asset_service.frame.rooms import PeriodicJob, Room
from asset_service.ledger import triggers
from asset_service.ledger.jobs import make_months_ahead, seal_everything

ROOM = Room(
    name="ledger",
    periodic_jobs=(
        PeriodicJob(function=seal_everything, every_seconds=lambda settings: settings.seal_minutes * 60),
        PeriodicJob(function=make_months_ahead, every_seconds=lambda _settings: 86_400),
    ),
    database_checks={"ledger triggers": triggers.missing},
)
