"""What will be done to one disk: the rows of the table that fit it, best first, and what to tell the technician."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intake_agent.language import decimal, gettext, gettext_noop, grouped
from intake_agent.machine import AreaState, Disk, Medium, Support
from intake_agent.probes.hidden_areas import is_direct, may_hide
from intake_agent.wiping.table import TABLE, Row
from wipe_reports.codes import Method
from wipe_reports.document import Level, Technique, VerificationMethod
from wipe_reports.wipe import Bus

__all__ = ["SECURITY_METHODS", "Plan", "Row", "plan", "reached"]

SECURITY_METHODS = frozenset({Method.ATA_SECURITY_ERASE, Method.ATA_SECURITY_ERASE_ENHANCED})
"""They set a password on the drive first: a frozen drive refuses, and a cut leaves the drive locked."""
_NVME_FORMATS = frozenset({Method.NVME_FORMAT, Method.NVME_FORMAT_CRYPTO})
_RESERVE_UNREACHED = frozenset({Medium.SSD, Medium.NVME, Medium.EMMC, Medium.FLASH, Medium.UNKNOWN})
WHOLE_DRIVE = frozenset({Method.NVME_SANITIZE_BLOCK, Method.NVME_SANITIZE_CRYPTO})
"""Go over all that the drive holds, shown or not (NVM Express Base 2.0 §5.24)."""
_DESTROY = gettext_noop(
    "Vernietig de schijf fysiek en noteer merk, model, serienummer, de manier van vernietigen en een getuige."
)
_BYTES_PER_SECOND = {
    Medium.HDD: 100e6,
    Medium.SSD: 350e6,
    Medium.NVME: 1000e6,
    Medium.EMMC: 100e6,
    Medium.FLASH: 20e6,
    Medium.VIRTUAL: 300e6,
    Medium.UNKNOWN: 80e6,
}
"""What old drives of each kind keep up over their whole length; only for the estimate that the technician sees."""
CONNECT_DIRECTLY = gettext_noop(
    "Sluit de schijf rechtstreeks aan op een SATA-poort van het moederbord en begin opnieuw."
)
_USB_BYTES_PER_SECOND = 35e6
_FIRMWARE_MINUTES = 5
_SECTOR_BYTES = 512
"""Linux gives a drive whose sectors are no multiple of this (storage arrays' 520 and 528 bytes) a size of zero."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What will be done to one disk.

    ``steps`` are tried in this order until one holds; they are empty where ``impossible`` says that the disk
    must be destroyed and what to record. ``needs_suspend``: the drive is frozen and the machine must sleep a moment
    before the first step. ``minutes`` is an estimate for the first step with its read-back.
    """

    steps: tuple[Row, ...]
    verification: VerificationMethod
    remarks: tuple[str, ...] = ()
    impossible: str | None = None
    needs_suspend: bool = False
    minutes: int | None = None

    @property
    def row(self) -> Row:
        """The first step. Raises LookupError when nothing can be done here (:attr:`impossible`)."""
        return self.steps[0]

    @property
    def level(self) -> Level:
        """What the first step and its verification can reach together; *none* where nothing can be done."""
        return reached(self.row, self.verification) if self.steps else Level.NONE


def reached(row: Row, verification: VerificationMethod) -> Level:
    """The lower of what ``row`` reaches and what ``verification`` can prove of it.

    IEEE 2883-2022 as taught: a purge by anything but crypto erase needs every byte read; a sample proves a clear.
    """
    if verification is VerificationMethod.NONE:
        return Level.NONE
    proves = Level.PURGE
    if verification is VerificationMethod.SAMPLED_READ_BACK and row.technique is not Technique.CRYPTO_ERASE:
        proves = Level.CLEAR
    return min(row.level, proves, key=lambda level: level.rank)


def plan(
    disk: Disk,
    *,
    sampled: bool = False,
    wanted: Level | None = None,
    allow_suspend: bool = False,
    locked_by: Method | None = None,
) -> Plan:
    """The rows that fit ``disk``, best first.

    ``sampled`` reads back a sample only. ``wanted`` leaves out what reaches more (*clear* keeps the overwrite and what
    is alike). ``allow_suspend`` keeps ATA Security Erase for a frozen drive: the machine will sleep a moment first.
    ``locked_by`` is the method of an earlier wipe of ours that was cut, which may have left our password on the drive.
    """
    ours = locked_by if _bears_our_password(disk, locked_by) else None
    verification = VerificationMethod.SAMPLED_READ_BACK if sampled else VerificationMethod.FULL_READ_BACK
    if (sentence := _impossible(disk, ours)) is not None:
        return Plan(steps=(), verification=VerificationMethod.NONE, impossible=sentence)
    fitting = [row for row in TABLE if _fits(row, disk) and not (disk.beside and reaches_whole_drive(row.method, disk))]
    allowed = [row for row in fitting if _security_allows(row, disk, allow_suspend, ours)]
    if wanted is not None:
        allowed = [row for row in allowed if reached(row, verification).rank <= max(wanted.rank, Level.CLEAR.rank)]
    steps = tuple(sorted(allowed, key=lambda row: -reached(row, verification).rank))
    if ours is not None:
        steps = tuple(sorted(steps, key=lambda row: row.method is not ours))
    frozen = disk.security is not None and disk.security.frozen and allow_suspend
    chosen = Plan(
        steps=steps,
        verification=verification,
        needs_suspend=bool(frozen and steps[0].method in SECURITY_METHODS),
        minutes=_minutes(disk, steps[0], sampled),
    )
    return Plan(
        steps=steps,
        verification=verification,
        remarks=tuple(_remarks(disk, chosen, fitting, wanted)),
        needs_suspend=chosen.needs_suspend,
        minutes=chosen.minutes,
    )


def _bears_our_password(disk: Disk, locked_by: Method | None) -> bool:
    security = disk.security
    return locked_by in SECURITY_METHODS and security is not None and (security.locked or security.enabled)


def _impossible(disk: Disk, ours: Method | None) -> str | None:
    if disk.logical_block_bytes % _SECTOR_BYTES:
        return gettext(
            "De schijf is geformatteerd met sectoren van {size} bytes: het systeem "
            "kan ze zo niet lezen of schrijven. Laat iemand die dat kent ze omzetten met sg_format "
            "(--format --size=512, dat duurt uren) en begin opnieuw. Kan dat niet: {destroy}",
            size=disk.logical_block_bytes,
            destroy=gettext(_DESTROY),
        )
    if not disk.size_bytes:
        return gettext(
            "De schijf zegt niet hoe groot ze is, of zegt 0 bytes: er valt niets te overschrijven. {destroy}",
            destroy=gettext(_DESTROY),
        )
    if disk.security is not None and disk.security.locked and ours is None:
        return gettext(
            "De schijf is vergrendeld met een wachtwoord dat de agent niet kent: lezen en schrijven "
            "gaan niet. Vraag de schenker om het wachtwoord en haal het weg in de BIOS, of: {destroy}",
            destroy=gettext(_DESTROY),
        )
    return None


def _fits(row: Row, disk: Disk) -> bool:
    if disk.medium not in row.media:
        return False
    if row.needs is None:
        return True
    return row.needs in disk.supports and disk.bus in row.buses and disk.behind is None


def reaches_whole_drive(method: Method, disk: Disk) -> bool:
    """Does this method erase every namespace of an NVMe drive, and not only the one that it is asked for?

    A sanitize always does; a format where the controller says so (FNA bits 0 and 1). An overwrite stays in its own.
    """
    all_by_format = Support.NVME_FORMAT_ERASES_ALL_NAMESPACES in disk.supports
    return method in WHOLE_DRIVE or (method in _NVME_FORMATS and all_by_format)


def _security_allows(row: Row, disk: Disk, allow_suspend: bool, ours: Method | None) -> bool:
    """A security erase is only for a drive whose state is known: without a password, and not frozen for good."""
    if row.method not in SECURITY_METHODS:
        return True
    security = disk.security
    if security is None:
        return False
    if ours is not None:
        return True
    return not security.enabled and (allow_suspend or not security.frozen)


def _minutes(disk: Disk, row: Row, sampled: bool) -> int:
    size_bytes, security = disk.size_bytes or 0, disk.security
    rate = _BYTES_PER_SECOND[disk.medium]
    if disk.bus == Bus.USB:
        rate = min(rate, _USB_BYTES_PER_SECOND)
    one_pass = size_bytes / rate / 60
    reading = one_pass / 10 if sampled else one_pass
    erasing = one_pass if row.method is Method.OVERWRITE else _FIRMWARE_MINUTES
    if security is not None and row.method is Method.ATA_SECURITY_ERASE_ENHANCED:
        erasing = security.enhanced_erase_minutes or one_pass
    if security is not None and row.method is Method.ATA_SECURITY_ERASE:
        erasing = security.erase_minutes or one_pass
    return max(1, round(erasing + reading))


def _remarks(disk: Disk, chosen: Plan, fitting: list[Row], wanted: Level | None) -> Iterator[str]:
    if chosen.row.method is Method.OVERWRITE and disk.medium in _RESERVE_UNREACHED:
        yield gettext(
            "Overschrijven bereikt alles wat het systeem ziet (niveau clear), niet de reserve van de schijf zelf."
        )
    if disk.beside:
        yield gettext(
            "Deze NVMe-schijf is verdeeld: {names} is een ander deel van dezelfde schijf. Alleen dit "
            "deel wordt gewist, op een manier die de andere delen niet raakt. Wis ze alle, en elk "
            "staat apart op het attest.",
            names=", ".join(disk.beside),
        )
    if disk.behind is not None:
        yield gettext(
            "Een controller of brug ({behind}) antwoordt voor deze schijf: alleen overschrijven kan. "
            "Reserve- en losgekoppelde schijven erachter worden niet bereikt: sluit ze apart aan, of "
            "vernietig ze en noteer dat.",
            behind=disk.behind,
        )
    yield from _area_remarks(disk)
    if disk.unallocated_bytes and chosen.row.method not in WHOLE_DRIVE:
        yield gettext(
            "De schijf heeft nog {size} GB die bij geen enkel deel (namespace) "
            "hoort; daar geraakt dit wissen niet, dus is de uitkomst 'niet volledig gewist'.",
            size=decimal(f"{disk.unallocated_bytes / 1e9:.1f}"),
        )
    yield from _security_remarks(disk, chosen, fitting)
    if wanted is Level.PURGE and chosen.level is not Level.PURGE:
        yield gettext(
            "Niveau purge wordt hier niet bereikt. Is dat nodig, vernietig de schijf en noteer hoe, en een getuige."
        )
    if chosen.verification is VerificationMethod.SAMPLED_READ_BACK:
        yield gettext("Er wordt maar een steekproef teruggelezen. Dat staat ook zo op het attest.")


def _area_remarks(disk: Disk) -> Iterator[str]:
    """What is hidden of the disk, or cannot be known to be, and what that does to the outcome."""
    states = {disk.hidden_areas.hpa, disk.hidden_areas.dco}
    consequence = gettext("is de uitkomst 'niet volledig gewist'")
    count = grouped(disk.hidden_areas.sectors_not_reached)
    if AreaState.LEFT in states and not may_hide(disk):
        yield gettext(
            "De schijf heeft {count} sectoren meer dan hier te zien zijn; daar geraakt het wissen "
            "niet, dus {consequence}. {connect_directly}",
            count=count,
            consequence=consequence,
            connect_directly=gettext(CONNECT_DIRECTLY),
        )
    elif AreaState.LEFT in states:
        yield gettext(
            "De schijf heeft een verborgen gebied van {count} sectoren. De agent probeert het eerst "
            "te openen; soms moet het toestel daarvoor eens helemaal uit. Lukt het niet, dan "
            "{consequence}.",
            count=count,
            consequence=consequence,
        )
    if AreaState.UNKNOWN in states and may_hide(disk):
        remedy = "" if is_direct(disk) else f" {gettext(CONNECT_DIRECTLY)}"
        yield gettext(
            "Niet na te kijken of de schijf een verborgen gebied heeft. Blijft dat zo, dan {consequence}.{remedy}",
            consequence=consequence,
            remedy=remedy,
        )


def _security_remarks(disk: Disk, chosen: Plan, fitting: list[Row]) -> Iterator[str]:
    security = disk.security
    if security is None or not any(row.method in SECURITY_METHODS for row in fitting):
        return
    if (security.enabled or security.locked) and chosen.row.method in SECURITY_METHODS:
        yield gettext(
            "Een wissen dat afgebroken werd, liet ons eigen wachtwoord op de schijf; dat wordt nu eerst afgemaakt."
        )
    elif security.enabled:
        yield gettext("Er staat een wachtwoord op de schijf; daarom geen ATA Security Erase.")
    elif security.frozen and chosen.needs_suspend:
        yield gettext("De schijf is bevroren (frozen): het toestel slaapt eerst enkele seconden om dat op te heffen.")
    elif security.frozen and not any(row.method in SECURITY_METHODS for row in chosen.steps):
        yield gettext(
            "De schijf is bevroren (frozen): zonder dat het toestel eerst even slaapt, kan ze zichzelf niet wissen."
        )
