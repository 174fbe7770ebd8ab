"""Work without a person at the machine, as a policy in a TOML file allows it.

A policy says in advance what a person would say at the screen. It is refused where it leaves open what is destroyed,
and it never stands above a safety rule: what a person may set aside at the machine (a disk with a mark of RAID, LVM or
encryption, a machine on its battery, a disk that may be a card), no policy does. A whole one::

    operator = "Bank 2, An Peeters"    # owed: who answers for it; stands on the attest
    wipe = ["hdd", "ssd", "nvme"]      # owed: "all" (every built-in disk), "nothing", or kinds of built-in disks
    position = "technieker"
    level = "purge"                    # clear: no more than that; purge: less counts as failed
    sampled = false                    # true reads back a sample only
    allow_suspend = true               # the machine may sleep a moment to thaw a frozen drive
    code = "scan"                      # a person scans the label first; "none": no label
    stress_seconds = 60
    service = "https://herstart.example"  # refused where the station belongs to another
    after = "power-off"                # or "nothing"
    language = "en"                    # of what the agent says; the command line's --language goes before it
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from intake_agent.judging.built_in import is_internal, is_surely_loose
from intake_agent.judging.reasons import Reason
from intake_agent.language import LANGUAGES, gettext, gettext_noop
from intake_agent.machine import Disk, MediumDoubt
from intake_agent.run_options import code_in
from intake_agent.system_errors import in_words
from wipe_reports.document import Level, Medium
from wipe_reports.reasons import UnattendedSource
from wipe_reports.words import Language

_MOST_STRESS_SECONDS = 3600
_LONGEST_NAME = 120
ALL, NOTHING = "all", "nothing"
_WIPEABLE = {medium.value: medium for medium in Medium if medium not in {Medium.FLASH, Medium.UNKNOWN}}
_LEVELS = {level.value: level for level in (Level.CLEAR, Level.PURGE)}


class PolicyInvalidError(Exception):
    """This policy is wrong or leaves open what it must say. Each line of the message is for the operator."""


class After(StrEnum):
    """What happens when the report lies safe; where a disk was not erased the machine stays on, so that it is seen."""

    NOTHING = "nothing"
    POWER_OFF = "power-off"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnattendedPolicy:
    """What may be done without asking. ``media`` are the kinds of internal disk that are wiped; none wipes nothing.

    ``sources`` say where the policy stands, for the report (:class:`UnattendedSource`). ``asks_code`` lets a person
    scan the label first.
    """

    sources: tuple[str, ...]
    operator: str
    media: frozenset[Medium]
    position: str | None = None
    level: Level | None = None
    sampled: bool = False
    allow_suspend: bool = False
    asks_code: bool = False
    code: str | None = None
    after: After = After.NOTHING
    stress_seconds: int = 0
    service: str | None = None
    language: Language | None = None

    def covers(self, disk: Disk) -> bool:
        """Does the policy speak of this disk? Of internal disks only: a stick or a USB disk is somebody's."""
        return is_internal(disk) and disk.medium in self.media

    def may_mean(self, disk: Disk) -> bool:
        """Would the policy perhaps speak of this disk, if what nobody could tell of it were known?

        A kind that the policy does not name is left on purpose; a disk of which it is unknown what or whose it is, not.
        """
        if self.covers(disk):
            return True
        if is_surely_loose(disk) or not self.media:
            return False
        medium = Medium.EMMC if disk.doubt is MediumDoubt.CARD_OR_EMMC else disk.medium
        return medium is Medium.UNKNOWN or medium in self.media


def read(path: Path) -> UnattendedPolicy:
    """The policy in a TOML file. Raises :class:`PolicyInvalidError` with everything that is wrong with it."""
    return from_values(read_values(path), sources=(in_file(path),))


def in_file(path: Path) -> str:
    """Where a policy stands that is a file, for the report."""
    return str(Reason(UnattendedSource.POLICY_FILE, path.name))


