"""Runs inside the guest: what a test on the host asks of the real agent and of the real kernel beneath it.

Each function answers with plain JSON. The lies are the kernel's own: device-mapper targets and ``scsi_debug``.
"""

from __future__ import annotations

import dataclasses
import json
import os
import struct
from pathlib import Path
from typing import Any

from guest_devices import (
    MIB,
    count_secrets,
    fill_with_secrets,
    loop_device,
    mapped_device,
    run_program,
    scsi_debug_device,
)

from intake_agent import cli, inspection, work  # noqa: F401 - imported here, so that every fork has them
from intake_agent.machine import AtaSecurity, Disk, Machine, Medium, Support
from intake_agent.seeing import sources
from intake_agent.seeing.block_device import look
from intake_agent.wiping.drives import own_erase
from intake_agent.wiping.drives.hidden_areas import look_for_hidden_areas
from intake_agent.wiping.engine.carrier_file import opened
from intake_agent.wiping.engine.jobs import Job, wipe_all
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import Listener, Progress, Watch
from intake_agent.wiping.safety import Consent, refusals
from wipe_reports.codes import Method

MACHINE: list[Machine] = []
"""What the server saw before it answered its first request: every fork has it, and names do not change."""

STICK = Path("/run/live/medium")
STATE = STICK / "herstart"


def look_once() -> None:
    """See the machine; the server calls this before it is ready."""
    MACHINE.append(inspection.examine(sources.this_machine()))


def prepare_stick(serial: str, files: dict[str, str]) -> str:
    """A partition with ext4 on the stick, made where it has none; mounted as the live medium, with ``files`` on it."""
    disk = f"/dev/{_disk(serial).name}"
    partition = f"{disk}1"
    if not Path(partition).exists():
        run_program("sfdisk", "--quiet", disk, input="label: dos\n2048,\n")
        run_program("udevadm", "settle")
        run_program("mkfs.ext4", "-q", partition)
    STICK.mkdir(parents=True, exist_ok=True)
    run_program("mount", partition, str(STICK))
    STATE.mkdir(exist_ok=True)
    for name, content in files.items():
        (STATE / name).write_text(content)
        (STATE / name).chmod(0o600)
    os.sync()
    return partition


def inspect() -> dict[str, Any]:
    """What ``intake-agent inspect --json`` printed when the machine started, with what each drive supports."""
    told = inspection.as_json(MACHINE[0])
    told["supports"] = {disk.serial: sorted(disk.supports) for disk in MACHINE[0].disks}
    return told


def steps(serial: str) -> list[str]:
    """The methods of the plan for a disk, in their order."""
    return [row.method for row in plan(_disk(serial)).steps]


def files_under(folders: list[str]) -> list[str]:
    """Every file in these folders of the stick's state."""
    return [str(path) for folder in folders for path in (STATE / folder).rglob("*") if path.is_file()]


def path_of(serial: str) -> str:
    """Where a disk is."""
    return str(_path(serial))


def fill(serial: str) -> str:
    """Somebody's data on every sector of a disk, flushed to it; returns where it is."""
    path = _path(serial)
    fill_with_secrets(path, look(path).size_bytes)
    return str(path)


def sign(serial: str, kind: str) -> None:
    """The mark that a RAID (version 1.2, at 4 KiB) or an encrypted volume leaves on its members."""
    path, block = _path(serial), bytearray(4096)
    if kind == "luks":
        block[:8] = b"LUKS\xba\xbe" + struct.pack(">H", 1)
        block[8:110] = b"".join(name.ljust(32, b"\0") for name in (b"aes", b"xts-plain64", b"sha256")) + bytes(6)
        block[168:204] = b"11111111-2222-3333-4444-555555555555"
        offset = 0
    else:
        block[:8] = struct.pack("<II", 0xA92B4EFC, 1)
        block[16:32], block[32:64] = bytes(range(16)), b"bank:0".ljust(32, b"\0")
        block[144:152] = struct.pack("<Q", 8)
        checksum = sum(struct.unpack("<64I", block[:256]))
        block[216:220] = struct.pack("<I", ((checksum & 0xFFFFFFFF) + (checksum >> 32)) & 0xFFFFFFFF)
        offset = 4096
    with path.open("r+b", buffering=0) as file:
        file.write(bytes(8192))
        file.seek(offset)
        file.write(block)
        os.fsync(file.fileno())


def secrets_left(serial: str) -> int:
    """How many sectors of a disk still hold what :func:`fill` wrote, read past every cache."""
    path = _path(serial)
    return count_secrets(path, look(path).size_bytes)


