"""The outbox on a real FAT file system, cut off after every write that reached the stick.

QEMU logs each write and each flush that the guest's kernel sends to the stick while reports are kept and sent. From
that log the stick is rebuilt as a cut leaves it: all that was flushed, and any part of the sectors after that. What can
be read of each such stick is handed to the outbox again, as at the next start.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SECTOR, CLUSTER_SECTORS, FAT_SECTORS, ROOT_ENTRIES, SECTORS = 512, 4, 33, 512, 32768
ROOT_AT = (1 + 2 * FAT_SECTORS) * SECTOR
DATA_AT = ROOT_AT + ROOT_ENTRIES * 32
MARKS_AT = SECTORS * SECTOR
"""Behind the file system: what the agent promised and the service accepted is written here, in order with the rest."""
FLUSH, DISCARD = 1, 4
SEED = int(os.environ.get("HERSTART_CUT_SEED", "5"))

INSIDE = """
import json, mmap, os, sys
from pathlib import Path
from intake_agent.station import offline_transfer
from intake_agent.durable import write_whole
from intake_agent.station.outbox import Outbox
from intake_agent.station.sending import send_waiting
from intake_agent.station.enrolment import Station
from wipe_reports import signing

stick, given = Path(sys.argv[2]), json.load(sys.stdin)
device, page = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT), mmap.mmap(-1, 4096)

def mark(text):
    page[:] = text.encode().ljust(4096, b"\\0")
    os.pwrite(device, page, given["marks_at"])

key, service_key = signing.key_from_jwk(given["key"]), signing.key_from_jwk(given["service_key"])

class Service:
    def send_report(self, compact):
        report_id = json.loads(signing.verify(compact, key, "wipe-report+jws"))["report_id"]
        mark("accepted " + report_id)
        said = {"report_id": report_id, "report_sha256": signing.fingerprint(compact),
                "station_key_id": signing.key_id(key)}
        return {"receipt": signing.sign(json.dumps(said).encode(), service_key, "wipe-receipt+jws")}

trusted = {**signing.public_jwk(service_key), "herstart_role": "service", "herstart_name": "dienst"}
own = Station("https://herstart.example", "Bank", key, {"keys": [trusted]})
signing.save_private_key(stick / "station.key", key)
mark("kept station.key")
write_whole(stick / "station.json", b"x" * 3000)
mark("kept station.json")
outbox = Outbox(stick)
outbox.put(given["before"], given["earlier"])
mark("promised earlier")
outbox.put_provisional(given["cut"], given["provisional"])
mark("promised provisional")
outbox.put(given["cut"], given["final"])
mark("promised final")
offline_transfer.export(outbox, stick / "export.zip")
mark("kept export.zip")
outbox.promote_left()
sent = send_waiting(outbox, own, Service())
print(len([one for one in sent if one.answer]))
"""


def test_a_cut_after_any_write_to_a_fat_stick_loses_nothing_and_sends_nothing_twice_or_torn(
    machines: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = _beside("../intake_agent/station/test_power_loss.py")
    empty, writes, whole = _recorded(machines, tmp_path, cuts)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    seen: set[Any] = set()
    bodies = {cuts.BEFORE: cuts.EARLIER, cuts.CUT: cuts.FINAL}
    in_memory = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path))
    for state, stick in _sticks(empty, writes):
        files = files_on(stick)
        known = (frozenset(files.items()), state.promised, len(state.accepted), len(state.kept))
        if known not in seen:
            seen.add(known)
            for name in state.kept:
                assert files.get(name) == whole[name], f"{name} is torn (seed {SEED})"
            accepted = tuple((report_id, bodies[report_id]) for report_id in state.accepted)
            step = cuts.Step("write", "", b"", accepted, state.promised)
            wrong = cuts.what_went_wrong(files, step, in_memory / str(len(seen)), starts=2)
            assert wrong is None, f"{wrong}, of {sorted(files)} (seed {SEED})"
    shutil.rmtree(in_memory)
    print(f"seed {SEED} (HERSTART_CUT_SEED): {len(writes)} writes, {len(seen)} different sticks after a cut")
    assert len(seen) >= 15


def _beside(path: str) -> ModuleType:
    # Tests are no package; what two folders of them share is loaded by its path.
    spec = importlib.util.spec_from_file_location("tests_power_loss", Path(__file__).parent / path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


Write = tuple[int, bytes, int]
"""Where, what, and the flags of one entry of QEMU's log."""


def _recorded(machines: ModuleType, folder: Path, cuts: ModuleType) -> tuple[bytes, list[Write], dict[str, bytes]]:
    """The empty stick, every write while reports were kept on it and sent, and its files in the end."""

    class LoggedDrive(machines.Drive):  # type: ignore[name-defined, misc]
        def node(self, image: Path) -> dict[str, Any]:
            content = {"driver": "file", "filename": str(image)}
            log = {"driver": "file", "filename": str(folder / "log")}
            name = super().node(image)["node-name"]
            return {"driver": "blklogwrites", "node-name": name, "file": content, "log": log, "log-sector-size": SECTOR}

    (folder / "log").touch()
    stick = LoggedDrive(serial="FAT-0001", bus="scsi", mebibytes=17)
    machine = machines.VirtualMachine(folder / "machine", (stick,), machines.initramfs(folder))
    machine.folder.mkdir()
    empty = formatted(stick.mebibytes << 20)
    machine.image(stick.serial).write_bytes(empty)
    try:
        machine.start()
        mounted = machine.run("sh", "-c", "modprobe vfat && mkdir -p /tmp/stick && mount -t vfat /dev/sda /tmp/stick")
        assert mounted["code"] == 0, mounted
        given = {
            "marks_at": MARKS_AT,
            "key": cuts.KEY.as_dict(private=True),
            "service_key": cuts.SERVICE_KEY.as_dict(private=True),
            "before": cuts.BEFORE,
            "cut": cuts.CUT,
            "earlier": cuts.EARLIER,
            "provisional": cuts.PROVISIONAL,
            "final": cuts.FINAL,
        }
        done = machine.run("python3", "-c", INSIDE, "/dev/sda", "/tmp/stick", input=json.dumps(given))
        assert (done["code"], done["out"].strip()) == (0, "2"), done
        assert machine.run("umount", "/tmp/stick")["code"] == 0
    finally:
        machine.cut_power()
    files = files_on(machine.image(stick.serial).read_bytes())
    assert files[f"outbox/sent/{cuts.CUT}.jws"] == cuts.FINAL.encode()
    return empty, _log(folder / "log"), files


