"""From what a station saw to parts, and which of a device's parts those are. Pure rules on plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from asset_service.devices import identity
from asset_service.devices.models import ComponentKind, DeviceKind
from wipe_reports.document import Carrier, WipeReport

_BUILT_IN = ("edp", "lvds", "dsi")
"""Connectors (Linux DRM) of a screen inside the device."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A processor, memory module or battery as seen, with the facts of its kind."""

    kind: ComponentKind
    slot: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A part that the device is known to have."""

    component_id: UUID
    kind: ComponentKind
    slot: str | None
    model: str | None
    serial: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the sighting means for the parts: the same ones, ones not known before, ones that are there no longer."""

    same: list[tuple[Installed, Part]]
    new: list[Part]
    gone: list[Installed]


def seen(report: WipeReport) -> list[Part]:
    """Every part in ``report`` that is no disk."""
    found: list[Part] = []
    facts: dict[str, Any]
    processor = report.processor
    if processor.brand:
        facts = {"cores": processor.cores, "threads": processor.threads}
        found.append(Part(kind=ComponentKind.PROCESSOR, model=_short(processor.brand), facts=facts))
    for module in report.memory.modules:
        facts = {"size_mib": module.size_mib, "kind": module.kind, "form": module.form, "speed_mts": module.speed_mts}
        found.append(
            Part(
                kind=ComponentKind.MEMORY,
                slot=_short(module.locator, 100),
                manufacturer=_short(module.manufacturer),
                serial=_short(module.serial),
                facts=facts,
            )
        )
    for battery in report.batteries:
        facts = {
            "technology": battery.technology,
            "design_mwh": battery.design_mwh,
            "full_mwh": battery.full_mwh,
            "cycles": battery.cycles,
            "health": battery.health.verdict.value,
        }
        found.append(
            Part(
                kind=ComponentKind.BATTERY,
                slot=_short(battery.name, 100),
                manufacturer=_short(battery.manufacturer),
                model=_short(battery.model),
                serial=_short(battery.serial),
                facts=facts,
            )
        )
    return found


def compare(installed: Sequence[Installed], parts: Sequence[Part]) -> Comparison:
    """Which of the ``installed`` parts the seen ``parts`` are.

    A usable serial decides; without one the slot and what does not change (model, size) do. Of a kind of which
    nothing was seen nothing is gone: the probe may have failed.
    """
    left = list(installed)
    same, new = [], []
    # Those with a serial first, so that a nameless one does not take their place.
    for part in sorted(parts, key=lambda one: _number(one) is None):
        known = next((one for one in left if _is_same(one, part)), None)
        if known is None:
            new.append(part)
        else:
            left.remove(known)
            same.append((known, part))
    kinds = {part.kind for part in parts}
    return Comparison(same, new, [one for one in left if one.kind in kinds])


def _is_same(known: Installed, part: Part) -> bool:
    if known.kind is not part.kind:
        return False
    of_known, of_part = _number(known), _number(part)
    if of_known or of_part:
        return of_known == of_part
    fixed = known.facts.get("size_mib") == part.facts.get("size_mib")
    return (known.slot, known.model) == (part.slot, part.model) and fixed


def _number(part: Part | Installed) -> str | None:
    return identity.usable_serial(part.serial)


def kind_of(report: WipeReport) -> DeviceKind:
    """The report's word for the kind of device; a word we do not know is *other*."""
    try:
        return DeviceKind(report.device.kind or "")
    except ValueError:
        return DeviceKind.OTHER


def summary(report: WipeReport) -> str:
    """The device in one line: processor · memory · disks · its own screen. What is unknown is left out."""
    pieces = [_processor_name(report.processor.brand)]
    if report.memory.installed_mib:
        pieces.append(f"{round(report.memory.installed_mib / 1024, 1):g} GB RAM")
    pieces += [_disk_name(carrier) for carrier in report.carriers[:4]]
    pieces.append(_own_screen(report))
    return " · ".join(piece for piece in pieces if piece)[:300]


def _own_screen(report: WipeReport) -> str:
    """The size of the built-in screen; one on a cable is no part of the device."""
    built_in = (one for one in report.displays if one.connector.lower().startswith(_BUILT_IN))
    tenths = next((one.diagonal_tenths_inch for one in built_in if one.diagonal_tenths_inch), None)
    return f"{tenths / 10:g}″" if tenths else ""


def _processor_name(brand: str | None) -> str:
    name = re.sub(r"\((R|TM|C)\)|\bCPU\b|\bProcessor\b|@.*$", " ", brand or "", flags=re.IGNORECASE)
    return " ".join(name.split())[:80]


def _disk_name(carrier: Carrier) -> str:
    size, unit = carrier.size_bytes / 10**9, "GB"
    if size >= 1000:
        size, unit = size / 1000, "TB"
    if size < 1:
        size, unit = size * 1000, "MB"
    digits = f"{size:.1f}".removesuffix(".0") if unit == "TB" else f"{size:.0f}"
    medium = carrier.medium.value
    return f"{digits} {unit} {medium.upper() if medium in {'hdd', 'ssd', 'nvme', 'emmc'} else medium}"


def _short(text: str | None, most: int = 200) -> str | None:
    return text[:most] if text else None
