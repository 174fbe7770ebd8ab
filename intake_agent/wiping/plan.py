"""Which method reaches which level on this medium: one decision table, each row with its source.

The level is NIST SP 800-88 Rev. 2's (clear, purge), the techniques IEEE 2883-2022's, as the house's table of levels
gives them. A row can be *available* only when this agent can carry it out; the others say what the drive could reach.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake_agent.machine import Disk, Medium, Support
from wipe_reports.document import Level, Technique, VerificationMethod


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``needs`` is what the drive must say it can do; ``None`` asks nothing of it."""

    media: frozenset[Medium]
    needs: Support | None
    technique: Technique
    method: str
    level: Level
    verification: VerificationMethod
    source: str
    available: bool


_NIST_OVERWRITE = "NIST SP 800-88r2; IEEE 2883-2022 (clear: overwrite)"
_NIST_NVME = "NIST SP 800-88r2; IEEE 2883-2022 (NVMe)"
_FULL = VerificationMethod.FULL_READ_BACK
_NVME = frozenset({Medium.NVME})

TABLE = (
    Row(
        *(_NVME, Support.NVME_SANITIZE_CRYPTO, Technique.CRYPTO_ERASE, "nvme sanitize (crypto erase)", Level.PURGE),
        *(_FULL, _NIST_NVME, False),
    ),
    Row(
        *(_NVME, Support.NVME_SANITIZE_BLOCK, Technique.BLOCK_ERASE, "nvme sanitize (block erase)", Level.PURGE),
        *(_FULL, _NIST_NVME, False),
    ),
    Row(
        *(_NVME, Support.NVME_FORMAT, Technique.FORMAT, "nvme format -s1", Level.CLEAR),
        *(_FULL, _NIST_NVME, False),
    ),
    Row(
        *(frozenset(Medium), None, Technique.OVERWRITE, "overwrite, one pass, stamped random blocks", Level.CLEAR),
        *(_FULL, _NIST_OVERWRITE, True),
    ),
)
"""From best to last. The overwrite row closes the table for every medium: it always reaches *clear*, never more."""

_RESERVE_UNREACHED = frozenset({Medium.SSD, Medium.NVME, Medium.EMMC, Medium.FLASH, Medium.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done to one disk, what the drive could reach beside it, and what to tell the technician."""

    row: Row
    better: Row | None
    verification: VerificationMethod
    remarks: tuple[str, ...]


def plan(disk: Disk, *, sampled: bool = False) -> Plan:
    """The best row of the table that this agent can carry out on ``disk``; ``sampled`` reads back a sample only."""
    fitting = [row for row in TABLE if disk.medium in row.media and (row.needs is None or row.needs in disk.supports)]
    chosen = next(row for row in fitting if row.available)
    better = next((row for row in fitting if not row.available and row.level is Level.PURGE), None)
    verification = VerificationMethod.SAMPLED_READ_BACK if sampled else chosen.verification
    return Plan(chosen, better, verification, tuple(_remarks(disk, better, sampled)))


def _remarks(disk: Disk, better: Row | None, sampled: bool) -> list[str]:
    remarks = []
    if disk.medium in _RESERVE_UNREACHED:
        remarks.append(
            "Overschrijven bereikt alles wat het systeem ziet (niveau clear), niet de reserve van de schijf zelf."
        )
    if better is not None:
        remarks.append(
            f"Deze schijf kan ook {better.method} (niveau purge); deze versie van de agent doet dat nog niet."
        )
    if sampled:
        remarks.append("Er wordt maar een steekproef teruggelezen. Dat staat ook zo op het attest.")
    return remarks
