"""Files that outlive a power cut, also on a stick with FAT or exFAT.

On FAT a rename is several separate writes: after a cut a file may bear both names over the same clusters (and removing
one destroys the other), neither, or the new one with no bytes in it, until the file itself is flushed once more. So
what must not be lost is never renamed: it is written under its final name, flushed with its folder, and only then may
what it replaces be removed. A cut leaves a torn file; whoever reads it must recognise that, as a signature does.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wipe_reports.flushing import flush_file, flush_folder


def make_folder(folder: Path) -> None:
    """Make a folder, and the ones above it that are missing, so that they are still there after a cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, and flush it with its folder.

    Raises OSError; whatever goes wrong while this program lives, nothing half written stays.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        _write_flushed(descriptor, content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def write_over(path: Path, content: bytes) -> None:
    """Write a file in place of what it held. A cut may tear it: only for what can be missed."""
    _write_flushed(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), content)
    flush_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a cut leaves what was there or all of ``content``. Raises OSError.

    On FAT that is not certain during the few milliseconds of the rename: for what can be had again, like an enrolment.
    """
    temporary = path.with_name(f".{path.name}.new")
    _write_flushed(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), content)
    rename(temporary, path)


def rename(source: Path, target: Path) -> None:
    """Give a flushed file its name for good, in place of what bears it."""
    source.replace(target)
    # FAT writes the new name without the file's size and place; those follow only when the file itself is flushed.
    flush_file(target)
    flush_folder(target.parent)


def remove(path: Path) -> None:
    """Remove a file for good; one that is not there is no error."""
    path.unlink(missing_ok=True)
    flush_folder(path.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one agent at a time works on the files of ``folder``; the lock ends with the process that holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(path: Path) -> int | None:
    """Say that this process still works on ``path``: a descriptor to close later, ``None`` where another one does."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _write_flushed(descriptor: int, content: bytes) -> None:
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
