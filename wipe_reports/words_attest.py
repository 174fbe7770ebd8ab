"""What the attest says."""

from __future__ import annotations

ATTEST: dict[str, tuple[str, str]] = {}
