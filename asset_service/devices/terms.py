"""The words by which the list finds a device."""

from __future__ import annotations

from collections.abc import Iterable

from asset_service.devices import codes, identity

MAX_TERMS = 60


def search_terms(*, code: str, names: Iterable[str | None], serial: str | None) -> set[str]:
    """Its code without prefix, ``names`` (maker and model) word by word, its serial."""
    found = {code.removeprefix(f"{codes.PREFIX}-")}
    for name in names:
        found.update(word[:100] for word in identity.search_words(name) if len(word) > 1)
    if key := identity.serial_key(serial):
        found.add(key[:100])
    return set(sorted(found)[:MAX_TERMS])
