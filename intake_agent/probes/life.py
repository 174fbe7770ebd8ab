"""How much of a solid-state drive's life its vendor's attributes say is used: only where their figures agree.

ATA leaves attributes to the vendor: the normalised value of one counts down from 100 as the flash wears, of another it
is the share used (Kingston A400 with firmware SBFKB1: CrystalDiskInfo issue 178), and the raw value is the share left
with one and the share used with the next under the same name. So a figure alone is read as smartmontools' drive
database names it; where the raw value turns it round, or another attribute says something else, neither is believed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from intake_agent.machine import SmartAttribute

WEAR_LEFT = frozenset(
    {
        "Media_Wearout_Indicator",
        "SSD_Life_Left",
        "SSD_Life_Left_Perc",
        "Percent_Lifetime_Remain",
        "Percent_Lifetime_Used",
        "Percent_Life_Remaining",
        "Perc_Rated_Life_Remain",
        "Perc_Rated_Life_Used",
        "PCT_Life_Remaining",
        "Remaining_Lifetime_Perc",
        "Lifetime_Left",
        "Lifetime_Remaining%",
        "Wear_Leveling_Count",
        "DriveLife_Remaining%",
        "Drive_Life_Remaining%",
        "Remaining_Life",
    }
)
"""Attribute names of smartmontools' drive database whose normalised value counts down from 100 as the flash wears."""
_LEFT_IN_RAW = frozenset({"Remaining_Lifetime_Perc", "SSD_Life_Left"})
"""Silicon Motion's and Phison's controllers keep the normalised value at 100 and count down in the raw one."""
_COUNTS_IN_RAW = frozenset({"Wear_Leveling_Count", "Media_Wearout_Indicator"})
"""Their raw value counts erases or writes, never a share."""
_LITTLE, _HALF = 20, 50
_MICRON_LIFE = 202
"""Micron publishes this one (TN-FD-22): the normalised value is the share left and the raw one the share used."""
_SAME_PERCENT = 10
"""Attributes that count the same wear in two ways differ by so much on drives of the corpus (SUV400: 50 and 60)."""


@dataclass(frozen=True, slots=True)
class Life:
    """``used_percent``, ``None`` where no attribute tells; ``doubted`` are the shares used that contradict, if any do.

    Never both: of figures that contradict none is believed.
    """

    used_percent: int | None = None
    doubted: tuple[int, ...] = ()


def life(attributes: Collection[SmartAttribute]) -> Life:
    """The share used by all attributes together, else by erase cycles done over cycles promised (Indilinx)."""
    found = [used for one in attributes if one.name in WEAR_LEFT and (used := _readings(one))]
    if not found:
        return Life(used_percent=_by_erase_cycles(attributes))
    sure = [used[0] for used in found if len(used) == 1]
    shares = [used for used in sure if used] or sure  # a value that stays at 100 counts nothing where another moved
    for readings in (used for used in found if len(used) > 1):
        fitting = [one for one in readings if any(abs(one - other) <= _SAME_PERCENT for other in shares)]
        if len(fitting) != 1:
            return Life(doubted=tuple(sorted({*readings, *shares})))
        shares.append(fitting[0])
    if max(shares) - min(shares) > _SAME_PERCENT:
        return Life(doubted=tuple(sorted(set(shares))))
    return Life(used_percent=max(shares))


def _readings(attribute: SmartAttribute) -> tuple[int, ...]:
    """The shares used that one attribute may mean; nothing where it counts something else, two where it is doubtful.

    *Media wearout* is Intel's, with nothing in the raw value; under the same name other makers count writes or wear
    (attribute 230 of WD and SanDisk begins at 1, attribute 233 of SK hynix, Samsung and Kingston counts in raw).
    SK hynix counts what is used in the raw value of *SSD life left*, from 1; so little beside 100 is one of two ends.
    Samsung's count of erases may happen to make 100 with the share left, but not on a drive that has half its life
    behind it: flash stands far more erases than a hundred.
    """
    value, raw = attribute.value, attribute.raw or 0
    if value is None or value > 100:
        return ()
    if attribute.name == "Media_Wearout_Indicator" and (attribute.id != 233 or raw):
        return ()
    if attribute.name in _LEFT_IN_RAW and value == 100 and 0 < raw < 100:
        return (100 - raw, raw) if attribute.name == "SSD_Life_Left" and raw <= _LITTLE else (100 - raw,)
    turned = value + raw == 100 and raw > 0
    may_be_a_share = attribute.name not in _COUNTS_IN_RAW or value < _HALF
    if turned and attribute.id != _MICRON_LIFE and may_be_a_share:
        return _as_one(100 - value, value)
    return (100 - value,)


def _as_one(used: int, turned: int) -> tuple[int, ...]:
    return (max(used, turned),) if abs(used - turned) <= _SAME_PERCENT else (used, turned)


def _by_erase_cycles(attributes: Collection[SmartAttribute]) -> int | None:
    raws = {one.name: one.raw for one in attributes}
    done, promised = raws.get("Average_Erase_Count"), raws.get("Max_PE_Count_Spec")
    return 100 * done // promised if done is not None and promised else None
