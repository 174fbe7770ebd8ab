"""What kind of device it is, where the chassis that the firmware names is missing, vague or belied by its parts."""

from __future__ import annotations

from collections.abc import Sequence

from intake_agent.machine import Battery, Display, MachineKind, System
from intake_agent.probes.display import is_internal

_APPLE = {
    "macbook": MachineKind.LAPTOP,
    "imac": MachineKind.ALL_IN_ONE,
    "macmini": MachineKind.DESKTOP,
    "macpro": MachineKind.DESKTOP,
}
"""Apple's model names tell the kind; its firmware calls a Mac mini a notebook."""
_WITHOUT_BATTERY = frozenset({MachineKind.DESKTOP, MachineKind.SERVER})
"""Chassis that no battery drives: coreboot writes *Desktop* for Chromebooks (MrChromebox)."""
_SMALLEST_ALL_IN_ONE_TENTHS = 170


def kind(
    system: System, batteries: Sequence[Battery], displays: Sequence[Display], *, has_battery_table: bool
) -> str | None:
    """The kind by chassis, corrected by what is in the machine; ``None`` where neither tells.

    ``has_battery_table``: the firmware has a table for a portable battery (SMBIOS type 22), also when none is in it.
    """
    if (system.manufacturer or "").startswith("Apple"):
        return _of_apple(system)
    panel = next((display for display in displays if is_internal(display)), None)
    if system.kind in _WITHOUT_BATTERY and any(_tells_what_it_is(battery) for battery in batteries):
        return MachineKind.LAPTOP
    if system.kind == MachineKind.DESKTOP and panel is not None:
        return MachineKind.LAPTOP if batteries else MachineKind.ALL_IN_ONE
    if system.kind not in {None, MachineKind.OTHER}:
        return system.kind
    return _by_parts(system, panel, has_battery=bool(batteries) or has_battery_table)


def _by_parts(system: System, panel: Display | None, *, has_battery: bool) -> str | None:
    if has_battery:
        return MachineKind.LAPTOP
    if panel is not None:
        return (
            MachineKind.ALL_IN_ONE
            if (panel.diagonal_tenths_inch or 0) >= _SMALLEST_ALL_IN_ONE_TENTHS
            else MachineKind.LAPTOP
        )
    return system.kind


def _of_apple(system: System) -> str | None:
    name = (system.product or "").lower()
    return next((kind for prefix, kind in _APPLE.items() if name.startswith(prefix)), system.kind)


def _tells_what_it_is(battery: Battery) -> bool:
    """A machine's battery tells what it holds or what it is made of; a mouse's tells how full it is, and no more."""
    return bool(battery.design_mwh or battery.full_mwh or battery.technology or battery.cycles)
