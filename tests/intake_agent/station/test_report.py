"""Whatever a machine says of itself, its report is one that any reader takes and that contradicts nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.captures import captured_folder
from intake_agent.inspection import examine
from intake_agent.machine import (
    Battery,
    Disk,
    Display,
    Estimate,
    Firmware,
    Machine,
    Medium,
    MediumDoubt,
    Memory,
    MemoryModule,
    NetworkInterface,
    NetworkKind,
    PartTest,
    Port,
    Processor,
    Smart,
    SmartAttribute,
    StorageController,
    System,
    WeightClass,
)
from intake_agent.raw_facts import RawFacts
from intake_agent.station.report import Signatory, WipedDisk, build, signed
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from wipe_reports import contradictions, document, schema, signing
from wipe_reports.document import WipeReport

KEY = signing.generate_key()
REPORT_ID = "0192f0c1-2b3a-7c4d-8e5f-000000000001"
_words = st.none() | st.text(max_size=400)
_counts = st.none() | st.integers(-(2**70), 2**70)


def reported(machine: Machine, code: str | None = None) -> WipeReport:
    who = Signatory(station="Bank 1", key=KEY, operator="An", code=code)
    return build(machine, {}, who, report_id=REPORT_ID, created_at=datetime.now(UTC), test=False)


@settings(deadline=None)
@given(
    st.builds(System, manufacturer=_words, product=_words, serial=_words, uuid=_words, chassis=_words),
    st.builds(MemoryModule, locator=_words, kind=_words, form=_words, serial=_words),
    st.builds(
        Disk, name=st.text(max_size=300), model=_words, serial=_words, firmware=_words, bus=_words,
        medium=st.sampled_from(Medium), size_bytes=st.none() | st.integers(0, 2**60),
        logical_block_bytes=st.sampled_from([512, 520, 4096]),
    ),
    st.builds(Battery, name=st.text(max_size=300), model=_words, serial=_words, technology=_words),
    _words,
)  # fmt: skip
def test_any_words_of_the_firmware_make_a_report_that_can_be_read(
    system: System, module: MemoryModule, disk: Disk, battery: Battery, code: str | None
) -> None:
    machine = Machine(system=system, memory=Memory(modules=(module,)), disks=(disk,), batteries=(battery,))
    report = reported(machine, code)
    assert schema.from_bytes(schema.to_bytes(report)) == report
    assert contradictions.find(report) == []


@settings(deadline=None)
@given(
    st.builds(
        SmartAttribute, id=st.integers(-5, 400), name=st.text(max_size=90), value=_counts, worst=_counts,
        threshold=_counts, raw=_counts,
    ),
    _counts,
    _counts,
)  # fmt: skip
def test_any_attribute_table_fits_the_report(attribute: SmartAttribute, used: int | None, celsius: int | None) -> None:
    smart = Smart(percentage_used=used, temperature_celsius=celsius, attributes=(attribute,) * 300)
    disk = Disk(name="sda", smart=smart, size_bytes=4096)
    assert schema.to_bytes(reported(Machine(disks=(disk,))))


_machines = st.builds(
    Machine,
    processor=st.builds(Processor, brand=_words, cores=_counts, threads=_counts, family=_words),
    displays=st.lists(
        st.builds(
            Display, connector=st.text(max_size=150), manufacturer=_words, model=_words, width_px=_counts,
            height_px=_counts, diagonal_tenths_inch=_counts, year=_counts,
        ),
        max_size=18,
    ).map(tuple),
    graphics=st.none() | st.lists(st.text(max_size=300), max_size=18).map(tuple),
    cameras=st.none() | st.lists(st.text(max_size=300), max_size=18).map(tuple),
    network=st.none() | st.lists(
        st.builds(NetworkInterface, name=st.text(max_size=150), kind=st.sampled_from(NetworkKind), mac=_words,
                  model=_words),
        max_size=34,
    ).map(tuple),
    ports=st.lists(st.builds(Port, kind=st.text(max_size=150), count=st.integers(-5, 5000)), max_size=34).map(tuple),
    firmware=st.builds(
        Firmware, vendor=_words, bios_version=_words, bios_date=_words, tpm_version=_words,
        locks=st.lists(st.text(max_size=150), max_size=20).map(tuple),
    ),
    storage=st.none() | st.lists(
        st.builds(
            StorageController, slot=st.text(max_size=30), kind=st.just("0106"), name=_words, driver=_words,
            disks=st.none() | st.lists(st.text(max_size=300), max_size=70).map(tuple),
        ),
        max_size=34,
    ).map(tuple),
    estimate=st.builds(
        Estimate, year=_counts, year_basis=_words, weight_class=st.none() | st.sampled_from(WeightClass)
    ),
    tests=st.lists(
        st.builds(
            PartTest, kind=st.text(max_size=90), subject=_words, started_at=st.just(datetime.now(UTC)),
            ended_at=st.just(datetime.now(UTC)), findings=st.lists(st.text(max_size=400), max_size=40).map(tuple),
            peak_celsius=_counts,
        ),
        max_size=3,
    ).map(tuple),
)  # fmt: skip


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(_machines)
def test_any_part_of_any_machine_makes_a_report_that_can_be_read(machine: Machine) -> None:
    report = reported(machine)
    assert schema.from_bytes(schema.to_bytes(report)) == report
    assert contradictions.find(report) == []


def test_every_part_that_was_seen_is_in_the_report(captures: Path) -> None:
    machine = examine(captured_folder(captures / "uefi-laptop"))
    report = reported(machine)
    for part in ("displays", "graphics", "network", "cameras", "ports", "firmware", "estimate", "processor"):
        assert getattr(machine, part), part
        assert getattr(report, part) == getattr(machine, part), part


@given(st.text(max_size=300), st.lists(st.text(max_size=150), max_size=70).map(tuple))
def test_what_a_person_set_aside_is_in_the_report_in_words_that_can_be_read(name: str, seen: tuple[str, ...]) -> None:
    disk = Disk(name="sda", serial="S-0001", size_bytes=4096, medium=Medium.HDD)
    now = datetime.now(UTC)
    wiped = WipedDisk(
        disk=disk,
        wipe=unfinished(plan(disk), now, None),
        hidden_areas=document.HiddenAreas(),
        overrides=(document.Override(judgement=document.Judgement.ON_BATTERY, by=name, seen=seen),),
    )
    who = Signatory(station="Bank 1", key=KEY, operator="An")
    made = build(Machine(disks=(disk,)), {"sda": wiped}, who, report_id=REPORT_ID, created_at=now, test=False)
    (carrier,) = schema.from_bytes(schema.to_bytes(made)).carriers
    assert carrier.wipe is not None
    assert [one.judgement for one in carrier.wipe.overrides] == [document.Judgement.ON_BATTERY]


def test_the_attribute_table_travels_with_the_report() -> None:
    rows = (SmartAttribute(id=5, name="Reallocated_Sector_Ct", value=100, worst=100, threshold=10, raw=3),)
    disk = Disk(name="sda", size_bytes=4096, smart=Smart(passed=True, reallocated=3, attributes=rows))
    (carrier,) = reported(Machine(disks=(disk,))).carriers
    assert carrier.smart_before is not None
    assert carrier.smart_before.attributes == rows
    assert carrier.smart_after is None


def test_an_unrelated_jose_library_verifies_the_signature() -> None:
    compact = signed(reported(examine(RawFacts())), KEY)
    public = jwt.PyJWK.from_dict({**signing.public_jwk(KEY), "alg": "EdDSA"})
    told = jwt.api_jws.decode_complete(compact, key=public.key, algorithms=["EdDSA"])
    assert told["header"]["typ"] == document.MEDIA_TYPE
    assert schema.from_bytes(told["payload"]).report_id == REPORT_ID


def test_two_disks_with_one_serial_number_do_not_spoil_the_report_of_the_others() -> None:
    """Seen in the test guest: cheap drives, and two namespaces of one NVMe drive, share a number."""
    twins = tuple(Disk(name=name, model="Koopje", serial="0123456789", size_bytes=10**9) for name in ("sda", "sdb"))
    alone = Disk(name="sdc", model="Koopje", serial="9876543210", size_bytes=10**9)
    report = reported(Machine(disks=(*twins, alone)))
    assert contradictions.find(report) == []
    assert [carrier.serial for carrier in report.carriers] == [None, None, "9876543210"]


@pytest.mark.parametrize("guess", [Medium.EMMC, Medium.FLASH])
def test_what_may_be_a_card_or_an_emmc_is_unknown_in_the_report(guess: Medium) -> None:
    disk = Disk(name="mmcblk0", serial="0x1a2b", size_bytes=4096, medium=guess, doubt=MediumDoubt.CARD_OR_EMMC)
    (told,) = reported(Machine(disks=(disk,))).carriers
    assert told.medium is Medium.UNKNOWN
    (sure,) = reported(Machine(disks=(replace(disk, doubt=None),))).carriers
    assert sure.medium is guess
