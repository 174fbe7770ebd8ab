"""What the operator asked for: on the command line, by a policy for unattended work, or on the screens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from wipe_reports.document import Level

_CODE = re.compile(r"([A-Z]{2})-?([0-9A-Z]{6})")


def code_in(typed: str) -> str | None:
    """The label's code in what somebody typed or scanned (its QR is a web address), or ``None``: it is no code.

    The form only; whether its check character holds is for the service to say.
    """
    found = _CODE.fullmatch(typed.strip().rstrip("/").rpartition("/")[2].replace(" ", "").upper())
    return f"{found[1]}-{found[2]}" if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """``named_serials`` came by ``--yes-wipe``; ``online`` is whether the service may be asked and told anything.

    ``wanted`` is the level that is aimed at; ``may_power_off`` the yes to switching off a machine that does not run
    from a live medium; ``bench`` inspects loose disks and never the machine itself;
    ``unattended_by`` is what allowed work with nobody at the machine, by the report's codes.
    """

    state: Path
    operator: str
    position: str | None = None
    unattended_by: tuple[str, ...] = ()
    code: str | None = None
    named_serials: frozenset[str] = frozenset()
    accepts_signatures: bool = False
    sampled: bool = False
    wanted: Level | None = None
    allow_suspend: bool = False
    bench: bool = False
    may_power_off: bool = False
    test: bool = False
    test_size_mib: int = 64
    online: bool = True
    as_json: bool = False
