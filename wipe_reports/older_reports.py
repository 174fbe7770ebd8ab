"""What reports of before wrote otherwise, read into the fields of today; nothing else knows the old forms.

``minimum.upgrade`` was English text, such as ``+ 2 × 2 GB DDR2 DIMM: one slot free, replaces 1 GB``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wipe_reports.hardware import Upgrade

_MODULES = re.compile(r"\+ ([0-9]{1,3}) × ([0-9]{1,6}(?:\.[0-9]{1,3})?) (GB|MB)(?: (\S+)(?: (.+))?)?")
_SLOTS_FREE = re.compile(r"(one|[0-9]{1,4}) slots? free")
_REPLACED = re.compile(r"(?:([0-9]{1,3}) × )?([0-9]{1,6}(?:\.[0-9]{1,3})?) (GB|MB)")
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
