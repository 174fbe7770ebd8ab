"""The words for the minimum: what to add to a machine that lacks memory."""

from __future__ import annotations

MINIMUM = {
    "upgrade.slot_free_spelled": "one slot free",
    "upgrade.slot_free": "{count} slot free",
    "upgrade.slots_free": "{count} slots free",
    "upgrade.replaces": "replaces {modules}",
}
