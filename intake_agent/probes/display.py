"""A connected screen by its EDID (VESA E-EDID 1.3 and 1.4): maker, name, size, native resolution and year."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot

from intake_agent.machine import Display

_HEADER = bytes.fromhex("00ffffffffffff00")
_ROUNDING_MM = 10
"""The base block rounds to whole centimetres; a detailed size further off than this is in a wrong unit."""
_SMALLEST_MM = 50
_ASPECT_RATIOS_IN_CM = frozenset({(160, 90), (160, 100), (40, 30), (50, 40)})
_PIXELS_AN_INCH = (15, 600)
"""From a television of two metres at 1366 to a telephone's panel."""
_SQUARE = 0.15
"""Pixels of real screens differ by some per cent across and down: centimetres are rounded. A turned or wrong size
differs by more."""
_INTERNAL = ("eDP", "LVDS", "DSI")


def displays(edids: Mapping[str, bytes]) -> tuple[Display, ...]:
    """One display a connector whose EDID has the header; an empty or broken EDID is no display.

    Where the checksum of the base block fails, a screen is there but nothing that it says is believed.
    """
    return tuple(
        _display(connector, edid[:128]) if sum(edid[:128]) % 256 == 0 else Display(connector=connector)
        for connector, edid in sorted(edids.items())
        if len(edid) >= 128 and edid.startswith(_HEADER)
    )


def is_internal(display: Display) -> bool:
    """Is it built into the machine, by the connector that Linux names?"""
    return display.connector.startswith(_INTERNAL)


def _display(connector: str, edid: bytes) -> Display:
    timing = _preferred_timing(edid)
    size_mm = _size_mm(edid, timing)
    return Display(
        connector=connector,
        manufacturer=_maker(edid),
        model=_model(edid),
        width_px=(timing[2] | (timing[4] & 0xF0) << 4) or None if timing else None,
        height_px=_height_px(timing) if timing else None,
        diagonal_tenths_inch=round(hypot(*size_mm) / 25.4 * 10) if size_mm else None,
        year=_year(edid),
    )


def _preferred_timing(edid: bytes) -> bytes | None:
    """The first detailed timing: always the preferred one in 1.4 (§3.10.2), in 1.3 as it says; never a descriptor."""
    timing = edid[54:72]
    return timing if timing[0] or timing[1] else None


def _height_px(timing: bytes) -> int | None:
    """The active lines; of an interlaced timing (byte 17 bit 7) half of them are given."""
    lines = timing[5] | (timing[7] & 0xF0) << 4
    return (2 * lines if timing[17] & 0x80 else lines) or None


def doubted_sizes(edids: Mapping[str, bytes]) -> Mapping[str, str]:
    """The screens whose size is not believed, by connector: what the EDID says, beside the pixels that belie it."""
    found = {}
    for connector, edid in sorted(edids.items()):
        if len(edid) < 128 or not edid.startswith(_HEADER) or sum(edid[:128]) % 256:
            continue
        timing = _preferred_timing(edid)
        reported_mm = _reported_size_mm(edid, timing)
        if reported_mm is not None and _size_mm(edid, timing) is None:
            found[connector] = (
                f"{reported_mm[0]} x {reported_mm[1]} mm/{' x '.join(str(one) for one in _pixels(timing))} pixels"
            )
    return found


def _size_mm(edid: bytes, timing: bytes | None) -> tuple[int, int] | None:
    """Width and height of the picture; ``None`` where the pixels belie it, or where it is an aspect ratio."""
    reported_mm = _reported_size_mm(edid, timing)
    if reported_mm is None or _is_aspect_ratio(reported_mm) or _belied(reported_mm, _pixels(timing)):
        return None
    return reported_mm


def _reported_size_mm(edid: bytes, timing: bytes | None) -> tuple[int, int] | None:
    """Width and height from the detailed timing where it is believable, else in whole centimetres.

    Some makers write centimetres or an aspect ratio where millimetres belong. One of the two bytes in centimetres
    being zero means an aspect ratio or a projector (1.4 §3.6.2), so no size.
    """
    coarse = (edid[21] * 10, edid[22] * 10) if edid[21] and edid[22] else None
    if timing is None:
        return coarse
    fine = (timing[12] | (timing[14] & 0xF0) << 4, timing[13] | (timing[14] & 0x0F) << 8)
    if coarse is None:
        return fine if min(fine) >= _SMALLEST_MM and not (edid[21] or edid[22]) else None
    agree = all(abs(one - other) <= _ROUNDING_MM for one, other in zip(fine, coarse, strict=True))
    return fine if agree else coarse


def _pixels(timing: bytes | None) -> tuple[int, int]:
    if timing is None:
        return 0, 0
    return timing[2] | (timing[4] & 0xF0) << 4, _height_px(timing) or 0


def _is_aspect_ratio(size_mm: tuple[int, int]) -> bool:
    """Televisions write 16 by 9 centimetres for 16:9, in either place."""
    return size_mm in _ASPECT_RATIOS_IN_CM


def _belied(size_mm: tuple[int, int], pixels: tuple[int, int]) -> bool:
    """Pixels are square, and no screen is coarser or finer than :data:`_PIXELS_AN_INCH` allows."""
    if not all(pixels):
        return False
    across, down = (count * 25.4 / size for count, size in zip(pixels, size_mm, strict=True))
    coarsest, finest = _PIXELS_AN_INCH
    return abs(across - down) > _SQUARE * max(across, down) or not coarsest <= (across + down) / 2 <= finest


def _year(edid: bytes) -> int | None:
    """The year of making or, where byte 16 is FFh, the year of the model (§3.4.4); both count from 1990."""
    return 1990 + edid[17] if edid[17] >= 3 else None


def _maker(edid: bytes) -> str | None:
    """Three letters of five bits each, big-endian (E-EDID §3.4.1)."""
    packed = edid[8] << 8 | edid[9]
    letters = "".join(chr((packed >> shift & 0x1F) + 64) for shift in (10, 5, 0))
    return letters if letters.isalpha() else None


def _model(edid: bytes) -> str | None:
    """The product's name; built-in panels put their part number in the second of two plain texts instead."""
    names = _descriptors(edid, 0xFC)
    texts = _descriptors(edid, 0xFE)
    return next(iter(names), None) or (texts[-1] if texts else None)


def _descriptors(edid: bytes, tag: int) -> list[str]:
    blocks = (edid[start : start + 18] for start in range(54, 126, 18))
    texts = (block[5:].split(b"\n")[0].decode("cp437") for block in blocks if block[:4] == bytes([0, 0, 0, tag]))
    cleaned = ("".join(one if one.isprintable() else " " for one in text).strip() for text in texts)
    return [text for text in cleaned if text]
