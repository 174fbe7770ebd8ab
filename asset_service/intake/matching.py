"""Which device a report is about. A pure rule on plain values; :mod:`asset_service.intake.lookup` gathers them.

In order: what identifies on its own (maker + model + serial, SMBIOS UUID), the label that somebody scanned, and only
then hints (board serial, disk serials), of which two must agree. Whatever contradicts goes to a person. A disk that is
known elsewhere is a move, not a conflict, once the machine itself is known by something better than its disks. What
a label needs beside it, :func:`_code_doubts` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from asset_service.devices.identity import Key
from asset_service.devices.models import IdentityKind


class Doubt(StrEnum):
    """Why a person must look."""

    STRONG_CONFLICT = "strong_conflict"
    IDENTITY_CHANGED = "identity_changed"
    CODE_UNKNOWN = "code_unknown"
    CODE_CONFLICT = "code_conflict"
    BOARD_CONFLICT = "board_conflict"
    ONLY_WEAK_HINT = "only_weak_hint"
    CARRIER_CHANGED = "carrier_changed"
    OTHER_PARTNER = "other_partner"


class CodeStatus(StrEnum):
    """What the service knows of the label's code in the report."""

    ABSENT = "absent"
    UNKNOWN = "unknown"
    BLANK = "blank"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """What matching must know of a device that a hint points at."""

    partner_id: UUID
    keys: frozenset[Key] = frozenset()


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
    """

    station_partner_id: UUID
    keys: tuple[Key, ...] = ()
    owners: Mapping[Key, frozenset[UUID]] = field(default_factory=dict)
    devices: Mapping[UUID, KnownDevice] = field(default_factory=dict)
    code: CodeStatus = CodeStatus.ABSENT
    code_device_id: UUID | None = None
    carriers: tuple[KnownCarrier, ...] = ()
    loose: bool = False

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
    strong = _owners(hints, strong=True)
    if len(strong) > 1:
        return None, [Doubt.STRONG_CONFLICT]
    if strong:
        (device_id,) = strong
        return device_id, _strong_doubts(hints, device_id)
    if hints.code is CodeStatus.CLAIMED and hints.code_device_id is not None:
        return hints.code_device_id, _code_doubts(hints, hints.code_device_id)
    return _by_weak_hints(hints)


def _strong_doubts(hints: Hints, device_id: UUID) -> list[Doubt]:
    doubts = []
    if _contradicts(hints, device_id):
        doubts.append(Doubt.IDENTITY_CHANGED)
    if hints.code is CodeStatus.CLAIMED and hints.code_device_id != device_id:
        doubts.append(Doubt.CODE_CONFLICT)
    return doubts + _board_doubts(hints, device_id)


def _code_doubts(hints: Hints, device_id: UUID) -> list[Doubt]:
    """The rule of the label: who scanned it at the machine has said which device it is, unless a hint contradicts.

    A label needs no hint that agrees: it is there for machines that say nothing. But it may hang on the wrong one, or
    have been scanned from the next table; so each hint that names another device outweighs it. Where the machine shows
    nothing strong, these are another board than the device's, and disks that all sat in other devices.
    """
    doubts = [Doubt.CODE_CONFLICT] if _contradicts(hints, device_id) else []
    if any(key.strong for key in hints.keys):
        return doubts + _board_doubts(hints, device_id)
    device = hints.devices[device_id]
    given, borne = ({key for key in keys if not key.strong} for keys in (hints.keys, device.keys))
    if given and borne and not given & borne:
        doubts.append(Doubt.BOARD_CONFLICT)
    sat_in = {carrier.device_id for carrier in hints.carriers if carrier.device_id is not None}
    if sat_in and device_id not in sat_in and not given & borne:
        doubts.append(Doubt.CODE_CONFLICT)
    return doubts + _board_doubts(hints, device_id)


def _by_weak_hints(hints: Hints) -> tuple[UUID | None, list[Doubt]]:
    boards = _owners(hints, strong=False)
    by_disk = {carrier.device_id for carrier in hints.carriers if carrier.device_id is not None}
    if len(boards) > 1:
        return None, [Doubt.BOARD_CONFLICT]
    if boards:
        (device_id,) = boards
        if _contradicts(hints, device_id):
            return None, [Doubt.BOARD_CONFLICT]
        return (device_id, []) if by_disk == {device_id} else (None, [Doubt.ONLY_WEAK_HINT])
    shows_strong = any(key.strong for key in hints.keys)
    if by_disk and not shows_strong:
        return None, [Doubt.ONLY_WEAK_HINT]
    return None, []


def _doubts_whoever_it_is(hints: Hints, device_id: UUID | None) -> list[Doubt]:
    doubts = []
    if hints.code is CodeStatus.UNKNOWN:
        doubts.append(Doubt.CODE_UNKNOWN)
    if any(carrier.changed for carrier in hints.carriers):
        doubts.append(Doubt.CARRIER_CHANGED)
    if other_partners(hints, device_id):
        doubts.append(Doubt.OTHER_PARTNER)
    return doubts


def other_partners(hints: Hints, device_id: UUID | None) -> set[UUID]:
    """The partners, other than the station's, whose device or disks the report would change."""
    holders = {carrier.partner_id for carrier in hints.carriers}
    if device_id is not None:
        holders.add(hints.devices[device_id].partner_id)
    return holders - {hints.station_partner_id}


def _owners(hints: Hints, *, strong: bool) -> set[UUID]:
    return {owner for key in hints.keys if key.strong is strong for owner in hints.owners.get(key, ())}


def _contradicts(hints: Hints, device_id: UUID) -> bool:
    """Does the device bear another strong identity of a kind that the report gives?"""
    borne = hints.devices[device_id].keys
    for kind in (IdentityKind.MODEL_SERIAL, IdentityKind.UUID):
        of_report = {key for key in hints.keys if key.kind is kind}
        of_device = {key for key in borne if key.kind is kind}
        if of_report and of_device and not of_report & of_device:
            return True
    return False


def _board_doubts(hints: Hints, device_id: UUID) -> list[Doubt]:
    boards = _owners(hints, strong=False)
    return [Doubt.BOARD_CONFLICT] if boards and device_id not in boards else []


def _candidates(hints: Hints) -> tuple[UUID, ...]:
    found = [*_owners(hints, strong=True)]
    if hints.code_device_id is not None:
        found.append(hints.code_device_id)
    found += _owners(hints, strong=False)
    found += [carrier.device_id for carrier in hints.carriers if carrier.device_id is not None]
    return tuple(dict.fromkeys(found))
