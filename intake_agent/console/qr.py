"""A web address as a QR code in half blocks: two rows of modules a line of text, dark on light as scanners want it."""

from __future__ import annotations

import segno

_BLOCKS = {(0, 0): " ", (0, 1): "▄", (1, 0): "▀", (1, 1): "█"}
_QUIET_MODULES = (4, 2, 1)
"""The standard asks for a quiet zone of four modules (ISO/IEC 18004 §6.3.8); scanners read with less."""


def qr_lines(content: str, *, columns: int, lines: int) -> list[str]:
    """The code with the widest quiet zone that fits; an empty list where none does, or where it is too long."""
    try:
        code = segno.make_qr(content, error="l", boost_error=False)
    except segno.DataOverflowError:
        return []
    for quiet in _QUIET_MODULES:
        rows = [[int(bool(module)) for module in row] for row in code.matrix_iter(border=quiet)]
        if len(rows[0]) <= columns and (len(rows) + 1) // 2 <= lines:
            return _half_blocks(rows)
    return []


def _half_blocks(rows: list[list[int]]) -> list[str]:
    if len(rows) % 2:
        rows = [*rows, [0] * len(rows[0])]
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
