"""How devices and their parts read in a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from asset_service.core.texts import maker_and_model
from asset_service.devices.words import HEALTH_VERDICTS
from asset_service.frame.formats import memory_size, size
from asset_service.frame.looks import look


def model_name(device: Any) -> str:
    """A device by maker and model."""
    return maker_and_model(device.manufacturer, device.product) or gettext("merk en model niet bekend")


def part_name(component: Any) -> str:
    """A part by maker and model."""
    return maker_and_model(component.manufacturer, component.model) or gettext("zonder naam")


def disk_name(component: Any) -> str:
    """A disk by maker, model and serial."""
    return f"{part_name(component)} ({component.serial})" if component.serial else part_name(component)


def component_facts(component: Any) -> str:
    """The facts of one component in a line, by its kind."""
    facts: Mapping[str, Any] = component.facts
    readers = {"processor": _processor, "memory": _memory, "battery": _battery, "disk": _disk}
    parts = readers[component.kind](component, facts) if component.kind in readers else []
    return ", ".join(str(part) for part in parts if part)


def _processor(_component: Any, facts: Mapping[str, Any]) -> list[Any]:
    parts = []
    if facts.get("cores"):
        parts.append(gettext("%(count)s kernen", count=facts["cores"]))
    if facts.get("threads"):
        parts.append(gettext("%(count)s threads", count=facts["threads"]))
    return parts


def _memory(_component: Any, facts: Mapping[str, Any]) -> list[Any]:
    mib, speed = facts.get("size_mib"), facts.get("speed_mts")
    return [memory_size(mib) if mib else "", facts.get("kind"), facts.get("form"), f"{speed} MT/s" if speed else ""]


def _battery(_component: Any, facts: Mapping[str, Any]) -> list[Any]:
    design, full, cycles = facts.get("design_mwh"), facts.get("full_mwh"), facts.get("cycles")
    health = facts.get("health")
    verdict = health.get("verdict") if isinstance(health, Mapping) else health
    return [
        gettext("houdt nog %(share)s", share=f"{full * 100 // design} %") if design and full else "",
        gettext("%(count)s keer geladen", count=cycles) if cycles else "",
        look(HEALTH_VERDICTS, verdict).words if verdict else "",
    ]


def _disk(component: Any, _facts: Mapping[str, Any]) -> list[Any]:
    return [size(component.carrier.size_bytes)] if component.carrier else []
