"""One step of a plan: the overwrite, or the drive's own erase between canaries, each with a read-back of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives.drive import EraseCommands, Erased
from intake_agent.wiping.engine.canaries import Canaries, pages
from intake_agent.wiping.engine.content import Content, Noise, OneFill, Stamped
from intake_agent.wiping.engine.journal import Cut, Journal
from intake_agent.wiping.engine.overwrite import Written, overwrite
from intake_agent.wiping.engine.remembered import RememberedBlocks
from intake_agent.wiping.engine.sample import READ_SHARE, draw, ranges, total
from intake_agent.wiping.engine.stamp import CHUNK_BYTES, Stamp, new_seed
from intake_agent.wiping.engine.stopping import StopReason
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.verify import ReadBack, read_back
from intake_agent.wiping.progress import Watch
from intake_agent.wiping.table import Row
from wipe_reports.document import AttemptResult, Sample, VerificationMethod
from wipe_reports.reasons import AttemptFinding

_ENOUGH_WRONG_BYTES = 16 * 1024 * 1024
_SEED_BYTES_OF_A_SAMPLE = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeContext:
    """What the steps of one wipe work on: the carrier, how it is read back, who follows, the drive's own commands."""

    target: Target
    read: VerificationMethod
    watch: Watch
    disk: Disk | None = None
    firmware: EraseCommands | None = None
    journal: Journal | None = None


@dataclass(slots=True)
class Step:
    """What one step did. ``planted`` and ``survived`` count canaries, ``None`` where none were owed.

    ``blocks`` are what was remembered instead, of a drive that takes no canaries.
    ``stopped`` says what cut it short; ``trouble`` why it did not hold where no
    figure tells it, ``words`` are the drive's own and ``seen`` what its commands made of them.
    """

    row: Row
    started_at: datetime
    ended_at: datetime
    written: Written | None = None
    erased: Erased | None = None
    planted: int | None = None
    survived: int | None = None
    blocks: RememberedBlocks | None = None
    looked: ReadBack | None = None
    checked: ReadBack | None = None
    read: VerificationMethod = VerificationMethod.NONE
    sample: Sample | None = None
    stopped: StopReason | None = None
    result: AttemptResult | None = None
    trouble: Reason | None = None
    words: str | None = None
    seen: tuple[Reason, ...] = ()
    resumed: bool = False


def overwritten(carrier: WipeContext, row: Row, cut: Cut | None = None) -> Step:
    """Stamp the whole carrier, or the rest of it after ``cut``, and read all of it back.

    Raises CarrierBusyError or OSError when the carrier could not be opened at all, and then nothing was touched.
    """
    step = _begun(row)
    seed = new_seed()
    start_bytes = 0
    if cut is not None and cut.seed is not None:
        seed, start_bytes = cut.seed, cut.flushed_bytes // CHUNK_BYTES * CHUNK_BYTES
        start_bytes = cut.flushed_bytes if cut.flushed_bytes >= carrier.target.size_bytes else start_bytes
        step.started_at = cut.method_began_at or cut.began_at
        step.resumed = True
    elif carrier.journal is not None:
        carrier.journal.method_begins(row.method, step.started_at, seed)
    stamp = Stamp(seed)
    step.written = overwrite(carrier.target, stamp, carrier.watch, marks=carrier.journal, start_bytes=start_bytes)
    step.stopped = step.written.stopped
    if step.stopped is None:
        _read(carrier, step, Stamped(stamp))
    step.ended_at = CLOCK.now()
    return step


def erased_by_drive(carrier: WipeContext, row: Row, disk: Disk, firmware: EraseCommands) -> Step:
    """Plant canaries, let the drive erase itself, and look what is there now, whatever the drive says.

    Raises CarrierBusyError or OSError when the carrier could not be opened at all, and then nothing was touched.
    """
    step = _begun(row)
    seed = new_seed()
    if carrier.journal is not None:
        carrier.journal.method_begins(row.method, step.started_at, seed)
    canaries = None
    if disk.security is None or not disk.security.locked:
        canaries = Canaries(seed, carrier.target.size_bytes, before_crypto_erase=row.leaves_noise)
        _plant(carrier, step, canaries)
        if _takes_no_writes(step):
            canaries = None
            _remember(carrier, step, RememberedBlocks(seed, carrier.target))
    if step.stopped is None and step.result is None:
        step.erased = firmware.erase(row.method, disk, carrier.target.path, carrier.watch)
        _judge(carrier, step, canaries)
    step.ended_at = CLOCK.now()
    return step


def picked_up(carrier: WipeContext, row: Row, cut: Cut, erased: Erased) -> Step:
    """A sanitize that ran on through a cut and ended: look for the canaries of that time, and read back."""
    step = _begun(row)
    step.started_at, step.resumed, step.erased = cut.method_began_at or cut.began_at, True, erased
    canaries = None
    if cut.seed is not None and cut.canaries_planted:
        canaries = Canaries(cut.seed, carrier.target.size_bytes, before_crypto_erase=row.leaves_noise)
        step.planted = pages(canaries.total_bytes)
    _judge(carrier, step, canaries)
    step.ended_at = CLOCK.now()
    return step


def _begun(row: Row) -> Step:
    now = CLOCK.now()
    return Step(row, now, now)


