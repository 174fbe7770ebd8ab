"""One disk from the last look before its first byte to the end: what runs is waited for, hidden areas are opened first,
a journal is kept, and then its plan is carried out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from intake_agent.language import gettext
from intake_agent.machine import Disk, Medium
from intake_agent.station.clock import CLOCK
from intake_agent.system_errors import in_words
from intake_agent.wiping.drives import ata, nvme, scsi
from intake_agent.wiping.drives.ata_security import leaves_locked
from intake_agent.wiping.drives.drive import Drives, Erased, OpenedAreas
from intake_agent.wiping.drives.hidden_areas import OpenedAreas as AreasNow
from intake_agent.wiping.drives.hidden_areas import opened_since
from intake_agent.wiping.engine.carrier_file import CarrierNotOpenedError, opened
from intake_agent.wiping.engine.journal import Cut, Journal, Journals
from intake_agent.wiping.engine.openings import Asked, Openings
from intake_agent.wiping.engine.stopping import CUT
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.wipe import Commands, Past, attempt_that_was_cut, row_of, unfinished, wipe
from intake_agent.wiping.plan import Plan
from intake_agent.wiping.progress import Watch
from intake_agent.wiping.safety import Refusal
from wipe_reports.codes import Method
from wipe_reports.document import AreaState, Attempt, AttemptResult, HiddenAreas, Outcome, Wipe
from wipe_reports.reasons import AttemptFinding

_NAMELESS = (ata.SANITIZES, scsi.METHODS)
"""Sanitizes of which the drive tells that one runs, and not which."""

MayStart = Callable[[Disk], list[Refusal]]
"""The last look before the first byte; an empty list is a yes."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One disk to wipe: where, by which plan, bound to which nonce, and whether to go on with a wipe that was cut."""

    disk: Disk
    path: Path
    plan: Plan
    nonce: str | None
    resume: Cut | None = None


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What became of one disk.

    ``disk`` is the disk as it is now: opening a hidden area made it larger, and the report needs that size. ``trouble``
    is a sentence when nothing was touched (``wipe`` is ``None``), or when this program itself failed half way.
    ``remarks`` are for the technician: a stick that would not keep the journal, a drive left as it was.
    """

    disk: Disk
    wipe: Wipe | None
    hidden_areas: HiddenAreas
    trouble: str | None
    remarks: tuple[str, ...] = ()


class _NotBegunError(Exception):
    """Nothing was touched; the message is a sentence. ``areas`` is what was learned of the hidden areas."""

    def __init__(self, sentence: str, areas: HiddenAreas | None = None) -> None:
        super().__init__(sentence)
        self.areas = areas or HiddenAreas()


def wipe_disk(job: Job, watch: Watch, may_start: MayStart, journals: Journals, drives: Drives) -> Finished:
    """Wipe one disk by its plan; never raises for what the disk, the stick or the drive's programs do."""
    began_at, openings = CLOCK.now(), Openings(journals.folder)
    try:
        _ask(job, watch)
        with _held(job):
            _refuse(may_start(job.disk))
            cut = _cut(job.disk, journals)
            ran_on = _wait_for_running(job, cut, watch, drives)
            if ran_on is not None and ran_on[1].result is AttemptResult.INTERRUPTED:
                return _left_running(job, began_at, ran_on)
            outcome, disk = _open_areas(job, drives, may_start, openings)
            finished = _wipe(replace(job, disk=disk), outcome, ran_on, journals, (watch, drives))
    except _NotBegunError as error:
        return Finished(disk=job.disk, wipe=None, hidden_areas=error.areas, trouble=str(error))
    if finished.wipe is not None and finished.wipe.outcome is Outcome.ERASED:
        with suppress(OSError):  # a note that stays only keeps a drive that hides the same again from being asked
            openings.forget(job.disk)
    return finished


def _ask(job: Job, watch: Watch) -> None:
    if job.plan.impossible is not None:
        raise _NotBegunError(f"{job.disk.name}: {job.plan.impossible}")
    if watch.stop_asked():
        raise _NotBegunError(
            gettext("{name}: gestopt voordat het wissen begon. Er is niets gewist.", name=job.disk.name)
        )


