"""The steps of one machine, from first look to sent report, without any console: every console walks these.

``begin`` → ``look`` → ``candidates`` → ``choose`` → ``ask_service`` → ``wipe_chosen`` → ``sign_and_keep`` → ``send``.
What people must be told comes back as Dutch sentences; nothing here prints or asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import uuid_utils

from intake_agent import inspection, sources, station
from intake_agent.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.clock import CLOCK
from intake_agent.machine import Disk, Machine
from intake_agent.outbox import Outbox, OutboxError, keep_elsewhere
from intake_agent.probes.battery import is_on_battery
from intake_agent.probes.json_facts import objects, text
from intake_agent.report import Signatory, WipedDisk, build, device_identity, signed
from intake_agent.sending import Sent, send_waiting
from intake_agent.system_errors import in_words
from intake_agent.wiping.block_device import look as look_at_device
from intake_agent.wiping.hidden_areas import NO_AREAS, look_for_hidden_areas
from intake_agent.wiping.plan import Plan, plan
from intake_agent.wiping.progress import Progress, StopAsked, Watch
from intake_agent.wiping.safety import Consent, Refusal, refusals
from intake_agent.wiping.scratch import Scratch
from intake_agent.wiping.target import Target
from intake_agent.wiping.wipe import wipe
from intake_agent.wishes import Wishes
from wipe_reports import signing
from wipe_reports.document import Outcome

JOB_TYPE = "wipe-job+jws"
_SKEW_TOLD_SECONDS = 60
_REHEARSAL = Refusal("rehearsal", "Dit is een oefening: deze schijf wordt niet aangeraakt.")
_SIGNATURES = frozenset({"signatures", "signatures_unknown"})

Follow = Callable[[Disk, Progress], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One disk as it may be chosen: how it would be wiped, and everything that speaks against it."""

    disk: Disk
    path: Path
    plan: Plan
    against: tuple[Refusal, ...] = ()

    @property
    def asks_signatures(self) -> bool:
        """Is a RAID, LVM or encryption mark all that speaks against it? That a person may accept, apart."""
        return bool(self.against) and {refusal.key for refusal in self.against} <= _SIGNATURES

    @property
    def may_be_wiped(self) -> bool:
        """Does nothing speak against it?"""
        return not self.against


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A disk that will be wiped, and the yes that was given to it."""

    disk: Disk
    path: Path
    plan: Plan
    consent: Consent


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the signed report lies; ``trouble`` tells in Dutch why it is not in the station's own outbox."""

    outbox: Outbox
    path: Path
    trouble: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Work:
    """One machine, or one round of loose disks, under way. ``nonces`` go by model and serial, ``wiped`` by name."""

    wishes: Wishes
    station: station.Station
    outbox: Outbox
    client: Client | None
    report_id: str = field(default_factory=lambda: str(uuid_utils.uuid7()))
    machine: Machine = field(default_factory=Machine)
    scratch: tuple[Scratch, ...] = ()
    chosen: list[Choice] = field(default_factory=list)
    nonces: dict[tuple[str | None, str | None], str] = field(default_factory=dict)
    wiped: dict[str, WipedDisk] = field(default_factory=dict)
    untouched: dict[str, str] = field(default_factory=dict)
    """Why a chosen disk was not begun after all: a Dutch sentence by disk name."""

    @property
    def all_erased(self) -> bool:
        """Did every chosen disk end as *erased*?"""
        return len(self.wiped) == len(self.chosen) and all(
            one.wipe.outcome is Outcome.ERASED for one in self.wiped.values()
        )


def begin(wishes: Wishes) -> Work:
    """The station and a proof that its outbox has room. Raises StationError and OutboxError in the operator's words."""
    own = station.load(wishes.state)
    outbox = Outbox(wishes.state)
    outbox.prove_room()
    return Work(wishes=wishes, station=own, outbox=outbox, client=Client(own.service) if wishes.online else None)


def look(work: Work) -> None:
    """See what this machine is, and judge it."""
    work.machine = inspection.examine(sources.this_machine())


def check(disk: Disk, machine: Machine, consent: Consent) -> list[Refusal]:
    """Everything that speaks against wiping ``disk`` at this moment; the drive is asked its serial number again."""
    path = Path("/dev") / disk.name
    try:
        device = look_at_device(path)
    except (OSError, ValueError) as error:
        return [Refusal("gone", f"{disk.name}: de schijf is er niet meer ({error}).")]
    now = sources.disk_now(disk.name)
    return refusals(
        disk,
        device,
        consent,
        other_serials=[other.serial for other in machine.disks if other.name != disk.name],
        serial_now=now.serial if now else None,
        on_battery=is_on_battery(sources.power_supplies()),
    )


def consent_to(disk: Disk, *, accepts_signatures: bool) -> Consent:
    """The yes to one disk, by its serial number."""
    return Consent(named_serials=frozenset({disk.serial or ""}), accepts_signatures=accepts_signatures)


def planned(disk: Disk, wishes: Wishes) -> Plan:
    """How ``disk`` would be wiped."""
    return plan(disk, sampled=wishes.sampled)


def candidates(work: Work) -> list[Candidate]:
    """Every disk that was seen, as if the operator named each; in a rehearsal only the scratch carriers are free."""
    wishes = work.wishes
    found = [
        Candidate(
            disk=disk,
            path=Path("/dev") / disk.name,
            plan=planned(disk, wishes),
            against=(_REHEARSAL,)
            if work.scratch
            else tuple(check(disk, work.machine, consent_to(disk, accepts_signatures=wishes.accepts_signatures))),
        )
        for disk in work.machine.disks
    ]
    return found + [Candidate(disk=one.disk, path=one.path, plan=planned(one.disk, wishes)) for one in work.scratch]


