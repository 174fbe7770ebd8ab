"""Which device a report is about. A pure rule on plain values; :mod:`asset_service.intake.lookup` gathers them.

In order: the strong keys (maker + model + serial, SMBIOS UUID), which something else must bear out
(:mod:`asset_service.intake.agreement`), the label that somebody scanned, and only then hints (board serial, network
addresses, disk serials), of which two must agree. Whatever contradicts goes to a person. A disk that is known
elsewhere is a move, not a conflict, once the machine itself is known by something better than its disks. What
a label needs beside it, :func:`_code_doubts` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from asset_service.devices.identity import Key
from asset_service.devices.models import IdentityKind
from asset_service.intake.agreement import STRONG, Agreement, Fact, is_the_same_machine


class Doubt(StrEnum):
    """Why a person must look."""

    STRONG_CONFLICT = "strong_conflict"
    IDENTITY_CHANGED = "identity_changed"
    KEY_ALONE = "key_alone"
    HINTS_DIFFER = "hints_differ"
    CODE_UNKNOWN = "code_unknown"
    CODE_CONFLICT = "code_conflict"
    BOARD_CONFLICT = "board_conflict"
    ONLY_WEAK_HINT = "only_weak_hint"
    CARRIER_CHANGED = "carrier_changed"
    CLOCK = "clock"
    OTHER_PARTNER = "other_partner"


class CodeStatus(StrEnum):
    """What the service knows of the label's code in the report."""

    ABSENT = "absent"
    UNKNOWN = "unknown"
    BLANK = "blank"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """What matching must know of a device that a hint points at.

    ``name`` is its maker and model, ``serial`` its serial, as they are compared. ``seen``: a station reported on it,
    so that there is more to compare than what a person wrote down. ``has_disks``: one of them can be known again.
    """

    partner_id: UUID
    keys: frozenset[Key] = frozenset()
    name: str | None = None
    serial: str | None = None
    seen: bool = False
    has_disks: bool = False


