"""Every word this package says to people: a catalogue a language, and in each a word for every key.

A language is a folder here, named by its ISO 639-1 code: its ``NAME`` in that language itself, and its ``WORDS``. Every
folder that is there is a language of the house; nothing lists them.
What stands on the wire is said by :func:`of` and :func:`of_text`, from its enumeration; everything else has a key for
:func:`say`. Facts are filled in by name; a language that lacks a key is a mistake that a test finds.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeAlias

Language: TypeAlias = str
"""One of :data:`LANGUAGES`."""

HOUSE_LANGUAGE: Language = "nl"
"""What is said where nobody asks for a language: Dutch, in which the sources of the screens are written too."""


def _catalogues() -> dict[Language, ModuleType]:
    """The folders of this package, the house's own language first."""
    names = {one.name for one in iter_modules(__path__) if one.ispkg}
    ordered = [HOUSE_LANGUAGE, *sorted(names - {HOUSE_LANGUAGE})]
    return {name: import_module(f"{__name__}.{name}") for name in ordered}


_FOUND = _catalogues()

CATALOGUES: Mapping[Language, Mapping[str, str]] = {language: one.WORDS for language, one in _FOUND.items()}
"""Every word by language."""

LANGUAGES: tuple[Language, ...] = tuple(CATALOGUES)
"""The one declaration of the house's languages: choices, schemas, screens and attests go by it."""

LANGUAGE_NAMES: Mapping[Language, str] = {language: one.NAME for language, one in _FOUND.items()}
"""Each language as its own readers call it."""


@cache
def catalogue_sha256(language: Language) -> str:
    """The SHA-256 of a language's words, in hexadecimal: a page printed with other words is another page."""
    return sha256(json.dumps(CATALOGUES[language], sort_keys=True).encode()).hexdigest()


def say(key: str, language: Language, /, **facts: object) -> str:
    """The words for ``key`` in ``language``, with ``facts`` filled in. Raises KeyError for an unknown key or fact."""
    return CATALOGUES[language][key].format(**facts)


def has_words(key: str) -> bool:
    """Is there a word for ``key``? A test sees to it that every language has the same keys."""
    return key in CATALOGUES[HOUSE_LANGUAGE]


def of(value: StrEnum, language: Language, *, in_full: bool = False) -> str:
    """The word for a value of the wire, as it stands within a line.

    ``in_full`` adds in parentheses what a reader may not know, where there is such: for paper.
    """
    key = _key(value)
    gloss = CATALOGUES[language].get(f"{key}.gloss") if in_full else None
    return f"{say(key, language)} ({gloss})" if gloss else say(key, language)


def of_text(text: str, kind: type[StrEnum], language: Language, *, in_full: bool = False) -> str:
    """The word for a text field of the wire that holds a code of ``kind``; what is none of them is shown as it stands.

    That may be a code of a later agent, or another program's own words.
    """
    return of(kind(text), language, in_full=in_full) if text in tuple(kind) else text


def of_reason(reason: str, kind: type[StrEnum], language: Language) -> str:
    """A code of ``kind`` with the figure that it may carry, such as ``memory_fail:4 GB``, in words.

    The figure stands within the words, or in parentheses behind them. A code that this version does not know is given
    back as it is.
    """
    code, _, figure = reason.partition(":")
    if code not in tuple(kind):
        return reason
    words = CATALOGUES[language][_key(kind(code))]
    if "{figure}" in words:
        return words.format(figure=figure or "?")
    return f"{words} ({figure})" if figure else words


def of_reasons(reasons: Iterable[str], kind: type[StrEnum], language: Language) -> str:
    """Each reason by :func:`of_reason`, in their order; empty where there is none."""
    return ", ".join(of_reason(one, kind, language) for one in reasons)


def capitalized(words: str) -> str:
    """The words with a capital at the start and nothing else changed."""
    return words[:1].upper() + words[1:]


def _key(value: StrEnum) -> str:
    return f"{type(value).__name__}.{value.value}"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. ``field`` is a path such as ``carriers[0].wipe.passes``; ``message`` is Dutch.

    ``key`` and ``facts`` let :meth:`said` give the same message in another language.
    """

    field: str
    message: str
    key: str = ""
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, path: str, key: str, /, **facts: object) -> FieldError:
        """The error ``key`` of the catalogue at ``path``."""
        return cls(path, say(key, HOUSE_LANGUAGE, **facts), key, facts)

    def in_language(self, language: Language) -> str:
        """The message in ``language``; a message that came without a key stays as it is."""
        return say(self.key, language, **self.facts) if self.key else self.message


class TranslatedRefusal(ValueError):  # noqa: N818 - the base of this package's refusals, never raised itself
    """A refusal for people: ``key`` names its reason in the catalogue, its message is Dutch."""

    def __init__(self, key: str, /, **facts: object) -> None:
        super().__init__(say(key, HOUSE_LANGUAGE, **facts))
        self.key = key
        self.facts = facts

    def in_language(self, language: Language) -> str:
        """The reason in ``language``."""
        return say(self.key, language, **self.facts)
