"""The libraries of the ``attest`` extra, asked for only where they are used: an agent's stick goes without."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def needed(name: str) -> ModuleType:
    """The module ``name``. Raises ImportError that says how to install it where it is missing."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ImportError(f"{name} is missing: install herstart[attest] to make or check attests") from error
