"""One check of a verification: its name, whether it holds, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from wipe_reports import figures
from wipe_reports.words import FieldError, Language, say

State = Literal["holds", "fails", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """``required`` marks what must be known for a file to count; other unknowns are only reported."""

    name: str
    state: State
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    message: FieldError | None = None
    required: bool = False

    @property
    def good(self) -> bool:
        """It does not stand in the way of the file."""
        return self.state == "holds" or (self.state == "unknown" and not self.required)

    def title(self, language: Language) -> str:
        """The check's name for people."""
        return say(f"name.{self.name}", language)

    def in_language(self, language: Language) -> str:
        """The result as a sentence in ``language``."""
        facts = {name: _worded(value, language) for name, value in self.facts.items()}
        if self.message is not None:
            facts["message"] = self.message.in_language(language)
        return say(self.key, language, **facts)

    def to_json(self, language: Language) -> dict[str, object]:
        """As ``--json`` prints it: ``field`` only where one field of the report is meant."""
        members: dict[str, object] = {
            "name": self.name,
            "state": self.state,
            "code": self.message.key if self.message is not None else self.key,
            "message": self.in_language(language),
        }
        return members if self.message is None else {**members, "field": self.message.field}


def _worded(value: object, language: Language) -> object:
    if isinstance(value, datetime):
        return figures.moment(value, language)
    if isinstance(value, str) and value.startswith("role."):
        return say(value, language)
    return value


def holds(name: str, key: str, /, **facts: object) -> Check:
    """A check that holds."""
    return Check(name, "holds", key, facts)


def fails(name: str, key: str, /, **facts: object) -> Check:
    """A check that fails."""
    return Check(name, "fails", key, facts)


def unknown(name: str, key: str, /, *, required: bool = False, **facts: object) -> Check:
    """A check that could not be made."""
    return Check(name, "unknown", key, facts, required=required)
