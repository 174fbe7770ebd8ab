"""The signed proof of what was done to the disks, whatever goes wrong in telling the rest of the machine.

A wipe takes hours; a fact that spoils its report must not cost the proof. So the whole report is tried first, then one
of the machine's name and the wiped disks only, in which a wipe that does not fit as a whole is described more briefly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypedDict

from intake_agent.language import gettext, gettext_noop
from intake_agent.machine import Disk, Machine, System
from intake_agent.probes.bounds import bounded
from intake_agent.station.report import Signatory, WipedDisk, build, signed
from wipe_reports import document, schema
from wipe_reports.document import HiddenAreas, Level, Outcome, VerificationMethod
from wipe_reports.reasons import WipeException

REDUCED = gettext_noop(
    "Het volledige verslag kon niet getekend worden ({why}). Er is een korter verslag getekend, met elke wissing erin."
)


class SharedMembers(TypedDict):
    """What every form of the report says alike."""

    report_id: str
    test: bool


class ProofError(Exception):
    """Nothing could be signed. The message is for the operator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A signed report; ``faults`` say what could not be reported in it."""

    compact: str
    faults: tuple[str, ...] = ()


def prove(
    whole: Callable[[], str],
    system: System,
    wiped: Mapping[str, WipedDisk],
    signatory: Signatory,
    *,
    report_id: str,
    test: bool,
) -> Proof:
    """``whole``, the full report signed, or what of it can be signed. Raises :class:`ProofError` where nothing can."""
    try:
        return Proof(compact=whole())
    except Exception as error:  # noqa: BLE001 - whatever spoils the report, the wipes in it must be proven
        why = in_short(error)
    faults = [gettext(REDUCED, why=why)]
    for named in (System(kind=system.kind, serial=system.serial, uuid=system.uuid), System()):
        try:
            standing = {name: _standing(one, signatory, report_id) for name, one in wiped.items()}
            report = _reduced(named, standing, signatory, report_id, test=test)
            return Proof(compact=signed(report, signatory.key), faults=tuple(faults))
        except Exception as error:  # noqa: BLE001 - as above; the last word is the provisional report's
            faults.append(in_short(error))
    raise ProofError(gettext("Er kon geen verslag getekend worden: ") + " ".join(faults))


def in_short(error: BaseException) -> str:
    """An error for the technician and whoever helps: its kind and its words."""
    return f"{type(error).__name__}: {error}"[:300]


def _standing(one: WipedDisk, signatory: Signatory, report_id: str) -> WipedDisk:
    """The disk with as much of its wipe as a report takes."""
    for shortened in _shorter(one):
        try:
            schema.to_bytes(_reduced(System(), {shortened.disk.name: shortened}, signatory, report_id, test=False))
        except Exception:  # noqa: BLE001, S112 - the next, shorter one is tried; the last one is not judged
            continue
        return shortened
    return shortened


def _shorter(one: WipedDisk) -> Iterator[WipedDisk]:
    """The wipe whole, without its long lists, and at last as one of which nothing is claimed."""
    disk = _named(one.disk)
    whole = WipedDisk(disk=disk, wipe=one.wipe, hidden_areas=one.hidden_areas, overrides=one.overrides)
    yield whole
    yield replace(whole, wipe=replace(one.wipe, attempts=()), hidden_areas=bounded(one.hidden_areas))
    yield WipedDisk(disk=disk, wipe=_unclaimed(one.wipe), hidden_areas=HiddenAreas(), overrides=one.overrides)


def _named(disk: Disk) -> Disk:
    """The disk by what tells it from others, without what it says of its health."""
    return Disk(
        name=disk.name,
        model=disk.model,
        serial=disk.serial,
        medium=disk.medium,
        bus=disk.bus,
        size_bytes=disk.size_bytes,
        logical_block_bytes=disk.logical_block_bytes,
    )


def _unclaimed(wipe: document.Wipe) -> document.Wipe:
    """That this method was at work on the disk, and nothing of how it ended."""
    return document.Wipe(
        technique=wipe.technique,
        method=wipe.method[:300],
        level=Level.NONE,
        standard=wipe.standard[:300],
        tool=wipe.tool,
        nonce=wipe.nonce,
        started_at=wipe.started_at,
        ended_at=max(wipe.started_at, wipe.ended_at),
        bytes_written=0,
        verification=document.Verification(method=VerificationMethod.NONE),
        outcome=Outcome.NOT_ERASED,
        exceptions=(WipeException.NOT_REPORTABLE.value,),
    )


def _reduced(
    system: System, wiped: Mapping[str, WipedDisk], signatory: Signatory, report_id: str, *, test: bool
) -> document.WipeReport:
    ends = [one.wipe.ended_at for one in wiped.values()]
    machine = Machine(system=system, disks=tuple(one.disk for one in wiped.values()))
    return build(
        machine,
        wiped,
        signatory,
        report_id=report_id,
        created_at=max([datetime.now(UTC), *ends]),
        test=test,
    )
