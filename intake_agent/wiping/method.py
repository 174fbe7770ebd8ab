"""The ways this agent can erase a carrier, each by the name that stands in the report."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """One way to erase. Which medium may use it, and what level it reaches, is :mod:`plan`'s to say."""

    NVME_SANITIZE_CRYPTO = "nvme sanitize (crypto erase)"
    NVME_SANITIZE_BLOCK = "nvme sanitize (block erase)"
    NVME_FORMAT_CRYPTO = "nvme format, secure erase setting 2 (cryptographic erase)"
    NVME_FORMAT = "nvme format, secure erase setting 1 (user data erase)"
    ATA_SANITIZE_CRYPTO = "ATA sanitize (crypto scramble)"
    ATA_SANITIZE_BLOCK = "ATA sanitize (block erase)"
    ATA_SECURITY_ERASE_ENHANCED = "ATA security erase unit (enhanced)"
    ATA_SECURITY_ERASE = "ATA security erase unit"
    SCSI_SANITIZE_CRYPTO = "SCSI sanitize (cryptographic erase)"
    SCSI_SANITIZE_BLOCK = "SCSI sanitize (block erase)"
    SCSI_SANITIZE_OVERWRITE = "SCSI sanitize (overwrite)"
    EMMC_SANITIZE = "eMMC sanitize after secure discard"
    EMMC_SECURE_DISCARD = "eMMC secure discard"
    OVERWRITE = "overwrite, one pass, stamped random blocks"
