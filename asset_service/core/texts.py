"""Which characters a name may hold, as people write names: in every script, and nothing that hides or reorders text."""

from __future__ import annotations

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Persian and the Indic scripts are not written well without them, nor are families of emoji."""


def is_readable(text: str) -> bool:
    """Only characters that show, and between them the joiners that shape them; an empty text is readable."""
    shown = text.translate(dict.fromkeys(map(ord, JOINERS)))
    return shown.isprintable() and text.strip(JOINERS) == text


def maker_and_model(maker: str | None, model: str | None) -> str:
    """Maker and model in one; the maker once where the model's name repeats it. Empty where neither is known."""
    first, second = (maker or "").strip(), (model or "").strip()
    return second if first and second.lower().startswith(first.lower()) else f"{first} {second}".strip()
