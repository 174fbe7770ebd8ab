"""What the system says when a file will not do, in Dutch."""

from __future__ import annotations

import errno
import os

_WORDS = {
    errno.ENOSPC: "er is geen plaats meer",
    errno.EDQUOT: "er is geen plaats meer",
    errno.EFBIG: "het bestand mag niet zo groot worden",
    errno.EROFS: "er kan alleen gelezen worden, niet geschreven",
    errno.ENOENT: "dat bestaat niet",
    errno.ENOTDIR: "dat is geen map",
    errno.EISDIR: "dat is een map",
    errno.EEXIST: "er staat al iets anders met die naam",
    errno.EBUSY: "het is in gebruik",
    errno.EIO: "de schijf of stick geeft fouten",
    errno.ENODEV: "het is er niet meer",
    errno.ENXIO: "het is er niet meer",
}


def in_words(error: OSError) -> str:
    """Why the system refused, without a full stop; its own words where this program has none."""
    if error.errno in {errno.EACCES, errno.EPERM}:
        return "dat laat het systeem niet toe" if os.geteuid() == 0 else "dat mag u niet; probeer het als root"
    return _WORDS.get(error.errno or 0) or error.strerror or str(error)
