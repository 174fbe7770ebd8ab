"""The state of one scripted drive, kept in a file (``sys.argv[0]``), and the log of what was asked of it.

These programs start a thousand times in the tests: they import nothing that takes longer to start than they do.
"""

import marshal
import sys

FILE = sys.argv[0]


def load() -> dict:
    """The drive as it is, after noting this call (the program's name comes first)."""
    with open(FILE + ".calls", "a") as calls:  # noqa: PTH123 - pathlib takes longer to start than all else
        calls.write(repr(sys.argv[1:]) + "\n")
    with open(FILE, "rb") as file:  # noqa: PTH123
        return marshal.load(file)  # noqa: S302 - written by the test itself


def save(state: dict) -> None:
    """Keep the drive as it has become."""
    with open(FILE, "wb") as file:  # noqa: PTH123
        marshal.dump(state, file)


def say(*lines: str) -> None:
    """To standard output."""
    print(*lines, sep="\n")


def complain(*lines: str) -> None:
    """To standard error."""
    print(*lines, sep="\n", file=sys.stderr)
