"""Bring to the disk what must outlive a power cut: a file for its bytes, a folder for the names that it holds."""

from __future__ import annotations

import os
from pathlib import Path


def flush_file(path: Path) -> None:
    """Flush a file that was written, or that got another name (FAT writes that without its size). Raises OSError."""
    _flush(path, 0)


def flush_folder(folder: Path) -> None:
    """Flush which names a folder holds: a file that was flushed may else be there without one. Raises OSError."""
    _flush(folder, os.O_DIRECTORY)


def _flush(path: Path, kind: int) -> None:
    descriptor = os.open(path, os.O_RDONLY | kind)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