def choose(work: Work, wanted: Iterable[Candidate]) -> None:
    """Take these disks, and no others. A mark that stood in the way was accepted by whoever calls this."""
    work.chosen = [
        Choice(
            disk=one.disk,
            path=one.path,
            plan=one.plan,
            consent=consent_to(one.disk, accepts_signatures=work.wishes.accepts_signatures or one.asks_signatures),
        )
        for one in wanted
        if one.may_be_wiped or one.asks_signatures
    ]


def ask_service(work: Work) -> list[str]:
    """A nonce for each chosen disk, and the service's time; without the service the wipe goes on without either."""
    if work.client is None or not work.chosen:
        return []
    request = {
        "request_id": str(uuid_utils.uuid7()),
        "device": device_identity(work.machine, work.wishes.code),
        "carriers": [
            {"model": one.disk.model, "serial": one.disk.serial, "size_bytes": one.disk.size_bytes}
            for one in work.chosen
        ],
    }
    try:
        answer = work.client.wipe_job(signing.sign(json.dumps(request).encode(), work.station.key, JOB_TYPE))
    except (ServiceUnreachableError, ServiceRefusedError) as error:
        return [str(error), "Het wissen gaat door zonder de dienst; iemand moet het verslag later bevestigen."]
    for row in objects(answer, "carriers"):
        if nonce := text(row, "nonce"):
            work.nonces[text(row, "model"), text(row, "serial")] = nonce
    return set_clock(text(answer, "time"))


def set_clock(service_time: str | None) -> list[str]:
    """Follow the service's time where this machine's clock is clearly off."""
    try:
        told = datetime.fromisoformat(service_time or "")
    except ValueError:
        return []
    if told.tzinfo is None:
        return []
    ahead_seconds = (CLOCK.now() - told).total_seconds()
    if abs(ahead_seconds) < _SKEW_TOLD_SECONDS:
        return []
    CLOCK.correct(told)
    direction = "voor" if ahead_seconds > 0 else "achter"
    return [
        f"De klok van dit toestel loopt {abs(ahead_seconds):.0f} seconden {direction}; het verslag volgt de dienst."
    ]


def wipe_chosen(work: Work, follow: Follow, stop_asked: StopAsked) -> None:
    """Wipe what was chosen. How each disk ended stands in ``work.wiped``, what was not begun in ``work.untouched``."""
    for choice in work.chosen:
        if not stop_asked():
            _wipe_one(work, choice, follow, stop_asked)


def _wipe_one(work: Work, choice: Choice, follow: Follow, stop_asked: StopAsked) -> None:
    disk = choice.disk
    against = [] if _is_scratch(work, disk) else check(disk, work.machine, choice.consent)
    if against:
        work.untouched[disk.name] = " ".join(refusal.sentence for refusal in against)
        return
    areas = NO_AREAS if _is_scratch(work, disk) else look_for_hidden_areas(disk, choice.path)
    target = Target(
        path=choice.path,
        size_bytes=disk.size_bytes or 0,
        logical_block_bytes=disk.logical_block_bytes,
        hidden_areas=areas,
    )
    nonce = work.nonces.get((disk.model, disk.serial))
    try:
        done = wipe(target, choice.plan, nonce, Watch(lambda progress: follow(disk, progress), stop_asked))
    except OSError as error:
        work.untouched[disk.name] = (
            f"{disk.name}: de schijf kon niet geopend worden ({in_words(error)}). Er is niets gewist."
        )
        return
    after = None if _is_scratch(work, disk) else sources.disk_now(disk.name)
    work.wiped[disk.name] = WipedDisk(
        disk=disk, wipe=done, hidden_areas=areas, smart_after=after.smart if after else None
    )


def _is_scratch(work: Work, disk: Disk) -> bool:
    return any(one.disk == disk for one in work.scratch)


def sign_and_keep(work: Work) -> Kept:
    """Sign the report and keep it on the stick, else elsewhere. Raises :class:`OutboxError` where no place can."""
    wishes = work.wishes
    signatory = Signatory(
        station=work.station.name,
        key=work.station.key,
        operator=wishes.operator,
        position=wishes.position,
        code=wishes.code,
    )
    report = build(
        work.machine,
        work.wiped,
        signatory,
        report_id=work.report_id,
        created_at=CLOCK.now(),
        test=bool(work.scratch),
    )
    compact = signed(report, work.station.key)
    try:
        return Kept(work.outbox, work.outbox.put(work.report_id, compact))
    except OutboxError as error:
        other, path = keep_elsewhere(work.report_id, compact)
        return Kept(
            other,
            path,
            (
                str(error),
                f"Het getekende verslag staat nu in {path}",
                f"Kopieer dat bestand eerst naar {work.outbox.folder} en zet dan pas uit: anders is het bewijs weg.",
            ),
        )


def send(work: Work, kept: Kept) -> Sent | None:
    """Send this report now; ``None`` where the service may not be asked."""
    if work.client is None:
        return None
    return send_waiting(kept.outbox, work.station, work.client, only=kept.path)[0]


def result(work: Work, path: Path, answer: dict[str, Any] | None) -> dict[str, Any]:
    """How it ended, for a program: the object that ``--json`` prints."""
    told = answer or {}
    return {
        "report_id": path.stem,
        "report_path": str(path),
        "sent": answer is not None,
        "test": bool(work.scratch),
        "result": told.get("result"),
        "device": told.get("device"),
        "attests": told.get("attests") or [],
        "carriers": [
            {
                "serial": one.disk.serial,
                "outcome": work.wiped[one.disk.name].wipe.outcome if one.disk.name in work.wiped else None,
                "level": work.wiped[one.disk.name].wipe.level if one.disk.name in work.wiped else None,
            }
            for one in work.chosen
        ],
    }