@contextmanager
def _held(job: Job) -> Iterator[None]:
    """Keep the device open from before the last look until the end of its wipe.

    Every step opens it anew by its name. While it is held the kernel gives that name to no other disk, also where this
    one falls away and another is plugged in (a dock, a loose cable): the wipe then finds nothing to open.
    """
    try:
        descriptor = os.open(job.path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise _unopened(job.disk, error) from error
    try:
        yield
    finally:
        os.close(descriptor)


def _refuse(against: list[Refusal], areas: HiddenAreas | None = None) -> None:
    if against:
        raise _NotBegunError(" ".join(one.sentence for one in against), areas)


def _cut(disk: Disk, journals: Journals) -> Cut | None:
    try:
        return journals.cut(disk)
    except OSError as error:
        raise _NotBegunError(
            gettext("{name}: de stick kan niet gelezen worden: {reason}.", name=disk.name, reason=in_words(error))
        ) from error


def _wait_for_running(job: Job, cut: Cut | None, watch: Watch, drives: Drives) -> tuple[Method, Erased] | None:
    """A sanitize of an earlier session goes on by itself, and nothing else can be done until it ends.

    Only NVMe tells which one it is; for the others it is the one that the journal names, if it names one.
    """
    found = drives.firmware.running(job.disk, job.path)
    if found is None:
        return None
    alike = next((methods for methods in _NAMELESS if found in methods), frozenset({found}))
    method = cut.method if cut is not None and cut.method in alike else found
    return method, drives.firmware.wait_for_running(method, job.disk, job.path, watch)


def _left_running(job: Job, began_at: datetime, ran_on: tuple[Method, Erased]) -> Finished:
    unfinished_wipe = unfinished(job.plan, began_at, job.nonce, (_attempt_of(*ran_on),))
    remark = gettext(
        "{name}: de schijf wist zichzelf verder, ook na uitzetten. Neem ze later opnieuw in.", name=job.disk.name
    )
    return Finished(disk=job.disk, wipe=unfinished_wipe, hidden_areas=HiddenAreas(), trouble=None, remarks=(remark,))


def _attempt_of(method: Method, erased: Erased) -> Attempt:
    return Attempt(
        technique=row_of(method).technique,
        method=method.value,
        started_at=erased.started_at,
        ended_at=erased.ended_at,
        result=erased.result or AttemptResult.NOT_VERIFIED,
        findings=tuple(map(str, erased.findings)) or (() if erased.detail else (AttemptFinding.RAN_ON.value,)),
        detail=erased.detail,
    )


def _open_areas(job: Job, drives: Drives, may_start: MayStart, openings: Openings) -> tuple[OpenedAreas, Disk]:
    """Look for hidden areas and open them; the disk as large as it is then."""
    seen = drives.areas.look_for_hidden_areas(job.disk, job.path)
    earlier = _asked_before(job.disk, openings)
    if AreaState.LEFT in {seen.hpa, seen.dco}:
        outcome = _opened(job, drives, openings, seen, earlier)
    else:
        outcome = AreasNow(areas=opened_since(earlier.areas, seen) if earlier is not None else seen)
    areas, size_bytes = outcome.areas, _size_of(job)
    if size_bytes == job.disk.size_bytes:
        return outcome, job.disk
    if AreaState.OPENED not in {areas.hpa, areas.dco}:
        raise _NotBegunError(
            gettext("{name}: de schijf is nu anders van grootte. Kijk opnieuw.", name=job.disk.name), areas
        )
    disk = replace(job.disk, size_bytes=size_bytes)
    _refuse(may_start(disk), areas)
    return outcome, disk


def _opened(job: Job, drives: Drives, openings: Openings, seen: HiddenAreas, earlier: Asked | None) -> OpenedAreas:
    """What opening brought; a drive that took the same command before and still hides its end is not asked again."""
    if earlier is not None and earlier.areas == seen:
        if earlier.in_this_start:
            raise _needs_power_off(job.disk, seen)
        return AreasNow(areas=seen, detail="it was asked to open before, and has been off since: not asked again")
    _prove_unused(job)
    outcome = drives.areas.open_hidden_areas(job.disk, job.path, seen)
    opened = AreaState.OPENED in {outcome.areas.hpa, outcome.areas.dco}
    if outcome.needs_power_cycle or (opened and not _has_grown(job)):
        _keep_note(job.disk, openings, seen)
        raise _needs_power_off(job.disk, outcome.areas)
    return outcome


def _needs_power_off(disk: Disk, areas: HiddenAreas) -> _NotBegunError:
    return _NotBegunError(
        gettext(
            "{name}: een verborgen deel van de schijf is geopend, maar wordt pas zichtbaar na een "
            "herstart. Zet het toestel helemaal uit, weer aan, en begin opnieuw. Er is niets gewist.",
            name=disk.name,
        ),
        areas,
    )


def _asked_before(disk: Disk, openings: Openings) -> Asked | None:
    try:
        return openings.asked(disk)
    except OSError as error:
        raise _NotBegunError(
            gettext("{name}: de stick kan niet gelezen worden: {reason}.", name=disk.name, reason=in_words(error))
        ) from error


def _keep_note(disk: Disk, openings: Openings, seen: HiddenAreas) -> None:
    """That the drive took the command; where the stick cannot keep it, the drive is only asked once more."""
    with suppress(OSError):
        openings.note(disk, seen)


def _area_remarks(disk: Disk, outcome: OpenedAreas) -> Iterator[str]:
    """What would not open, in the drive's own words."""
    if outcome.areas.sectors_not_reached and outcome.detail:
        yield gettext("{name}: het verborgen gebied ging niet open ({detail}).", name=disk.name, detail=outcome.detail)


def _prove_unused(job: Job) -> None:
    """The kernel opens nothing exclusively that is in use; a hidden area would open all the same."""
    try:
        with opened(job.path, writing=True):
            return
    except OSError as error:
        raise _unopened(job.disk, error) from error


def _has_grown(job: Job) -> bool:
    """An area that is said to be open and does not show would be left out of the wipe."""
    return _size_of(job) > (job.disk.size_bytes or 0)


def _size_of(job: Job) -> int:
    try:
        with job.path.open("rb", buffering=0) as file:
            return os.lseek(file.fileno(), 0, os.SEEK_END)
    except OSError as error:
        raise _unopened(job.disk, error) from error


def _unopened(disk: Disk, error: OSError) -> _NotBegunError:
    return _NotBegunError(
        gettext(
            "{name}: de schijf kon niet geopend worden ({reason}). Er is niets gewist.",
            name=disk.name,
            reason=in_words(error),
        )
    )


def _wipe(
    job: Job,
    outcome: OpenedAreas,
    ran_on: tuple[Method, Erased] | None,
    journals: Journals,
    watched: tuple[Watch, Drives],
) -> Finished:
    disk, areas, (watch, drives) = job.disk, outcome.areas, watched
    cut = _cut(disk, journals)
    past = _past(job, disk, cut, ran_on)
    journal = _journal(disk, cut, past, journals)
    target = Target(
        path=job.path,
        size_bytes=disk.size_bytes or 0,
        logical_block_bytes=disk.logical_block_bytes,
        hidden_areas=areas,
        unallocated_bytes=disk.unallocated_bytes or 0,
        namespaces_left=nvme.unseen_namespaces(disk, job.path) if disk.medium is Medium.NVME else 0,
    )
    commands = Commands(disk=disk, firmware=drives.firmware)
    try:
        done = wipe(target, job.plan, job.nonce, watch, commands=commands, journal=journal, past=past)
    except BaseException as error:
        journal.close_resumable()
        if isinstance(error, CarrierNotOpenedError):
            raise _unopened(disk, error) from error
        raise
    remarks = (*_remarks(disk, _closed(journal, done)), *_area_remarks(disk, outcome))
    return Finished(disk=disk, wipe=done, hidden_areas=areas, trouble=None, remarks=remarks)


def _closed(journal: Journal, done: Wipe) -> Exception | None:
    """Close the journal as the wipe ended; what went wrong with it takes nothing from the wipe."""
    try:
        if CUT & set(done.exceptions):
            journal.close_resumable()
        elif leaves_locked(done):
            journal.close_locked()
        else:
            journal.close_finished()
    except Exception as error:  # noqa: BLE001 - the journal is only needed by a wipe that was cut
        return error
    return journal.trouble


def _past(job: Job, disk: Disk, cut: Cut | None, ran_on: tuple[Method, Erased] | None) -> Past:
    """What an earlier session left: always reported, resumed where that was asked and its facts hold."""
    if cut is None:
        return Past(attempts=(_attempt_of(*ran_on),) if ran_on else ())
    attempts = cut.attempts if cut.finished else (*cut.attempts, attempt_that_was_cut(cut))
    if ran_on is not None:
        method, erased = ran_on
        known = cut.method is method and cut.canaries_planted and cut.size_bytes == disk.size_bytes
        if known and erased.result is None:
            return Past(attempts=attempts, ran_on=(method, cut, erased))
        return Past(attempts=(*attempts, _attempt_of(method, erased)))
    return Past(attempts=attempts, resume=cut if job.resume is not None and cut.resumable else None)


def _journal(disk: Disk, cut: Cut | None, past: Past, journals: Journals) -> Journal:
    try:
        if cut is not None and (past.resume is not None or past.ran_on is not None):
            return journals.go_on(disk, past.attempts[-1])
        return journals.begin(disk, began_at=CLOCK.now(), attempts=past.attempts)
    except OSError as error:
        raise _NotBegunError(
            gettext(
                "{name}: op de stick kan niet bijgehouden worden hoever het wissen is ({reason}). Er is niets gewist.",
                name=disk.name,
                reason=in_words(error),
            )
        ) from error


def _remarks(disk: Disk, trouble: Exception | None) -> Iterator[str]:
    if trouble is not None:
        why = in_words(trouble) if isinstance(trouble, OSError) else f"{type(trouble).__name__}: {trouble}"
        yield gettext(
            "{name}: op de stick kon niet meer bijgehouden worden hoever het wissen was: {why}.",
            name=disk.name,
            why=why,
        )
