"""Batteries by ``/sys/class/power_supply`` (Linux ABI, ``sysfs-class-power``): µWh or µAh × µV, never both for sure."""

from __future__ import annotations

from collections.abc import Mapping

from intake_agent.machine import Battery

Supplies = Mapping[str, Mapping[str, str]]
"""Supply name → file name → content, for example ``{"BAT0": {"type": "Battery", "cycle_count": "312"}}``."""

_MOST_CYCLES = 10_000
"""No laptop battery sees a tenth of this; 65535 is a register that was never written."""
_SAME_SHARE = 0.15
"""Charge and energy fade apart by some per cent, because a worn battery gives a lower voltage."""


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
    design_mwh, full_mwh = _capacities_mwh(facts)
    cycles = _number(facts, "cycle_count")
    return Battery(
        name=name,
        manufacturer=_word(facts, "manufacturer"),
        model=_word(facts, "model_name"),
        serial=_word(facts, "serial_number"),
        technology=_word(facts, "technology"),
        design_mwh=design_mwh,
        full_mwh=full_mwh,
        cycles=cycles if cycles and cycles < _MOST_CYCLES else None,
    )


def _capacities_mwh(facts: Mapping[str, str]) -> tuple[int | None, int | None]:
    """As made and as it is now full, both in the same unit where it gives two; ``None`` where it does not tell."""
    energy = [_mwh_by_energy(facts, what) for what in ("full_design", "full")]
    charge = [_mwh_by_charge(facts, what) for what in ("full_design", "full")]
    if all(energy) and all(charge) and _contradict(energy, charge):
        return None, None
    design, full = energy if all(energy) or not all(charge) else charge
    return design or charge[0], full or charge[1]


def _contradict(one: list[int | None], other: list[int | None]) -> bool:
    """Do the two units tell another share of what the battery once held?"""
    shares = [(full or 0) / (design or 1) for design, full in (one, other)]
    return abs(shares[0] - shares[1]) > _SAME_SHARE


def _mwh_by_energy(facts: Mapping[str, str], what: str) -> int | None:
    energy_uwh = _number(facts, f"energy_{what}")
    return energy_uwh // 1000 if energy_uwh else None


def _mwh_by_charge(facts: Mapping[str, str], what: str) -> int | None:
    charge_uah = _number(facts, f"charge_{what}")
    voltage_uv = _number(facts, "voltage_min_design") or _number(facts, "voltage_now")
    return charge_uah * voltage_uv // 10**9 if charge_uah and voltage_uv else None


def _word(facts: Mapping[str, str], name: str) -> str | None:
    return facts.get(name, "").strip() or None


def _number(facts: Mapping[str, str], name: str) -> int | None:
    word = facts.get(name, "").strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 15 else None
