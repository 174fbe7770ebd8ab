"""What the verification says."""

from __future__ import annotations

CHECKS: dict[str, tuple[str, str]] = {}