def wiped(serial: str, claims: list[str] | None = None) -> dict[str, Any]:
    """Fill a disk of the machine and wipe it with the agent's own plan; what may be claimed, and what is left.

    ``claims`` are ways to erase that the disk says it has on top of those it has.
    """
    disk, path = _disk(serial), _path(serial)
    supports = disk.supports | {Support[name] for name in claims or ()}
    security = AtaSecurity(enabled=False, locked=False, frozen=False) if claims else disk.security
    disk = dataclasses.replace(disk, supports=supports, security=security)
    fill_with_secrets(path, disk.size_bytes or 0)
    told = _wiped(disk, path)
    return {**told, "secrets_left": count_secrets(path, disk.size_bytes or 0)}


def wiped_empty(serial: str) -> dict[str, Any]:
    """Wipe a disk as it is."""
    return _wiped(_disk(serial), _path(serial))


def wiped_broken(serial: str) -> dict[str, Any]:
    """Wipe a disk with bad sectors."""
    return _wiped(dataclasses.replace(_disk(serial), supports=frozenset()), _path(serial))


def wiped_together(serials: list[str]) -> dict[str, Any]:
    """Wipe several disks at once; the outcome of each, and the phases that were told of it."""
    heard: dict[str, list[str]] = {serial: [] for serial in serials}
    jobs = [Job(disk=_disk(one), path=_path(one), plan=plan(_disk(one)), nonce=None) for one in serials]
    done = wipe_all(
        jobs,
        follow=lambda disk, progress: heard[disk.serial or ""].append(progress.phase),
        stop_asked=lambda: False,
        may_start=lambda disk: [],
        journals=Journals(Path("/tmp/journals")),
    )
    return {one.disk.serial: {**_plain(one.wipe), "heard": heard[one.disk.serial or ""]} for one in done}


def wiped_until(serial: str, percent: int, write: list[str]) -> dict[str, Any]:
    """Wipe a disk; when ``percent`` of it is written, write ``write`` (content, file): a cable that is pulled."""
    disk, todo = _disk(serial), [write]
    content, file = write

    def pull(progress: Progress) -> None:
        if todo and progress.done_bytes * 100 >= progress.total_bytes * percent:
            todo.clear()
            Path(file.replace("NAME", disk.name)).write_text(content)

    return _wiped(disk, _path(serial), pull)


def refused(serial: str, **changes: Any) -> list[str]:
    """The keys of everything that speaks against wiping a disk; ``changes`` are facts that differ since the look."""
    return _refused(serial, changes, Consent(named_serials=frozenset({serial})))


def refused_unnamed(serial: str) -> list[str]:
    """The same where nobody named the disk."""
    return _refused(serial, {}, Consent())


def opening_fails(serial: str) -> str | None:
    """The class of what the engine's exclusive opening raises."""
    try:
        with opened(_path(serial), writing=True):
            return None
    except OSError as error:
        return type(error).__name__


def _refused(serial: str, changes: dict[str, Any], consent: Consent) -> list[str]:
    disk = _disk(serial)
    now = sources.disk_now(disk.name)
    against = refusals(
        dataclasses.replace(disk, **changes),
        look(Path("/dev") / disk.name),
        consent,
        others=[other for other in MACHINE[0].disks if other.name != disk.name],
        serial_now=now.serial if now else None,
        on_battery=False,
    )
    return [refusal.key for refusal in against]


def wiped_over_flakey() -> dict[str, Any]:
    """A drive whose cache says yes and forgets: dm-flakey drops every write from the first second on."""
    with loop_device(16) as loop:
        fill_with_secrets(loop, 16 * MIB)
        sectors = 16 * MIB // 512
        with mapped_device("flakey", f"0 {sectors} flakey {loop} 0 0 3600 1 drop_writes") as path:
            told = _wiped(_virtual(path, 16 * MIB), path)
        return {**told, "secrets_left": count_secrets(loop, 16 * MIB)}


def wiped_over_flakey_part() -> dict[str, Any]:
    """The same lie over 64 sectors only, from sector 5000 on."""
    with loop_device(16) as loop:
        fill_with_secrets(loop, 16 * MIB)
        sectors = 16 * MIB // 512
        table = (
            f"0 5000 linear {loop} 0\n"
            f"5000 64 flakey {loop} 5000 0 3600 1 drop_writes\n"
            f"5064 {sectors - 5064} linear {loop} 5064"
        )
        with mapped_device("flakey-part", table) as path:
            told = _wiped(_virtual(path, 16 * MIB), path)
        return {**told, "secrets_left": count_secrets(loop, 16 * MIB)}


def wiped_over_zero() -> dict[str, Any]:
    """A drive that reads zeros whatever was written."""
    with mapped_device("zero", f"0 {16 * MIB // 512} zero") as path:
        return _wiped(_virtual(path, 16 * MIB), path)


def wiped_over_zero_part() -> dict[str, Any]:
    """A drive of which eight sectors read zeros whatever was written."""
    with loop_device(16) as loop:
        sectors = 16 * MIB // 512
        table = f"0 8192 linear {loop} 0\n8192 8 zero\n8200 {sectors - 8200} linear {loop} 8200"
        with mapped_device("zero-part", table) as path:
            return _wiped(_virtual(path, 16 * MIB), path)