def _plant(carrier: WipeContext, step: Step, canaries: Canaries) -> None:
    step.looked = canaries.look_before(carrier.target.path, carrier.watch)
    step.stopped = step.looked.stopped
    if step.stopped is not None:
        return
    written = step.written = canaries.plant(carrier.target, carrier.watch)
    step.stopped = written.stopped
    if step.stopped is None:
        _see_planted(carrier, step, canaries, pages(written.bytes_written))
    if carrier.journal is not None and step.stopped is None and step.result is None:
        carrier.journal.canaries_planted()


def _takes_no_writes(step: Step) -> bool:
    """Did the drive answer every write with an error: a sanitize that failed, or a life that is over?"""
    written = step.written
    if written is None or written.stopped not in {None, StopReason.FLUSH_FAILED}:
        return False
    return bool(written.failures.total_bytes) and (
        not written.bytes_written or written.stopped == StopReason.FLUSH_FAILED
    )


def _remember(carrier: WipeContext, step: Step, blocks: RememberedBlocks) -> None:
    """Read what lies there instead. The drive's own erase is sent whatever can be read: nothing else could save it.

    What could not be written before an erase is no fault of the erase, and what could not be read may be after it.
    """
    step.blocks, step.written, step.planted, step.survived = blocks, None, None, None
    step.looked, step.stopped, step.result, step.trouble = None, None, None, None
    try:
        step.stopped = blocks.remember(carrier.target.path, carrier.watch).stopped
    except OSError as error:
        step.trouble = Reason(AttemptFinding.EARLIER_CONTENT_UNREADABLE, error.strerror)


def _see_planted(carrier: WipeContext, step: Step, canaries: Canaries, written: int) -> None:
    """Only a canary that was seen before the erase proves anything when it is gone after it."""
    try:
        seen = canaries.look_planted(carrier.target.path, carrier.watch)
    except OSError as error:
        step.result = AttemptResult.NOT_COMPLETED
        step.trouble = Reason(AttemptFinding.PLANTED_CANARIES_UNREADABLE, error.strerror)
        return
    step.planted, step.looked, step.stopped = seen.survived, seen, seen.stopped
    if step.stopped is None and (not seen.survived or seen.survived + pages(seen.failures.total_bytes) < written):
        step.result = AttemptResult.NOT_COMPLETED
        step.trouble = Reason(AttemptFinding.WRITES_DROPPED, f"{seen.survived}/{written}")


def _judge(carrier: WipeContext, step: Step, canaries: Canaries | None) -> None:
    """What the drive said, then what is there: the canaries' places first, because that costs little, then the rest."""
    erased = step.erased
    if erased is not None and erased.result is not None:
        step.result, step.words, step.seen = erased.result, erased.detail, erased.findings
        if erased.result is AttemptResult.INTERRUPTED:
            step.stopped = StopReason.INTERRUPTED
        return
    if step.blocks is not None and not _compare(carrier, step, step.blocks):
        return
    if canaries is None:
        content: Content = Noise(b"") if step.row.leaves_noise else OneFill(b"")
    else:
        content = Noise(canaries.nonce) if step.row.leaves_noise else OneFill(canaries.nonce)
        if not _look(carrier, step, canaries):
            return
    _read(carrier, step, content, enough_wrong_bytes=_ENOUGH_WRONG_BYTES)
    if step.checked is not None and step.survived is not None and step.planted is not None:
        step.survived = min(step.planted, step.survived + step.checked.survived)


def _compare(carrier: WipeContext, step: Step, blocks: RememberedBlocks) -> bool:
    """Are the remembered blocks read, and does none of them read as it did?"""
    try:
        step.looked = looked = blocks.compare(carrier.target.path, carrier.watch)
    except OSError as error:
        step.trouble = Reason(AttemptFinding.REMEMBERED_BLOCKS_UNREADABLE, error.strerror)
        return False
    step.stopped = looked.stopped
    if not blocks.proves:
        compared = blocks.changed + blocks.unchanged
        step.trouble = Reason(AttemptFinding.BLOCKS_PROVE_NOTHING, f"{blocks.changed}/{compared}")
    return step.stopped is None and not blocks.unchanged


def _look(carrier: WipeContext, step: Step, canaries: Canaries) -> bool:
    """Are the canaries' places read, and is none of them left?"""
    try:
        step.looked = looked = canaries.look(carrier.target.path, carrier.watch)
    except OSError as error:
        step.trouble = Reason(AttemptFinding.CANARIES_UNREADABLE, error.strerror)
        return False
    step.survived = min(step.planted or 0, looked.survived)
    step.stopped = looked.stopped
    return step.stopped is None and not step.survived


def _read(carrier: WipeContext, step: Step, content: Content, *, enough_wrong_bytes: int | None = None) -> None:
    """The reading pass; where the carrier cannot be opened again, nothing is verified."""
    size_bytes = carrier.target.size_bytes
    seed = secrets.token_bytes(_SEED_BYTES_OF_A_SAMPLE)
    sampled = carrier.read is VerificationMethod.SAMPLED_READ_BACK
    sample = draw(size_bytes, seed, READ_SHARE) if sampled else None
    try:
        step.checked = read_back(
            carrier.target.path,
            ranges(size_bytes, sample),
            total(ranges(size_bytes, sample)) if sample else size_bytes,
            content,
            carrier.watch,
            enough_wrong_bytes=enough_wrong_bytes,
        )
    except OSError as error:
        step.trouble = Reason(AttemptFinding.CARRIER_UNREADABLE, error.strerror)
        return
    step.read = VerificationMethod.SAMPLED_READ_BACK if sample else VerificationMethod.FULL_READ_BACK
    step.sample = sample
    step.stopped = step.checked.stopped if step.checked.stopped is not StopReason.READ_BACK_DIFFERS else None
