"""Lines out, answers in, a progress line in place, and Ctrl-C as a wish instead of a crash."""

from __future__ import annotations

import shutil
import signal
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from intake_agent.console import wipe_words
from intake_agent.language import gettext
from intake_agent.wiping.progress import Listener, Phase, Progress, StopAsked


def say(*lines: str) -> None:
    """Print lines for people; on a terminal none is broken in the middle of a word."""
    for line in lines:
        print(_folded(line) if sys.stdout.isatty() else line, flush=True)


def _folded(line: str) -> str:
    """``line`` in pieces that fit the terminal, each as far in as the first; a long path or address stays whole."""
    columns = shutil.get_terminal_size().columns
    if len(line) < columns:
        return line
    indent = " " * (len(line) - len(line.lstrip(" ")))
    pieces = textwrap.wrap(line, columns - 1, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(pieces)


def say_all(lines: Iterable[str]) -> None:
    """Print many lines for people."""
    say(*lines)


def is_interactive() -> bool:
    """Is there a person who can answer?"""
    return sys.stdin.isatty()


def ask(question: str) -> str:
    """One answer, without spaces around it; the end of the input is an empty answer."""
    try:
        return input(f"{_folded(question.strip())} " if sys.stdout.isatty() else question).strip()
    except EOFError:
        return ""


def progress_line(label: str) -> Listener:
    """A listener that redraws one line on a terminal, and elsewhere prints a line each quarter of a pass."""
    return _redraw(label) if sys.stdout.isatty() else _each_quarter(label)


def _redraw(label: str) -> Listener:
    def listen(progress: Progress) -> None:
        end = "\n" if progress.done_bytes >= progress.total_bytes else ""
        print(f"\r{_words(label, progress):<78}", end=end, flush=True)

    return listen


def _each_quarter(label: str) -> Listener:
    shown: set[tuple[Phase, int]] = set()

    def listen(progress: Progress) -> None:
        quarter = (progress.phase, 4 * progress.done_bytes // max(progress.total_bytes, 1))
        if quarter not in shown:
            shown.add(quarter)
            say(_words(label, progress))

    return listen


def _words(label: str, progress: Progress) -> str:
    return (
        f"{label}  {wipe_words.phase_words(progress.phase)} {wipe_words.percent_done(progress):3d} %  "
        f"{wipe_words.rate_words(progress)}  {wipe_words.time_left(progress.seconds_left)}"
    )


@contextmanager
def stop_on_signal() -> Iterator[StopAsked]:
    """While this lasts, Ctrl-C, SIGTERM and SIGHUP are noted instead of killing; gives the question *was it asked?*"""
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        asked.append(number)
        if len(asked) == 1 and number != signal.SIGHUP:  # after a hang-up there is no line to write to
            say("", gettext("Stoppen gevraagd: even wachten, het verslag wordt nog gemaakt."))

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, note) for number in signals]
    try:
        yield lambda: bool(asked)
    finally:
        for number, former in zip(signals, before, strict=True):
            signal.signal(number, former)
