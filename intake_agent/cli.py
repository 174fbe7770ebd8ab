"""``intake-agent``: inspect · capture · assess · wipe · run · send · export · enrol · test · doctor.

Exit codes: 0 done · 1 something did not succeed (a disk not erased, a report not acknowledged) · 2 refused or asked
wrongly, nothing touched · 3 done, but the report was not sent yet.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module

from intake_agent.language import LANGUAGES, OPTION, choose, gettext, language
from wipe_reports.arguments import DutchParser

GROUPS = {
    "looking": ("inspect", "capture", "assess"),
    "wiping": ("run", "wipe"),
    "reporting": ("send", "export", "enrol"),
    "testing": ("test", "doctor"),
}
"""The modules of :mod:`intake_agent.commands` with their commands: old machines load only what they were asked for."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that cannot draw a letter shows a question mark; it must not end a wipe.
        sys.stdout.reconfigure(errors="replace")
    words = sys.argv[1:] if argv is None else argv
    choose(words, os.environ)
    arguments = _parser(_groups_for(words)).parse_args(words)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except KeyboardInterrupt:
        print(gettext("Afgebroken."), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; Python's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _groups_for(words: Sequence[str]) -> Iterable[str]:
    """The group of the command that comes first; all of them where none does, so that help tells everything."""
    found = [group for group, commands in GROUPS.items() if words and words[0] in commands]
    return found or GROUPS


def _parser(groups: Iterable[str]) -> argparse.ArgumentParser:
    # argparse itself speaks English.
    parser = (DutchParser if language() == "nl" else argparse.ArgumentParser)(
        prog="intake-agent",
        description=gettext("Bekijkt een geschonken toestel, wist de schijven en stuurt een getekend verslag."),
        epilog=gettext("Eindcode: 0 gelukt, 1 iets mislukte, 2 geweigerd, 3 gelukt maar nog niet verstuurd."),
    )
    commands = parser.add_subparsers(required=True, metavar=gettext("OPDRACHT"))
    for group in groups:
        import_module(f"intake_agent.commands.{group}").add(commands)
    for one in (parser, *commands.choices.values()):
        one.add_argument(
            OPTION, choices=LANGUAGES, help=gettext("taal van wat de agent zegt (ook: HERSTART_LANGUAGE; anders nl)")
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
