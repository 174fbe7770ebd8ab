"""A connected screen by its EDID (VESA E-EDID 1.4): maker, name, size, native resolution and year."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot

from intake_agent.machine import Display

_HEADER = bytes.fromhex("00ffffffffffff00")


def displays(edids: Mapping[str, bytes]) -> tuple[Display, ...]:
    """One display a connector whose EDID has the header; an empty or broken EDID is no display."""
    return tuple(
        _display(connector, edid)
        for connector, edid in sorted(edids.items())
        if len(edid) >= 128 and edid.startswith(_HEADER)
    )


def _display(connector: str, edid: bytes) -> Display:
    width_cm, height_cm = edid[21], edid[22]
    timing = edid[54:72]
    has_timing = timing[0] or timing[1]
    return Display(
        connector=connector,
        manufacturer=_maker(edid),
        model=_descriptor(edid, 0xFC),
        width_px=timing[2] | (timing[4] & 0xF0) << 4 if has_timing else None,
        height_px=timing[5] | (timing[7] & 0xF0) << 4 if has_timing else None,
        diagonal_tenths_inch=round(hypot(width_cm, height_cm) / 2.54 * 10) if width_cm and height_cm else None,
        year=1990 + edid[17] if edid[17] else None,
    )


def _maker(edid: bytes) -> str | None:
    """Three letters of five bits each, big-endian (E-EDID §3.4.1)."""
    packed = edid[8] << 8 | edid[9]
    letters = "".join(chr((packed >> shift & 0x1F) + 64) for shift in (10, 5, 0))
    return letters if letters.isalpha() else None


def _descriptor(edid: bytes, tag: int) -> str | None:
    for start in range(54, 126, 18):
        block = edid[start : start + 18]
        if block[:3] == b"\0\0\0" and block[3] == tag:
            return block[5:].split(b"\n")[0].decode("cp437").strip() or None
    return None
