"""The screens on a real terminal of 80 by 24, as a plain console or a serial line gives it; and what they cost."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from intake_agent.console.flow import REFUSED
from wipe_reports import schema, signing

SECONDS = 60


class Terminal:
    """The other end of a pseudo-terminal."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process, self._descriptor, self.seen = process, descriptor, b""

    def read_until(self, words: bytes) -> None:
        """Read until these bytes came."""
        end = time.monotonic() + SECONDS
        while words not in self.seen:
            ready, _, _ = select.select([self._descriptor], [], [], max(0, end - time.monotonic()))
            assert ready, self.seen[-2000:]
            self.seen += os.read(self._descriptor, 65536)

    def press(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def hang_up(self) -> None:
        """The line falls away."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read_to_the_end(self) -> int:
        """Read until the program left; its exit code."""
        while select.select([self._descriptor], [], [], SECONDS)[0]:
            try:
                read = os.read(self._descriptor, 65536)
            except OSError:
                break
            if not read:
                break
            self.seen += read
        return self.process.wait(timeout=SECONDS)


@contextmanager
def at_terminal(state: Path, term: str, *options: str) -> Iterator[Terminal]:
    """``intake-agent run`` on a terminal of this kind."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COLOR", "TEXTUAL"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "intake_agent.cli", "run", "--state", str(state), "--operator", "An", *options],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": term, "LANG": "C.UTF-8"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call before exec, no threads yet
    )
    os.close(theirs)
    terminal = Terminal(process, ours)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        terminal.hang_up()


@pytest.mark.parametrize("term", ["linux", "vt100"])
def test_the_first_screen_comes_on_a_plain_console_and_esc_leaves(enrolled: Path, term: str) -> None:
    with at_terminal(enrolled, term) as terminal:
        terminal.read_until(b"Stap 1 van 6: etiket")
        terminal.read_until(b"F10: uit")
        terminal.press(b"\x1b")
        assert terminal.read_to_the_end() == REFUSED
        assert b"Traceback" not in terminal.seen
        assert b"\x1b[38;2;" not in terminal.seen, "such a terminal has sixteen colours"
        assert b"\x1b[?1000h" not in terminal.seen, "such a terminal has no mouse"
        assert b"\x1b[>" not in terminal.seen, "such a terminal does not know the kitty protocol"
        assert b"\x1b[?1049l" in terminal.seen


def test_a_serial_line_that_falls_away_ends_the_program(enrolled: Path) -> None:
    with at_terminal(enrolled, "vt100") as terminal:
        terminal.read_until(b"F10: uit")
        terminal.hang_up()
        assert terminal.process.wait(timeout=SECONDS) == REFUSED


def test_a_line_that_falls_away_during_a_wipe_in_plain_lines_stops_it_and_keeps_its_report(enrolled: Path) -> None:
    with at_terminal(enrolled, "vt100", "--test", "--test-size-mib", "2048") as terminal:
        terminal.read_until(b"Overschrijven")
        terminal.hang_up()
        terminal.process.wait(timeout=SECONDS)
    assert list((enrolled / "outbox/provisional").glob("*.jws")) == []
    (kept,) = [*(enrolled / "outbox").glob("*.jws"), *(enrolled / "outbox/sent").glob("*.jws")]
    report = schema.from_bytes(signing.peek(kept.read_bytes())[1])
    (done,) = [carrier.wipe for carrier in report.carriers if carrier.wipe is not None]
    assert done.exceptions[0] == "interrupted"
    assert done.bytes_written > 0


def test_asked_for_plain_lines_the_same_terminal_gets_them(enrolled: Path) -> None:
    with at_terminal(enrolled, "linux", "--plain") as terminal:
        terminal.read_until(b"Serienummer")
        assert b"\x1b[?1049h" not in terminal.seen


@pytest.mark.parametrize("module", ["flow", "unattended_flow"])
def test_without_screens_the_library_for_screens_is_not_loaded(module: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, intake_agent.cli, intake_agent.console.{module}; print('textual' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("disks", [2, 8])
def test_looking_at_this_machine_and_wiping_many_disks_keeps_within_120_mib(enrolled: Path, disks: int) -> None:
    script = Path(__file__).with_name("walk_and_measure.py")
    done = subprocess.run(
        [sys.executable, str(script), str(enrolled), str(disks)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) <= 120