def wiped_over_alias() -> dict[str, Any]:
    """A drive of 8 MiB that says it has 16: the second half of its addresses leads to the first half."""
    with loop_device(8) as loop:
        half = 8 * MIB // 512
        with mapped_device("alias", f"0 {half} linear {loop} 0\n{half} {half} linear {loop} 0") as path:
            return _wiped(_virtual(path, 16 * MIB), path)


def wiped_over_error(first: int, count: int) -> dict[str, Any]:
    """A drive with ``count`` sectors from ``first`` on that neither read nor write."""
    with loop_device(16) as loop:
        sectors, after = 16 * MIB // 512, first + count
        rows = [f"{first} {count} error"]
        rows += [f"0 {first} linear {loop} 0"] if first else []
        rows += [f"{after} {sectors - after} linear {loop} {after}"] if after < sectors else []
        table = "\n".join(sorted(rows, key=lambda row: int(row.split()[0])))
        with mapped_device("error", table) as path:
            return _wiped(_virtual(path, 16 * MIB), path)


def wiped_all_error() -> dict[str, Any]:
    """A drive that answers an error to everything."""
    with mapped_device("all-error", f"0 {16 * MIB // 512} error") as path:
        return _wiped(_virtual(path, 16 * MIB), path)


def wiped_slowly() -> dict[str, Any]:
    """A drive that takes 100 ms for each request; also every progress that was told."""
    heard: list[tuple[str, int, bool]] = []

    def listen(progress: Progress) -> None:
        heard.append((progress.phase, progress.done_bytes, progress.seconds_left is not None))

    with loop_device(48) as loop, mapped_device("slow", f"0 {48 * MIB // 512} delay {loop} 0 100") as path:
        return {**_wiped(_virtual(path, 48 * MIB), path, listen), "heard": heard}


def wiped_scsi_debug(first_bad: int, count: int) -> dict[str, Any]:
    """Linux' pretended SCSI drive of 16 MiB with medium errors on ``count`` sectors from ``first_bad`` on."""
    options = f"dev_size_mb=16 opts=2 medium_error_start={first_bad} medium_error_count={count} delay=0"
    with scsi_debug_device(options) as path:
        disk = dataclasses.replace(_disk_at(path), medium=Medium.HDD)
        return _wiped(disk, path)


def sanitize_scsi_debug() -> dict[str, Any]:
    """The sanitize command on a drive without it, and whether the data is still there."""
    with scsi_debug_device("dev_size_mb=8 delay=0") as path:
        return _erased_by(Method.SCSI_SANITIZE_BLOCK, _disk_at(path), path)


def erased_by(serial: str, method: str) -> dict[str, Any]:
    """What one of the drive's own methods says of itself, and how many sectors hold somebody's data after it."""
    return _erased_by(Method[method], _disk(serial), _path(serial))


def running(serial: str) -> str | None:
    """The sanitize that the agent believes to run on a disk."""
    return own_erase.running(_disk(serial), _path(serial))


def hidden_areas(serial: str) -> dict[str, Any]:
    """What the agent makes of ``hdparm``'s answers on a disk."""
    return _plain(look_for_hidden_areas(_disk(serial), _path(serial)))


def _wiped(disk: Disk, path: Path, listen: Listener = lambda progress: None) -> dict[str, Any]:
    """The engine as the agent's consoles call it, with this machine's real drives; the wipe, and what to tell of it."""
    job = Job(disk=disk, path=path, plan=plan(disk), nonce=None)
    (done,) = wipe_all(
        [job],
        follow=lambda disk, progress: listen(progress),
        stop_asked=lambda: False,
        may_start=lambda disk: [],
        journals=Journals(Path("/tmp/journals")),
    )
    told = _plain(done)
    return {**(told["wipe"] or {}), "areas": told["hidden_areas"], "trouble": done.trouble}


def _erased_by(method: Method, disk: Disk, path: Path) -> dict[str, Any]:
    size = disk.size_bytes or 0
    fill_with_secrets(path, size)
    before = count_secrets(path, size)
    told = _plain(own_erase.erase(method, disk, path, Watch(lambda progress: None, lambda: False)))
    return {**told, "secrets_before": before, "secrets_left": count_secrets(path, size)}


def _plain(record: Any) -> dict[str, Any]:
    return json.loads(json.dumps(dataclasses.asdict(record), default=str))


def _disk(serial: str) -> Disk:
    return next(disk for disk in MACHINE[0].disks if disk.serial == serial)


def _path(serial: str) -> Path:
    return Path("/dev") / _disk(serial).name


def _disk_at(path: Path) -> Disk:
    disk = sources.disk_now(path.name)
    if disk is None:
        raise LookupError(path)
    return disk


def _virtual(path: Path, size: int) -> Disk:
    return Disk(name=path.name, serial=f"MAPPED-{path.name}", medium=Medium.VIRTUAL, size_bytes=size)
