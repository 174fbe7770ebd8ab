"""Files that stay after a power cut: content and name are on the disk before anything is said about them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from wipe_reports.flushing import flush_folder


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


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, whole or not at all, and on the disk. Raises OSError, and then leaves nothing."""
    draft = write_draft(path.parent, content)
    try:
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def write_draft(folder: Path, content: bytes) -> Path:
    """A flushed file with ``content`` under a name of its own in ``folder``, for the caller to give its real name."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".draft-")  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def write_over(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, a file or a device that somebody named; a file is on the disk afterwards."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        if path.is_file():
            os.fsync(file.fileno())
