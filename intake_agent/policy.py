"""What a machine must have, by kind of device: the call's own advice, or the partner's rule that the service gave.

The call's own rule is data in ``judging/processors.toml``. A partner's rule comes with the station's settings and is
kept in the state folder, so that a station without a network judges as its partner last said.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intake_agent.durable import write_whole
from intake_agent.language import gettext
from intake_agent.probes.json_facts import number, text
from wipe_reports.hardware import ProcessorRule

_FILE = "policy.json"
_KIND = re.compile(r"[a-z][a-z-]{0,39}")
_MOST_NAME = 100
_MOST_MEMORY_MIB = 1024 * 1024
_MOST_KINDS = 40


class PolicyError(Exception):
    """This is no rule a machine can be judged by. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """What one kind of device must have."""

    memory_mib: int
    processor: ProcessorRule


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule by its name and version, a :class:`KindRule` for each kind it speaks of; other kinds ask a person."""

    name: str
    version: int
    kinds: Mapping[str, KindRule]

    @property
    def label(self) -> str:
        """How the report names the rule that judged."""
        return f"{self.name} (v{self.version})"

    def rule_for(self, kind: str | None) -> KindRule | None:
        """The rule for a kind of device. A device whose kind is unknown must meet the strictest there is."""
        if kind is not None:
            return self.kinds.get(kind)
        return max(
            self.kinds.values(),
            key=lambda rule: (rule.memory_mib, rule.processor is ProcessorRule.CORE_I3),
            default=None,
        )


@cache
def table() -> Mapping[str, Any]:
    """``processors.toml`` as it is read: ``policy`` and the rows of ``processor``."""
    return tomllib.loads((Path(__file__).parent / "judging/processors.toml").read_text(encoding="utf-8"))


@cache
def of_the_call() -> Policy:
    """The call's own advice: at least a Core i3 and 4 GB, for laptops and desktops."""
    return _checked(table()["policy"])


def in_force(state: Path) -> Policy:
    """The partner's rule where one is kept in ``state``, else the call's own.

    A kept file that cannot be read falls back to the call's own; the report names the rule, ``doctor`` the file.
    """
    try:
        return stored(state) or of_the_call()
    except PolicyError:
        return of_the_call()


def stored(state: Path) -> Policy | None:
    """The partner's rule in the state folder, ``None`` where there is none. Raises :class:`PolicyError` on junk."""
    try:
        content = json.loads((state / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise PolicyError(
            gettext("De bewaarde regel in {file} is onleesbaar: {error}", file=state / _FILE, error=error)
        ) from error
    return _checked(content)


def store(state: Path, answer: Mapping[str, Any]) -> None:
    """Keep the rule in the service's answer to ``POST /stations/settings``, written whole or not at all.

    ``answer["minimum_policy"]`` is a rule, or ``None`` where the partner has none of its own: then the call's own
    counts again. Junk raises :class:`PolicyError` and leaves what was kept.
    """
    if "minimum_policy" not in answer:
        raise PolicyError(gettext("Het antwoord van de dienst zegt niet welke regel voor het minimum geldt."))
    given_rule = answer["minimum_policy"]
    if given_rule is None:
        (state / _FILE).unlink(missing_ok=True)
        return
    _checked(given_rule)
    state.mkdir(parents=True, exist_ok=True)
    write_whole(state / _FILE, json.dumps(given_rule, ensure_ascii=False, indent=1).encode() + b"\n")


def _checked(given_rule: Any) -> Policy:
    name, version = text(given_rule, "name"), number(given_rule, "version")
    if name is None or len(name) > _MOST_NAME or not version:
        raise PolicyError(gettext("De regel voor het minimum heeft geen goede naam of versie."))
    kinds = given_rule.get("kinds")
    if not isinstance(kinds, dict) or len(kinds) > _MOST_KINDS:
        raise PolicyError(gettext("De regel {name} zegt niet voor welke soorten toestellen hij geldt.", name=name))
    return Policy(name, version, {_checked_kind(kind): _checked_rule(kind, rule) for kind, rule in kinds.items()})


def _checked_kind(kind: str) -> str:
    if not _KIND.fullmatch(kind):
        raise PolicyError(gettext("{kind!r} is geen soort toestel.", kind=kind[:40]))
    return kind


def _checked_rule(kind: str, rule: Any) -> KindRule:
    memory_mib, processor = number(rule, "memory_mib"), text(rule, "processor")
    if memory_mib is None or memory_mib > _MOST_MEMORY_MIB:
        raise PolicyError(
            gettext("De regel voor {kind} zegt niet hoeveel geheugen er moet zijn (memory_mib).", kind=kind)
        )
    if processor not in set(ProcessorRule):
        known = ", ".join(ProcessorRule)
        raise PolicyError(
            gettext(
                "De regel voor {kind} zegt niet welke processor nodig is; hij kent: {known}.", kind=kind, known=known
            )
        )
    return KindRule(memory_mib, ProcessorRule(processor))
