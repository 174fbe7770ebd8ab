"""The outbox keeps every report whole, once, through full sticks, pulled sticks and agents that died."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_agent.station.outbox import DamagedReportError, Outbox, OutboxError
from wipe_reports import signing

IDS = [f"0192f0c1-2b3a-7c4d-8e5f-{number:012x}" for number in range(1, 5)]
KEY = signing.generate_key()


def a_report(report_id: str, said: str = "gewist") -> str:
    return signing.sign(json.dumps({"report_id": report_id, "said": said}).encode(), KEY, "wipe-report+jws")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    """The outbox of a station with a key of its own."""
    signing.save_private_key(tmp_path / "station.key", KEY)
    return Outbox(tmp_path)


def contents(outbox: Outbox) -> dict[str, str]:
    return {path.stem: outbox.read(path) for path in outbox.waiting()}


def test_the_same_report_twice_is_one_and_another_under_its_id_is_refused(outbox: Outbox) -> None:
    path = outbox.put(IDS[0], a_report(IDS[0]))
    assert outbox.put(IDS[0], a_report(IDS[0])) == path
    with pytest.raises(OutboxError, match="ander verslag"):
        outbox.put(IDS[0], a_report(IDS[0], "iets anders"))
    assert contents(outbox) == {IDS[0]: a_report(IDS[0])}


def test_a_report_that_was_sent_before_is_not_put_in_the_outbox_again(outbox: Outbox) -> None:
    sent = outbox.acknowledged(outbox.put(IDS[0], a_report(IDS[0])), {"receipt": "x"})
    assert outbox.put(IDS[0], a_report(IDS[0])) == sent
    assert outbox.waiting() == []
    assert json.loads(sent.with_suffix(".json").read_text()) == {"receipt": "x"}


def torn(compact: str) -> dict[str, bytes]:
    whole = compact.encode()
    return {
        "empty": b"",
        "half": whole[: len(whole) // 2],
        "last byte lacks": whole[:-1],
        "zeros at the end": whole[:-40] + bytes(40),
        "all zeros": bytes(len(whole)),
        "another report's end": whole[:-40] + a_report(IDS[3], "oud").encode()[-40:],
        "another report": a_report(IDS[3]).encode(),
        "something behind it": whole + b"x",
    }


@pytest.mark.parametrize("how", list(torn(a_report(IDS[0]))))
def test_a_torn_report_is_set_aside_and_the_whole_one_can_be_kept_again(outbox: Outbox, how: str) -> None:
    compact = a_report(IDS[0])
    path = outbox.put(IDS[0], compact)
    path.write_bytes(torn(compact)[how])
    with pytest.raises(DamagedReportError, match="beschadigd"):
        outbox.read(path)
    assert outbox.waiting() == []
    (aside,) = outbox.set_aside()
    assert aside.read_bytes() == torn(compact)[how]
    outbox.put(IDS[0], compact)
    assert contents(outbox) == {IDS[0]: compact}


def test_a_torn_report_does_not_stand_in_the_way_of_the_whole_one(outbox: Outbox) -> None:
    for _ in range(2):
        outbox.folder.mkdir(exist_ok=True)
        (outbox.folder / f"{IDS[0]}.jws").write_bytes(b"")
        outbox.put(IDS[0], a_report(IDS[0]))
        outbox.waiting()[0].unlink()
    assert len(outbox.set_aside()) == 2


def test_another_stations_report_is_carried_as_it_is(outbox: Outbox) -> None:
    strange = signing.sign(json.dumps({"report_id": IDS[1]}).encode(), signing.generate_key(), "wipe-report+jws")
    assert outbox.read(outbox.put(IDS[1], strange)) == strange


def test_the_report_takes_the_place_of_the_provisional_one(outbox: Outbox) -> None:
    provisional = outbox.put_provisional(IDS[0], a_report(IDS[0], "afgebroken"))
    assert outbox.waiting() == []
    outbox.put(IDS[0], a_report(IDS[0]))
    assert not provisional.exists()
    assert outbox.promote_left() == []
    assert contents(outbox) == {IDS[0]: a_report(IDS[0])}


def test_a_later_provisional_report_takes_the_place_of_the_one_before(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put_provisional(IDS[0], a_report(IDS[0], "eerst"))
    path = outbox.put_provisional(IDS[0], a_report(IDS[0], "dan"))
    assert path.read_text() == a_report(IDS[0], "dan")
    assert Outbox(tmp_path).promote_left() == []


def test_a_provisional_report_is_left_alone_while_its_agent_lives(outbox: Outbox, tmp_path: Path) -> None:
    provisional = outbox.put_provisional(IDS[0], a_report(IDS[0], "afgebroken"))
    assert Outbox(tmp_path).promote_left() == []
    assert provisional.exists()


_DIES = """
import sys
from pathlib import Path
from intake_agent.station.outbox import Outbox
Outbox(Path(sys.argv[1])).put_provisional(sys.argv[2], sys.argv[3])
print("kept", flush=True)
sys.stdin.read()
"""


def leave_provisional(state: Path, report_id: str, compact: str) -> None:
    """An agent that dies (SIGKILL) after it kept a provisional report."""
    command = [sys.executable, "-c", _DIES, str(state), report_id, compact]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        assert agent.stdout.readline() == b"kept\n"
        agent.kill()


def test_what_an_agent_left_that_died_becomes_a_report_to_send(outbox: Outbox, tmp_path: Path) -> None:
    leave_provisional(tmp_path, IDS[0], a_report(IDS[0], "afgebroken"))
    assert outbox.promote_left() == [outbox.folder / f"{IDS[0]}.jws"]
    assert contents(outbox) == {IDS[0]: a_report(IDS[0], "afgebroken")}
    assert outbox.promote_left() == []
    assert list(outbox.provisional.iterdir()) == []


@pytest.mark.parametrize("where", ["waiting", "sent"])
def test_a_provisional_report_gives_way_to_the_one_that_was_kept_or_sent(outbox: Outbox, where: str) -> None:
    path = outbox.put(IDS[0], a_report(IDS[0]))
    if where == "sent":
        outbox.acknowledged(path, {})
    (outbox.provisional / path.name).write_text(a_report(IDS[0], "afgebroken"))
    assert outbox.promote_left() == []
    assert list(outbox.provisional.iterdir()) == []
    assert contents(outbox) == ({} if where == "sent" else {IDS[0]: a_report(IDS[0])})


def test_a_provisional_report_stands_in_for_a_torn_one(outbox: Outbox) -> None:
    path = outbox.put(IDS[0], a_report(IDS[0]))
    path.write_bytes(b"half")
    (outbox.provisional / path.name).write_text(a_report(IDS[0], "afgebroken"))
    assert outbox.promote_left() == [path]
    assert contents(outbox) == {IDS[0]: a_report(IDS[0], "afgebroken")}


def test_a_torn_provisional_report_is_set_aside_and_the_next_is_promoted(outbox: Outbox) -> None:
    outbox.prove_room()
    (outbox.provisional / f"{IDS[0]}.jws").write_bytes(b"")
    (outbox.provisional / f"{IDS[1]}.jws").write_text(a_report(IDS[1]))
    assert [path.stem for path in outbox.promote_left()] == [IDS[1]]
    assert [path.stem for path in outbox.set_aside()] == [IDS[0]]


def test_what_was_being_written_at_a_cut_is_cleaned_at_the_start(outbox: Outbox) -> None:
    outbox.prove_room()
    (outbox.folder / ".proef.new").write_bytes(b"half")
    outbox.prove_room()
    (outbox.folder / f".{IDS[0]}.jws.new").write_bytes(b"half")
    outbox.promote_left()
    assert [path.name for path in outbox.folder.iterdir() if path.is_file()] == []


def test_a_station_without_an_outbox_has_nothing_left(tmp_path: Path) -> None:
    assert Outbox(tmp_path / "nieuw").promote_left() == []


@pytest.fixture
def small_stick(tmp_path: Path) -> Iterator[Path]:
    """A mounted file system of 256 KiB."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a file system")
    stick = tmp_path / "stick"
    stick.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(stick)]
    if subprocess.run(mount, check=False, capture_output=True, timeout=30).returncode:
        pytest.skip("this system lets nobody mount a file system")
    yield stick
    subprocess.run(["umount", "--lazy", str(stick)], check=True, timeout=30)


