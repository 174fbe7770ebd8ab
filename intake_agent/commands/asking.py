"""What every group of commands asks and answers alike: the state folder, and a refusal."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TypeAlias

from intake_agent.language import gettext

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a group registers its commands."""

_DEFAULT_STATE = "/var/lib/herstart"


def add_state(parser: argparse.ArgumentParser) -> None:
    """The option for the station's folder."""
    parser.add_argument(
        "--state",
        metavar=gettext("MAP"),
        help=gettext("map van het station (ook: HERSTART_STATE; anders {folder})", folder=_DEFAULT_STATE),
    )


def state_folder(arguments: argparse.Namespace) -> Path:
    """The station's folder: as given, else by ``HERSTART_STATE``, else ``/var/lib/herstart``."""
    return Path(arguments.state or os.environ.get("HERSTART_STATE") or _DEFAULT_STATE)


def refuse(sentence: str) -> int:
    """Say why nothing was done; returns the exit code of a refusal."""
    print(sentence, file=sys.stderr)
    return 2
