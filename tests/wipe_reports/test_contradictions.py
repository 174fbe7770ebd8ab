"""A report that its own figures disprove is found out, at the field that disproves it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wipe_reports import contradictions
from wipe_reports.document import (
    AreaState,
    Attempt,
    AttemptResult,
    Canaries,
    ComparedBlocks,
    HiddenAreas,
    Level,
    MediaError,
    Medium,
    Outcome,
    Pass,
    Technique,
    Verification,
    VerificationMethod,
)
from wipe_reports.words import LANGUAGES

SIZE = 500_107_862_016
ERROR = MediaError(operation="read", offset_bytes=0, length_bytes=4096, reason="EIO")


def found(report: Any) -> dict[str, str]:
    errors = contradictions.find(report)
    for error in errors:
        assert all(error.in_language(language) for language in LANGUAGES)
    return {error.field.removeprefix("carriers[0]."): error.key for error in errors}


@pytest.fixture
def with_wipe(make_report, make_carrier, make_wipe):
    def make(
        medium: Medium = Medium.HDD, bus: str = "sata", check: dict[str, Any] | None = None, **changes: Any
    ) -> Any:
        wipe = make_wipe(**changes)
        wipe = dataclasses.replace(wipe, verification=dataclasses.replace(wipe.verification, **(check or {})))
        return make_report((make_carrier(medium=medium, bus=bus, wipe=wipe),))

    return make


FIRMWARE = {"passes": (), "bytes_written": 0}
CHANGED = Canaries(planted=1000, survived=0)


def test_an_honest_report_contradicts_nothing(make_report, make_carrier):
    assert contradictions.find(make_report(tuple(make_carrier(index) for index in range(4)))) == []
    assert contradictions.find(make_report((make_carrier(wipe=None),))) == []
    assert contradictions.find(make_report(())) == []


def test_honest_reports_of_other_methods_contradict_nothing(with_wipe):
    sampled = {"method": VerificationMethod.SAMPLED_READ_BACK, "bytes_read": SIZE // 20 + 1}
    assert found(with_wipe(check=sampled)) == {}
    purge = {"level": Level.PURGE, **FIRMWARE}
    changed = {"canaries": CHANGED}
    assert found(with_wipe(Medium.NVME, "nvme", changed, technique=Technique.BLOCK_ERASE, **purge)) == {}
    some = {**changed, **sampled}
    assert found(with_wipe(Medium.SSD, "sata", some, technique=Technique.CRYPTO_ERASE, **purge)) == {}
    assert found(with_wipe(Medium.HDD, "sata", changed, technique=Technique.SECURE_ERASE, **purge)) == {}
    assert found(with_wipe(Medium.HDD, "SAS", level=Level.PURGE)) == {}
    none = {"method": VerificationMethod.NONE, "passed": False, "bytes_read": 0, "started_at": None, "ended_at": None}
    stopped = {"outcome": Outcome.NOT_ERASED, "level": Level.NONE, "errors": (ERROR,)}
    assert found(with_wipe(check=none, **stopped)) == {}
    partly = {"outcome": Outcome.ERASED_WITH_EXCEPTIONS, "level": Level.NONE, "unreadable_sectors": 8}
    assert found(with_wipe(check={"bytes_read": SIZE - 4096, "passed": False}, **partly)) == {}


def test_an_end_before_its_start_is_found(with_wipe, make_wipe):
    base = make_wipe()
    early = base.started_at - timedelta(seconds=1)
    assert found(with_wipe(ended_at=early))["wipe.ended_at"] == "time.order"
    backwards = (dataclasses.replace(base.passes[0], started_at=base.ended_at, ended_at=base.started_at),)
    assert found(with_wipe(passes=backwards))["wipe.passes[0].ended_at"] == "time.order"
    before = {"ended_at": base.ended_at - timedelta(hours=1)}
    assert found(with_wipe(check=before)) == {"wipe.verification.ended_at": "time.order"}
    assert found(with_wipe(check={"started_at": early}))["wipe.verification.started_at"] == "time.verified_before"
    gone = {"started_at": early - timedelta(hours=2), "ended_at": early}
    assert found(with_wipe(check=gone))["wipe.verification.ended_at"] == "time.verified_before"
    assert found(with_wipe(check={"ended_at": None})) == {"wipe.verification.started_at": "time.verification_missing"}


def test_an_earlier_attempt_that_ended_before_it_began_is_found(with_wipe, make_wipe):
    begun = make_wipe().started_at
    attempt = Attempt(
        technique=Technique.SECURE_ERASE,
        method="ATA security erase unit",
        started_at=begun,
        ended_at=begun - timedelta(seconds=1),
        result=AttemptResult.REFUSED,
    )
    assert found(with_wipe(attempts=(attempt,))) == {"wipe.attempts[0].ended_at": "time.order"}
    assert found(with_wipe(attempts=(dataclasses.replace(attempt, ended_at=None),))) == {}


def test_a_pass_outside_the_wipe_or_before_the_one_before_it_is_found(with_wipe, make_wipe):
    one = make_wipe().passes[0]
    late = dataclasses.replace(one, ended_at=one.ended_at + timedelta(seconds=1))
    assert found(with_wipe(passes=(late,)))["wipe.passes[0]"] == "time.outside_wipe"
    assert found(with_wipe(passes=(one, one), bytes_written=2 * SIZE)) == {
        "wipe.passes[1].started_at": "time.pass_order"
    }


def test_a_report_older_than_its_work_is_found(make_report, make_wipe):
    ended_at = make_wipe().ended_at
    assert found(make_report(created_at=ended_at - timedelta(minutes=1))) == {
        "wipe.ended_at": "time.reported_before",
        "wipe.verification.ended_at": "time.reported_before",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, SIZE // 512 * 2), st.sampled_from([512, 520, 4096]))
def test_sectors_that_do_not_make_the_size_are_found(make_report, make_carrier, sectors, block):
    one = make_report((make_carrier(sectors=sectors, logical_block_bytes=block),))
    expected = {} if sectors * block == SIZE else {"size_bytes": "size.sectors"}
    assert found(one) == expected


def test_bytes_that_do_not_make_the_size_are_found(with_wipe, make_wipe):
    short = (dataclasses.replace(make_wipe().passes[0], bytes_written=SIZE - 512),)
    assert found(with_wipe(passes=short, bytes_written=SIZE - 512)) == {
        "wipe.passes[0].bytes_written": "size.pass_short"
    }
    assert found(with_wipe(bytes_written=SIZE - 1)) == {"wipe.bytes_written": "size.passes"}
    long = (dataclasses.replace(make_wipe().passes[0], bytes_written=SIZE + 512),)
    assert found(with_wipe(passes=long, bytes_written=SIZE + 512)) == {"wipe.passes[0].bytes_written": "size.beyond"}
    assert found(with_wipe(passes=(), bytes_written=0)) == {"wipe.passes": "size.no_pass"}
    assert found(with_wipe(check={"bytes_read": SIZE + 1})) == {"wipe.verification.bytes_read": "size.more_than"}


SAMPLED, UNREAD = VerificationMethod.SAMPLED_READ_BACK, VerificationMethod.NONE
ERASED_BUT = [
    ({"level": Level.NONE}, {}, "wipe.level", "erased.level_none"),
    ({"unreadable_sectors": 1}, {}, "wipe.unreadable_sectors", "erased.unreadable"),
    ({"errors": (ERROR,)}, {}, "wipe.errors", "erased.errors"),
    ({"exceptions": ("DCO left",)}, {}, "wipe.exceptions", "erased.exceptions"),
    ({}, {"passed": False}, "wipe.verification.passed", "erased.verification"),
    ({}, {"passed": False, "bytes_mismatched": 512}, "wipe.verification.bytes_mismatched", "erased.mismatch"),
    ({}, {"bytes_mismatched": 512}, "wipe.verification.passed", "verification.passed_mismatch"),
    ({}, {"method": VerificationMethod.NONE}, "wipe.verification.method", "erased.not_verified"),
    ({}, {"method": UNREAD, "bytes_read": 9}, "wipe.verification.bytes_read", "verification.none_read"),
    ({}, {"bytes_read": SIZE - 1}, "wipe.verification.bytes_read", "erased.read_share"),
    ({}, {"canaries": Canaries(planted=9, survived=1)}, "wipe.verification.canaries.survived", "erased.canaries"),
    ({}, {"method": SAMPLED, "bytes_read": SIZE // 20 - 1}, "wipe.verification.bytes_read", "erased.sample_small"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "check", "field", "key"), ERASED_BUT)
def test_erased_is_not_believed_when_something_says_otherwise(with_wipe, changes, check, field, key):
    assert found(with_wipe(check=check, **changes))[field] == key


@pytest.mark.parametrize("areas", [HiddenAreas(hpa=AreaState.LEFT), HiddenAreas(dco=AreaState.LEFT)])
def test_erased_is_not_believed_where_a_hidden_area_was_left(make_report, make_carrier, areas):
    assert found(make_report((make_carrier(hidden_areas=areas),))) == {"wipe.outcome": "erased.hidden"}


def test_hidden_sectors_in_an_area_that_is_not_there_are_found(make_report, make_carrier):
    areas = HiddenAreas(hpa=AreaState.ABSENT, hpa_sectors=2048, dco=AreaState.ABSENT, dco_sectors=0)
    assert found(make_report((make_carrier(hidden_areas=areas),))) == {"hidden_areas.hpa_sectors": "hidden.absent"}


@pytest.mark.parametrize("outcome", [Outcome.NOT_ERASED, Outcome.ERASED_WITH_EXCEPTIONS])
def test_without_the_outcome_erased_there_is_no_level(with_wipe, outcome):
    assert found(with_wipe(outcome=outcome, errors=(ERROR,))) == {"wipe.level": "not_erased.level"}


def test_exceptions_must_be_named(with_wipe):
    report = with_wipe(outcome=Outcome.ERASED_WITH_EXCEPTIONS, level=Level.NONE)
    assert found(report) == {"wipe.exceptions": "exceptions.none"}


HIGHEST = [
    (Technique.OVERWRITE, Medium.HDD, "sata", Level.CLEAR),
    (Technique.OVERWRITE, Medium.HDD, "sas", Level.PURGE),
    (Technique.OVERWRITE, Medium.SSD, "sata", Level.CLEAR),
    (Technique.OVERWRITE, Medium.FLASH, "usb", Level.CLEAR),
    (Technique.OVERWRITE, Medium.VIRTUAL, None, Level.CLEAR),
    (Technique.BLOCK_ERASE, Medium.NVME, "nvme", Level.PURGE),
    (Technique.BLOCK_ERASE, Medium.SSD, "SATA", Level.PURGE),
    (Technique.BLOCK_ERASE, Medium.SSD, "USB", Level.NONE),
    (Technique.CRYPTO_ERASE, Medium.NVME, "nvme", Level.PURGE),
    (Technique.SECURE_ERASE, Medium.HDD, "sata", Level.PURGE),
    (Technique.SECURE_ERASE, Medium.SSD, "sata", Level.CLEAR),
    (Technique.SECURE_ERASE, Medium.HDD, "usb", Level.NONE),
    (Technique.FORMAT, Medium.NVME, "nvme", Level.CLEAR),
    (Technique.DISCARD, Medium.EMMC, "mmc", Level.CLEAR),
    (Technique.DISCARD, Medium.SSD, "sata", Level.NONE),
    (Technique.BLOCK_ERASE, Medium.EMMC, "mmc", Level.NONE),
]


@pytest.mark.parametrize(("technique", "medium", "bus", "highest"), HIGHEST)
def test_the_level_a_technique_reaches_follows_the_table(technique, medium, bus, highest):
    assert contradictions.highest_level(technique, medium, bus) is highest


@given(st.sampled_from(Technique), st.sampled_from([Medium.EMMC, Medium.FLASH, Medium.VIRTUAL]), st.none() | st.text())
def test_nothing_purges_emmc_flash_or_a_virtual_disk(technique, medium, bus):
    assert contradictions.highest_level(technique, medium, bus) in {Level.NONE, Level.CLEAR}


def test_a_level_above_what_the_technique_reaches_is_found(with_wipe):
    assert found(with_wipe(level=Level.PURGE)) == {"wipe.level": "level.too_high"}
    assert found(with_wipe(level=Level.DESTROY)) == {"wipe.level": "level.destroy"}
    assert found(with_wipe(Medium.EMMC, "mmc", level=Level.PURGE)) == {"wipe.level": "level.too_high"}


@pytest.mark.parametrize("technique", [Technique.OVERWRITE, Technique.BLOCK_ERASE])
def test_a_purge_that_was_not_read_back_whole_is_found(with_wipe, technique):
    report = with_wipe(
        Medium.HDD, "sas", {"bytes_read": SIZE - 1, "canaries": CHANGED}, technique=technique, level=Level.PURGE
    )
    assert found(report)["wipe.level"] == "level.purge_share"
    sampled = {"method": VerificationMethod.SAMPLED_READ_BACK, "bytes_read": SIZE // 2, "canaries": CHANGED}
    report = with_wipe(Medium.HDD, "sas", sampled, technique=technique, level=Level.PURGE)
    assert found(report) == {"wipe.level": "level.purge_sampled"}


@pytest.mark.parametrize("canaries", [None, Canaries(planted=0, survived=0), Canaries(planted=9, survived=9)])
@pytest.mark.parametrize("technique", [Technique.CRYPTO_ERASE, Technique.BLOCK_ERASE])
def test_a_firmware_purge_without_changed_canaries_is_found(with_wipe, canaries, technique):
    report = with_wipe(Medium.NVME, "nvme", {"canaries": canaries}, technique=technique, level=Level.PURGE, **FIRMWARE)
    assert found(report)["wipe.verification.canaries"] == "level.canaries"


@pytest.mark.parametrize(
    ("level", "blocks", "key"),
    [
        (Level.CLEAR, ComparedBlocks(changed=500, unchanged=0), None),
        (Level.CLEAR, ComparedBlocks(changed=0, unchanged=0), "level.canaries"),
        (Level.CLEAR, ComparedBlocks(changed=500, unchanged=1), "level.canaries"),
        (Level.PURGE, ComparedBlocks(changed=500, unchanged=0), "level.canaries"),
        (Level.CLEAR, None, "level.canaries"),
    ],
)
def test_compared_blocks_that_all_changed_carry_a_clear_and_never_a_purge(with_wipe, level, blocks, key):
    check = {"canaries": None, "compared_blocks": blocks}
    report = with_wipe(Medium.NVME, "nvme", check, technique=Technique.CRYPTO_ERASE, level=level, **FIRMWARE)
    assert found(report).get("wipe.verification.canaries") == key


def test_a_verification_that_passed_with_a_block_unchanged_is_found(with_wipe):
    report = with_wipe(check={"compared_blocks": ComparedBlocks(changed=500, unchanged=1)})
    assert found(report)["wipe.verification.passed"] == "verification.passed_mismatch"


@pytest.mark.parametrize("outcome", [Outcome.ERASED_WITH_EXCEPTIONS, Outcome.NOT_ERASED])
def test_a_full_read_back_that_passed_and_did_not_read_all_is_found_whatever_the_outcome(with_wipe, outcome):
    check = {"bytes_read": SIZE - 512}
    report = with_wipe(check=check, outcome=outcome, level=Level.NONE, exceptions=("read_errors",))
    assert found(report)["wipe.verification.passed"] == "verification.passed_short"


def test_more_canaries_left_than_planted_is_found(with_wipe):
    assert found(with_wipe(check={"canaries": Canaries(planted=3, survived=4)})) != {}


def test_a_shredding_standard_is_never_cited_on_a_wipe(with_wipe):
    assert found(with_wipe(standard="NIST 800-88 and din 66399 H-4")) == {"wipe.standard": "standard.shredding"}


def test_errors_beyond_the_disk_are_found(with_wipe):
    beyond = dataclasses.replace(ERROR, offset_bytes=SIZE - 512)
    changes = {"outcome": Outcome.NOT_ERASED, "level": Level.NONE}
    assert found(with_wipe(errors=(beyond,), **changes)) == {"wipe.errors[0]": "size.beyond"}
    many = with_wipe(unreadable_sectors=SIZE, **changes)
    assert found(many) == {"wipe.unreadable_sectors": "size.more_than"}


def test_one_disk_told_twice_is_found_unless_its_serial_says_nothing(make_report, make_carrier):
    def twice(serial: str | None) -> dict[str, str]:
        return found(make_report((make_carrier(0, serial=serial), make_carrier(1, serial=serial))))

    assert twice("WD-1234") == {"carriers[1].serial": "carriers.twice"}
    for junk in (None, "", "0000000000", "-- --"):
        assert twice(junk) == {}


def test_one_nonce_for_two_disks_is_found(make_report, make_carrier, make_wipe):
    carriers = tuple(make_carrier(index, wipe=make_wipe(nonce="same")) for index in range(2))
    assert found(make_report(carriers)) == {"carriers[1].wipe.nonce": "nonce.twice"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, SIZE))
def test_a_pass_that_wrote_too_little_never_counts_as_erased(make_report, make_carrier, make_wipe, written):
    start = make_wipe().started_at
    one = Pass(pattern="stamped-random", started_at=start, ended_at=start, bytes_written=written)
    bent = make_report((make_carrier(wipe=make_wipe(passes=(one,), bytes_written=written)),))
    assert (found(bent) == {}) == (written == SIZE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, SIZE))
def test_a_full_read_back_is_only_one_that_read_everything(make_report, make_carrier, make_wipe, read):
    start = make_wipe().started_at
    check = Verification(
        method=VerificationMethod.FULL_READ_BACK,
        started_at=start + timedelta(minutes=83),
        ended_at=start + timedelta(hours=3),
        bytes_read=read,
        passed=True,
    )
    assert (found(make_report((make_carrier(wipe=make_wipe(verification=check)),))) == {}) == (read == SIZE)


def test_a_disk_of_no_bytes_was_not_erased(make_report, make_carrier, make_wipe):
    honest = make_wipe()
    nothing = dataclasses.replace(
        honest,
        bytes_written=0,
        passes=tuple(dataclasses.replace(one, bytes_written=0) for one in honest.passes),
        verification=dataclasses.replace(honest.verification, bytes_read=0),
    )
    carrier = make_carrier(size_bytes=0, sectors=0, wipe=nothing)
    assert found(make_report((carrier,))) == {"wipe.outcome": "erased.no_size"}
