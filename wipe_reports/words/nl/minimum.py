"""The words for the minimum: what to add to a machine that lacks memory."""

from __future__ import annotations

MINIMUM = {
    "upgrade.slot_free_spelled": "één plaats vrij",
    "upgrade.slot_free": "{count} plaats vrij",
    "upgrade.slots_free": "{count} plaatsen vrij",
    "upgrade.replaces": "vervangt {modules}",
}
