"""The words for the minimum: what to add to a machine that lacks memory."""

from __future__ import annotations

MINIMUM: dict[str, tuple[str, str]] = {
    "upgrade.slot_free_spelled": ("één plaats vrij", "one slot free"),
    "upgrade.slot_free": ("{count} plaats vrij", "{count} slot free"),
    "upgrade.slots_free": ("{count} plaatsen vrij", "{count} slots free"),
    "upgrade.replaces": ("vervangt {modules}", "replaces {modules}"),
}
