"""What the system does with a block device now: mounts, swap, holders, signatures, read-only, live medium."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from intake_agent.language import gettext
from intake_agent.probes.json_facts import objects, text
from intake_agent.raw_facts import LIVE_MOUNTS
from intake_agent.seeing.programs import run

_SYS = Path("/sys")
_KEPT_BY_OTHERS = re.compile(r"raid_member|LVM|crypto_LUKS|BitLocker|zfs_member|bcache|drbd|ddf|VMFS", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockDevice:
    """One block device as the system holds it. ``signatures`` are RAID, LVM and encryption marks, ``None`` untold."""

    path: Path
    size_bytes: int = 0
    logical_block_bytes: int = 512
    is_whole_disk: bool = True
    read_only: bool = False
    mounted_on: tuple[str, ...] = ()
    swapped_on: bool = False
    held_by: tuple[str, ...] = ()
    is_live_medium: bool = False
    signatures: tuple[str, ...] | None = ()


def look(path: Path) -> BlockDevice:
    """The state of ``path`` now. Raises OSError when it is not there, and ValueError when it is no block device."""
    status = path.stat()
    if not stat.S_ISBLK(status.st_mode):
        raise ValueError(gettext("{path} is geen blokapparaat", path=path))
    folder = _folder(status.st_rdev)
    parts = [folder, *_partitions(folder)]
    numbers = {_number(part) for part in parts}
    return BlockDevice(
        path=path,
        size_bytes=_int(folder / "size") * 512,
        logical_block_bytes=_int(folder / "queue/logical_block_size") or 512,
        is_whole_disk=not (folder / "partition").exists(),
        read_only=_int(folder / "ro") == 1,
        mounted_on=tuple(where for number, where in _mounts() if number in numbers),
        swapped_on=any(number in numbers for number in _swaps()),
        held_by=tuple(name for part in parts for name in _names(part / "holders")),
        is_live_medium=bool(numbers & _live_numbers()),
        signatures=_signatures([path, *(Path("/dev") / part.name for part in parts[1:])]),
    )


def _folder(number: int) -> Path:
    return (_SYS / f"dev/block/{os.major(number)}:{os.minor(number)}").resolve()


def _partitions(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/partition"))


def _number(folder: Path) -> str:
    return (folder / "dev").read_text().strip()


def _int(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _device_number(path: str) -> str | None:
    """``8:1`` for a device node; btrfs and friends mount under a number of their own, so the source tells more."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}" if stat.S_ISBLK(status.st_mode) else None


def _mounts() -> list[tuple[str, str]]:
    """(device number, mount point) of every mount, by its own number and by its source (proc(5), mountinfo)."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text(errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        columns, source = before.split(), after.split()
        where = _unescaped(columns[4])
        found.append((columns[2], where))
        if len(source) > 1 and (number := _device_number(_unescaped(source[1]))):
            found.append((number, where))
    return list(dict.fromkeys(found))


def _unescaped(word: str) -> str:
    """mountinfo writes a space as ``\\040``."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), word)


def _swaps() -> list[str]:
    lines = Path("/proc/swaps").read_text(errors="replace").splitlines()[1:]
    return [number for line in lines if (number := _device_number(_unescaped(line.split()[0])))]


def live_disks() -> tuple[str, ...]:
    """The names of the whole disks that the running system came from; none where it runs from memory or a network."""
    folders = ((_SYS / "dev/block" / number).resolve() for number in _live_numbers())
    return tuple(sorted(folder.name for folder in folders if not (folder / "partition").exists()))


def _live_numbers() -> set[str]:
    """The devices the running system came from, walked up: partition → disk, loop → the disk its file lies on."""
    found: set[str] = set()
    todo = [number for number, where in _mounts() if where in LIVE_MOUNTS]
    while todo:
        number = todo.pop()
        folder = (_SYS / "dev/block" / number).resolve()
        if number in found or not folder.is_dir():
            continue
        found.add(number)
        todo.extend(_parents(folder))
    return found


def _parents(folder: Path) -> Iterable[str]:
    if (folder / "partition").exists():
        yield _number(folder.parent)
    for slave in _names(folder / "slaves"):
        yield _number((folder / "slaves" / slave).resolve())
    backing = folder / "loop/backing_file"
    if backing.exists():
        try:
            number = Path(backing.read_text().strip()).stat().st_dev
        except OSError:
            return
        yield f"{os.major(number)}:{os.minor(number)}"


def _signatures(paths: list[Path]) -> tuple[str, ...] | None:
    """RAID, LVM and encryption marks that ``wipefs`` (libblkid) sees, reading only; ``None`` when it cannot tell."""
    answer = run("wipefs", "--json", "--no-act", *map(str, paths))
    if answer.exit_code != 0:
        return None
    try:
        rows = objects(json.loads(answer.output or "{}"), "signatures")
    except ValueError:
        return None
    kinds = (text(row, "type") for row in rows)
    return tuple(sorted({kind for kind in kinds if kind and _KEPT_BY_OTHERS.search(kind)}))
