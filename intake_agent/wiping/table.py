"""The decision table: what this agent may do to erase a medium, and what that reaches.

The levels are NIST SP 800-88 Rev. 2's, the techniques IEEE 2883-2022's, as the house's table of levels gives them; a
row's level holds only with the verification owed. Rows stand from best to last; what a drive has not, is skipped, and
what fails falls to the next. Block erase comes before crypto erase: it leaves one fill that every address can prove,
crypto erase leaves noise where only the canaries prove anything. The same table, as :func:`printed` gives it::

    medium   bus       method                                                    level verification owed
    nvme     nvme      nvme sanitize (block erase)                               purge canaries, full read
    nvme     nvme      nvme sanitize (crypto erase)                              purge canaries on 5 %, full read
    nvme     nvme      nvme format, secure erase setting 1 (user data erase)     clear canaries, full read
    nvme     nvme      nvme format, secure erase setting 2 (cryptographic erase) clear canaries on 5 %, full read
    hdd, ssd ata, sata ATA sanitize (block erase)                                purge canaries, full read
    hdd, ssd ata, sata ATA sanitize (crypto scramble)                            purge canaries on 5 %, full read
    hdd      ata, sata ATA security erase unit (enhanced)                        purge canaries, full read
    ssd      ata, sata ATA security erase unit (enhanced)                        clear canaries, full read
    ssd      ata, sata ATA security erase unit                                   clear canaries, full read
    hdd, ssd sas, scsi SCSI sanitize (block erase)                               purge canaries, full read
    hdd, ssd sas, scsi SCSI sanitize (cryptographic erase)                       purge canaries on 5 %, full read
    hdd      sas, scsi SCSI sanitize (overwrite)                                 purge canaries, full read
    emmc     mmc       eMMC sanitize after secure discard                        clear canaries, full read
    emmc     mmc       eMMC secure discard                                       clear canaries, full read
    every    every     overwrite, one pass, stamped random blocks                clear full read
    never              discard (blkdiscard)                                      none  it may keep what was discarded
    never              zeroing by the drive (blkdiscard -z)                      none  it may write nothing
    never              ATA security erase over USB                               none  it may set the password only
    never              ATA security erase unit, HDD                              clear no more than the overwrite
"""

from __future__ import annotations

from dataclasses import dataclass

from intake_agent.machine import Medium, Support
from wipe_reports.codes import Method
from wipe_reports.document import Level, Technique
from wipe_reports.wipe import Bus


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``needs`` is what the drive must say it can do, ``buses`` where it may be asked; empty asks nothing.

    Every row owes a read-back; all but the overwrite also owe canaries (:attr:`owes_canaries`).
    """

    media: frozenset[Medium]
    buses: frozenset[str]
    needs: Support | None
    method: Method
    technique: Technique
    level: Level
    source: str

    @property
    def owes_canaries(self) -> bool:
        """An overwrite is its own canary: what it stamped must be there. All else must show that something changed."""
        return self.method is not Method.OVERWRITE

    @property
    def leaves_noise(self) -> bool:
        """After a cryptographic erase the old content reads as noise; every other erase leaves one fill."""
        return self.technique is Technique.CRYPTO_ERASE


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A way that some drives offer and that this agent never goes, with the reason."""

    name: str
    level: Level
    reason: str


_NIST = "NIST SP 800-88r2"
_CLEAR_OVERWRITE = f"{_NIST}; IEEE 2883-2022 (clear: overwrite)"
_PURGE_NVME = f"{_NIST}; IEEE 2883-2022 (purge: NVMe sanitize)"
_CLEAR_NVME = f"{_NIST}; IEEE 2883-2022 (clear: NVMe format)"
_PURGE_ATA = f"{_NIST}; IEEE 2883-2022 (purge: ATA sanitize)"
_PURGE_SCSI = f"{_NIST}; IEEE 2883-2022 (purge: SCSI sanitize)"
_PURGE_SECURITY = f"{_NIST}; IEEE 2883-2022 (purge: ATA enhanced security erase of a hard disk)"
_CLEAR_SECURITY = f"{_NIST}; IEEE 2883-2022 (clear: ATA security erase)"
_CLEAR_EMMC = f"{_NIST}; IEEE 2883-2022 (clear: eMMC); Dell KB 000186133"

_NVME = frozenset({Medium.NVME})
_EMMC = frozenset({Medium.EMMC})
_HDD = frozenset({Medium.HDD})
_SSD = frozenset({Medium.SSD})
_DRIVES = _HDD | _SSD
_PCIE = frozenset({Bus.NVME})
_PORT = frozenset({Bus.ATA, Bus.SATA})
"""A port of the machine itself. Security Erase over anything else may set the password and lose the erase."""
_SAS = frozenset({Bus.SAS, Bus.SCSI})
_CARD = frozenset({Bus.MMC})

