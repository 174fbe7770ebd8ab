"""Command lines in Dutch: argparse with its own words, headings and commonest errors translated."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

_ERRORS = (
    (r"the following arguments are required: (.*)", r"geef ook: \1"),
    (r"unrecognized arguments: (.*)", r"onbekend: \1"),
    (r"argument (\S+): expected one argument", r"bij \1 hoort één waarde"),
    (r"argument (\S+): expected at least one argument", r"bij \1 hoort minstens één waarde"),
    (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", r"bij \1 kan \2 niet; kies uit \3"),
    (r"argument (\S+): invalid \S+ value: (.*)", r"bij \1 kan \2 niet"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 kan meer dan één ding zijn: \2"),
    (r"argument (\S+): (.*)", r"bij \1: \2"),
)


class _DutchFormatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "gebruik: " if prefix is None else prefix)


class DutchParser(argparse.ArgumentParser):
    """An ArgumentParser whose help and errors are Dutch; its subparsers are too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _DutchFormatter, **options, "add_help": False})
        self._positionals.title = "opdracht en bestanden"
        self._optionals.title = "opties"
        self.add_argument("-h", "--help", action="help", help="toon deze uitleg")

    def error(self, message: str) -> NoReturn:
        """Say in Dutch what is wrong, and how the command is used; ends the program with 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {_dutch(message)}\n")


def _dutch(message: str) -> str:
    for pattern, words in _ERRORS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return found.expand(words)
    return message
