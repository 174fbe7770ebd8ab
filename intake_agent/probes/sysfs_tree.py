"""Walking the facts of ``/sys`` (path → content) as folders with files in them."""

from __future__ import annotations

from collections.abc import Mapping


def folders(sysfs: Mapping[str, str], root: str) -> dict[str, dict[str, str]]:
    """Every folder directly under ``root`` with what lies in it: name → (path below that folder → content).

    A folder that is only known to be there is empty.
    """
    found: dict[str, dict[str, str]] = {}
    start = f"{root}/"
    for path, content in sysfs.items():
        if path.startswith(start):
            name, _, below = path.removeprefix(start).partition("/")
            entry = found.setdefault(name, {})
            if below:
                entry[below] = content
    return dict(sorted(found.items()))
