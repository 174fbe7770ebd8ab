"""``rtcwake`` of util-linux: the machine "slept", and the scripted drive came back as ``wakes`` says."""

import sys

from scripted_state import load, save, say

drive = load()
if sys.argv[2:] == ["--version"]:
    say("rtcwake from util-linux 2.38.1")
else:
    say('rtcwake: wakeup from "mem" using /dev/rtc0 at Sun Nov 22 03:40:05 2026')
    drive["security"]["frozen"] = drive["wakes"] == "frozen"
    drive["gone"] = drive["wakes"] == "gone"
    drive["serial"] = "ANOTHER" if drive["wakes"] == "another" else drive["serial"]
    save(drive)
