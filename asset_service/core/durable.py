"""Files that stay after a power cut: content and name are on the disk before anything is said about them."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from wipe_reports.flushing import flush_folder

DRAFT_PREFIX = ".draft-"


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, readable by the service only, with their names on the disk.

    One that is there already is flushed too, where its parent can be read: whoever made it may not have come to that.
    """
    if not folder.parent.exists():
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        with contextlib.suppress(PermissionError):
            flush_folder(folder.parent)
    else:
        flush_folder(folder.parent)


class Draft:
    """A file that is written under a name of its own, readable by the service only, until it gets its real one."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.file = file

    def flush(self) -> None:
        """Bring what was written to the disk. Raises OSError."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def publish(self, path: Path) -> None:
        """Give it its real name, in a folder that is there, with content and name on the disk. Raises OSError."""
        self.flush()
        self.path.replace(path)
        flush_folder(path.parent)


@contextlib.contextmanager
def draft_in(folder: Path) -> Iterator[Draft]:
    """A draft in ``folder``. It is gone afterwards, unless it was published."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=DRAFT_PREFIX)  # mode 0600
    draft = Draft(Path(name), os.fdopen(descriptor, "wb"))
    try:
        with draft.file:
            yield draft
    finally:
        draft.path.unlink(missing_ok=True)


def remove_abandoned_drafts(folder: Path, older_than: timedelta) -> int:
    """Remove what killed processes left in ``folder``: drafts that nobody wrote to for so long. Gives their number."""
    limit, removed = time.time() - older_than.total_seconds(), 0
    for path in folder.glob(f"{DRAFT_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
    return removed


def write_over(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, a file or a device that somebody named; a file is on the disk afterwards."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        if path.is_file():
            os.fsync(file.fileno())