@pytest.mark.root
def test_a_full_stick_says_so_and_keeps_what_it_had(small_stick: Path) -> None:
    outbox = Outbox(small_stick)
    outbox.put(IDS[0], a_report(IDS[0]))
    with pytest.raises(OutboxError, match="er is geen plaats meer"):
        outbox.prove_room()
    with pytest.raises(OutboxError, match="er is geen plaats meer"):
        outbox.put(IDS[1], a_report(IDS[1], "x" * 300_000))
    assert contents(outbox) == {IDS[0]: a_report(IDS[0])}
    outbox.put(IDS[1], a_report(IDS[1]))
    assert len(contents(outbox)) == 2


@pytest.mark.root
def test_a_stick_that_can_only_be_read_says_so_and_can_still_be_read(small_stick: Path) -> None:
    outbox = Outbox(small_stick)
    outbox.put(IDS[0], a_report(IDS[0]))
    subprocess.run(["mount", "-o", "remount,ro", str(small_stick)], check=True, timeout=30)
    with pytest.raises(OutboxError, match="alleen gelezen"):
        outbox.put(IDS[1], a_report(IDS[1]))
    assert contents(outbox) == {IDS[0]: a_report(IDS[0])}


@pytest.mark.root
def test_a_stick_that_was_pulled_and_unmounted_is_missed_and_nothing_is_kept_in_memory_in_its_place(
    small_stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake_agent.station.outbox._PROOF_OF_ROOM_BYTES", 1024)
    outbox = Outbox(small_stick)
    outbox.prove_room()
    subprocess.run(["umount", str(small_stick)], check=True, timeout=30)
    with pytest.raises(OutboxError, match="het is er niet meer"):
        outbox.put(IDS[0], a_report(IDS[0]))
    assert list(small_stick.iterdir()) == []
    subprocess.run(["mount", "-t", "tmpfs", "none", str(small_stick)], check=True, timeout=30)
    signing.save_private_key(small_stick / "station.key", KEY)
    assert outbox.put(IDS[0], a_report(IDS[0])).exists()


def test_a_stick_that_fails_while_it_is_written_leaves_no_half_report(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.put(IDS[0], a_report(IDS[0]))

    def pulled(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", pulled)
        with pytest.raises(OutboxError, match="geeft fouten"):
            outbox.put(IDS[1], a_report(IDS[1]))
    assert contents(outbox) == {IDS[0]: a_report(IDS[0])}
    outbox.put(IDS[1], a_report(IDS[1]))
    assert len(contents(outbox)) == 2
