"""Reading a fact out of a tool's JSON, where anything may be absent, of another type, or junk."""

from __future__ import annotations

import json
from typing import Any

_LARGEST = 2**63 - 1
_MOST_DIGITS = 20
"""More digits than a 64-bit count has; Python itself refuses to read thousands of them."""


def parsed(output: str | None) -> Any:
    """The JSON of a tool's output; tools print warnings before it and die half way, and then there is nothing."""
    if not output:
        return {}
    start = output.find("{")
    try:
        return json.JSONDecoder().raw_decode(output, start)[0] if start >= 0 else {}
    except (ValueError, RecursionError):
        return {}


def at(tree: Any, *path: str) -> Any:
    """The value at a path of keys, or ``None`` as soon as a step is not there."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def number(tree: Any, *path: str) -> int | None:
    """A whole number from 0 to 2⁶³−1, also when the tool printed it as text; all else is none."""
    value = at(tree, *path)
    if isinstance(value, str):
        value = whole(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST else None


def whole(digits: str) -> int | None:
    """The number that a text of digits is; ``None`` for anything else, and for what no machine counts to."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def flag(tree: Any, *path: str) -> bool | None:
    """A yes or no, also as ``"0"``/``"1"`` (util-linux before 2.33 prints those)."""
    value = at(tree, *path)
    if isinstance(value, bool):
        return value
    return {"0": False, "1": True, 0: False, 1: True}.get(value) if isinstance(value, (str, int)) else None


def text(tree: Any, *path: str) -> str | None:
    """Words as the tool gave them, without spaces around them and what is not printable; empty is ``None``."""
    value = at(tree, *path)
    if not isinstance(value, str):
        return None
    return "".join(one if one.isprintable() else " " for one in value).strip() or None


def objects(tree: Any, key: str) -> list[dict[str, Any]]:
    """The objects of a list under ``key``; anything in it that is no object is passed over."""
    rows = at(tree, key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def first(*values: int | None) -> int | None:
    """The first number that is known."""
    return next((value for value in values if value is not None), None)
