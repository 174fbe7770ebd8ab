"""May this disk be touched? Every reason against it, each a key with a sentence; an empty list is a yes.

The rules are a pure function of what :mod:`block_device` saw and of what the operator said; the last word is the
kernel's, which answers EBUSY to the exclusive opening of anything in use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intake_agent.language import gettext, gettext_noop
from intake_agent.machine import Disk, MediumDoubt
from intake_agent.probes.namespaces import controller
from intake_agent.seeing.block_device import BlockDevice
from intake_agent.wiping.judgements import SIGNATURES, Fact, Refusal, standing
from wipe_reports.document import Judgement

__all__ = ["Consent", "Refusal", "is_usable_serial", "refusals"]

_DOUBTS = {
    MediumDoubt.CARD_OR_EMMC: gettext_noop(
        "niet te zien of dit de ingebouwde eMMC is of een geheugenkaart. Haal een kaart eruit."
    ),
    MediumDoubt.BUILT_IN_OR_LOOSE: gettext_noop(
        "niet te zien of deze schijf in het toestel hoort of van iemand is. Kijk dat na."
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What the operator said. ``named_serials`` were typed, scanned or given by ``--yes-wipe``.

    ``accepts_signatures`` is the yes to wiping members of a RAID, LVM or encrypted volume, ``set_aside`` are the
    judgements that a person at the machine knew better.
    """

    named_serials: frozenset[str] = frozenset()
    accepts_signatures: bool = False
    set_aside: frozenset[Judgement] = frozenset()


def is_usable_serial(serial: str | None) -> bool:
    """Can a serial number tell one disk from another? Blank ones and one repeated character cannot."""
    return len(set("".join(filter(str.isalnum, serial or "")))) > 1


def refusals(
    disk: Disk,
    device: BlockDevice,
    consent: Consent,
    *,
    others: Iterable[Disk],
    serial_now: str | None,
    on_battery: bool,
) -> list[Refusal]:
    """Every reason why ``disk`` may not be wiped.

    ``disk`` is what was planned with, ``serial_now`` what the drive says at this moment, ``others`` are the machine's
    other disks.
    """
    found = [
        *_by_identity(disk, consent, [other for other in others if other.serial == disk.serial], serial_now),
        *_by_use(device),
        *_by_state(disk, device, consent, on_battery),
    ]
    return standing(found, consent.set_aside | (SIGNATURES if consent.accepts_signatures else frozenset()))


def _by_identity(disk: Disk, consent: Consent, twins: list[Disk], serial_now: str | None) -> Iterable[Refusal]:
    serial = disk.serial
    if serial is None or not is_usable_serial(serial):
        yield Refusal(Fact.SERIAL_EMPTY, gettext("{name}: de schijf heeft geen bruikbaar serienummer.", name=disk.name))
        return
    if serial not in consent.named_serials:
        yield Refusal(
            Fact.NOT_NAMED,
            gettext("{name}: het serienummer {serial} is niet bevestigd.", name=disk.name, serial=serial),
        )
    parts = [twin.name for twin in twins if controller(twin) is not None and controller(twin) == controller(disk)]
    unplanned = [name for name in parts if name not in disk.beside]
    if unplanned:
        yield _namespaces(disk, sorted([disk.name, *parts]))
    if len(parts) < len(twins):
        yield Refusal(
            Fact.SERIAL_DUPLICATED,
            gettext("{name}: een andere schijf heeft hetzelfde serienummer {serial}.", name=disk.name, serial=serial),
        )
    if serial_now != serial:
        yield Refusal(
            Fact.SERIAL_CHANGED,
            gettext(
                "{name}: het serienummer is veranderd (eerst {serial}, nu {serial_now}). Kijk opnieuw.",
                name=disk.name,
                serial=serial,
                serial_now=serial_now or gettext("geen"),
            ),
        )


def _namespaces(disk: Disk, parts: list[str]) -> Refusal:
    """An NVMe drive cut in namespaces, planned as if it were one: its own erase would reach them all."""
    return Refusal(
        Judgement.NAMESPACES,
        gettext(
            "{name}: deze NVMe-schijf is verdeeld in {count} delen met hetzelfde serienummer "
            "({names}), en dat is pas nu gezien. Kijk opnieuw: dan wordt elk deel apart "
            "overschreven. Lukt dat niet: laat ze vernietigen.",
            name=disk.name,
            count=len(parts),
            names=", ".join(parts),
        ),
        seen=tuple(parts),
    )


def _by_use(device: BlockDevice) -> Iterable[Refusal]:
    name = device.path.name
    if device.is_live_medium:
        yield Refusal(Fact.LIVE_MEDIUM, gettext("{name}: van deze schijf draait het systeem zelf.", name=name))
    if device.mounted_on:
        yield Refusal(
            Fact.MOUNTED,
            gettext(
                "{name}: de schijf is in gebruik (aangekoppeld op {places}).",
                name=name,
                places=", ".join(device.mounted_on),
            ),
        )
    if device.swapped_on:
        yield Refusal(Fact.SWAP, gettext("{name}: de schijf is in gebruik als wisselgeheugen.", name=name))
    if device.held_by:
        yield Refusal(
            Fact.HELD,
            gettext(
                "{name}: de schijf hoort bij een ander volume ({names}).", name=name, names=", ".join(device.held_by)
            ),
        )


def _by_state(disk: Disk, device: BlockDevice, consent: Consent, on_battery: bool) -> Iterable[Refusal]:
    name = device.path.name
    if disk.removable and disk.serial not in consent.named_serials:
        yield Refusal(
            Fact.REMOVABLE,
            gettext("{name}: een losse schijf of stick wordt alleen gewist als u ze zelf noemt.", name=name),
        )
    if not device.is_whole_disk:
        yield Refusal(Fact.PARTITION, gettext("{name}: dit is een deel van een schijf. Wis de hele schijf.", name=name))
    if device.read_only:
        yield Refusal(Fact.READ_ONLY, gettext("{name}: de schijf is beveiligd tegen schrijven.", name=name))
    if device.size_bytes <= 0:
        yield Refusal(
            Fact.SIZE_ZERO, gettext("{name}: het systeem ziet geen enkele byte van de schijf (grootte 0).", name=name)
        )
    elif device.size_bytes != disk.size_bytes:
        yield Refusal(
            Fact.SIZE_CHANGED, gettext("{name}: de schijf is nu anders van grootte. Kijk opnieuw.", name=name)
        )
    if disk.doubt is not None:
        yield Refusal(Judgement.MEDIUM_UNKNOWN, f"{name}: {gettext(_DOUBTS[disk.doubt])}", seen=(disk.doubt.value,))
    if device.signatures is None:
        yield Refusal(
            Judgement.SIGNATURES_UNKNOWN,
            gettext("{name}: kon niet nakijken of de schijf bij een RAID of LVM hoort.", name=name),
        )
    elif device.signatures:
        kinds = ", ".join(device.signatures)
        yield Refusal(
            Judgement.SIGNATURES,
            gettext(
                "{name}: de schijf draagt een RAID-, LVM- of LUKS-merk ({kinds}). Bevestig dat apart.",
                name=name,
                kinds=kinds,
            ),
            seen=device.signatures,
        )
    if on_battery:
        yield Refusal(
            Judgement.ON_BATTERY, gettext("Het toestel draait op zijn batterij. Steek eerst de stroomkabel in.")
        )
