"""What is reasoned of a machine that nothing tells: its kind, its year of making and its class of weight."""

from __future__ import annotations

import pytest

from intake_agent.judging.estimate import estimate, years_sold
from intake_agent.judging.kind import kind
from intake_agent.machine import Battery, Display, Firmware, System, WeightClass


@pytest.mark.parametrize(
    ("brand", "years"),
    [
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", (2017, 2018)),
        ("Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz", (2008, 2009)),
        ("AMD FX(tm)-4150 Quad-Core Processor", (2011, 2012)),
        ("AMD Ryzen 5 3500U with Radeon Vega Mobile Gfx", (2019, 2020)),
        ("Intel(R) Pentium(R) 4 CPU 3.00GHz", (2000, 2006)),
        ("Intel(R) Celeron(R) N4020 CPU @ 1.10GHz", (2019, 2020)),
        ("To Be Filled By O.E.M.", None),
    ],
)
def test_when_a_processor_was_sold_new(brand: str, years: tuple[int, int] | None) -> None:
    found = years_sold(brand)
    assert found == years or (years and found and abs(found[0] - years[0]) <= 1)


PANEL, WIDE, MONITOR = (
    Display(connector="eDP-1", diagonal_tenths_inch=140),
    Display(connector="LVDS-1", diagonal_tenths_inch=238),
    Display(connector="DP-1", diagonal_tenths_inch=238),
)


@pytest.mark.parametrize(
    ("system", "batteries", "screens", "table", "expected"),
    [
        (System(manufacturer="Apple Inc.", product="Macmini7,1", kind="laptop"), 0, (), False, "desktop"),
        (System(manufacturer="Apple Inc.", product="iMac8,1", kind="laptop"), 0, (), False, "all-in-one"),
        (System(manufacturer="Apple Inc.", product="Iets nieuws", kind="laptop"), 0, (), False, "laptop"),
        (System(kind="desktop"), 1, (PANEL,), False, "laptop"),
        (System(kind="desktop"), 0, (WIDE,), False, "all-in-one"),
        (System(kind="desktop"), 0, (MONITOR,), False, "desktop"),
        (System(kind="desktop"), 1, (), False, "desktop"),
        (System(), 1, (), False, "laptop"),
        (System(), 0, (), True, "laptop"),
        (System(), 0, (PANEL,), False, "laptop"),
        (System(kind="other"), 0, (WIDE,), False, "all-in-one"),
        (System(kind="tablet"), 1, (PANEL,), True, "tablet"),
        (System(kind="virtual"), 1, (PANEL,), True, "virtual"),
        (System(), 0, (MONITOR,), False, None),
    ],
)
def test_the_kind_is_the_chassis_where_the_parts_do_not_contradict_it(
    system: System, batteries: int, screens: tuple[Display, ...], table: bool, expected: str | None
) -> None:
    found = kind(system, (Battery(name="BAT0"),) * batteries, screens, has_battery_table=table)
    assert found == expected


LAPTOP = System(kind="laptop")
I5 = "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz"


def year(
    brand: str | None = I5, screens: tuple[Display, ...] = (), bios: str | None = None, system: System = LAPTOP
) -> tuple[int | None, str | None]:
    found = estimate(system, brand, screens, Firmware(bios_date=bios), {"BAT0": {"manufacture_year": "2020"}})
    return found.year, found.year_basis


def test_the_year_is_the_panels_then_the_bioss_then_the_processors_then_the_batterys() -> None:
    panel = Display(connector="eDP-1", year=2019)
    assert year(screens=(panel,), bios="2018-05-01") == (2019, "display")
    assert year(bios="2018-05-01") == (2018, "bios_date")
    assert year(bios="2023-05-01")[1] == "processor"
    assert year(brand=None) == (2020, "battery")
    assert year(system=System(kind="virtual")) == (None, None)


def test_a_panel_older_than_the_processor_or_a_monitor_on_a_cable_dates_nothing() -> None:
    assert year(screens=(Display(connector="eDP-1", year=2011),))[1] == "processor"
    assert year(screens=(Display(connector="HDMI-A-1", year=2019),))[1] == "processor"


@pytest.mark.parametrize(
    ("sort", "chassis", "tenths", "expected"),
    [
        ("laptop", "Notebook", 133, WeightClass.FROM_1_TO_2_KG),
        ("laptop", "Notebook", 156, WeightClass.FROM_2_TO_3_KG),
        ("laptop", "Notebook", None, WeightClass.FROM_1_TO_2_KG),
        ("tablet", "Tablet", 101, WeightClass.UNDER_1_KG),
        ("all-in-one", "All In One", 270, WeightClass.OVER_8_KG),
        ("desktop", "Mini PC", None, WeightClass.FROM_1_TO_2_KG),
        ("desktop", "Tower", None, WeightClass.OVER_8_KG),
        ("desktop", "Low Profile Desktop", None, WeightClass.FROM_3_TO_8_KG),
        ("server", "Rack Mount Chassis", None, WeightClass.OVER_8_KG),
        ("virtual", None, None, None),
        (None, None, None, None),
    ],
)
def test_weight_follows_kind_and_screen(
    sort: str | None, chassis: str | None, tenths: int | None, expected: WeightClass | None
) -> None:
    screens = (Display(connector="eDP-1", diagonal_tenths_inch=tenths),)
    found = estimate(System(kind=sort, chassis=chassis), None, screens, Firmware(), {})
    assert found.weight_class is expected
