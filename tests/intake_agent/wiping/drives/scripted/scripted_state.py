"""The state of one scripted drive, kept in the file that ``SCRIPTED_DRIVE`` names, and the log of what was asked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

FILE = Path(os.environ["SCRIPTED_DRIVE"])


def load() -> dict[str, Any]:
    """The drive as it is, after noting this call."""
    with FILE.with_suffix(".calls").open("a") as calls:
        calls.write(json.dumps([Path(sys.argv[0]).name, *sys.argv[1:]]) + "\n")
    return json.loads(FILE.read_text())


def save(state: dict[str, Any]) -> None:
    """Keep the drive as it has become."""
    FILE.write_text(json.dumps(state))


def say(*lines: str) -> None:
    """To standard output."""
    print(*lines, sep="\n")


def complain(*lines: str) -> None:
    """To standard error."""
    print(*lines, sep="\n", file=sys.stderr)
