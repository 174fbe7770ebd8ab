"""``hdparm`` 9.65 before a scripted ATA drive."""

import sys
import time

from scripted_state import complain, load, save, say

BAD_SENSE = "SG_IO: bad/missing sense data, sb[]:  70 00 05 00 00 00 00 0a 00 00 00 00 20 00 00 00 00 00 00 00 00 00"
READY = "  You may use `--sanitize-status` to check progress"


def identify(drive: dict) -> None:
    """The drive has no log to read, so that ``-I`` warns of missing sense data after a good IDENTIFY."""
    complain(BAD_SENSE)
    if "identify" in drive["lies"]:
        drive |= {"model": "", "serial": "", "features": [], "security": None}
    features = [f"\t   *\t{one}" for one in drive["features"]]
    say(
        "",
        "ATA device, with non-removable media",
        f"\tModel Number:       {drive['model']:<40}",
        f"\tSerial Number:      {drive['serial']:<20}",
        "\tFirmware Revision:  RVT02B6Q",
        "Commands/features:",
        "\tEnabled\tSupported:",
        "\t   *\tSMART feature set",
        "\t    \tSecurity Mode feature set",
        *features,
    )
    security = drive["security"]
    if security is not None:
        words = ("supported", "enabled", "locked", "frozen")
        flags = [("\t\t" if security[word] else "\tnot\t") + word for word in words]
        enhanced = "\t\t" if security["enhanced"] else "\tnot\t"
        level = ["\tSecurity level high"] if security["enabled"] else []
        say("Security: ", "\tMaster password revision code = 65534", *flags, "\tnot\texpired: security count")
        say(f"{enhanced}supported: enhanced erase", *level, f"\t{security['times']}")
    say("Logical Unit WWN Device Identifier: 5002538e40a1b2c3", "Checksum: correct")


def sanitize_status(drive: dict) -> None:
    sanitize = drive["sanitize"]
    say("Issuing SANITIZE_STATUS command")
    if "status" in drive["lies"]:
        complain(BAD_SENSE)
    if sanitize["state"] == "running" and sanitize["polls"] == 0:
        sanitize.update(state=sanitize["ends"], done=sanitize["ends"] == "idle")
    if sanitize["state"] == "failed":
        complain("SANITIZE failed: Input/output error")
        complain("SANITIZE device error reason: Last Sanitize Command completed unsuccessfully")
        complain("Drive in SD3 Sanitize Operation Failed state")
        save(drive)
        sys.exit(5)
    say("Sanitize status:")
    if sanitize["state"] == "running":
        sanitize["polls"] -= 1
        at = max(0, 0x8000 - 0x1000 * max(sanitize["polls"], 0))
        say("    State:    SD2 Sanitize operation In Process", f"    Progress: {at:#x} ({at * 100 // 65535}%)")
    else:
        say("    State:    SD1 Sanitize Frozen" if sanitize["state"] == "frozen" else "    State:    SD0 Sanitize Idle")
        if sanitize["done"]:
            say("    Last Sanitize Operation Completed Without Error")
    save(drive)


def start_sanitize(drive: dict, option: str) -> None:
    name = {"--sanitize-block-erase": "BLOCK_ERASE", "--sanitize-crypto-scramble": "CRYPTO_SCRAMBLE"}[option]
    say(f"Issuing SANITIZE_{name} command")
    if "sanitize" in drive["fails"]:
        complain("SANITIZE failed: Input/output error", f"SANITIZE device error reason: {drive['fails']['sanitize']}")
        sys.exit(5)
    if "sanitize" in drive["lies"]:
        complain(BAD_SENSE)
    elif "sanitize" not in drive["idles"]:
        drive["sanitize"]["state"] = "running"
    say("Operation started in background", READY)


def security(drive: dict, command: str, password: str) -> None:
    name = {"set-pass": "SET_PASS"}.get(command, command.removesuffix("-enhanced").upper())
    say(f'security_password: "{password}"', "", "/dev/sda:", f' Issuing SECURITY_{name} command, password="{password}"')
    state = drive["security"]
    time.sleep(drive["seconds"].get(command, 0))
    if command in drive["fails"]:
        complain(f"SECURITY_{name}: {drive['fails'][command]}")
        sys.exit(5)
    if command in drive["lies"] + drive["warns"]:
        complain(BAD_SENSE)
    if command == drive["dies_at"]:
        drive["gone"] = True
        return
    if command in drive["lies"] + drive["idles"]:
        return
    if command == "set-pass":
        state.update(enabled=True, password=password)
    elif password != state["password"]:
        complain(f"SECURITY_{name}: Input/output error")
        sys.exit(5)
    elif command == "unlock":
        state.update(locked=False)
    else:
        state.update(enabled=False, locked=False, password=None)


def max_sectors(drive: dict, wanted: str | None) -> None:
    if "hpa" in drive["lies"]:
        complain(BAD_SENSE)
    elif wanted is not None and "hpa" in drive["fails"]:
        say(f" setting max visible sectors to {wanted.removeprefix('p')} (permanent)")
        complain(f" SET_MAX_ADDRESS(_EXT) failed: {drive['fails']['hpa']}")
        sys.exit(5)
    elif wanted is not None and "hpa" not in drive["idles"]:
        drive["sectors"]["visible"] = int(wanted.removeprefix("p"))
    sectors = drive["sectors"]
    enabled = "enabled" if sectors["visible"] < sectors["native"] else "disabled"
    kind = "ACCESSIBLE MAX ADDRESS" if drive["accessible_address"] else "HPA is"
    if wanted is not None:
        say(f" setting max visible sectors to {wanted.removeprefix('p')} (permanent)")
    say(f" max sectors   = {sectors['visible']}/{sectors['native']}, {kind} {enabled}")
    if drive["accessible_address"] and enabled == "enabled":
        say("Power cycle your device after every ACCESSIBLE MAX ADDRESS")


def overlay(drive: dict, option: str) -> None:
    if option == "--dco-identify":
        say("DCO Revision: 0x0002", f"\tReal max sectors: {drive['sectors']['real']}")
        return
    say(" issuing DCO restore command")
    if "dco" in drive["fails"]:
        complain(f" HDIO_DRIVE_CMD(dco_restore) failed: {drive['fails']['dco']}")
        sys.exit(5)
    if "dco" in drive["lies"]:
        complain(BAD_SENSE)
    elif "dco" not in drive["idles"]:
        drive["sectors"].update(native=drive["sectors"]["real"])


def main(arguments: list[str]) -> None:
    drive = load()
    if arguments == ["-V"]:
        say("hdparm v9.65")
        return
    if drive["gone"]:
        complain(" HDIO_DRIVE_CMD(identify) failed: Input/output error")
        sys.exit(5)
    options = [one for one in arguments[:-1] if one != "--yes-i-know-what-i-am-doing"]
    if options[:2] == ["--user-master", "u"]:
        security(drive, options[2].removeprefix("--security-"), options[3])
    elif options == ["-I"]:
        identify(drive)
        return
    elif options == ["--sanitize-status"]:
        sanitize_status(drive)
    elif options[0].startswith("--sanitize-"):
        start_sanitize(drive, options[0])
    elif options[0] == "-N":
        max_sectors(drive, options[1] if len(options) > 1 else None)
    else:
        overlay(drive, options[0])
    save(drive)


main(sys.argv[2:])
