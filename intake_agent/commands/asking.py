"""What every group of commands asks and answers alike: the state folder, and a refusal."""

from __future__ import annotations

import argparse
import sys
from typing import TypeAlias

from wipe_reports.arguments import DutchParser

Commands: TypeAlias = "argparse._SubParsersAction[DutchParser]"
"""Where a group registers its commands."""


def add_state(parser: argparse.ArgumentParser) -> None:
    """The option for the station's folder."""
    parser.add_argument(
        "--state", metavar="MAP", help="map van het station (ook: HERSTART_STATE; anders /var/lib/herstart)"
    )


def refuse(sentence: str) -> int:
    """Say why nothing was done; returns the exit code of a refusal."""
    print(sentence, file=sys.stderr)
    return 2
