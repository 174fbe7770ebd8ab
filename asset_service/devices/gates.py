"""The gates of the present app, and those that this room decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask, current_app
from flask_babel import lazy_gettext
from sqlalchemy import select

from asset_service.devices.lifecycle import Blocker, Gate, Gates, Step
from asset_service.devices.models import Component, ComponentKind, Device

EXTENSION = "herstart_gates"


def register(app: Flask, declared: Mapping[str, Gate], steps: Sequence[Step]) -> None:
    """Give the app its gates, as the rooms declare them. Raises GateMissingError where the table ``steps`` names
    another."""
    gates = Gates(declared, steps)
    gates.check_complete()
    app.extensions[EXTENSION] = gates


def gates() -> Gates:
    """The gates of the present app."""
    declared: Gates = current_app.extensions[EXTENSION]
    return declared


NO_CARRIER_INSTALLED: Gate = (
    Blocker(
        select(Component.id)
        .where(Component.device_id == Device.id, Component.kind == ComponentKind.DISK)
        .correlate(Device)
        .exists(),
        lazy_gettext("Volgens ons zit er nog een schijf in. Neem ze eerst uit het toestel."),
    ),
)
"""Nobody can say "no data carrier" of a device that has one according to us."""
