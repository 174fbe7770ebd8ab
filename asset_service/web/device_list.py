"""The list of devices: its filters as they stand in the address, and the same list as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import stream_with_context
from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.accounts.access import Access
from asset_service.accounts.models import Site
from asset_service.core.input import filter_value
from asset_service.core.paging import MAX_LIMIT
from asset_service.devices import queries as devices_queries
from asset_service.devices.models import DataStatus, Device, DeviceKind, State
from asset_service.devices.queries import Filters
from asset_service.devices.words import DATA_STATUSES, DEVICE_KINDS, DEVICE_STATES
from asset_service.frame.looks import Look, look


@dataclass(frozen=True, slots=True)
class FilterField:
    """One filter as drawn: its name in the address, its label, what can be chosen and what is."""

    name: str
    words: LazyString
    options: Sequence[tuple[str, Any]]
    chosen: str


_UNSEEN = r"\s\"'\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_SIGNS = r"=+@\-\t\r\u2212\ufe62\ufe63\ufe66\ufe6b\uff1d\uff0b\uff0d\uff20"
_FORMULA_STARTS = re.compile(rf"(^|[,;:|\t\r\n])([{_UNSEEN}]*[{_SIGNS}])")
"""Where a spreadsheet may see a formula begin: at the start, or behind a separator, whatever that shows nothing stands
in between; by its own signs, or by those that it makes the same (small, full-width, the minus of mathematics)."""

_READERS: dict[str, Any] = {"state": State, "data_status": DataStatus, "kind": DeviceKind, "site_id": UUID}


def filters_of(args: Mapping[str, str]) -> Filters:
    """The filters that the address asks for. Raises :class:`Invalid` for a value that a filter does not know."""
    asked: dict[str, Any] = {"text": args.get("text", "").strip()[:100]}
    for name, read in _READERS.items():
        if (value := filter_value(args, name, read)) is not None:
            asked[name] = value
    return Filters(**asked)


def in_address(filters: Filters) -> dict[str, str]:
    """The filters as they go into an address; what is not set stays out."""
    values = {field.name: getattr(filters, field.name) for field in fields(filters)}
    return {name: str(value) for name, value in values.items() if value}


def _choice(
    name: str, words: LazyString, kind: type[StrEnum], looks: dict[str, Look], chosen: StrEnum | None
) -> FilterField:
    return FilterField(name, words, [(one.value, look(looks, one).words) for one in kind], chosen or "")


def filter_fields(filters: Filters, sites: Sequence[Site]) -> list[FilterField]:
    """The filters to draw. A filter on site is drawn only where there is something to choose."""
    drawn = [
        _choice("state", lazy_gettext("Stap"), State, DEVICE_STATES, filters.state),
        _choice("data_status", lazy_gettext("Gegevens"), DataStatus, DATA_STATUSES, filters.data_status),
        _choice("kind", lazy_gettext("Soort"), DeviceKind, DEVICE_KINDS, filters.kind),
    ]
    if len(sites) > 1:
        places = [(str(site.id), f"{site.name} ({site.partner.name})") for site in sites]
        drawn.append(FilterField("site_id", lazy_gettext("Plaats"), places, str(filters.site_id or "")))
    return drawn


def csv_rows(access: Access, filters: Filters) -> Iterator[str]:
    """The whole filtered list as CSV for a Belgian spreadsheet: semicolons, and a mark that it is UTF-8."""
    return stream_with_context(_csv_rows(access, filters))


def _csv_rows(access: Access, filters: Filters) -> Iterator[str]:
    heading = (
        gettext("Code"),
        gettext("Soort"),
        gettext("Merk"),
        gettext("Model"),
        gettext("Serienummer"),
        gettext("Samenvatting"),
        gettext("Stap"),
        gettext("Gegevens"),
        gettext("Organisatie"),
        gettext("Plaats"),
        gettext("Binnen sinds (UTC)"),
    )
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _line(heading)
    after: str | None = None
    while True:
        page = devices_queries.devices(access, filters, after, MAX_LIMIT)
        yield "".join(_line(_cells(device)) for device in page.items)
        after = page.next_cursor
        if after is None:
            return


def _cells(device: Device) -> tuple[str, ...]:
    return (
        device.code,
        str(look(DEVICE_KINDS, device.kind).words),
        device.manufacturer or "",
        device.product or "",
        device.serial or "",
        device.summary,
        str(look(DEVICE_STATES, device.state).words),
        str(look(DATA_STATUSES, device.data_status).words),
        device.partner.name,
        device.site.name,
        device.created_at.strftime("%Y-%m-%d %H:%M:%S"),
    )


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([_plain(cell) for cell in cells])
    return line.getvalue()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: firmware may hold whatever its maker wrote.

    One that is set to another separator than ours breaks the line elsewhere, and a formula may begin there too.
    """
    return _FORMULA_STARTS.sub(r"\1'\2", cell)
