"""``mmc`` of mmc-utils and ``blkdiscard`` of util-linux before a scripted eMMC chip."""

import sys
import time

from scripted_state import complain, load, save, say


def main(program: str, arguments: list[str]) -> None:
    drive = load()
    if arguments == ["--version"]:
        say(
            "blkdiscard from util-linux 2.38.1" if program == "blkdiscard" else "Usage:\n\tfor eMMC 5.0 or newer\n\n0.1"
        )
        return
    step = program if program == "blkdiscard" else arguments[0]
    time.sleep(drive["seconds"].get(step, 0))
    if step in drive["fails"]:
        complain(drive["fails"][step])
        sys.exit(1)
    if step in drive["lies"]:
        complain(drive["lies"][step])
    if step == "extcsd":
        say("=============================================", "  Extended CSD rev 1.8 (MMC 5.1)")
        say("TRIM Multiplier [TRIM_MULT: 0x05]")
        say(
            f"Secure Feature support [SEC_FEATURE_SUPPORT: 0x{drive['features']:02x}]",
            "Boot Information [BOOT_INFO: 0x07]",
        )
    elif step == "sanitize" and drive["dies"]:
        drive["features"] = 0
    save(drive)


main(sys.argv[1], sys.argv[2:])
