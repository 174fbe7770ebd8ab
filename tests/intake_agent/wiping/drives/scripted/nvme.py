"""``nvme-cli`` before a scripted controller; ``spelling`` is how its release words the sanitize log."""

import json
import sys
import time

from scripted_state import complain, load, save, say

TEXTS = {
    0: "NVM Subsystem has never been sanitized.",
    1: "Most Recent Sanitize Command Completed Successfully.",
    2: "Sanitize in Progress.",
    3: "Most Recent Sanitize Command Failed.",
    4: "Most Recent Sanitize Command (No-Deallocate After Sanitize) Completed Successfully.",
}


def sanitize_log(drive: dict) -> None:
    log = drive["log"]
    if "log" in drive["fails"]:
        complain(drive["fails"]["log"])
        sys.exit(1)
    if log["code"] == 2:
        if log["polls"] == 0:
            log.update(code=log["ends"], sprog=65535, global_erased=int(log["ends"] == 1))
        else:
            log["polls"] -= 1
            log["sprog"] = min(65534, log["sprog"] + 8192)
    text = f"({log['code']}) {TEXTS[log['code']]}"
    bits = log["code"] | log["global_erased"] << 8
    told = {"global_erased": log["global_erased"], "no_cmplted_passes": 0}
    told |= {"status": text} if drive["spelling"] == "status" else {TEXTS[log["code"]]: text}
    answer = {
        "sprog": log["sprog"],
        "sstat": bits if drive["spelling"] == "bits" else told,
        "cdw10_info": log["action"],
        "time_over_write": 4294967295,
        "time_block_erase": 30,
        "time_crypto_erase": 4294967295,
    }
    if drive["spelling"] == "zeros":
        answer = dict.fromkeys(answer, 0) | {"sstat": {"global_erased": 0, "no_cmplted_passes": 0, "status": text}}
    say(json.dumps({"nvme0n1": answer} if drive["spelling"] != "bits" else answer, indent=2))


def sanitize(drive: dict, action: int) -> None:
    if "sanitize" in drive["fails"]:
        complain(drive["fails"]["sanitize"])
        sys.exit(1)
    if "sanitize" not in drive["lies"]:
        drive["log"].update(code=2, sprog=0, action=action)


def format_namespace(drive: dict) -> None:
    time.sleep(drive["seconds"].get("format", 0))
    if "format" in drive["fails"]:
        complain(drive["fails"]["format"])
        sys.exit(1)
    drive["formatted"] = True
    if not drive["quiet"]:
        say("Success formatting namespace:1")


def id_ns(drive: dict) -> None:
    if drive["formatted"] and "id-ns" in drive["fails"]:
        complain(drive["fails"]["id-ns"])
        sys.exit(1)
    left = 0
    if drive["formatted"] and drive["format_polls"]:
        drive["format_polls"] -= 1
        left = 0x80 | 40
    say(json.dumps({"nsze": 1000215216, "nuse": 0, "flbas": drive["flbas"], "nlbaf": 1, "fpi": left}))


def main(arguments: list[str]) -> None:
    drive = load()
    command = arguments[0]
    if command == "version":
        say("nvme version 2.3 (git 2.3)", "libnvme version 1.3 (git 1.3)")
    elif command == "id-ctrl":
        say(json.dumps({name: drive[name] for name in ("sanicap", "oacs", "fna", "nn")}))
    elif command == "list-ns":
        if drive["namespaces"] is None:
            complain("NVMe status: Invalid Field in Command: A reserved coded value or an unsupported value(0x2)")
            sys.exit(1)
        say(json.dumps({"nsid_list": [{"nsid": one} for one in drive["namespaces"]]}))
    elif command == "sanitize-log":
        sanitize_log(drive)
    elif command == "sanitize":
        sanitize(drive, int(arguments[2].removeprefix("--sanact=")))
    elif command == "format":
        format_namespace(drive)
    elif command == "id-ns":
        id_ns(drive)
    save(drive)


main(sys.argv[2:])
