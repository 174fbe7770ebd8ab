"""Batteries by ``/sys/class/power_supply`` (Linux ABI, ``sysfs-class-power``): µWh or µAh × µV, never both for sure."""

from __future__ import annotations

from collections.abc import Mapping

from intake_agent.machine import Battery

Supplies = Mapping[str, Mapping[str, str]]
"""Supply name → file name → content, for example ``{"BAT0": {"type": "Battery", "cycle_count": "312"}}``."""


def batteries(supplies: Supplies) -> tuple[Battery, ...]:
    """The machine's own batteries; those of a mouse or a pen (``scope`` Device) are not."""
    return tuple(
        _battery(name, facts)
        for name, facts in sorted(supplies.items())
        if _word(facts, "type") == "Battery" and _word(facts, "scope") != "Device" and _word(facts, "present") != "0"
    )


def is_on_battery(supplies: Supplies) -> bool:
    """Does the machine run from its battery: it has one, and no mains supply that is online."""
    mains = [facts for facts in supplies.values() if _word(facts, "type") in {"Mains", "USB"}]
    if any(_word(facts, "online") == "1" for facts in mains):
        return False
    return any(_word(facts, "status") == "Discharging" for facts in supplies.values())


def _battery(name: str, facts: Mapping[str, str]) -> Battery:
    return Battery(
        name=name,
        manufacturer=_word(facts, "manufacturer"),
        model=_word(facts, "model_name"),
        serial=_word(facts, "serial_number"),
        technology=_word(facts, "technology"),
        design_mwh=_capacity_mwh(facts, "full_design"),
        full_mwh=_capacity_mwh(facts, "full"),
        cycles=_number(facts, "cycle_count") or None,
    )


def _capacity_mwh(facts: Mapping[str, str], what: str) -> int | None:
    energy_uwh = _number(facts, f"energy_{what}")
    if energy_uwh:
        return energy_uwh // 1000
    charge_uah = _number(facts, f"charge_{what}")
    voltage_uv = _number(facts, "voltage_min_design") or _number(facts, "voltage_now")
    return charge_uah * voltage_uv // 10**9 if charge_uah and voltage_uv else None


def _word(facts: Mapping[str, str], name: str) -> str | None:
    return facts.get(name, "").strip() or None


def _number(facts: Mapping[str, str], name: str) -> int | None:
    word = facts.get(name, "").strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 15 else None
