"""``intake-agent``: inspect · capture · assess · wipe · run · send · export · enrol · test · doctor.

Exit codes: 0 done · 1 something did not succeed (a disk not erased, a report not acknowledged) · 2 refused or asked
wrongly, nothing touched · 3 done, but the report was not sent yet.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence

from intake_agent.commands import looking, reporting, testing, wiping
from wipe_reports.arguments import DutchParser

_GROUPS = (looking, wiping, reporting, testing)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that cannot draw a letter shows a question mark; it must not end a wipe.
        sys.stdout.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except KeyboardInterrupt:
        print("Afgebroken.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; Python's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> DutchParser:
    parser = DutchParser(
        prog="intake-agent",
        description="Bekijkt een geschonken toestel, wist de schijven en stuurt een getekend verslag.",
        epilog="Eindcode: 0 gelukt, 1 iets mislukte, 2 geweigerd, 3 gelukt maar nog niet verstuurd.",
    )
    commands = parser.add_subparsers(required=True, metavar="OPDRACHT")
    for group in _GROUPS:
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
