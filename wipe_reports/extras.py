"""The libraries of the ``attest`` extra, asked for only where they are used: an agent's stick goes without."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from wipe_reports.words import Language, say


class ExtraMissingError(ImportError):
    """A library of the ``attest`` extra is not installed. The message is Dutch; ``name`` is the library's."""

    def in_language(self, language: Language) -> str:
        """What is missing and how to install it, in ``language``."""
        return say("extra.missing", language, library=self.name)


def needed(name: str) -> ModuleType:
    """The module ``name``. Raises :class:`ExtraMissingError` where it is missing."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ExtraMissingError(say("extra.missing", "nl", library=name), name=name) from error
