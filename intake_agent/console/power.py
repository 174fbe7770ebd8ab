"""Switching this machine off: only where it runs from our live medium, or where that was asked for by name."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

from intake_agent.language import gettext
from intake_agent.system_errors import in_words

_LIVE_FOLDERS = ("/run/live/medium", "/usr/lib/live/mount/medium", "/run/initramfs/live")
_LIVE_WORDS = frozenset({"boot=live", "boot=casper", "rd.live.image", "herstart.live"})
_RB_POWER_OFF = 0x4321FEDC
"""reboot(2), LINUX_REBOOT_CMD_POWER_OFF."""


class PowerOffError(Exception):
    """The machine stays on. The message is for the operator."""


def runs_live(command_line: str | None = None, root: Path = Path("/")) -> bool:
    """Does this system run from a live medium, by the kernel's command line or by where such media are mounted?"""
    if command_line is None:
        command_line = (root / "proc/cmdline").read_text(errors="replace")
    words = {word.partition("=")[0] if word.startswith("rd.") else word for word in command_line.split()}
    return bool(words & _LIVE_WORDS) or any((root / folder.lstrip("/")).is_dir() for folder in _LIVE_FOLDERS)


def why_not(*, asked_for: bool) -> str | None:
    """Why this machine may not be switched off by us; ``None`` where it may."""
    if asked_for or runs_live():
        return None
    return gettext("Dit systeem draait niet van de stick: zet het zelf uit, of start met --power-off.")


def power_off() -> None:
    """Flush every file system and switch off. Raises :class:`PowerOffError` where that does not work."""
    os.sync()
    try:
        subprocess.run(["systemctl", "poweroff"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        _by_system_call()


def _by_system_call() -> None:
    """Without systemd (an initramfs, a rescue shell) the kernel is asked itself."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.reboot(ctypes.c_int(_RB_POWER_OFF)) != 0:
        error = OSError(ctypes.get_errno(), "")
        raise PowerOffError(
            gettext("Uitzetten lukt niet: {reason}. Houd de aan-knop ingedrukt.", reason=in_words(error))
        )