def read_values(path: Path) -> dict[str, Any]:
    """What a TOML file says, before it is judged. Raises :class:`PolicyInvalidError` where it is no such file."""
    try:
        options = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyInvalidError(
            gettext("{path} kan niet gelezen worden: {reason}.", path=path, reason=in_words(error))
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyInvalidError(
            gettext("{path} is geen goed TOML-bestand: {error}", path=path, error=error)
        ) from error
    if "code" in options and options["code"] not in {"none", "scan"}:
        raise PolicyInvalidError(
            gettext("code: een beleid geldt voor veel toestellen en kan geen vaste code hebben. Kies none of scan.")
        )
    return options


def from_values(options: Mapping[str, Any], *, sources: tuple[str, ...]) -> UnattendedPolicy:
    """The policy that these values make. Raises :class:`PolicyInvalidError` with everything that is wrong."""
    wrong = [
        gettext("{name}: dit woord bestaat niet in een beleid.", name=name) for name in options if name not in _READERS
    ]
    wrong += [
        gettext("{name}: dit ontbreekt. {why}", name=name, why=gettext(why))
        for name, why in _REQUIRED.items()
        if name not in options
    ]
    values: dict[str, Any] = {"sources": sources}
    for name, value in options.items():
        if reader := _READERS.get(name):
            try:
                values |= reader(value)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
    if not wrong and not values["media"]:
        wrong += [
            gettext("{name}: dit gaat over wissen, maar wipe zegt dat er niets gewist wordt.", name=name)
            for name in ("level", "allow_suspend", "sampled")
            if options.get(name)
        ]
    if wrong:
        raise PolicyInvalidError("\n".join(wrong))
    return UnattendedPolicy(**values)


_REQUIRED = {
    "operator": gettext_noop("Wie is verantwoordelijk? Die naam komt op het attest."),
    "wipe": gettext_noop("Wat mag er gewist worden? Kies all, nothing of een lijst zoals hdd, ssd, nvme."),
}


def _operator(value: object) -> dict[str, Any]:
    return {"operator": _words(value)}


def _position(value: object) -> dict[str, Any]:
    return {"position": _words(value)}


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(gettext("schrijf hier woorden tussen aanhalingstekens."))
    if len(value.strip()) > _LONGEST_NAME:
        raise ValueError(gettext("dit is te lang (hoogstens {most} tekens).", most=_LONGEST_NAME))
    return value.strip()


def _media(value: object) -> dict[str, Any]:
    if value == ALL:
        return {"media": frozenset(_WIPEABLE.values()) | {Medium.UNKNOWN}}
    if value == NOTHING:
        return {"media": frozenset()}
    kinds = [value] if isinstance(value, str) else value
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise ValueError(gettext("kies all, nothing of een lijst van soorten."))
    if unknown := sorted(set(kinds) - set(_WIPEABLE)):
        raise ValueError(
            gettext(
                "{unknown} is geen soort schijf. Kies {all}, {nothing} of uit {kinds}.",
                unknown=", ".join(unknown),
                all=ALL,
                nothing=NOTHING,
                kinds=", ".join(_WIPEABLE),
            )
        )
    return {"media": frozenset(_WIPEABLE[kind] for kind in kinds)}


def _level(value: object) -> dict[str, Any]:
    if value not in _LEVELS:
        raise ValueError(gettext("kies clear of purge."))
    return {"level": _LEVELS[str(value)]}


def _flag(name: str) -> Any:
    def reader(value: object) -> dict[str, Any]:
        if not isinstance(value, bool):
            raise ValueError(gettext("kies true of false."))  # noqa: TRY004 - gathered with the other wrong values
        return {name: value}

    return reader


def _never(value: object) -> dict[str, Any]:
    """What policies could once accept beforehand, and only a person at the machine may; ``false`` is what holds."""
    if value is not False:
        raise ValueError(gettext("dit kan een beleid niet toelaten: iemand bevestigt het aan het toestel zelf."))
    return {}


def _code(value: object) -> dict[str, Any]:
    if value in {"none", "scan"}:
        return {"asks_code": value == "scan"}
    code = code_in(value) if isinstance(value, str) else None
    if code is None:
        raise ValueError(gettext("kies none, scan, of een code zoals HS-7K3M9P."))
    return {"code": code}


def _after(value: object) -> dict[str, Any]:
    if value not in {one.value for one in After}:
        raise ValueError(gettext("kies nothing of power-off."))
    return {"after": After(str(value))}


def _stress(value: object) -> dict[str, Any]:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_STRESS_SECONDS:
        raise ValueError(gettext("kies een aantal seconden van 0 tot {most}.", most=_MOST_STRESS_SECONDS))
    return {"stress_seconds": value}


def _service(value: object) -> dict[str, Any]:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise ValueError(gettext("geef het volledige webadres van de dienst, met https://"))
    return {"service": value.rstrip("/")}


def _language(value: object) -> dict[str, Any]:
    if value not in LANGUAGES:
        raise ValueError(gettext("kies uit {languages}.", languages=", ".join(LANGUAGES)))
    return {"language": value}


_READERS = {
    "operator": _operator,
    "position": _position,
    "wipe": _media,
    "level": _level,
    "sampled": _flag("sampled"),
    "allow_suspend": _flag("allow_suspend"),
    "accept_signatures": _never,
    "code": _code,
    "after": _after,
    "stress_seconds": _stress,
    "service": _service,
    "language": _language,
}
