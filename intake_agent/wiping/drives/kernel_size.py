"""Getting the kernel to see the new size of an ATA drive whose hidden area was opened."""

from __future__ import annotations

import re
import time
from pathlib import Path

from intake_agent.seeing.programs import run

_SYS = Path("/sys")
_SECONDS_TO_SETTLE = 10


def shows(path: Path, native_bytes: int | None, sys: Path = _SYS) -> bool:
    """Let the system look again at the drive at ``path``: does it show all ``native_bytes``?

    libata keeps the size it read at start: a scan of the host makes it read IDENTIFY again, a rescan of the drive takes
    that size over. A size that is not known, or a path that is no kernel disk, has nothing to be shown.
    """
    block = sys / "block" / path.name
    if native_bytes is None or not block.exists() or _size_bytes(block) == native_bytes:
        return True
    _write(_host_of(block), "- - -")
    until = time.monotonic() + _SECONDS_TO_SETTLE
    while time.monotonic() < until:
        _write(block / "device" / "rescan", "1")
        if _size_bytes(block) == native_bytes:
            run("blockdev", "--rereadpt", str(path))
            return True
        time.sleep(0.5)
    return False


def shown_bytes(path: Path, sys: Path = _SYS) -> int | None:
    """How large the kernel holds the disk at ``path`` to be; ``None`` for a path that is no kernel disk."""
    return _size_bytes(sys / "block" / path.name)


def _size_bytes(block: Path) -> int | None:
    """The kernel counts in sectors of 512 bytes, whatever the drive's own block is."""
    try:
        return int((block / "size").read_text()) * 512
    except (OSError, ValueError):
        return None


def _host_of(block: Path) -> Path | None:
    device = (block / "device").resolve()
    host = next((one.name for one in device.parents if re.fullmatch(r"host\d+", one.name)), None)
    return block.parent.parent / "class" / "scsi_host" / host / "scan" if host else None


def _write(file: Path | None, word: str) -> bool:
    """Whether it could be written; what it brought, the size tells."""
    if file is None:
        return False
    try:
        file.write_text(word)
    except OSError:
        return False
    return True
