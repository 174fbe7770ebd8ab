"""Every word this package says to people, in Dutch and English: one key, a word in every language.

Facts are filled in by name; a language that lacks a key is a mistake that a test finds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wipe_reports.words import en, nl

Language = Literal["nl", "en"]

CATALOGUES: Mapping[Language, Mapping[str, str]] = {"nl": nl.WORDS, "en": en.WORDS}
"""Every word by language: a further language is one more catalogue, with the same keys."""

LANGUAGES: tuple[Language, ...] = tuple(CATALOGUES)


def say(key: str, language: Language, /, **facts: object) -> str:
    """The words for ``key`` in ``language``, with ``facts`` filled in. Raises KeyError for an unknown key or fact."""
    return CATALOGUES[language][key].format(**facts)


def has_words(key: str) -> bool:
    """Is there a word for ``key``? A test sees to it that every language has the same keys."""
    return key in nl.WORDS


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
        return cls(path, say(key, "nl", **facts), key, facts)

    def in_language(self, language: Language) -> str:
        """The message in ``language``; a message that came without a key stays as it is."""
        return say(self.key, language, **self.facts) if self.key else self.message


class TranslatedRefusal(ValueError):  # noqa: N818 - the base of this package's refusals, never raised itself
    """A refusal for people: ``key`` names its reason in the catalogue, its message is Dutch."""

    def __init__(self, key: str, /, **facts: object) -> None:
        super().__init__(say(key, "nl", **facts))
        self.key = key
        self.facts = facts

    def in_language(self, language: Language) -> str:
        """The reason in ``language``."""
        return say(self.key, language, **self.facts)
