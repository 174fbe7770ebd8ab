"""Unfreezing an ATA drive: the machine sleeps for a moment, the drive loses its power and with it the freeze lock.

Firmware sends SECURITY FREEZE LOCK to every drive when it starts; after sleep many machines forget it. Some wake with
the drive frozen again, some do not wake at all: it is only done when the technician said yes.
"""

from __future__ import annotations

import time
from pathlib import Path

from intake_agent.language import gettext_noop
from intake_agent.machine import AtaSecurity, Disk
from intake_agent.probes import support
from intake_agent.seeing.programs import run
from intake_agent.wiping.drives.hdparm import identify

ASKING = gettext_noop(
    "Er is een schijf bevroren: de BIOS laat niet toe dat ze zichzelf wist. Dikwijls helpt "
    "het om het toestel even te laten slapen, net voor het wissen. Het scherm wordt dan "
    "zwart; na 5 seconden wordt het toestel vanzelf wakker. Wordt het niet wakker, duw dan "
    "kort op de aan-knop."
)
STILL_FROZEN = gettext_noop(
    "de schijf was na het slapen nog altijd bevroren en kon zichzelf niet wissen. Wilt u dat "
    "toch: zet ze in een dock, of steek haar stekker er pas in als het toestel al draait, en "
    "wis ze opnieuw."
)
_SLEEP_SECONDS = 5
_LONGEST_SECONDS = 180
_SECONDS_TO_COME_BACK = 20
_STATES = Path("/sys/power/state")
_ALARM = Path("/sys/class/rtc/rtc0/wakealarm")


def can_suspend(states: Path = _STATES, alarm: Path = _ALARM) -> bool:
    """Can this machine sleep to memory and be woken by its own clock, and is the program there to do it?"""
    try:
        sleeps = "mem" in states.read_text().split()
    except OSError:
        return False
    return sleeps and alarm.exists() and run("rtcwake", "--version").exit_code == 0


def unfreeze(disk: Disk, path: Path) -> AtaSecurity | None:
    """Sleep five seconds, then read the drive again; ``None`` when it does not come back as the same drive.

    The caller sees in what is returned whether it worked. No other disk may be at work meanwhile.
    """
    run("rtcwake", "-m", "mem", "-s", str(_SLEEP_SECONDS), timeout_seconds=_LONGEST_SECONDS)
    until = time.monotonic() + _SECONDS_TO_COME_BACK
    while True:
        identity = identify(disk, path)
        if identity is not None:
            return support.ata(identity)[1]
        if time.monotonic() > until:
            return None
        time.sleep(0.5)
