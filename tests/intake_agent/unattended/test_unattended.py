"""A policy for unattended work says everything that matters, or it is refused; the kernel's command line likewise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.machine import Disk, Medium
from intake_agent.unattended.kernel_options import from_kernel, kernel_words
from intake_agent.unattended.policy import After, PolicyInvalidError, UnattendedPolicy, from_values, read
from wipe_reports import wipe_phrases
from wipe_reports.document import Level, Operator

LEAST = 'operator = "An"\nwipe = "all"\n'


def policy(tmp_path: Path, text: str) -> UnattendedPolicy:
    path = tmp_path / "bank.toml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def who(told: UnattendedPolicy) -> str:
    """Who answered for the work, as the attest says it."""
    operator = Operator(name=told.operator, position=told.position, unattended_by=told.sources)
    return wipe_phrases.operator(operator, "nl")


def test_the_least_policy_is_careful_about_all_that_it_does_not_say(tmp_path: Path) -> None:
    least = policy(tmp_path, LEAST)
    assert (least.operator, least.after, least.level) == ("An", After.NOTHING, None)
    assert not (least.allow_suspend or least.sampled or least.asks_code)
    assert least.stress_seconds == 0


def test_every_word_of_a_policy_is_taken_over(tmp_path: Path) -> None:
    told = policy(
        tmp_path,
        LEAST.replace('"all"', '["nvme", "ssd"]')
        + 'position = "technieker"\nlevel = "purge"\nsampled = true\nallow_suspend = true\naccept_signatures = false\n'
        'code = "scan"\nafter = "power-off"\nstress_seconds = 60\nservice = "https://herstart.example/"\n',
    )
    assert told.media == {Medium.NVME, Medium.SSD}
    assert (told.level, told.after, told.stress_seconds) == (Level.PURGE, After.POWER_OFF, 60)
    assert told.sampled and told.allow_suspend and told.asks_code
    assert told.service == "https://herstart.example"
    assert who(told) == "An, technieker (onbemand, volgens beleid bank.toml)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('wipe = "all"', "operator: dit ontbreekt"),
        ('operator = "An"', "wipe: dit ontbreekt"),
        ('operator = " "\nwipe = "all"', "operator: schrijf hier woorden"),
        (LEAST.replace('"all"', "true"), "wipe: kies all, nothing"),
        (LEAST.replace('"all"', "[]"), "wipe: kies all, nothing"),
        (LEAST.replace('"all"', '["hhd"]'), "hhd is geen soort schijf"),
        (LEAST.replace('"all"', '["all", "hdd"]'), "all is geen soort schijf"),
        (LEAST + "wype = true", "wype: dit woord bestaat niet"),
        (LEAST + 'level = "none"', "level: kies clear of purge"),
        (LEAST + "accept_signatures = true", "accept_signatures: dit kan een beleid niet toelaten"),
        (LEAST + "on_battery = true", "on_battery: dit woord bestaat niet"),
        (LEAST + 'sampled = "yes"', "sampled: kies true of false"),
        (LEAST + 'code = "HS-7K3M9P"', "geen vaste code"),
        (LEAST + 'after = "reboot"', "after: kies nothing of power-off"),
        (LEAST + "stress_seconds = -1", "stress_seconds: kies een aantal"),
        (LEAST + "stress_seconds = true", "stress_seconds: kies een aantal"),
        (LEAST + 'service = "herstart.example"', "service: geef het volledige webadres"),
        (LEAST.replace('"all"', '"nothing"') + 'level = "purge"', "wipe zegt dat er niets gewist wordt"),
        ("operator = ", "geen goed TOML-bestand"),
    ],
)
def test_a_policy_that_is_wrong_or_leaves_something_open_is_refused_in_words(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(PolicyInvalidError, match=words):
        policy(tmp_path, text)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalidError) as refused:
        policy(tmp_path, 'wipe = "some"\nlevel = 3\nfoo = 1')
    assert len(str(refused.value).splitlines()) == 4


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalidError, match="dat bestaat niet"):
        read(tmp_path / "weg.toml")


@pytest.mark.parametrize(
    ("disk", "covered"),
    [
        (Disk(name="sda", medium=Medium.HDD, bus="sata"), True),
        (Disk(name="sda", medium=Medium.UNKNOWN, bus="sata"), True),
        (Disk(name="sdb", medium=Medium.HDD, bus="usb"), False),
        (Disk(name="sdb", medium=Medium.SSD, removable=True), False),
        (Disk(name="sdb", medium=Medium.HDD, bus="iscsi"), False),
        (Disk(name="sdb", medium=Medium.SSD, bus="fc"), False),
        (Disk(name="sdb", medium=Medium.HDD, bus="sbp"), False),
        (Disk(name="sdb", medium=Medium.UNKNOWN), False),
        (Disk(name="mmcblk0", medium=Medium.FLASH), False),
        (Disk(name="mmcblk0", medium=Medium.EMMC), True),
    ],
)
def test_all_means_the_built_in_disks_and_never_a_stick(disk: Disk, covered: bool) -> None:
    assert from_values({"operator": "An", "wipe": "all"}, sources=("policy_file:x",)).covers(disk) is covered


def test_nothing_covers_no_disk_and_a_list_only_its_own_kinds() -> None:
    disk = Disk(name="sda", medium=Medium.HDD, bus="sata")
    assert not from_values({"operator": "An", "wipe": "nothing"}, sources=("policy_file:x",)).covers(disk)
    assert not from_values({"operator": "An", "wipe": ["nvme"]}, sources=("policy_file:x",)).covers(disk)


def test_a_command_line_without_a_word_of_ours_is_no_policy() -> None:
    assert from_kernel("BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet herstart.live") is None


def test_the_command_line_alone_can_be_the_policy() -> None:
    told = from_kernel(
        "quiet herstart.operator=An_Peeters herstart.wipe=hdd,ssd herstart.service=https://herstart.example "
        "herstart.code=hs7k3m9p herstart.after=power-off herstart.stress-seconds=60 herstart.accept_signatures=no"
    )
    assert told is not None
    assert (told.operator, told.code, told.after) == ("An Peeters", "HS-7K3M9P", After.POWER_OFF)
    assert told.media == {Medium.HDD, Medium.SSD}
    assert told.stress_seconds == 60
    assert who(told) == "An Peeters (onbemand, volgens de startregel)"


def test_a_quoted_word_keeps_its_spaces() -> None:
    assert kernel_words('ro "herstart.operator=An Peeters" herstart.position="oud technieker"') == {
        "operator": "An Peeters",
        "position": "oud technieker",
    }


def test_words_on_the_command_line_go_before_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bank.toml"
    path.write_text(LEAST + "stress_seconds = 60")
    told = from_kernel(f"herstart.policy={path} herstart.wipe=nothing")
    assert told is not None
    assert told.media == frozenset()
    assert told.stress_seconds == 60
    assert told.sources == ("policy_file:bank.toml", "kernel_command_line")
    assert who(told).endswith("(onbemand, volgens beleid bank.toml en de startregel)")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("herstart.wipe=all", "operator: dit ontbreekt"),
        ("herstart.operator=An", "wipe: dit ontbreekt"),
        ("herstart.operator=An herstart.wipe", "wipe:"),
        ("herstart.operator=An herstart.wipe=all herstart.wipe=nothing", "twee keer"),
        ("herstart.operator=An herstart.wipe=all herstart.wanted=purge", "wanted: dit woord bestaat niet"),
        ("herstart.operator=An herstart.wipe=all herstart.accept_signatures=yes", "een beleid niet toelaten"),
        ("herstart.operator=An herstart.wipe=all herstart.stress_seconds=1.5", "stress_seconds"),
        ("herstart.policy=/nergens/bank.toml herstart.operator=An", "dat bestaat niet"),
    ],
)
def test_a_command_line_that_leaves_something_open_is_refused(line: str, words: str) -> None:
    with pytest.raises(PolicyInvalidError, match=words):
        from_kernel(line)


@given(st.text())
def test_no_command_line_makes_the_reader_fall(line: str) -> None:
    try:
        told = from_kernel(line)
    except PolicyInvalidError as refused:
        assert str(refused)
    else:
        assert told is None or told.operator
