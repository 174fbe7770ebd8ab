"""What the operator asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """``named_serials`` came by ``--yes-wipe``; ``online`` is whether the service may be asked and told anything."""

    state: Path
    operator: str
    position: str | None = None
    code: str | None = None
    named_serials: frozenset[str] = frozenset()
    accepts_signatures: bool = False
    sampled: bool = False
    test: bool = False
    test_size_mib: int = 64
    online: bool = True
    as_json: bool = False
