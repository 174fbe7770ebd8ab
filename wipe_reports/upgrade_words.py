"""The memory to add to a machine, in words as a workshop looks for it on its shelf."""

from __future__ import annotations

from collections import Counter

from wipe_reports import figures
from wipe_reports.hardware import Upgrade
from wipe_reports.words import Language, say

_FORM_NAMES = {"SODIMM": "SO-DIMM"}
"""The form factor as shops write it, where SMBIOS writes it otherwise."""


def upgrade(one: Upgrade, language: Language, *, spelled: bool = True) -> str:
    """``+ 1 × 4 GB DDR4 SO-DIMM: one slot free``, in ``language``.

    A single free slot is ``spelled`` out, or written as a figure like any other number.
    """
    form = _FORM_NAMES.get(one.form, one.form) if one.form else None
    parts = [f"+ {one.modules} × {_size(one.module_mib, language)}", one.kind, form]
    module = " ".join(part for part in parts if part)
    where = []
    if one.slots_free:
        where.append(_slots_free(one.slots_free, language, spelled=spelled))
    if one.replaces_mib:
        where.append(say("upgrade.replaces", language, modules=_modules(one.replaces_mib, language)))
    return f"{module}: {', '.join(where)}" if where else module


def _slots_free(count: int, language: Language, *, spelled: bool) -> str:
    if count > 1:
        return say("upgrade.slots_free", language, count=count)
    return say("upgrade.slot_free_spelled" if spelled else "upgrade.slot_free", language, count=count)


def _modules(sizes_mib: tuple[int, ...], language: Language) -> str:
    counted = [(count, _size(size_mib, language)) for size_mib, count in sorted(Counter(sizes_mib).items())]
    return " + ".join(f"{count} × {size}" if count > 1 else size for count, size in counted)


def _size(size_mib: int, language: Language) -> str:
    return f"{figures.decimal(f'{size_mib / 1024:g}', language)} GB" if size_mib >= 1024 else f"{size_mib} MB"
