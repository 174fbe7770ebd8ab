"""How a fact looks on screen: its Dutch word, an icon and a tone. Colour never stands alone (WCAG 1.4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class Look:
    """A word, the name of an icon in ``static/icons.svg``, and a tone: good, wait, bad or plain."""

    words: LazyString | str
    icon: str = "info"
    tone: str = "plain"


Looks = Mapping[str, Look]
"""The look of each value of an enumeration."""

TONE_ICONS = {"good": "check", "wait": "warning", "bad": "cross", "plain": "info"}


def look(looks: Looks, value: str) -> Look:
    """The look of ``value``; a value that has none yet is shown as it is, never hidden."""
    return looks.get(value, Look(value.replace("_", " "), "info"))
