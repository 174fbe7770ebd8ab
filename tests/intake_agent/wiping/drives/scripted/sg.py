"""``sg_opcodes``, ``sg_requests`` and ``sg_sanitize`` of sg3-utils 1.46 before a scripted SAS drive."""

import sys

from scripted_state import complain, load, save, say

NAMES = {1: "overwrite", 2: "block erase", 3: "cryptographic erase"}


def opcodes(drive: dict) -> None:
    say("  SEAGATE   ST600MM0006       0004", "  Peripheral device type: disk", "")
    say("Opcode  Service    CDB  RWCDLP,  Name", "(hex)   action(h)  size CDLP", "-" * 47)
    say(" 00                 6          Test Unit Ready", " 03                 6          Request Sense")
    for action in drive["actions"]:
        say(f" 48         {action:2x}     10          Sanitize, {NAMES[action]}")


def requests(drive: dict) -> None:
    if drive["sense"] == "running" and drive["polls"] == 0:
        drive["sense"] = drive["ends"]
    words = {
        "well": ("No Sense", "No additional sense information"),
        "running": ("Not Ready", "Logical unit not ready, sanitize in progress"),
        "failed": ("Medium Error", "Sanitize command failed"),
        "attention": ("Unit Attention", "Power on, reset, or bus device reset occurred"),
    }[drive["sense"]]
    complain(
        "data-in decoded as sense:", f"Fixed format, current; Sense key: {words[0]}", f"Additional sense: {words[1]}"
    )
    if drive["sense"] == "running":
        drive["polls"] -= 1
        complain("    Sense key specific: ", "  Progress indication: 12.50%")
    if drive["sense"] == "attention":
        drive["sense"] = "well"


def sanitize(drive: dict, arguments: list[str]) -> None:
    say("    SEAGATE   ST600MM0006       0004   peripheral_type: disk [0x0]")
    if "sanitize" in drive["fails"]:
        complain(drive["fails"]["sanitize"])
        sys.exit(5)
    if "sanitize" in drive["lies"]:
        complain("sanitize: transport: Host_status=0x07 [DID_ERROR]", "Driver_status=0x00 [DRIVER_OK]")
    elif "sanitize" not in drive["idles"] and "--wait" not in arguments:
        drive["sense"] = "running"


def main(program: str, arguments: list[str]) -> None:
    drive = load()
    if arguments == ["--version"]:
        complain("sg_sanitize: version: 1.15 20201223")
    elif program == "sg_opcodes":
        opcodes(drive)
    elif program == "sg_requests":
        requests(drive)
    else:
        sanitize(drive, arguments)
    save(drive)


main(sys.argv[1], sys.argv[2:])
