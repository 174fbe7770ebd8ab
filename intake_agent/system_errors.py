"""What the system says when a file will not do, for people."""

from __future__ import annotations

import errno
import os

from intake_agent.language import gettext, gettext_noop

_WORDS = {
    errno.ENOSPC: gettext_noop("er is geen plaats meer"),
    errno.EDQUOT: gettext_noop("er is geen plaats meer"),
    errno.EFBIG: gettext_noop("het bestand mag niet zo groot worden"),
    errno.EROFS: gettext_noop("er kan alleen gelezen worden, niet geschreven"),
    errno.ENOENT: gettext_noop("dat bestaat niet"),
    errno.ENOTDIR: gettext_noop("dat is geen map"),
    errno.EISDIR: gettext_noop("dat is een map"),
    errno.EEXIST: gettext_noop("er staat al iets anders met die naam"),
    errno.EBUSY: gettext_noop("het is in gebruik"),
    errno.EIO: gettext_noop("de schijf of stick geeft fouten"),
    errno.ENODEV: gettext_noop("het is er niet meer"),
    errno.ENXIO: gettext_noop("het is er niet meer"),
}


def in_words(error: OSError) -> str:
    """Why the system refused, without a full stop; its own words where this program has none."""
    if error.errno in {errno.EACCES, errno.EPERM}:
        return (
            gettext("dat laat het systeem niet toe")
            if os.geteuid() == 0
            else gettext("dat mag u niet; probeer het als root")
        )
    words = _WORDS.get(error.errno or 0)
    return gettext(words) if words else error.strerror or str(error)
