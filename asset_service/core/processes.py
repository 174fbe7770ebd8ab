"""Helper processes that end with the one that started them, also where that one is killed."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def end_with(parent: int) -> None:
    """Let the kernel end this process when its parent, the process ``parent``, dies; at once where it already has."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)


def ends_with_this_one() -> Callable[[], None]:
    """``preexec_fn`` for a child that must not outlive the process that starts it."""
    here = os.getpid()
    return lambda: end_with(here)
