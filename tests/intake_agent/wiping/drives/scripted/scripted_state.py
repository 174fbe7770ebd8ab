"""The state of one scripted drive, kept in the file that ``SCRIPTED_DRIVE`` names, and the log of what was asked.

These programs start hundreds of times in the tests, so they import next to nothing.
"""

import json
import os
import sys

FILE = os.environ["SCRIPTED_DRIVE"]


def load() -> dict:
    """The drive as it is, after noting this call (the program's name comes first)."""
    with open(FILE.removesuffix(".json") + ".calls", "a") as calls:  # noqa: PTH123 - pathlib takes longer than all else
        calls.write(json.dumps(sys.argv[1:]) + "\n")
    with open(FILE) as file:  # noqa: PTH123
        return json.load(file)


def save(state: dict) -> None:
    """Keep the drive as it has become."""
    with open(FILE, "w") as file:  # noqa: PTH123
        json.dump(state, file)


def say(*lines: str) -> None:
    """To standard output."""
    print(*lines, sep="\n")


def complain(*lines: str) -> None:
    """To standard error."""
    print(*lines, sep="\n", file=sys.stderr)
