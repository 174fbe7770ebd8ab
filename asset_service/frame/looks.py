"""How a fact looks on screen: its Dutch word, an icon and a tone. Colour never stands alone (WCAG 1.4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString

from asset_service.core.i18n import language
from wipe_reports import words


@dataclass(frozen=True, slots=True)
class Look:
    """A word, the name of an icon in ``static/icons.svg``, and a tone: good, wait, bad or plain."""

    words: LazyString | str
    icon: str = "info"
    tone: str = "plain"


Looks = Mapping[str, Look]
"""The look of each value of an enumeration."""


def wire_looks(kind: type[StrEnum], drawn: Mapping[StrEnum, tuple[str, str]] | None = None) -> dict[str, Look]:
    """The looks of what stands on the wire: words by the wire's own vocabulary, in the language of the request.

    ``drawn`` gives some of the values an icon and a tone.
    """
    return {value: Look(LazyString(_word, value), *(drawn or {}).get(value, ())) for value in kind}


def _word(value: StrEnum) -> str:
    return words.of(value, language())


TONE_ICONS = {"good": "check", "wait": "warning", "bad": "cross", "plain": "info"}


def look(looks: Looks, value: str) -> Look:
    """The look of ``value``; a value that has none yet is shown as it is, never hidden."""
    return looks.get(value, Look(value.replace("_", " "), "info"))
