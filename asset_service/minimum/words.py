"""A minimum in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from asset_service.devices.words import DEVICE_KINDS
from asset_service.frame.formats import memory_size
from asset_service.frame.looks import look


def policy_words(kinds: Mapping[str, Any]) -> str:
    """A minimum in a line: what each kind of device must have."""
    rules = [_rule_words(look(DEVICE_KINDS, kind).words, rule) for kind, rule in kinds.items()]
    return "; ".join(rules) or gettext("over elk toestel beslist een mens")


def _rule_words(kind: Any, rule: Mapping[str, Any]) -> str:
    memory = memory_size(rule["memory_mib"])
    if rule["processor"] == "any":
        return gettext("%(kind)s: %(memory)s, elke processor", kind=kind, memory=memory)
    return gettext("%(kind)s: %(memory)s en minstens Core i3", kind=kind, memory=memory)
