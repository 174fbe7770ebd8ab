"""What agents of this version write in text fields that name a kind: a method, a test, a machine, a doubt.

The fields stay text, as those of :mod:`wipe_reports.reasons`: a later agent may write what this version does not know,
its report is still read, and its text shown as it stands. :mod:`wipe_reports.words` has the words.
"""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """One way to erase a carrier: ``carriers[].wipe.method``. What each reaches, the agent's table of methods says."""

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


class YearBasis(StrEnum):
    """What an estimated year rests on: ``estimate.year_basis``."""

    BIOS_DATE = "bios_date"
    PROCESSOR = "processor"
    DISPLAY = "display"
    BATTERY = "battery"
    SERIAL = "serial"


class PartTestKind(StrEnum):
    """Which test of a part was run: ``tests[].kind``."""

    SMART_SHORT = "smart_short"
    PROCESSOR_STRESS = "processor_stress"
    MEMORY_STRESS = "memory_stress"
    DISK_READ = "disk_read"


class MediumDoubt(StrEnum):
    """What is not known of where a disk sits; a person who looks into the machine can tell.

    ``CARD_OR_EMMC``: a card in a slot or a soldered eMMC. ``BUILT_IN_OR_LOOSE``: the system's mark *removable* and the
    bus speak against each other, so it may be the machine's own disk or somebody's. In the report it stands with the
    judgement that a person set aside: ``carriers[].wipe.overrides[].seen``.
    """

    CARD_OR_EMMC = "card_or_emmc"
    BUILT_IN_OR_LOOSE = "built_in_or_loose"


class MachineKind(StrEnum):
    """What sort of machine it is: ``device.kind``."""

    LAPTOP = "laptop"
    DESKTOP = "desktop"
    ALL_IN_ONE = "all-in-one"
    TABLET = "tablet"
    SERVER = "server"
    VIRTUAL = "virtual"
    OTHER = "other"
