"""Run every measurement and print its ratios as one table: ``run.py [wipe] [ingest] [attests] [inspection]``.

These machines are noisy, so each ratio comes from interleaved runs of both sides within one measurement.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).parent
MEASUREMENTS = ("wipe", "ingest", "attests", "inspection")


def rows_of(name: str) -> list[tuple[str, float, str]]:
    """Load one measurement beside this file and run it: rows of name, ratio and a note with the figures behind it."""
    specification = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"{name}.py")
    if specification is None or specification.loader is None:
        raise SystemExit(f"no measurement is called {name!r}; there are {', '.join(MEASUREMENTS)}")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    rows: list[tuple[str, float, str]] = module.measure()
    return rows


def main(names: list[str]) -> int:
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        print(
            f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}", file=sys.stderr
        )
        return 2
    table = [row for name in names or MEASUREMENTS for row in rows_of(name)]
    width = max(len(name) for name, _, _ in table)
    print(f"\n{'measured':<{width}}  ratio  how")
    for name, ratio, note in table:
        print(f"{name:<{width}}  {ratio:5.2f}  {note}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
