"""A policy for unattended work from the kernel's command line: how a bench of twenty is booted from one server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from intake_agent.language import LANGUAGES, gettext
from intake_agent.unattended.policy import (
    ALL,
    NOTHING,
    PolicyInvalidError,
    UnattendedPolicy,
    from_values,
    in_file,
    read_values,
)
from wipe_reports.reasons import UnattendedSource
from wipe_reports.words import Language

COMMAND_LINE = Path("/proc/cmdline")


def from_kernel(command_line: str) -> UnattendedPolicy | None:
    """The policy that ``herstart.…`` words on the kernel's command line make; ``None`` where there is no such word.

    ``herstart.policy=FILE`` gives the file, and every other word changes what the file says. A word that comes twice
    is refused. A language alone is no policy: a person may work in it (:func:`language_alone`). Raises
    :class:`PolicyInvalidError`.
    """
    options = kernel_words(command_line)
    if not options.keys() - {"language"}:
        return None
    file = options.pop("policy", None)
    base: dict[str, Any] = {}
    if file is not None:
        base = read_values(Path(file))
    sources = [in_file(Path(file))] if file is not None else []
    if options:
        sources.append(UnattendedSource.KERNEL_COMMAND_LINE.value)
    options_typed = {name: _typed(name, value) for name, value in options.items()}
    return from_values({**base, **options_typed}, sources=tuple(sources))


def language_alone(command_line: str) -> Language | None:
    """The language that ``herstart.language`` names; ``None`` where it is absent or none of ours."""
    named = kernel_words(command_line).get("language")
    return next((one for one in LANGUAGES if one == named), None)


_NOT_OURS = frozenset({"live"})
"""``herstart.live`` marks our live image; it is no policy."""


def kernel_words(command_line: str) -> dict[str, str]:
    """The ``herstart.NAME=VALUE`` words. Raises :class:`PolicyInvalidError` for a name that comes twice."""
    found: dict[str, str] = {}
    for name, value in _herstart(_split(command_line)):
        if name in found:
            raise PolicyInvalidError(gettext("herstart.{name} staat twee keer op de startregel.", name=name))
        found[name] = value
    return found


def _herstart(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, _, value = word.partition("=")
        own = name.removeprefix("herstart.").replace("-", "_")
        if name.startswith("herstart.") and own not in _NOT_OURS:
            yield own, value


def _split(command_line: str) -> list[str]:
    """The words as the kernel parts them: at spaces, except between double quotes."""
    words, word, quoted = list[str](), "", False
    for character in command_line.strip() + " ":
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            words += [word] if word else []
            word = ""
        else:
            word += character
    return words + ([word.rstrip()] if word.strip() else [])


def _typed(name: str, value: str) -> object:
    """A word's value as TOML would have given it; in names ``_`` stands for a space, hard to type at boot."""
    if name in {"sampled", "allow_suspend", "accept_signatures"}:
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(value, value)
    if name == "stress_seconds":
        return int(value) if value.isascii() and value.isdigit() else value
    if name == "wipe" and value not in {ALL, NOTHING}:
        return value.split(",")
    if name in {"operator", "position"}:
        return value.replace("_", " ")
    return value
