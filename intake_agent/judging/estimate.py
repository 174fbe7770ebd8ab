"""What a machine does not tell but can be reasoned: its year of making and about how heavy it is.

Both are estimates for a person to correct: the basis of the year is given with it, and a scale decides on weight.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from intake_agent.machine import Display, Estimate, Firmware, MachineKind, System, WeightClass, YearBasis
from intake_agent.probes.display import is_internal

_OLDEST_YEAR = 1990
_YEARS_SOLD = 1
"""How long after its launch a processor still goes into new machines, where the table does not say otherwise."""
_YEARS_ON_SHELF = 3
"""A panel that is this much younger than its processor can still be the first; a BIOS of that age is an update."""

_KINDS_WITH_SCREEN = frozenset({MachineKind.LAPTOP, MachineKind.TABLET, MachineKind.ALL_IN_ONE})


def estimate(
    system: System,
    processor_brand: str | None,
    displays: tuple[Display, ...],
    firmware: Firmware,
    supplies: Mapping[str, Mapping[str, str]],
) -> Estimate:
    """Year and weight class of a machine from its parts; ``None`` for what no part tells."""
    year, basis = _year(system, processor_brand, displays, firmware, supplies)
    return Estimate(year=year, year_basis=basis, weight_class=_weight_class(system, displays))


def years_sold(brand: str) -> tuple[int, int] | None:
    """The first and the last year in which a processor went into new machines; ``None`` where no row names it."""
    name = re.sub(r"(\((r|tm)\)|[®™])(?=-)", "", brand.lower())
    name = " ".join(re.sub(r"\((r|tm)\)|[®™]", " ", name).split())
    for series in _table():
        if re.search(series["names"], name):
            for pattern, first, *last in series["rows"]:
                if re.search(pattern, name):
                    return first, last[0] if last else first + _YEARS_SOLD
    return None


@cache
def _table() -> list[dict[str, Any]]:
    """The series of the table; their patterns are compiled when a name comes to them, most never do."""
    text = Path(__file__).with_name("launch_years.toml").read_text(encoding="utf-8")
    series: list[dict[str, Any]] = tomllib.loads(text)["series"]
    return series


def _year(
    system: System,
    processor_brand: str | None,
    displays: tuple[Display, ...],
    firmware: Firmware,
    supplies: Mapping[str, Mapping[str, str]],
) -> tuple[int | None, str | None]:
    """The built-in screen's year first: panels are made weeks before the machine and seldom replaced.

    Then the BIOS's, which an update makes younger, so it only counts close to the processor's; then the processor's
    own; a battery is replaced most of all. No date counts that is before the processor's or long after it.
    """
    if system.kind == MachineKind.VIRTUAL:
        return None, None
    sold = years_sold(processor_brand) if processor_brand else None
    panels = (one.year for one in displays if system.kind in _KINDS_WITH_SCREEN and is_internal(one))
    batteries = (_whole(supply.get("manufacture_year")) for supply in supplies.values())
    dated = (
        (YearBasis.DISPLAY, next((year for year in panels if year), None)),
        (YearBasis.BIOS_DATE, int(firmware.bios_date[:4]) if firmware.bios_date else None),
        (YearBasis.PROCESSOR, sum(sold) // 2 if sold else None),
        (YearBasis.BATTERY, next((year for year in batteries if year), None)),
    )
    for basis, year in dated:
        if year is not None and year >= _OLDEST_YEAR and _fits(year, sold, basis):
            return year, basis.value
    return None, None


def _fits(year: int, sold: tuple[int, int] | None, basis: YearBasis) -> bool:
    if sold is None:
        return True
    return sold[0] - 1 <= year <= sold[1] + (0 if basis is YearBasis.BIOS_DATE else _YEARS_ON_SHELF)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else None


def _weight_class(system: System, displays: tuple[Display, ...]) -> WeightClass | None:
    """By kind and the built-in screen's diagonal.

    Medians: laptop 1.65 kg (15 inch and more above 2), tablet 0.73, desktop 5.3 with the small ones near 1.4
    (Boavizta data sheets, 2023); tower 8.8 (UNU-KEYS 0302). An all-in-one passes 8 kg from about 25 inch.
    """
    diagonals = (one.diagonal_tenths_inch for one in displays if is_internal(one))
    inches = next((tenths / 10 for tenths in diagonals if tenths), None)
    if system.kind == MachineKind.TABLET:
        return WeightClass.UNDER_1_KG
    if system.kind == MachineKind.LAPTOP:
        return WeightClass.FROM_2_TO_3_KG if inches and inches >= 15 else WeightClass.FROM_1_TO_2_KG
    if system.kind == MachineKind.ALL_IN_ONE:
        return WeightClass.OVER_8_KG if inches and inches >= 25 else WeightClass.FROM_3_TO_8_KG
    if system.kind == MachineKind.DESKTOP:
        by_case = {
            "Mini PC": WeightClass.FROM_1_TO_2_KG,
            "Stick PC": WeightClass.UNDER_1_KG,
            "Tower": WeightClass.OVER_8_KG,
        }
        return by_case.get(system.chassis or "", WeightClass.FROM_3_TO_8_KG)
    return WeightClass.OVER_8_KG if system.kind == MachineKind.SERVER else None
