"""What a report's own figures contradict: a claim that the report itself disproves is refused, never repaired.

The rules are those of NIST SP 800-88r2, IEEE 2883-2022 as taught, and the house's table of levels per medium:
a level is the lower of what the technique reaches and what the verification proves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from wipe_reports.document import (
    AreaState,
    Carrier,
    Level,
    Medium,
    Outcome,
    Technique,
    Verification,
    VerificationMethod,
    Wipe,
    WipeReport,
)
from wipe_reports.moments import a_clock_can_say, within
from wipe_reports.wipe import Bus
from wipe_reports.words import FieldError

__all__ = ["FieldError", "find", "highest_level"]

SMALLEST_SAMPLE = Fraction(5, 100)
"""IEEE 2883 as taught: a clear may be verified by sample of at least 5 %."""

_SHREDDING = ("DIN 66399", "EN 15713", "ISO/IEC 21964")
_FIRMWARE_PURGE = {Technique.BLOCK_ERASE, Technique.CRYPTO_ERASE}
_DIRECT_MEDIA = {Medium.HDD, Medium.SSD, Medium.NVME}
_SCSI_BUSES = {Bus.SAS, Bus.SCSI}
_BRIDGED_BUSES = {Bus.USB, Bus.MMC, Bus.SD}


def highest_level(technique: Technique, medium: Medium, bus: str | None) -> Level:
    """The highest level ``technique`` reaches on ``medium`` over ``bus`` (lower case or not), whatever was verified.

    Overwriting is *clear*, save a SAS drive's own sanitize-overwrite. Behind a USB bridge or a card reader, and on
    eMMC, flash, virtual and unknown media nothing reaches *purge*.
    """
    attachment = (bus or "").lower()
    direct = medium in _DIRECT_MEDIA and attachment not in _BRIDGED_BUSES
    if technique is Technique.OVERWRITE:
        return Level.PURGE if medium is Medium.HDD and attachment in _SCSI_BUSES else Level.CLEAR
    if technique is Technique.DISCARD:
        return Level.CLEAR if medium is Medium.EMMC else Level.NONE
    if not direct:
        return Level.NONE
    if technique in _FIRMWARE_PURGE or (technique is Technique.SECURE_ERASE and medium is Medium.HDD):
        return Level.PURGE
    return Level.CLEAR


def find(report: WipeReport) -> list[FieldError]:
    """Every contradiction in ``report``, in the order of its fields; an empty list is a report that can be true."""
    found = [FieldError.of(path, "time.no_clock") for path, one in within(report) if not a_clock_can_say(one)]
    found += _between_carriers(report.carriers)
    for index, carrier in enumerate(report.carriers):
        path = f"carriers[{index}]"
        found += _carrier_figures(carrier, path)
        if carrier.wipe is not None:
            found += _wipe(carrier, carrier.wipe, f"{path}.wipe")
            found += _reported_after(report.created_at, carrier.wipe, path)
    return found


def _usable(serial: str | None) -> bool:
    letters = [character for character in (serial or "").lower() if character.isalnum()]
    return len(set(letters)) > 1


def _between_carriers(carriers: tuple[Carrier, ...]) -> Iterator[FieldError]:
    seen: dict[tuple[str, str], int] = {}
    nonces: dict[str, int] = {}
    for index, carrier in enumerate(carriers):
        if carrier.serial is not None and _usable(carrier.serial):
            first = seen.setdefault(((carrier.model or "").strip(), carrier.serial.strip()), index)
            if first != index:
                yield FieldError.of(f"carriers[{index}].serial", "carriers.twice", other=first + 1)
        if carrier.wipe is not None and carrier.wipe.nonce is not None:
            first = nonces.setdefault(carrier.wipe.nonce, index)
            if first != index:
                yield FieldError.of(f"carriers[{index}].wipe.nonce", "nonce.twice", other=first + 1)


def _carrier_figures(carrier: Carrier, path: str) -> Iterator[FieldError]:
    product = carrier.sectors * carrier.logical_block_bytes
    if product != carrier.size_bytes:
        yield FieldError.of(
            f"{path}.size_bytes",
            "size.sectors",
            sectors=carrier.sectors,
            block=carrier.logical_block_bytes,
            product=product,
            size=carrier.size_bytes,
        )
    hidden = carrier.hidden_areas
    for name, state, sectors in (
        ("hpa", hidden.hpa, hidden.hpa_sectors),
        ("dco", hidden.dco, hidden.dco_sectors),
    ):
        if sectors and state in {AreaState.ABSENT, AreaState.NOT_APPLICABLE}:
            yield FieldError.of(f"{path}.hidden_areas.{name}_sectors", "hidden.absent")


def _reported_after(created_at: datetime, wipe: Wipe, path: str) -> Iterator[FieldError]:
    ends = (("wipe.ended_at", wipe.ended_at), ("wipe.verification.ended_at", wipe.verification.ended_at))
    for name, end in ends:
        if end is not None and end > created_at:
            yield FieldError.of(f"{path}.{name}", "time.reported_before")


def _wipe(carrier: Carrier, wipe: Wipe, path: str) -> Iterator[FieldError]:
    yield from _wipe_times(wipe, path)
    yield from _verification_times(wipe, f"{path}.verification")
    yield from _wipe_counts(carrier, wipe, path)
    yield from _verification_figures(carrier, wipe.verification, f"{path}.verification")
    yield from _level(carrier, wipe, path)
    if wipe.outcome is Outcome.ERASED:
        yield from _erased(carrier, wipe, path)
        yield from _erased_read_back(carrier, wipe, f"{path}.verification")
    else:
        yield from _not_erased(wipe, path)


def _order(path: str, start: datetime, end: datetime) -> Iterator[FieldError]:
    if end < start:
        yield FieldError.of(path, "time.order", start=start.isoformat(), end=end.isoformat())


def _wipe_times(wipe: Wipe, path: str) -> Iterator[FieldError]:
    yield from _order(f"{path}.ended_at", wipe.started_at, wipe.ended_at)
    previous_end = wipe.started_at
    for index, one in enumerate(wipe.passes):
        at = f"{path}.passes[{index}]"
        yield from _order(f"{at}.ended_at", one.started_at, one.ended_at)
        if one.started_at < wipe.started_at or one.ended_at > wipe.ended_at:
            yield FieldError.of(at, "time.outside_wipe")
        elif one.started_at < previous_end:
            yield FieldError.of(f"{at}.started_at", "time.pass_order")
        previous_end = max(previous_end, one.ended_at)
    for index, attempt in enumerate(wipe.attempts):
        if attempt.ended_at is not None:
            yield from _order(f"{path}.attempts[{index}].ended_at", attempt.started_at, attempt.ended_at)


def _verification_times(wipe: Wipe, path: str) -> Iterator[FieldError]:
    start, end = wipe.verification.started_at, wipe.verification.ended_at
    if start is not None and end is not None:
        yield from _order(f"{path}.ended_at", start, end)
    elif wipe.verification.method is not VerificationMethod.NONE and wipe.outcome is Outcome.ERASED:
        yield FieldError.of(f"{path}.started_at", "time.verification_missing")
    written_by = max((one.ended_at for one in wipe.passes), default=wipe.started_at)
    if start is not None and start < written_by:
        yield FieldError.of(f"{path}.started_at", "time.verified_before")
    if end is not None and end < wipe.started_at:
        yield FieldError.of(f"{path}.ended_at", "time.verified_before")


def _wipe_counts(carrier: Carrier, wipe: Wipe, path: str) -> Iterator[FieldError]:
    total = sum(one.bytes_written for one in wipe.passes)
    if (wipe.passes or wipe.technique is Technique.OVERWRITE) and total != wipe.bytes_written:
        yield FieldError.of(f"{path}.bytes_written", "size.passes", total=total, written=wipe.bytes_written)
    for index, one in enumerate(wipe.passes):
        if one.bytes_written > carrier.size_bytes:
            yield FieldError.of(f"{path}.passes[{index}].bytes_written", "size.beyond")
    for index, error in enumerate(wipe.errors):
        if error.offset_bytes + error.length_bytes > carrier.size_bytes:
            yield FieldError.of(f"{path}.errors[{index}]", "size.beyond")
    if wipe.unreadable_sectors > carrier.sectors:
        yield _more_than(f"{path}.unreadable_sectors", wipe.unreadable_sectors, carrier.sectors)
    yield from _standard(wipe, path)


def _more_than(path: str, part: int, whole: int) -> FieldError:
    return FieldError.of(path, "size.more_than", part=part, whole=whole)


def _standard(wipe: Wipe, path: str) -> Iterator[FieldError]:
    for name in _SHREDDING:
        if name.casefold() in wipe.standard.casefold():
            yield FieldError.of(f"{path}.standard", "standard.shredding", name=name)


def _verification_figures(carrier: Carrier, check: Verification, path: str) -> Iterator[FieldError]:
    if check.bytes_read > carrier.size_bytes:
        yield _more_than(f"{path}.bytes_read", check.bytes_read, carrier.size_bytes)
    if check.bytes_mismatched > check.bytes_read:
        yield _more_than(f"{path}.bytes_mismatched", check.bytes_mismatched, check.bytes_read)
    if check.canaries is not None and check.canaries.survived > check.canaries.planted:
        yield _more_than(f"{path}.canaries.survived", check.canaries.survived, check.canaries.planted)
    if check.method is VerificationMethod.NONE and check.bytes_read:
        yield FieldError.of(f"{path}.bytes_read", "verification.none_read")
    if not check.passed:
        return
    if check.method is VerificationMethod.NONE:
        yield FieldError.of(f"{path}.passed", "verification.passed_none")
    if check.method is VerificationMethod.FULL_READ_BACK and check.bytes_read < carrier.size_bytes:
        short = {"read": check.bytes_read, "size": carrier.size_bytes}
        yield FieldError.of(f"{path}.passed", "verification.passed_short", **short)
    unchanged = check.compared_blocks is not None and check.compared_blocks.unchanged
    if check.bytes_mismatched or unchanged or (check.canaries is not None and check.canaries.survived):
        yield FieldError.of(f"{path}.passed", "verification.passed_mismatch")


def _level(carrier: Carrier, wipe: Wipe, path: str) -> Iterator[FieldError]:
    if wipe.level is Level.DESTROY:
        yield FieldError.of(f"{path}.level", "level.destroy")
        return
    highest = highest_level(wipe.technique, carrier.medium, carrier.bus)
    if wipe.level.rank > highest.rank:
        yield FieldError.of(f"{path}.level", "level.too_high", level=wipe.level.value, highest=highest.value)
    if wipe.level is Level.PURGE and wipe.technique is not Technique.CRYPTO_ERASE:
        yield from _purge_read_back(carrier, wipe.verification, path)
    proven = _canaries_changed(wipe.verification) or (
        wipe.level is Level.CLEAR and _compared_blocks_changed(wipe.verification)
    )
    if _needs_canaries(wipe) and not proven:
        yield FieldError.of(f"{path}.verification.canaries", "level.canaries")


def _needs_canaries(wipe: Wipe) -> bool:
    if wipe.technique is Technique.CRYPTO_ERASE:
        return wipe.level is not Level.NONE
    return wipe.level is Level.PURGE and wipe.technique is not Technique.OVERWRITE


def _canaries_changed(check: Verification) -> bool:
    return check.canaries is not None and check.canaries.planted > 0 and check.canaries.survived == 0


def _compared_blocks_changed(check: Verification) -> bool:
    return (
        check.compared_blocks is not None and check.compared_blocks.changed > 0 and not check.compared_blocks.unchanged
    )


def _share(carrier: Carrier, check: Verification) -> Fraction:
    return Fraction(check.bytes_read, carrier.size_bytes) if carrier.size_bytes else Fraction(0)


def percent(share: Fraction) -> str:
    """A share as a percentage, rounded down to two decimals: what is not all never reads as 100."""
    hundredths = int(share * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def _purge_read_back(carrier: Carrier, check: Verification, path: str) -> Iterator[FieldError]:
    share = _share(carrier, check)
    if check.method is VerificationMethod.SAMPLED_READ_BACK:
        yield FieldError.of(f"{path}.level", "level.purge_sampled")
    elif share < 1:
        yield FieldError.of(f"{path}.level", "level.purge_share", percent=percent(share))


def _erased(carrier: Carrier, wipe: Wipe, path: str) -> Iterator[FieldError]:
    if wipe.level is Level.NONE:
        yield FieldError.of(f"{path}.level", "erased.level_none")
    if carrier.size_bytes == 0:
        yield FieldError.of(f"{path}.outcome", "erased.no_size")
    if wipe.unreadable_sectors:
        yield FieldError.of(f"{path}.unreadable_sectors", "erased.unreadable", count=wipe.unreadable_sectors)
    if wipe.errors:
        yield FieldError.of(f"{path}.errors", "erased.errors")
    if wipe.exceptions:
        yield FieldError.of(f"{path}.exceptions", "erased.exceptions")
    if AreaState.LEFT in {carrier.hidden_areas.hpa, carrier.hidden_areas.dco}:
        yield FieldError.of(f"{path}.outcome", "erased.hidden")
    if wipe.technique is Technique.OVERWRITE:
        yield from _erased_overwrite(carrier, wipe, path)


def _erased_overwrite(carrier: Carrier, wipe: Wipe, path: str) -> Iterator[FieldError]:
    if not wipe.passes:
        yield FieldError.of(f"{path}.passes", "size.no_pass")
    for index, one in enumerate(wipe.passes):
        if one.bytes_written < carrier.size_bytes:
            at = f"{path}.passes[{index}].bytes_written"
            yield FieldError.of(at, "size.pass_short", written=one.bytes_written, size=carrier.size_bytes)


def _erased_read_back(carrier: Carrier, wipe: Wipe, path: str) -> Iterator[FieldError]:
    check = wipe.verification
    if check.method is VerificationMethod.NONE:
        yield FieldError.of(f"{path}.method", "erased.not_verified")
    if not check.passed:
        yield FieldError.of(f"{path}.passed", "erased.verification")
    if check.bytes_mismatched:
        yield FieldError.of(f"{path}.bytes_mismatched", "erased.mismatch", count=check.bytes_mismatched)
    if check.canaries is not None and check.canaries.survived:
        yield FieldError.of(f"{path}.canaries.survived", "erased.canaries", count=check.canaries.survived)
    if check.method is VerificationMethod.FULL_READ_BACK and check.bytes_read < carrier.size_bytes:
        yield FieldError.of(f"{path}.bytes_read", "erased.read_share", read=check.bytes_read, size=carrier.size_bytes)
    if check.method is VerificationMethod.SAMPLED_READ_BACK and _share(carrier, check) < SMALLEST_SAMPLE:
        yield FieldError.of(f"{path}.bytes_read", "erased.sample_small", percent=percent(_share(carrier, check)))


def _not_erased(wipe: Wipe, path: str) -> Iterator[FieldError]:
    if wipe.level is not Level.NONE:
        yield FieldError.of(f"{path}.level", "not_erased.level")
    silent = not (wipe.exceptions or wipe.errors or wipe.unreadable_sectors or wipe.verification.bytes_mismatched)
    if wipe.outcome is Outcome.ERASED_WITH_EXCEPTIONS and silent:
        yield FieldError.of(f"{path}.exceptions", "exceptions.none")