TABLE = (
    Row(
        *(_NVME, _PCIE, Support.NVME_SANITIZE_BLOCK, Method.NVME_SANITIZE_BLOCK),
        *(Technique.BLOCK_ERASE, Level.PURGE, _PURGE_NVME),
    ),
    Row(
        *(_NVME, _PCIE, Support.NVME_SANITIZE_CRYPTO, Method.NVME_SANITIZE_CRYPTO),
        *(Technique.CRYPTO_ERASE, Level.PURGE, _PURGE_NVME),
    ),
    Row(
        *(_NVME, _PCIE, Support.NVME_FORMAT, Method.NVME_FORMAT),
        *(Technique.FORMAT, Level.CLEAR, _CLEAR_NVME),
    ),
    Row(
        *(_NVME, _PCIE, Support.NVME_FORMAT_CRYPTO, Method.NVME_FORMAT_CRYPTO),
        *(Technique.CRYPTO_ERASE, Level.CLEAR, _CLEAR_NVME),
    ),
    Row(
        *(_DRIVES, _PORT, Support.ATA_SANITIZE_BLOCK, Method.ATA_SANITIZE_BLOCK),
        *(Technique.BLOCK_ERASE, Level.PURGE, _PURGE_ATA),
    ),
    Row(
        *(_DRIVES, _PORT, Support.ATA_SANITIZE_CRYPTO, Method.ATA_SANITIZE_CRYPTO),
        *(Technique.CRYPTO_ERASE, Level.PURGE, _PURGE_ATA),
    ),
    Row(
        *(_HDD, _PORT, Support.ATA_SECURITY_ERASE_ENHANCED, Method.ATA_SECURITY_ERASE_ENHANCED),
        *(Technique.SECURE_ERASE, Level.PURGE, _PURGE_SECURITY),
    ),
    Row(
        *(_SSD, _PORT, Support.ATA_SECURITY_ERASE_ENHANCED, Method.ATA_SECURITY_ERASE_ENHANCED),
        *(Technique.SECURE_ERASE, Level.CLEAR, _CLEAR_SECURITY),
    ),
    Row(
        *(_SSD, _PORT, Support.ATA_SECURITY_ERASE, Method.ATA_SECURITY_ERASE),
        *(Technique.SECURE_ERASE, Level.CLEAR, _CLEAR_SECURITY),
    ),
    Row(
        *(_DRIVES, _SAS, Support.SCSI_SANITIZE_BLOCK, Method.SCSI_SANITIZE_BLOCK),
        *(Technique.BLOCK_ERASE, Level.PURGE, _PURGE_SCSI),
    ),
    Row(
        *(_DRIVES, _SAS, Support.SCSI_SANITIZE_CRYPTO, Method.SCSI_SANITIZE_CRYPTO),
        *(Technique.CRYPTO_ERASE, Level.PURGE, _PURGE_SCSI),
    ),
    Row(
        *(_HDD, _SAS, Support.SCSI_SANITIZE_OVERWRITE, Method.SCSI_SANITIZE_OVERWRITE),
        *(Technique.OVERWRITE, Level.PURGE, _PURGE_SCSI),
    ),
    Row(
        *(_EMMC, _CARD, Support.EMMC_SANITIZE, Method.EMMC_SANITIZE),
        *(Technique.DISCARD, Level.CLEAR, _CLEAR_EMMC),
    ),
    Row(
        *(_EMMC, _CARD, Support.EMMC_SECURE_DISCARD, Method.EMMC_SECURE_DISCARD),
        *(Technique.DISCARD, Level.CLEAR, _CLEAR_EMMC),
    ),
    Row(
        *(frozenset(Medium), frozenset(), None, Method.OVERWRITE),
        *(Technique.OVERWRITE, Level.CLEAR, _CLEAR_OVERWRITE),
    ),
)
"""From best to last. The overwrite closes the table for every medium: it reaches *clear*, never more."""

NOT_USED = (
    NotUsed("discard (blkdiscard)", Level.NONE, "it may keep what was discarded"),
    NotUsed("zeroing by the drive (blkdiscard -z)", Level.NONE, "it may write nothing"),
    NotUsed("ATA security erase over USB", Level.NONE, "it may set the password only"),
    NotUsed("ATA security erase unit, HDD", Level.CLEAR, "no more than the overwrite"),
)


def printed() -> str:
    """The table as text: medium, bus, method, level and the verification that is owed."""
    lines = [("medium", "bus", "method", "level", "verification owed")]
    for row in TABLE:
        media = "every" if row.media == frozenset(Medium) else ", ".join(sorted(row.media))
        read = "full read" if not row.owes_canaries else "canaries, full read"
        owed = read.replace("canaries", "canaries on 5 %") if row.leaves_noise else read
        lines.append((media, ", ".join(sorted(row.buses)) or "every", row.method.value, row.level.value, owed))
    lines += [("never", "", unused.name, unused.level.value, unused.reason) for unused in NOT_USED]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        " ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[4]]) for line in lines
    )