def _log(path: Path) -> list[Write]:
    """QEMU's blklogwrites, in the format of the kernel's dm-log-writes."""
    raw = path.read_bytes()
    magic, _, count, size = struct.unpack_from("<QQQI", raw)
    assert magic == 0x6A736677736872
    writes, at = [], size
    for _ in range(count):
        sector, sectors, flags, _ = struct.unpack_from("<QQQQ", raw, at)
        at += size
        data = b"" if flags & DISCARD else raw[at : at + sectors * size]
        at += len(data)
        writes.append((sector * size, data, flags))
    return writes


@dataclass
class Told:
    """What the agent had promised and the service accepted."""

    promised: str = ""
    accepted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def hear(self, mark: str) -> None:
        word, what = mark.split()
        if word == "promised":
            self.promised = what
        elif word == "accepted":
            self.accepted.append(what)
        else:
            self.kept.append(what)


def _sticks(empty: bytes, writes: list[Write]) -> Iterator[tuple[Told, bytes]]:
    """What a stick may hold after a cut at each write: the flushed sectors, and some of those after the last flush."""
    chance, flushed, told = random.Random(SEED), bytearray(empty), Told()  # noqa: S311 - it chooses what a cut leaves
    pending: list[tuple[int, bytes]] = []
    for at, data, flags in writes:
        if flags & FLUSH:
            for place, sector in pending:
                flushed[place : place + SECTOR] = sector
            pending = []
        if at == MARKS_AT and data:
            told.hear(data.rstrip(b"\0").decode())
            continue
        pending += [(at + offset, data[offset : offset + SECTOR]) for offset in range(0, len(data), SECTOR)]
        for share in (1.0, *[0.5] * 11) if data and told.kept else ():
            stick = bytearray(flushed)
            for place, sector in pending:
                if chance.random() < share:
                    stick[place : place + SECTOR] = sector
            yield told, bytes(stick)


def formatted(size_bytes: int) -> bytes:
    """An empty FAT16 file system, with room behind it."""
    image = bytearray(size_bytes)
    image[0:11] = b"\xeb\x3c\x90MSDOS5.0"
    numbers = (SECTOR, CLUSTER_SECTORS, 1, 2, ROOT_ENTRIES, SECTORS, 0xF8, FAT_SECTORS, 32, 64, 0, 0)
    struct.pack_into("<HBHBHHBHHHII", image, 11, *numbers)
    image[36:62] = b"\x80\x00\x291234HERSTART   FAT16   "
    image[510:512] = b"\x55\xaa"
    for copy in range(2):
        struct.pack_into("<HH", image, (1 + copy * FAT_SECTORS) * SECTOR, 0xFFF8, 0xFFFF)
    return bytes(image)


def files_on(image: bytes) -> dict[str, bytes]:
    """Every file of a FAT16 file system by its path; of a broken chain of clusters what can be read."""
    files: dict[str, bytes] = {}
    folders = [("", image[ROOT_AT:DATA_AT])]
    while folders:
        inside, raw = folders.pop()
        for name, attributes, first, size in _entries(raw):
            content = _clusters(image, first)
            if attributes & 0x10:
                folders.append((f"{inside}{name}/", content))
            else:
                files[inside + name] = content[:size]
    return files


def _entries(raw: bytes) -> Iterator[tuple[str, int, int, int]]:
    long: dict[int, bytes] = {}
    for at in range(0, len(raw), 32):
        entry = raw[at : at + 32]
        if not entry[0]:
            return
        if entry[0] == 0xE5:
            long = {}
        elif entry[11] == 0x0F:
            long[entry[0] & 0x3F] = entry[1:11] + entry[14:26] + entry[28:32]
        else:
            spelled = (
                b"".join(long[number] for number in sorted(long)).decode("utf-16-le", "replace").partition("\0")[0]
            )
            short = entry[:8].decode("latin-1").strip()
            if short not in {".", ".."} and not entry[11] & 8:
                yield spelled or short.lower(), entry[11], *struct.unpack_from("<HI", entry, 26)
            long = {}


def _clusters(image: bytes, first: int) -> bytes:
    fat = struct.unpack_from(f"<{FAT_SECTORS * SECTOR // 2}H", image, SECTOR)
    size = CLUSTER_SECTORS * SECTOR
    content, visited, cluster = bytearray(), set(), first
    while 2 <= cluster < len(fat) and cluster not in visited:
        visited.add(cluster)
        begin = DATA_AT + (cluster - 2) * size
        content += image[begin : begin + size]
        cluster = fat[cluster]
    return bytes(content)
