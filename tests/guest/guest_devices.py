"""The devices that the guest's cases are tried on: made, filled with somebody's data, and searched for it."""

from __future__ import annotations

import mmap
import os
import subprocess
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIB = 1 << 20
SECRET = b"aangifte"
SECRET_WORD = int.from_bytes(SECRET, "little")


def fill_with_secrets(path: Path, size: int) -> None:
    """Every sector begins with the secret and its own number."""
    buffer = memoryview(mmap.mmap(-1, MIB))
    words = buffer.cast("Q")
    words[0::64] = memoryview(array("Q", SECRET * 2048))
    with path.open("wb", buffering=0) as file:
        for offset in range(0, size, MIB):
            words[1::64] = memoryview(array("Q", range(offset // 512, offset // 512 + 2048)))
            file.write(buffer[: size - offset])
        os.fsync(file.fileno())


def count_secrets(path: Path, size: int) -> int:
    """Sectors that begin with the secret, wherever they were written."""
    buffer, found = memoryview(mmap.mmap(-1, MIB)), 0
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        for offset in range(0, size, MIB):
            length = os.preadv(descriptor, [buffer[: size - offset]], offset)
            found += buffer[:length].cast("Q")[0::64].tolist().count(SECRET_WORD)
    finally:
        os.close(descriptor)
    return found


def run_program(*command: str, input: str = "") -> str:  # noqa: A002 - subprocess's name
    """What a program printed. Raises RuntimeError with its words when it fails."""
    done = subprocess.run(command, input=input.encode(), capture_output=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


@contextmanager
def loop_device(mebibytes: int) -> Iterator[Path]:
    """A loop device over a new file, gone when the block ends."""
    backing = Path("/tmp") / f"backing-{os.getpid()}-{mebibytes}"
    with backing.open("wb") as file:
        os.truncate(file.fileno(), mebibytes * MIB)
    device = Path(run_program("losetup", "--find", "--show", str(backing)).strip())
    try:
        yield device
    finally:
        run_program("losetup", "--detach", str(device))
        backing.unlink()


@contextmanager
def mapped_device(name: str, table: str) -> Iterator[Path]:
    """A device-mapper device by its table, gone when the block ends."""
    run_program("dmsetup", "create", name, input=table)
    run_program("udevadm", "settle")
    try:
        yield (Path("/dev/mapper") / name).resolve()
    finally:
        run_program("udevadm", "settle")
        run_program("dmsetup", "remove", "--retry", name)


@contextmanager
def scsi_debug_device(options: str) -> Iterator[Path]:
    """The disk of a loaded ``scsi_debug``, gone when the block ends."""
    run_program("modprobe", "scsi_debug", *options.split())
    try:
        yield _appeared()
    finally:
        run_program("udevadm", "settle")
        run_program("modprobe", "--remove", "scsi_debug")


def _appeared() -> Path:
    for _ in range(100):
        run_program("udevadm", "settle")
        for model in Path("/sys/block").glob("sd*/device/model"):
            if model.read_text().strip() == "scsi_debug":
                return Path("/dev") / model.parents[1].name
        time.sleep(0.1)
    raise LookupError("no scsi_debug disk appeared")
