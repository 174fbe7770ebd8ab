"""What feeds the machine: its own supplies only, and none of them is believed against the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.captures import captured_folder
from intake_agent.inspection import examine
from intake_agent.probes.battery import Power, batteries, is_on_battery, power, power_remark

Facts = dict[str, dict[str, str]]
MOUSE = {"hidpp_battery_0": {"type": "Battery", "scope": "Device", "status": "Discharging", "online": "1"}}
AC_OUT, AC_IN = {"AC": {"type": "Mains", "online": "0"}}, {"AC": {"type": "Mains", "online": "1"}}
USB_C_OUT = {"ucsi-source-psy-1": {"type": "USB", "online": "0"}}


def battery(status: str, name: str = "BAT0", **more: str) -> Facts:
    return {name: {"type": "Battery", "status": status, **more}}


def test_a_desktop_with_a_wireless_mouse_is_not_on_battery(captures: Path) -> None:
    supplies = captured_folder(captures / "desktop-with-mouse").power_supplies
    assert (is_on_battery(supplies), batteries(supplies), power_remark(supplies)) == (False, (), None)


@pytest.mark.parametrize(
    ("supplies", "told"),
    [
        (MOUSE, Power.UNKNOWN),
        ({"mouse": {"type": "Battery", "scope": "device\n", "status": "Discharging"}}, Power.UNKNOWN),
        (battery("Discharging", scope="System"), Power.BATTERY),
        (battery("Discharging", scope="Unknown"), Power.BATTERY),
        (battery("Discharging", present="0"), Power.UNKNOWN),
        (MOUSE | AC_OUT | battery("Discharging"), Power.BATTERY),
        (AC_OUT | battery("Discharging") | battery("Full", "BAT1"), Power.BATTERY),
        (AC_OUT | battery("Discharging") | battery("Charging", "BAT1"), Power.CONTRADICTED),
        (AC_OUT | battery("Unknown"), Power.BATTERY),
        (AC_OUT | battery("Full"), Power.CONTRADICTED),
        (AC_OUT | USB_C_OUT, Power.UNKNOWN),
        (AC_IN | USB_C_OUT | battery("Charging"), Power.MAINS),
        (AC_IN | battery("Discharging"), Power.CONTRADICTED),
        (USB_C_OUT | battery("Discharging"), Power.BATTERY),
        ({"usb": {"type": "USB_PD", "online": "2"}} | battery("Charging"), Power.MAINS),
        ({"pad": {"type": "USB", "scope": "Device", "online": "1"}} | battery("Discharging"), Power.BATTERY),
        ({"ups": {"type": "UPS", "status": "Discharging"}}, Power.BATTERY),
        ({"ups": {"type": "UPS", "online": "1"}} | USB_C_OUT, Power.UNKNOWN),
        ({}, Power.UNKNOWN),
    ],
)
def test_what_feeds_the_machine(supplies: Facts, told: Power) -> None:
    assert power(supplies) is told
    assert is_on_battery(supplies) is (told is Power.BATTERY)
    assert (power_remark(supplies) is not None) is (told is Power.CONTRADICTED)


@given(st.dictionaries(st.text(), st.dictionaries(st.sampled_from(["type", "online", "status", "present"]), st.text())))
def test_nothing_that_belongs_to_a_mouse_changes_the_answer(supplies: Facts) -> None:
    theirs = {f"hid-{name}": {**facts, "scope": "Device"} for name, facts in supplies.items()}
    assert power(supplies | theirs) is power(supplies)


def test_a_mouse_does_not_date_the_machine(captures: Path, tmp_path: Path) -> None:
    (tmp_path / "power_supply/hidpp_battery_0").mkdir(parents=True)
    for name, content in {"type": "Battery", "scope": "Device", "manufacture_year": "2021"}.items():
        (tmp_path / "power_supply/hidpp_battery_0" / name).write_text(content)
    assert examine(captured_folder(tmp_path)).estimate.year is None
