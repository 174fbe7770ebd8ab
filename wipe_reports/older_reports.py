"""What reports of before wrote otherwise, read into the fields of today; nothing else knows the old forms.

``minimum.upgrade`` was English text, such as ``+ 2 × 2 GB DDR2 DIMM: one slot free, replaces 1 GB``.
``tests[].detail`` was what a test found, in the station's language. ``overrides[].told`` was the agent's sentence, in
which the judgement's code leaves only what was seen unsaid, in parentheses: ``… (LVM2_member). …``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wipe_reports.hardware import PartTest, Upgrade
from wipe_reports.wipe import Judgement, Override

_MODULES = re.compile(r"\+ ([0-9]{1,3}) × ([0-9]{1,6}(?:\.[0-9]{1,3})?) (GB|MB)(?: (\S+)(?: (.+))?)?")
_SLOTS_FREE = re.compile(r"(one|[0-9]{1,4}) slots? free")
_REPLACED = re.compile(r"(?:([0-9]{1,3}) × )?([0-9]{1,6}(?:\.[0-9]{1,3})?) (GB|MB)")
_SEEN = re.compile(r"\(([\w.-]{1,50}(?:, [\w.-]{1,50}){0,31})\)")
_SAYS_WHAT_WAS_SEEN = frozenset({Judgement.SIGNATURES, Judgement.NAMESPACES})
_FORMS = {"SO-DIMM": "SODIMM"}


def upgrade_of_text(text: str) -> Upgrade | None:
    """The upgrade that an older agent wrote as text; ``None`` for text that no agent wrote."""
    modules, _, where = text.partition(": ")
    found = _MODULES.fullmatch(modules)
    if found is None or not int(found[1]):
        return None
    slots_free, replaces_mib = 0, list[int]()
    for words in where.split(", "):
        if slots := _SLOTS_FREE.fullmatch(words):
            slots_free = 1 if slots[1] == "one" else int(slots[1])
        elif words.startswith("replaces "):
            replaces_mib += _replaced_mib(words.removeprefix("replaces "))
    return Upgrade(
        modules=int(found[1]),
        module_mib=_mebibytes(found[2], found[3]),
        kind=found[4],
        form=_FORMS.get(found[5], found[5]),
        slots_free=slots_free,
        replaces_mib=tuple(replaces_mib),
    )


def _replaced_mib(words: str) -> Iterator[int]:
    for one in words.split(" + "):
        if found := _REPLACED.fullmatch(one):
            yield from [_mebibytes(found[2], found[3])] * int(found[1] or 1)


def _mebibytes(figure: str, unit: str) -> int:
    return round(float(figure) * 1024) if unit == "GB" else round(float(figure))


def _part_test(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """A test whose findings were text: that stands among the findings as it is, as a key that nobody knows does."""
    if "detail" not in members or "findings" in members:
        return members
    rest = {name: value for name, value in members.items() if name != "detail"}
    return rest if members["detail"] is None else {**rest, "findings": [members["detail"]]}


def _override(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """A judgement set aside with the agent's sentence; of that, what was seen stays."""
    sentence = members.get("told")
    if "told" not in members or "seen" in members or not (sentence is None or type(sentence) is str):
        return members
    rest = {name: value for name, value in members.items() if name != "told"}
    seen = _SEEN.findall(sentence or "") if members.get("judgement") in _SAYS_WHAT_WAS_SEEN else []
    return {**rest, "seen": seen[-1].split(", ")} if seen else rest


OLDER_MEMBERS: Mapping[type, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    PartTest: _part_test,
    Override: _override,
}
"""For a record whose members had other names: the members of today. What no agent wrote is left as it is."""