@dataclass(frozen=True, slots=True)
class KnownCarrier:
    """A carrier of the report that the service has seen before.

    ``device_id`` is ``None`` while it lies loose. ``changed``: the same serial with another size, or with fewer
    power-on hours than before, is not the same disk.
    """

    device_id: UUID | None
    partner_id: UUID
    changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """Everything that points at a device. ``owners`` and ``devices`` hold what is known of the keys.

    ``loose``: the report is about loose disks and no device, so that a disk that was in one is taken out of it.
    ``name`` is the machine's maker and model, ``serial`` its serial also where it lacks the model that would make a
    key of it; ``shows_disks``: it has a disk that can be known again. ``clock_doubted``: a moment in it cannot be true.
    """

    station_partner_id: UUID
    name: str | None = None
    serial: str | None = None
    shows_disks: bool = False
    keys: tuple[Key, ...] = ()
    owners: Mapping[Key, frozenset[UUID]] = field(default_factory=dict)
    devices: Mapping[UUID, KnownDevice] = field(default_factory=dict)
    code: CodeStatus = CodeStatus.ABSENT
    code_device_id: UUID | None = None
    carriers: tuple[KnownCarrier, ...] = ()
    loose: bool = False
    clock_doubted: bool = False

    @property
    def any_known(self) -> bool:
        """Does anything in the report, be it a blank label, point at what the service knows?"""
        return bool(self.carriers) or any(self.owners.values()) or self.code in (CodeStatus.BLANK, CodeStatus.CLAIMED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """With ``doubts`` a person decides. Else the report is about ``device_id``, or about a new device."""

    device_id: UUID | None = None
    doubts: tuple[Doubt, ...] = ()
    candidate_ids: tuple[UUID, ...] = ()


def decide(hints: Hints) -> Verdict:
    """Match, create, or leave it to a person."""
    device_id, doubts = (None, list[Doubt]()) if hints.loose else _identified(hints)
    doubts += _doubts_whoever_it_is(hints, device_id)
    if not doubts:
        return Verdict(device_id=device_id)
    return Verdict(doubts=tuple(dict.fromkeys(doubts)), candidate_ids=_candidates(hints))


def _identified(hints: Hints) -> tuple[UUID | None, list[Doubt]]:
    strong = _owners(hints, *_STRONG_KINDS)
    if len(strong) > 1:
        return None, [Doubt.STRONG_CONFLICT]
    if strong:
        (device_id,) = strong
        return device_id, _strong_doubts(hints, device_id)
    if hints.code is CodeStatus.CLAIMED and hints.code_device_id is not None:
        return hints.code_device_id, _code_doubts(hints, hints.code_device_id)
    return _by_weak_hints(hints)


def compared(hints: Hints, device_id: UUID) -> Agreement:
    """The machine of the report beside the device: what agrees and what differs."""
    device, agreeing, differing = hints.devices[device_id], set[Fact](), set[Fact]()
    for kind, fact in _FACTS.items():
        of_report = {key for key in hints.keys if key.kind is kind}
        of_device = {key for key in device.keys if key.kind is kind}
        if of_report & of_device:
            agreeing.add(fact)
        elif of_report and of_device:
            differing.add(fact)
    if Fact.MODEL_SERIAL not in agreeing | differing and hints.serial and device.serial:
        (agreeing if hints.serial == device.serial else differing).add(Fact.MODEL_SERIAL)
    if any(carrier.device_id == device_id for carrier in hints.carriers):
        agreeing.add(Fact.DISK)
    elif hints.shows_disks and device.has_disks:
        differing.add(Fact.DISK)
    if hints.code is CodeStatus.CLAIMED and hints.code_device_id == device_id:
        agreeing.add(Fact.LABEL)
    # The key of a serial holds maker and model: where it agrees, a person may have written them in another way.
    if Fact.MODEL_SERIAL not in agreeing and hints.name and device.name and hints.name != device.name:
        differing.add(Fact.NAME)
    return Agreement(agreeing=frozenset(agreeing), differing=frozenset(differing))


_STRONG_KINDS = (IdentityKind.MODEL_SERIAL, IdentityKind.UUID)
_FACTS = {
    IdentityKind.MODEL_SERIAL: Fact.MODEL_SERIAL,
    IdentityKind.UUID: Fact.UUID,
    IdentityKind.BOARD_SERIAL: Fact.BOARD,
    IdentityKind.MAC: Fact.MAC,
}


def _strong_doubts(hints: Hints, device_id: UUID) -> list[Doubt]:
    doubts = []
    found = compared(hints, device_id)
    if found.differing & STRONG:
        doubts.append(Doubt.IDENTITY_CHANGED)
    elif hints.devices[device_id].seen and not is_the_same_machine(found):
        doubts.append(Doubt.HINTS_DIFFER if found.differing else Doubt.KEY_ALONE)
    if hints.code is CodeStatus.CLAIMED and hints.code_device_id != device_id:
        doubts.append(Doubt.CODE_CONFLICT)
    return doubts + _board_doubts(hints, device_id)


def _code_doubts(hints: Hints, device_id: UUID) -> list[Doubt]:
    """The rule of the label: who scanned it at the machine has said which device it is, unless a hint contradicts.

    A label needs no hint that agrees: it is there for machines that say nothing. But it may hang on the wrong one, or
    have been scanned from the next table; so each hint that names another device outweighs it. Where the machine shows
    nothing strong, these are another board than the device's, and disks that all sat in other devices.
    """
    found, seen = compared(hints, device_id), hints.devices[device_id].seen
    mislabelled = found.differing & STRONG or (seen and Fact.NAME in found.differing)
    doubts = [Doubt.CODE_CONFLICT] if mislabelled else []
    if any(key.strong for key in hints.keys):
        return doubts + _board_doubts(hints, device_id)
    if Fact.BOARD in found.differing:
        doubts.append(Doubt.BOARD_CONFLICT)
    sat_in = {carrier.device_id for carrier in hints.carriers if carrier.device_id is not None}
    if sat_in and device_id not in sat_in and not found.agreeing & {Fact.BOARD, Fact.MAC}:
        doubts.append(Doubt.CODE_CONFLICT)
    return doubts + _board_doubts(hints, device_id)


def _by_weak_hints(hints: Hints) -> tuple[UUID | None, list[Doubt]]:
    boards, macs = _owners(hints, IdentityKind.BOARD_SERIAL), _owners(hints, IdentityKind.MAC)
    by_disk = {carrier.device_id for carrier in hints.carriers if carrier.device_id is not None}
    shows_strong = any(key.strong for key in hints.keys)
    if len(boards) > 1:
        return None, [Doubt.BOARD_CONFLICT]
    if boards:
        (device_id,) = boards
        if compared(hints, device_id).differing & STRONG:
            return None, [Doubt.BOARD_CONFLICT]
        borne_out = by_disk == {device_id} or (not by_disk and macs == {device_id})
        return (device_id, []) if borne_out else (None, [Doubt.ONLY_WEAK_HINT])
    if len(macs) == 1:
        (device_id,) = macs
        found = compared(hints, device_id)
        if by_disk == macs and not found.differing:
            return device_id, []
        # A card that went from one known machine into another says nothing; of a nameless one somebody must look.
        if not found.differing & STRONG:
            return None, [Doubt.ONLY_WEAK_HINT]
    return None, [Doubt.ONLY_WEAK_HINT] if by_disk and not shows_strong else []


def _doubts_whoever_it_is(hints: Hints, device_id: UUID | None) -> list[Doubt]:
    doubts = []
    if hints.code is CodeStatus.UNKNOWN:
        doubts.append(Doubt.CODE_UNKNOWN)
    if any(carrier.changed for carrier in hints.carriers):
        doubts.append(Doubt.CARRIER_CHANGED)
    if hints.clock_doubted:
        doubts.append(Doubt.CLOCK)
    if other_partners(hints, device_id):
        doubts.append(Doubt.OTHER_PARTNER)
    return doubts


def other_partners(hints: Hints, device_id: UUID | None) -> set[UUID]:
    """The partners, other than the station's, whose device or disks the report would change."""
    holders = {carrier.partner_id for carrier in hints.carriers}
    if device_id is not None:
        holders.add(hints.devices[device_id].partner_id)
    return holders - {hints.station_partner_id}


def _owners(hints: Hints, *kinds: IdentityKind) -> set[UUID]:
    return {owner for key in hints.keys if key.kind in kinds for owner in hints.owners.get(key, ())}


def _board_doubts(hints: Hints, device_id: UUID) -> list[Doubt]:
    boards = _owners(hints, IdentityKind.BOARD_SERIAL)
    return [Doubt.BOARD_CONFLICT] if boards and device_id not in boards else []


def _candidates(hints: Hints) -> tuple[UUID, ...]:
    found = [*_owners(hints, *_STRONG_KINDS)]
    if hints.code_device_id is not None:
        found.append(hints.code_device_id)
    found += _owners(hints, IdentityKind.BOARD_SERIAL, IdentityKind.MAC)
    found += [carrier.device_id for carrier in hints.carriers if carrier.device_id is not None]
    return tuple(dict.fromkeys(found))
