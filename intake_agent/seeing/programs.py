"""Running the field's programs on a drive: every answer whole, with a time limit, and never an exit code alone."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What one program answered. ``exit_code`` is ``None`` when it is not there, or did not end in time.

    An exit code of 0 proves nothing about the drive: callers read the words, and ask the drive again.
    """

    command: tuple[str, ...]
    exit_code: int | None
    output: str
    errors: str

    @property
    def words(self) -> str:
        """Everything it said."""
        return f"{self.output}\n{self.errors}".strip()


def run(*command: str, timeout_seconds: float = 60) -> Answer:
    """Run ``command`` without a shell, in the C locale; never raises for what the program does."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return Answer(command, None, "", f"{command[0]}: not installed")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(command, None, "", str(error))
    return Answer(
        command, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    )
