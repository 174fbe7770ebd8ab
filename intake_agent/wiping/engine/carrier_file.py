"""Opening a carrier so that nobody else can be using it, past the page cache where the system allows that."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from intake_agent.language import gettext

_DEVICES = Path("/sys/dev/block")


class CarrierNotOpenedError(OSError):
    """The carrier could not be opened: nothing was read or written."""


class CarrierBusyError(CarrierNotOpenedError):
    """The carrier is mounted, swapped on or held by another program; the kernel refused the exclusive opening."""


@dataclass(frozen=True, slots=True)
class OpenCarrier:
    """An open carrier. ``direct`` says whether it goes past the page cache (O_DIRECT)."""

    descriptor: int
    size_bytes: int
    direct: bool

    def is_gone(self) -> bool:
        """Did the kernel let go of the device? It then answers EIO to everything, as a bad sector does."""
        status = os.fstat(self.descriptor)
        number = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
        return stat.S_ISBLK(status.st_mode) and not (_DEVICES / number).exists()


@contextmanager
def opened(path: Path, *, writing: bool) -> Iterator[OpenCarrier]:
    """The carrier, opened exclusively. Raises :class:`CarrierBusyError`, or its parent where it is gone.

    On a block device ``O_EXCL`` without ``O_CREAT`` answers EBUSY while it is mounted or held (open(2)); a plain open
    would not. A file (a scratch carrier) knows no such thing. Where a file system lacks O_DIRECT, the cache is dropped
    before reading instead.
    """
    flags = (os.O_RDWR if writing else os.O_RDONLY) | os.O_CLOEXEC
    try:
        if stat.S_ISBLK(path.stat().st_mode):
            flags |= os.O_EXCL
        descriptor, direct = _open(path, flags)
    except CarrierBusyError:
        raise
    except OSError as error:
        raise CarrierNotOpenedError(error.errno, error.strerror, str(path)) from error
    try:
        if not direct:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        yield OpenCarrier(descriptor, os.lseek(descriptor, 0, os.SEEK_END), direct)
    finally:
        os.close(descriptor)


def _open(path: Path, flags: int) -> tuple[int, bool]:
    try:
        return os.open(path, flags | os.O_DIRECT), True
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise CarrierBusyError(error.errno, gettext("{path} is in gebruik", path=path), str(path)) from error
        if error.errno != errno.EINVAL:
            raise
    return os.open(path, flags), False
