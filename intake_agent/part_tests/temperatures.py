"""How warm parts are, and how often the processor slowed itself down for heat (hwmon, psutil, thermal_throttle)."""

from __future__ import annotations

from pathlib import Path

import psutil

_SYS = Path("/sys")
_OF_PROCESSORS = ("coretemp", "k10temp", "k8temp", "zenpower", "via_cputemp", "cpu_thermal", "acpitz")
"""hwmon drivers that measure the processor; ``acpitz`` is the board's zone, and comes last."""
_BELIEVABLE_CELSIUS = range(1, 126)


def processor_celsius() -> int | None:
    """The hottest sensor of the processor now."""
    by_driver = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    for driver in _OF_PROCESSORS:
        seen = [round(one.current) for one in by_driver.get(driver, ()) if one.current is not None]
        believable = [celsius for celsius in seen if celsius in _BELIEVABLE_CELSIUS]
        if believable:
            return max(believable)
    return None


def disk_celsius(name: str, sys: Path = _SYS) -> int | None:
    """A disk's own first sensor now, by the kernel's ``drivetemp`` or ``nvme`` driver."""
    device = sys / "block" / name / "device"
    files = [*device.glob("hwmon*/temp1_input"), *device.glob("hwmon/hwmon*/temp1_input")]
    for file in files:
        milli = _number(file)
        if milli is not None and milli // 1000 in _BELIEVABLE_CELSIUS:
            return milli // 1000
    return None


def throttled_times(sys: Path = _SYS) -> int | None:
    """How often any core slowed down for heat since the start; ``None`` where the processor does not count it."""
    counts = [
        count
        for file in (sys / "devices/system/cpu").glob("cpu[0-9]*/thermal_throttle/*_throttle_count")
        if (count := _number(file)) is not None
    ]
    return sum(counts) if counts else None


def _number(file: Path) -> int | None:
    """The whole number in a file of the kernel; a sensor that sleeps answers with an error."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.lstrip("-").isdigit() else None
