"""What each lock that the probes saw means for whoever prepares the machine, in Dutch and English."""

from __future__ import annotations

from wipe_reports.reasons import FirmwareLock

HIDES_DISKS = frozenset(
    {FirmwareLock.HIDDEN_NVME_DISKS, FirmwareLock.STORAGE_WITHOUT_DISK, FirmwareLock.STORAGE_WITHOUT_DRIVER}
)
"""Locks that say that there may be a disk which nobody sees, and which is then not wiped either."""

_WORDS = {
    "nl": {
        "amt_enabled": "beheer op afstand (Intel AMT) staat aan: zet het terug in de BIOS",
        "bios_password": "er staat een wachtwoord op de BIOS: vraag het aan de schenker",
        "computrace_active": "diefstalvolging (Absolute, Computrace) staat aan: de schenker moet ze afmelden",
        "computrace_module": "diefstalvolging (Absolute, Computrace) zit in de BIOS; of ze aan staat, is niet te zien",
        "firmware_installs_program": "de BIOS zet zelf een programma in Windows; dat kan diefstalvolging zijn",
        "hidden_nvme_disks": "er zit nog een schijf achter Intel RST: zet de SATA-stand in de BIOS op AHCI",
        "power_on_password": "er staat een wachtwoord op het opstarten: vraag het aan de schenker",
        "storage_without_disk": "een schijfcontroller heeft geen schijf: misschien is er een die niemand ziet, kijk na",
        "storage_without_driver": "een schijfcontroller werkt hier niet: er kunnen schijven zijn die niemand ziet",
    },
    "en": {
        "amt_enabled": "remote management (Intel AMT) is on: reset it in the firmware settings",
        "bios_password": "the firmware settings have a password: ask the donor",
        "computrace_active": "theft tracking (Absolute, Computrace) is on: the donor must release it",
        "computrace_module": "theft tracking (Absolute, Computrace) is in the firmware; its state cannot be seen",
        "firmware_installs_program": "the firmware puts a program in Windows by itself; it may be theft tracking",
        "hidden_nvme_disks": "another disk hides behind Intel RST: set the SATA mode to AHCI in the firmware settings",
        "power_on_password": "starting up asks a password: ask the donor",
        "storage_without_disk": "a storage controller shows no disk: there may be one that nobody sees, look inside",
        "storage_without_driver": "a storage controller has no driver here: there may be disks that nobody sees",
    },
}


def in_words(lock: str, language: str = "nl") -> str:
    """A lock's key in words; a key this version does not know is given back as it is."""
    return _WORDS[language].get(lock, lock)
