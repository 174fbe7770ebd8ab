"""What a drive's and a battery's own figures mean: healthy, worn, failing or unknown, with the reasons as keys.

Every figure here is compared with published experience; where a bound is our own choice, its docstring says so.

Hard disks: Backblaze found five attributes that go before failure, 5 reallocated sectors, 187 reported uncorrectable
errors, 188 command timeouts, 197 pending sectors and 198 offline uncorrectable sectors (Backblaze, *What SMART Stats
Tell Us About Hard Drives*, 2016: of failed drives 76.7 % had one of the five above zero, of working ones 4.2 %). The
drive's own word is not a verdict: a third of the drives with bad signs still say PASSED.

Solid state: blocks that are retired belong to how flash ages. Schroeder e.a. (*Flash Reliability in Production*, FAST
'16) saw bad blocks grow on 30 to 80 % of drives in use, and after the first few a run of hundreds on half of them: many
are wear, not failure. ``percentage_used`` 100 means that the life the maker promises is used up; the drive may go on,
but nobody vouches any longer that it keeps data without power (JEDEC JESD218), so it is called failing. So are media
errors, a spare below its threshold and a critical warning (NVM Express Base Specification 2.0 §5.16.1.3), save the
warning that the drive is too hot at this moment: that passes, and the drive is asked again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Battery, Disk, DriveSigns, Health, HealthVerdict, Medium, Smart
from intake_agent.probes.smart import TOO_HOT
from wipe_reports import words
from wipe_reports.reasons import HealthReason
from wipe_reports.words import HOUSE_LANGUAGE, Language

REALLOCATED_FAILING = 50
"""From here on a hard disk is failing, below it worn (the bound is ours). Pinheiro e.a. (Google, FAST '07, §3.5.2):
after its first reallocation a drive fails 14 times likelier within 60 days; yet a handful that stays is common in old
drives."""
RETIRED_BLOCKS_WORN = 10
"""A handful of retired flash blocks is no sign by itself (Schroeder e.a., FAST '16); the bound is ours."""
COMMAND_TIMEOUTS_WORN = 100
"""Cables and sleep cause some timeouts; Backblaze counts only the drives far above that."""
PERCENTAGE_USED_WORN, PERCENTAGE_USED_FAILING = 80, 100
OLD_HOURS = 60_000
"""Nearly seven years of running: past the bottom of the bathtub curve in Backblaze's yearly statistics."""
_READ_FAILURES, _DOUBTFUL = "Read_Failure_Blk_Ct", "Bogus_Current_Pend_Sect"
_SOMETHING_ELSE = frozenset({_DOUBTFUL, _READ_FAILURES, "Read_Sectors_Tot_Ct"})
"""Names by which smartmontools' drive database says that attribute 197 or 198 of a model counts something else."""
_COUNT_TOO_LARGE = 1 << 31
BATTERY_WORN_SHARE, BATTERY_FAILING_SHARE = 0.80, 0.50
"""Full capacity over design capacity. Makers rate a battery until 80 % (Apple, *Determine battery cycle count for
Mac laptops*); under half it hardly lasts a lesson, a bound of our own."""
BATTERY_IMPOSSIBLE_SHARE = 1.3
"""New batteries hold up to some fifteen per cent more than they promise; beyond this one of the figures is wrong."""
BATTERY_WORN_CYCLES = 1000
"""The cycles that makers of the longest-lived laptop batteries promise at 80 % (Apple, as above)."""

_ORDER = (HealthVerdict.FAILING, HealthVerdict.WORN, HealthVerdict.HEALTHY)

Sign = tuple[HealthVerdict, Reason]


def judge_disk(disk: Disk) -> Health:
    """The verdict on one drive. Without any S.M.A.R.T. fact it is *unknown*, whatever the drive is."""
    smart = disk.smart
    if smart is None:
        return _unknown(Reason(HealthReason.NO_SMART))
    signs = [*_sector_signs(disk, smart), *_flash_signs(smart, disk.signs)]
    if disk.signs.too_hot:
        signs.append((HealthVerdict.WORN, _too_hot(smart)))
    if smart.passed is False and not _rests_on_heat(disk.signs):
        signs.append((HealthVerdict.FAILING, Reason(HealthReason.DRIVE_SAYS_FAILED)))
    signs.extend(
        (
            HealthVerdict.WORN if _is_heat(name) else HealthVerdict.FAILING,
            Reason(HealthReason.ATTRIBUTE_FAILING, name),
        )
        for name in disk.signs.failing_now
    )
    if (smart.power_on_hours or 0) >= OLD_HOURS:
        signs.append((HealthVerdict.WORN, Reason(HealthReason.MANY_HOURS)))
    if not signs and disk.signs.figures_damaged:
        return _unknown(Reason(HealthReason.FIGURES_DAMAGED))
    if not signs and not _says_enough(smart, disk.signs):
        return _unknown(*_doubts(smart, disk.signs), Reason(HealthReason.TOO_LITTLE_SAID))
    return _worst(signs)


def _is_heat(attribute: str) -> bool:
    """Is this attribute (190 or 194, under whatever maker's name) the temperature of this moment?"""
    return re.search(r"(?<!at)temp(erature|_|$)", attribute.lower()) is not None


def _rests_on_heat(signs: DriveSigns) -> bool:
    """Is heat all that the drive names where it says that it fails?"""
    return signs.too_hot or (bool(signs.failing_now) and all(_is_heat(name) for name in signs.failing_now))


def _too_hot(smart: Smart) -> Reason:
    """Heat passes: never *failing*; and no clean bill until the drive is asked again when it has cooled."""
    celsius = smart.temperature_celsius
    return Reason(HealthReason.TOO_HOT_NOW, "?" if celsius is None else str(celsius))


def _doubts(smart: Smart, signs: DriveSigns) -> tuple[Reason, ...]:
    """Figures of a drive's life that contradict each other and that no figure of a known direction settles."""
    if smart.percentage_used is not None or not signs.life_doubted:
        return ()
    return (Reason(HealthReason.LIFE_DOUBTED, "/".join(str(one) for one in signs.life_doubted)),)


def reasons_and_doubts(disk: Disk) -> tuple[str, ...]:
    """The verdict's reasons and, beside it, what the drive says twice and differently: keys for :func:`in_words`."""
    doubts = map(str, _doubts(disk.smart, disk.signs) if disk.smart is not None else ())
    return (*disk.health.reasons, *(doubt for doubt in doubts if doubt not in disk.health.reasons))


def _says_enough(smart: Smart, signs: DriveSigns) -> bool:
    """A bare PASSED is the drive's opinion; a verdict needs at least one count behind it, of what it is named after."""
    counts = [smart.reallocated, smart.percentage_used, smart.media_errors]
    if not _ids_of_something_else(smart):
        counts += [smart.pending, smart.uncorrectable, signs.wear_percent, signs.reported_uncorrectable]
    return any(count is not None for count in counts)


def _ids_of_something_else(smart: Smart) -> set[int]:
    return {attribute.id for attribute in smart.attributes if attribute.name in _SOMETHING_ELSE}


def _sector_signs(disk: Disk, smart: Smart) -> list[Sign]:
    found: list[Sign] = []
    other = _ids_of_something_else(smart)
    if smart.pending and 197 not in other:
        found.append((HealthVerdict.FAILING, Reason(HealthReason.PENDING_SECTORS)))
    if smart.uncorrectable and 198 not in other:
        found.append((HealthVerdict.FAILING, Reason(HealthReason.UNCORRECTABLE_SECTORS)))
    if any(one.id in {197, 198} - other and (one.raw or 0) >= _COUNT_TOO_LARGE for one in smart.attributes):
        found.append((HealthVerdict.WORN, Reason(HealthReason.SECTOR_COUNT_IMPOSSIBLE)))
    for name, key in (
        (_READ_FAILURES, HealthReason.BLOCKS_WITH_READ_FAILURES),
        (_DOUBTFUL, HealthReason.PENDING_SECTORS_DOUBTFUL),
    ):
        if any(one.name == name and one.raw for one in smart.attributes):
            found.append((HealthVerdict.WORN, Reason(key)))
    if smart.reallocated:
        found.extend(_reallocation_signs(disk, smart.reallocated))
    if disk.signs.self_test_failed:
        found.append((HealthVerdict.WORN, Reason(HealthReason.SELF_TEST_FAILED)))
    if disk.signs.reported_uncorrectable:
        found.append((HealthVerdict.WORN, Reason(HealthReason.REPORTED_UNCORRECTABLE_ERRORS)))
    if (disk.signs.command_timeouts or 0) >= COMMAND_TIMEOUTS_WORN:
        found.append((HealthVerdict.WORN, Reason(HealthReason.COMMAND_TIMEOUTS)))
    return found


def _reallocation_signs(disk: Disk, count: int) -> list[Sign]:
    if disk.medium is Medium.SSD:
        return [(HealthVerdict.WORN, Reason(HealthReason.RETIRED_BLOCKS))] if count >= RETIRED_BLOCKS_WORN else []
    verdict = HealthVerdict.FAILING if count >= REALLOCATED_FAILING else HealthVerdict.WORN
    return [(verdict, Reason(HealthReason.REALLOCATED_SECTORS))]


def _flash_signs(smart: Smart, signs: DriveSigns) -> list[Sign]:
    found: list[Sign] = []
    used = smart.percentage_used if smart.percentage_used is not None else signs.wear_percent
    if used is not None and used >= PERCENTAGE_USED_FAILING:
        found.append((HealthVerdict.FAILING, Reason(HealthReason.LIFE_USED_UP)))
    elif used is not None and used >= PERCENTAGE_USED_WORN:
        found.append((HealthVerdict.WORN, Reason(HealthReason.LIFE_NEARLY_USED_UP)))
    if smart.media_errors:
        found.append((HealthVerdict.FAILING, Reason(HealthReason.MEDIA_ERRORS)))
    if (signs.critical_warning or 0) & ~TOO_HOT:
        found.append((HealthVerdict.FAILING, Reason(HealthReason.CRITICAL_WARNING)))
    spare, threshold = signs.spare_percent, signs.spare_threshold_percent
    # "Fallen below the threshold", says the standard; some drives give 100 for both when they are new.
    if spare is not None and (spare == 0 or spare < (threshold or 0)):
        found.append((HealthVerdict.FAILING, Reason(HealthReason.SPARE_USED_UP)))
    return found


def judge_battery(battery: Battery) -> Health:
    """The verdict on one battery by full over design capacity and cycles; *unknown* without both capacities."""
    if not battery.design_mwh or battery.full_mwh is None:
        return _unknown(Reason(HealthReason.NO_CAPACITY))
    share = battery.full_mwh / battery.design_mwh
    if share > BATTERY_IMPOSSIBLE_SHARE:
        return _unknown(Reason(HealthReason.CAPACITY_DOUBTED, f"{battery.full_mwh}/{battery.design_mwh}"))
    signs: list[Sign] = []
    if share < BATTERY_FAILING_SHARE:
        signs.append((HealthVerdict.FAILING, Reason(HealthReason.BATTERY_WORN_OUT)))
    elif share < BATTERY_WORN_SHARE:
        signs.append((HealthVerdict.WORN, Reason(HealthReason.BATTERY_WORN)))
    if (battery.cycles or 0) >= BATTERY_WORN_CYCLES:
        signs.append((HealthVerdict.WORN, Reason(HealthReason.MANY_CYCLES)))
    return _worst(signs)


def _worst(signs: list[Sign]) -> Health:
    verdicts = {verdict for verdict, _ in signs} or {HealthVerdict.HEALTHY}
    return Health(
        verdict=next(verdict for verdict in _ORDER if verdict in verdicts),
        reasons=tuple(str(reason) for _, reason in signs),
    )


def _unknown(*reasons: Reason) -> Health:
    return Health(verdict=HealthVerdict.UNKNOWN, reasons=tuple(map(str, reasons)))


def with_verdicts(
    disks: tuple[Disk, ...], batteries: tuple[Battery, ...]
) -> tuple[tuple[Disk, ...], tuple[Battery, ...]]:
    """The same disks and batteries, each with its verdict filled in."""
    return (
        tuple(replace(disk, health=judge_disk(disk)) for disk in disks),
        tuple(replace(battery, health=judge_battery(battery)) for battery in batteries),
    )


def verdict_words(verdict: HealthVerdict, language: Language = HOUSE_LANGUAGE) -> str:
    """A verdict in words."""
    return words.of(verdict, language)


def in_words(reason: str, language: Language = HOUSE_LANGUAGE) -> str:
    """A reason's key in words; a key this version does not know is given back as it is."""
    return words.of_reason(reason, HealthReason, language)
