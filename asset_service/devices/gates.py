"""The gates of the present app, and those that this room decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext
from sqlalchemy import exists, select

from asset_service.core.db import db
from asset_service.devices import data_status
from asset_service.devices.lifecycle import Gate, Gates
from asset_service.devices.models import Component, ComponentKind, Device

EXTENSION = "herstart_gates"


def register(app: Flask, deciders: Mapping[str, Gate]) -> None:
    """Give the app its gates, with what the rooms decide them by. Raises GateMissingError where nobody decides one."""
    gates = Gates()
    for name, decider in deciders.items():
        gates.register(name, decider)
    gates.check_complete()
    app.extensions[EXTENSION] = gates


def gates() -> Gates:
    """The gates of the present app."""
    return current_app.extensions[EXTENSION]


def no_carrier_installed(device: Device) -> Sequence[Any]:
    """Nobody can say "no data carrier" of a device that has one according to us."""
    disks = select(Component.id).where(Component.device_id == device.id, Component.kind == ComponentKind.DISK)
    if db.session.scalar(select(exists(disks))):
        return [lazy_gettext("Volgens ons zit er nog een schijf in. Neem ze eerst uit het toestel.")]
    return []


def data_not_clean(device: Device) -> Sequence[Any]:
    """A device falls back only when data may leak from it."""
    if data_status.is_clean(device.data_status):
        return [lazy_gettext("Er staan geen gegevens op dit toestel.")]
    return []
