"""Running the field's programs: every answer whole, with a time limit, and never an exit code alone."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

_TIMEOUT_SECONDS = 60
"""A dying disk answers ``smartctl`` after half a minute of retries; past this a program counts as silent."""


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


def run(*command: str, timeout_seconds: float = _TIMEOUT_SECONDS, errors_within: bool = False) -> Answer:
    """Run ``command`` without a shell, in the C locale; never raises for what the program does.

    ``errors_within`` leaves what it says on its error stream in its output, at the place where it said it.
    """
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors_within else subprocess.PIPE,
            timeout=timeout_seconds,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return Answer(command, None, "", f"{command[0]}: not installed")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(command, None, "", str(error))
    errors = (done.stderr or b"").decode("utf-8", "replace")
    return Answer(command, done.returncode, done.stdout.decode("utf-8", "replace"), errors)


def printed(*command: str) -> str | None:
    """What a program printed, whatever its exit code (``smartctl`` tells its findings in it), or ``None``.

    ``hdparm`` says beside its answer, on the other stream, when the answer is none.
    """
    return run(*command, errors_within=command[0] == "hdparm").output or None
