"""Every reason not to touch a disk, as a rule and on real devices."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from intake_agent.machine import Disk, Medium, MediumDoubt
from intake_agent.seeing.block_device import BlockDevice, look
from intake_agent.wiping.engine.carrier_file import CarrierBusyError, opened
from intake_agent.wiping.judgements import ALL, asking, is_tail_of, names_disk, overrides
from intake_agent.wiping.safety import Consent, is_usable_serial, refusals
from intake_agent.wiping.scratch import MODEL, scratch
from wipe_reports.document import Judgement

DISK = Disk(name="sda", model="Voorbeeld", serial="VB-1", medium=Medium.HDD, bus="sata", size_bytes=1024**3)
DEVICE = BlockDevice(path=Path("/dev/sda"), size_bytes=1024**3)
YES = Consent(named_serials=frozenset({"VB-1"}))
OTHERS = [Disk(name="sdb", serial="VB-2"), Disk(name="sdc")]
USUAL = {"others": OTHERS, "serial_now": "VB-1", "on_battery": False}


def keys(disk: Disk = DISK, device: BlockDevice = DEVICE, consent: Consent = YES, **changed: object) -> list[str]:
    found = refusals(disk, device, consent, **{**USUAL, **changed})
    assert all(refusal.sentence.endswith(".") for refusal in found)
    return [refusal.key for refusal in found]


def test_a_free_disk_that_the_operator_named_may_be_wiped() -> None:
    assert keys() == []


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("live_medium", {"is_live_medium": True}),
        ("mounted", {"mounted_on": ("/home",)}),
        ("swap", {"swapped_on": True}),
        ("held", {"held_by": ("dm-0",)}),
        ("partition", {"is_whole_disk": False}),
        ("read_only", {"read_only": True}),
        ("size_zero", {"size_bytes": 0}),
        ("size_changed", {"size_bytes": 512}),
        ("signatures", {"signatures": ("crypto_LUKS",)}),
        ("signatures_unknown", {"signatures": None}),
    ],
)
def test_what_the_system_does_with_a_disk_speaks_against_it(key: str, change: dict[str, object]) -> None:
    assert keys(device=replace(DEVICE, **change)) == [key]


def test_a_disk_is_not_wiped_when_nobody_named_it() -> None:
    assert keys(consent=Consent()) == ["not_named"]
    assert keys(consent=Consent(named_serials=frozenset({"VB-2"}))) == ["not_named"]


@pytest.mark.parametrize("serial", [None, "", "   ", "0000000000", "--------"])
def test_a_disk_without_a_usable_serial_cannot_be_named(serial: str | None) -> None:
    assert not is_usable_serial(serial)
    consent = Consent(named_serials=frozenset({serial or ""}))
    assert keys(replace(DISK, serial=serial), consent=consent, serial_now=serial) == ["serial_empty"]


def test_two_disks_with_one_serial_cannot_be_told_apart() -> None:
    assert keys(others=[*OTHERS, Disk(name="sdd", serial="VB-1")]) == ["serial_duplicated"]


@pytest.mark.parametrize(("other", "key"), [("nvme0n2", "namespaces"), ("nvme1n1", "serial_duplicated")])
def test_the_namespaces_of_one_nvme_drive_are_told_apart_from_two_drives_alike(other: str, key: str) -> None:
    disk = replace(DISK, name="nvme0n1", medium=Medium.NVME)
    (refusal,) = refusals(disk, DEVICE, YES, **{**USUAL, "others": [replace(disk, name=other)]})
    assert refusal.key == key
    assert refusal.sentence.startswith("nvme0n1: ")
    assert ("nvme0n1, nvme0n2" in refusal.sentence and "vernietigen" in refusal.sentence) is (key == "namespaces")


@pytest.mark.parametrize("now", ["VB-9", None])
def test_another_disk_under_the_same_name_is_noticed(now: str | None) -> None:
    assert keys(serial_now=now) == ["serial_changed"]


def test_a_stick_is_only_wiped_by_its_own_name() -> None:
    stick = replace(DISK, removable=True)
    assert keys(stick) == []
    assert keys(stick, consent=Consent()) == ["not_named", "removable"]


def test_members_of_volumes_need_a_yes_of_their_own() -> None:
    device = replace(DEVICE, signatures=("LVM2_member",))
    assert keys(device=device, consent=replace(YES, accepts_signatures=True)) == []


JUDGED = {
    Judgement.ON_BATTERY: ({}, {}, {"on_battery": True}),
    Judgement.SIGNATURES: ({}, {"signatures": ("crypto_LUKS",)}, {}),
    Judgement.SIGNATURES_UNKNOWN: ({}, {"signatures": None}, {}),
    Judgement.NAMESPACES: ({"name": "nvme0n1"}, {}, {"others": [replace(DISK, name="nvme0n2")]}),
    Judgement.MEDIUM_UNKNOWN: ({"doubt": MediumDoubt.BUILT_IN_OR_LOOSE}, {}, {}),
}
FACTS = [
    ("live_medium", {"is_live_medium": True}, {}),
    ("mounted", {"mounted_on": ("/home",)}, {}),
    ("swap", {"swapped_on": True}, {}),
    ("held", {"held_by": ("dm-0",)}, {}),
    ("partition", {"is_whole_disk": False}, {}),
    ("read_only", {"read_only": True}, {}),
    ("size_zero", {"size_bytes": 0}, {}),
    ("size_changed", {"size_bytes": 512}, {}),
    ("serial_changed", {}, {"serial_now": "VB-9"}),
    ("serial_duplicated", {}, {"others": [Disk(name="sdd", serial="VB-1")]}),
]


@pytest.mark.parametrize("judgement", JUDGED)
def test_each_judgement_refuses_until_it_is_set_aside_and_only_that_one(judgement: Judgement) -> None:
    disk, device, changed = JUDGED[judgement]
    found = {"disk": replace(DISK, **disk), "device": replace(DEVICE, **device), **changed}
    assert keys(**found) == [judgement]
    assert keys(**found, consent=replace(YES, set_aside=frozenset({judgement}))) == []
    assert keys(**found, consent=replace(YES, set_aside=frozenset(Judgement) - {judgement})) == [judgement]


@pytest.mark.parametrize(
    ("judgement", "seen"),
    [
        (Judgement.ON_BATTERY, ()),
        (Judgement.SIGNATURES, ("crypto_LUKS",)),
        (Judgement.SIGNATURES_UNKNOWN, ()),
        (Judgement.NAMESPACES, ("nvme0n1", "nvme0n2")),
        (Judgement.MEDIUM_UNKNOWN, ("built_in_or_loose",)),
    ],
)
def test_the_report_has_what_a_judgement_rests_on_and_no_sentence(judgement: Judgement, seen: tuple[str, ...]) -> None:
    disk, device, changed = JUDGED[judgement]
    found = refusals(replace(DISK, **disk), replace(DEVICE, **device), YES, **{**USUAL, **changed})
    (override,) = overrides(found, {judgement}, by="An")
    assert (override.judgement, override.by, override.seen) == (judgement, "An", seen)


@pytest.mark.parametrize(("key", "device", "changed"), FACTS)
def test_a_fact_refuses_whatever_is_set_aside(key: str, device: dict[str, object], changed: dict[str, object]) -> None:
    assert keys(device=replace(DEVICE, **device), consent=replace(YES, set_aside=ALL), **changed) == [key]
    nameless = replace(DISK, serial=None)
    assert "serial_empty" in keys(nameless, consent=replace(YES, set_aside=ALL), serial_now=None)


@pytest.mark.parametrize(
    ("typed", "serial", "said"),
    [
        ("0001", "S-0001", True),
        (" 00 01 ", "s-0001", True),
        ("a001", "S-A001", True),
        ("S-0001", "S-0001", False),
        ("001", "S-0001", False),
        ("0002", "S-0001", False),
        ("0001", "0001", False),
        ("", "S-0001", False),
        ("0001", None, False),
    ],
)
def test_only_the_last_four_characters_typed_are_a_yes(typed: str, serial: str | None, said: bool) -> None:
    assert is_tail_of(typed, serial) is said


@pytest.mark.parametrize(
    ("typed", "serial", "size_bytes", "said"),
    [
        ("A12 256", "A12", 256_060_514_304, True),
        ("a12256", "A12", 256_060_514_304, True),
        ("A12", "A12", 256_060_514_304, False),
        ("256", "A12", 256_060_514_304, False),
        ("A12 255", "A12", 256_060_514_304, False),
        ("A12", "A12", None, False),
        ("256", None, 256_060_514_304, False),
        ("", "A12", 256_060_514_304, False),
        ("0001", "S-0001", 256_060_514_304, True),
        ("S-0001 256", "S-0001", 256_060_514_304, False),
    ],
)
def test_a_disk_with_a_short_serial_number_is_named_with_its_size(
    typed: str, serial: str | None, size_bytes: int | None, said: bool
) -> None:
    assert names_disk(typed, serial, size_bytes) is said
    assert (serial or "") in asking(serial, size_bytes)


def test_a_laptop_on_its_battery_waits_for_the_cable() -> None:
    assert keys(on_battery=True) == ["on_battery"]


def test_every_reason_is_told_at_once() -> None:
    device = replace(DEVICE, mounted_on=("/",), read_only=True)
    assert set(keys(device=device, on_battery=True)) == {"mounted", "read_only", "on_battery"}


LoopMaker = Callable[..., Path]


def backing(folder: Path, mebibytes: int = 32) -> Path:
    path = folder / "schijf"
    with path.open("wb") as file:
        file.truncate(mebibytes * 1024 * 1024)
    return path


@contextmanager
def mounted(device: Path, folder: Path) -> Iterator[None]:
    folder.mkdir()
    subprocess.run(["mount", str(device), str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.root
def test_a_mounted_device_is_seen_and_the_kernel_refuses_it_too(tmp_path: Path, loop_device: LoopMaker) -> None:
    device = loop_device(backing(tmp_path))
    subprocess.run(["mkfs.ext4", "-q", str(device)], check=True)
    assert look(device).mounted_on == ()
    with mounted(device, tmp_path / "met een spatie"):
        assert look(device).mounted_on == (str(tmp_path / "met een spatie"),)
        with pytest.raises(CarrierBusyError), opened(device, writing=True):
            pytest.fail("a mounted device was opened for writing")


@pytest.mark.root
def test_swap_space_is_seen(tmp_path: Path, loop_device: LoopMaker) -> None:
    device = loop_device(backing(tmp_path))
    subprocess.run(["mkswap", "-q", str(device)], check=True)
    if subprocess.run(["swapon", str(device)], check=False).returncode:
        pytest.skip("this kernel gives no swap")
    try:
        assert look(device).swapped_on
        with pytest.raises(CarrierBusyError), opened(device, writing=True):
            pytest.fail("swap was opened for writing")
    finally:
        subprocess.run(["swapoff", str(device)], check=True)
    assert not look(device).swapped_on


@pytest.mark.root
def test_a_read_only_device_is_seen_although_it_opens(tmp_path: Path, loop_device: LoopMaker) -> None:
    device = loop_device(backing(tmp_path))
    subprocess.run(["blockdev", "--setro", str(device)], check=True)
    try:
        assert look(device).read_only
    finally:
        # The kernel keeps the mark on the loop device after it is detached.
        subprocess.run(["blockdev", "--setrw", str(device)], check=True)


@pytest.mark.root
def test_another_exclusive_holder_makes_the_carrier_busy(tmp_path: Path, loop_device: LoopMaker) -> None:
    device = loop_device(backing(tmp_path))
    with opened(device, writing=True), pytest.raises(CarrierBusyError), opened(device, writing=True):
        pytest.fail("a held device was opened twice")


@pytest.mark.root
def test_a_mounted_partition_speaks_against_the_whole_disk(tmp_path: Path, loop_device: LoopMaker) -> None:
    file = backing(tmp_path, 64)
    first_sector, sectors = 2048, 40 * 2048
    with file.open("r+b") as content:
        content.seek(446)
        content.write(struct.pack("<4xB3xII", 0x83, first_sector, sectors))
        content.seek(510)
        content.write(b"\x55\xaa")
    device = loop_device(file, "--partscan")
    partition = Path(f"{device}p1")
    if not partition.exists():
        subprocess.run(["partx", "--update", str(device)], check=False)
    if not partition.exists():
        pytest.skip("this kernel makes no partitions on loop devices")
    subprocess.run(["mkfs.ext4", "-q", str(partition)], check=True)
    assert not look(partition).is_whole_disk
    with mounted(partition, tmp_path / "deel"):
        assert look(device).mounted_on == (str(tmp_path / "deel"),)


@pytest.mark.root
def test_volume_signatures_are_read_from_the_device(tmp_path: Path, loop_device: LoopMaker) -> None:
    file = backing(tmp_path)
    with file.open("r+b") as content:
        content.write(b"LUKS\xba\xbe\x00\x01" + b"\x00" * 512)
    assert look(loop_device(file)).signatures == ("crypto_LUKS",)


@pytest.mark.root
def test_the_disk_this_system_runs_from_is_known_as_the_live_medium() -> None:
    command = ["findmnt", "--noheadings", "--output", "SOURCE", "/"]
    # It knows no source in a container or a chroot, and then says nothing.
    source = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    if not Path(source).is_block_device():
        pytest.skip("the root of this system is no block device")
    assert look(Path(source)).is_live_medium


@pytest.mark.root
def test_a_loop_device_over_a_file_of_the_live_medium_is_not_itself_the_live_medium(
    tmp_path: Path, loop_device: LoopMaker
) -> None:
    assert not look(loop_device(backing(tmp_path))).is_live_medium


def test_what_is_no_block_device_cannot_be_looked_at(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="geen blokapparaat"):
        look(backing(tmp_path))


def test_a_scratch_carrier_has_a_test_serial_holds_bytes_and_leaves_nothing_behind() -> None:
    with scratch(3 * 1024 * 1024 + 512) as carrier:
        assert carrier.disk.model == MODEL
        assert (carrier.disk.serial or "").startswith("TEST-")
        assert carrier.disk.medium is Medium.VIRTUAL
        with carrier.path.open("rb") as file:
            assert file.read(512) != b"\0" * 512
            assert file.seek(0, 2) == 3 * 1024 * 1024 + 512
        path = carrier.path
        backing = _backing_file(path)
        assert backing is None or backing.name == "proefschijf"
    # By its own file: a loop device of that name may be another run's.
    assert backing is None or _backing_file(path) != backing
    assert path.is_block_device() or not path.exists()


def _backing_file(path: Path) -> Path | None:
    """The file behind a loop device; ``None`` for what is none, or is detached."""
    told = Path("/sys/block") / path.name / "loop" / "backing_file"
    return Path(told.read_text().strip()) if told.is_file() else None


def test_two_scratch_carriers_have_different_serials() -> None:
    with scratch(512 * 8) as one, scratch(512 * 8) as other:
        assert one.disk.serial != other.disk.serial
