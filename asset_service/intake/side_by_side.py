"""A report's machine beside a device that it may be, fact by fact, for the person who decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from asset_service.core.texts import maker_and_model
from asset_service.devices import identity, key_holders, queries
from asset_service.devices.models import Device, IdentityKind
from wipe_reports.document import WipeReport


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both; ``same`` is ``None`` where one of them does not know it."""

    words: Any
    of_report: tuple[str, ...]
    of_device: tuple[str, ...]
    same: bool | None


def of(report: WipeReport, device: Device) -> list[Line]:
    """What can be compared, as far as either of them knows it."""
    reported, borne = report.device, key_holders.identity_values(device.id)
    disks = [one.serial for one in queries.components(device.id) if one.carrier is not None]
    addresses = [one.mac for one in report.network or ()]
    lines = [
        _line(
            lazy_gettext("Merk en model"),
            [maker_and_model(reported.manufacturer, reported.product)],
            [maker_and_model(device.manufacturer, device.product)],
        ),
        _line(lazy_gettext("Serienummer"), [reported.serial], [device.serial]),
        _line(lazy_gettext("UUID"), [identity.usable_uuid(reported.uuid)], borne[IdentityKind.UUID]),
        _line(
            lazy_gettext("Nummer van het moederbord"),
            [identity.usable_serial(reported.board_serial)],
            [value.rpartition("|")[2] for value in borne[IdentityKind.BOARD_SERIAL]],
        ),
        _line(lazy_gettext("Netwerkadressen"), map(identity.usable_mac, addresses), borne[IdentityKind.MAC]),
        _line(lazy_gettext("Schijven"), [one.serial for one in report.carriers], disks),
    ]
    return [line for line in lines if line.of_report or line.of_device]


def _line(words: Any, of_report: Iterable[str | None], of_device: Iterable[str | None]) -> Line:
    here, there = _known(of_report), _known(of_device)
    alike = {identity.serial_key(one) for one in here} & {identity.serial_key(one) for one in there}
    return Line(words, here, there, bool(alike) if here and there else None)


def _known(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
