"""Batteries by ``/sys/class/power_supply`` (Linux ABI, ``sysfs-class-power``): µWh or µAh × µV, never both for sure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from intake_agent.language import gettext
from intake_agent.machine import Battery

Supplies = Mapping[str, Mapping[str, str]]
"""Supply name → file name → content, for example ``{"BAT0": {"type": "Battery", "cycle_count": "312"}}``."""

_MOST_CYCLES = 10_000
"""No laptop battery sees a tenth of this; 65535 is a register that was never written."""
_SAME_SHARE = 0.15
"""Charge and energy fade apart by some per cent, because a worn battery gives a lower voltage."""


_OFFLINE, _EXTERNAL = "0", ("Mains", "USB", "Wireless")
"""``online``: 0 nothing, 1 a fixed voltage, 2 a negotiated one; ``USB`` is also ``USB_C``, ``USB_PD`` and the like."""
_FED = frozenset({"Charging", "Full", "Not charging"})
"""What a battery says of itself only while something else feeds the machine."""


class Power(Enum):
    """What feeds the machine. ``CONTRADICTED``: its supplies speak against each other; ``UNKNOWN``: none tells."""

    MAINS = auto()
    BATTERY = auto()
    CONTRADICTED = auto()
    UNKNOWN = auto()


def of_the_system(supplies: Supplies) -> Supplies:
    """The supplies that feed the machine itself: not those of a mouse or a pen, nor a bay without its battery.

    ``scope`` is *System* or *Device*; where the driver does not tell, the supply is the system's (Linux ABI).
    """
    return {
        name: facts
        for name, facts in supplies.items()
        if (_word(facts, "scope") or "").lower() != "device" and _word(facts, "present") != "0"
    }


def batteries(supplies: Supplies) -> tuple[Battery, ...]:
    """The machine's own batteries; those of a mouse or a pen (``scope`` Device) are not."""
    return tuple(
        _battery(name, facts)
        for name, facts in sorted(of_the_system(supplies).items())
        if _word(facts, "type") == "Battery"
    )


def power(supplies: Supplies) -> Power:
    """What feeds the machine, by its mains supplies and its batteries together.

    Of two batteries one rests while the other is emptied, so one that discharges outweighs one that is full. An
    uninterruptible supply (UPS) that discharges is a battery. A battery whose status nobody knows leaves it to the
    mains supplies.
    """
    own = of_the_system(supplies).values()
    online = {_word(facts, "online") for facts in own if (_word(facts, "type") or "").startswith(_EXTERNAL)} - {None}
    status = {_word(facts, "status") for facts in own if _word(facts, "type") in {"Battery", "UPS"}}
    is_discharging = "Discharging" in status
    if online - {_OFFLINE}:
        return Power.CONTRADICTED if is_discharging else Power.MAINS
    if is_discharging:
        return Power.CONTRADICTED if "Charging" in status else Power.BATTERY
    if status & _FED:
        return Power.CONTRADICTED if online else Power.MAINS
    has_battery = any(_word(facts, "type") == "Battery" for facts in own)
    return Power.BATTERY if online and has_battery else Power.UNKNOWN


def is_on_battery(supplies: Supplies) -> bool:
    """Does the machine run from its battery? Supplies that contradict each other do not say so for certain."""
    return power(supplies) is Power.BATTERY


def power_remark(supplies: Supplies) -> str | None:
    """What a person must look at before a wipe of hours; ``None`` where the supplies agree."""
    if power(supplies) is not Power.CONTRADICTED:
        return None
    return gettext("Niet zeker of de stroomkabel werkt: lader en batterij spreken elkaar tegen. Kijk de kabel na.")


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
