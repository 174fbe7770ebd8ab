"""Reports carried by hand: exported whole, let go by a good receipt only, and no ZIP can do harm."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.cli import main
from intake_agent.machine import Machine
from intake_agent.station import enrolment, offline_transfer
from intake_agent.station.outbox import Outbox
from intake_agent.station.report import Signatory, build, signed
from intake_agent.station.sending import ReceiptError
from wipe_reports import signing

IDS = [f"0192f0c1-2b3a-7c4d-8e5f-{number:012x}" for number in range(1, 5)]


@pytest.fixture
def outbox(enrolled: Path) -> Outbox:
    """The outbox of an enrolled station with two reports in it."""
    own = enrolment.load(enrolled)
    kept = Outbox(enrolled)
    for report_id in IDS[:2]:
        who = Signatory(station=own.name, key=own.key, operator="An")
        report = build(Machine(), {}, who, report_id=report_id, created_at=datetime.now(UTC), test=False)
        kept.put(report_id, signed(report, own.key))
    return kept


def export(outbox: Outbox, target: Path) -> int:
    return main(["export", str(target), "--state", str(outbox.folder.parent)])


def take(outbox: Outbox, file: Path) -> int:
    return main(["send", "--receipts", str(file), "--state", str(outbox.folder.parent)])


Carried = Callable[[Path], Path]


@pytest.fixture
def carried(service, tmp_path: Path) -> Carried:
    """The other side: hands in every member as ``POST /reports`` does; the ZIP of the answers."""

    def hand_in(exported: Path) -> Path:
        receipts = tmp_path / "ontvangst.zip"
        with zipfile.ZipFile(exported) as archive, zipfile.ZipFile(receipts, "w") as answers:
            for name in archive.namelist():
                _, answer = service.answer("/api/v1/reports", archive.read(name))
                answers.writestr(f"{Path(name).stem}.json", json.dumps(answer))
        return receipts

    return hand_in


def zipped(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def test_reports_leave_the_outbox_only_when_their_receipts_come_back(
    outbox: Outbox, service, carried: Carried, tmp_path: Path
) -> None:
    file = tmp_path / "verslagen.zip"
    assert export(outbox, file) == 0
    assert [path.stem for path in outbox.waiting()] == IDS[:2]
    receipts = carried(file)
    assert take(outbox, receipts) == 0
    assert outbox.waiting() == []
    assert sorted(service.reports) == IDS[:2]
    for report_id, compact in service.reports.items():
        assert (outbox.sent / f"{report_id}.jws").read_bytes() == compact
        assert json.loads((outbox.sent / f"{report_id}.json").read_text())["receipt"]
    assert take(outbox, receipts) == 0


def test_an_export_is_one_jws_a_report_as_it_lies_in_the_outbox(outbox: Outbox, tmp_path: Path) -> None:
    export(outbox, tmp_path / "v.zip")
    with zipfile.ZipFile(tmp_path / "v.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in outbox.waiting()
        }


def test_a_folder_gets_a_file_named_after_the_station(outbox: Outbox, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert export(outbox, stick) == 0
    (file,) = stick.iterdir()
    assert file.name.startswith("herstart-verslagen-bank-1-")
    assert file.suffix == ".zip"


def test_what_lies_there_is_never_written_over(outbox: Outbox, tmp_path: Path, capsys) -> None:
    file = tmp_path / "v.zip"
    file.write_bytes(b"iets anders")
    assert export(outbox, file) == 2
    assert "bestaat al" in capsys.readouterr().err
    assert file.read_bytes() == b"iets anders"


def test_an_export_that_fails_leaves_nothing_behind(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    stick = tmp_path / "stick"
    stick.mkdir()
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        assert export(outbox, stick / "v.zip") == 2
    assert "er is geen plaats meer" in capsys.readouterr().err
    assert list(stick.iterdir()) == []
    assert export(outbox, tmp_path / "geen" / "map.zip") == 2


def test_more_than_the_service_takes_in_one_go_waits_for_the_next_export(
    outbox: Outbox, carried: Carried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(offline_transfer, "MAX_REPORTS", 1)
    assert export(outbox, tmp_path / "v.zip") == 1
    assert "Nog 1 verslagen passen er niet bij" in capsys.readouterr().err
    assert take(outbox, carried(tmp_path / "v.zip")) == 1
    assert [path.stem for path in outbox.waiting()] == IDS[1:2]
    assert export(outbox, tmp_path / "w.zip") == 0


def test_a_file_far_larger_than_any_receipts_is_not_even_opened(outbox: Outbox, tmp_path: Path, capsys) -> None:
    with (tmp_path / "o.zip").open("wb") as file:
        file.truncate(offline_transfer.MAX_RECEIPTS_FILE_BYTES + 1)
    assert take(outbox, tmp_path / "o.zip") == 2
    assert "te groot" in capsys.readouterr().err


def test_a_torn_report_is_not_carried_and_holds_up_no_other(outbox: Outbox, tmp_path: Path, capsys) -> None:
    outbox.waiting()[0].write_bytes(b"half")
    assert export(outbox, tmp_path / "v.zip") == 1
    assert "beschadigd" in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "v.zip") as archive:
        assert archive.namelist() == [f"{IDS[1]}.jws"]


def test_an_empty_outbox_makes_no_file(enrolled: Path, tmp_path: Path, capsys) -> None:
    assert main(["export", str(tmp_path / "v.zip"), "--state", str(enrolled)]) == 0
    assert "leeg" in capsys.readouterr().out
    assert not (tmp_path / "v.zip").exists()


def answer_for(service, outbox: Outbox, report_id: str) -> dict:
    return service.answer("/api/v1/reports", (outbox.folder / f"{report_id}.jws").read_bytes())[1]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("other report", "hoort bij een ander verslag"),
        ("other key", "niet getekend met een sleutel van de dienst"),
        ("no receipt", "geen ontvangstbewijs"),
        ("no json", "geen ontvangstbewijs"),
        ("a list", "geen ontvangstbewijs"),
        ("huge", "geen ontvangstbewijs"),
    ],
)
def test_a_receipt_that_proves_nothing_lets_nothing_go(
    outbox: Outbox, service, changed: str, words: str, capsys
) -> None:
    answer = answer_for(service, outbox, IDS[0])
    if changed == "other key":
        _, payload = signing.peek(answer["receipt"])
        answer["receipt"] = signing.sign(payload, signing.generate_key(), "wipe-receipt+jws")
    content = {
        "other report": json.dumps(answer_for(service, outbox, IDS[1])).encode(),
        "other key": json.dumps(answer).encode(),
        "no receipt": b"{}",
        "no json": b"{",
        "a list": b"[" * 100_000,
        "huge": b" " * (offline_transfer.MAX_RECEIPT_BYTES + 1),
    }[changed]
    good = json.dumps(answer_for(service, outbox, IDS[1])).encode()
    file = zipped(outbox.folder / "o.zip", {f"{IDS[0]}.json": content, f"{IDS[1]}.json": good})
    assert take(outbox, file) == 1
    assert words in capsys.readouterr().out
    assert [path.stem for path in outbox.waiting()] == IDS[:1]


def test_a_receipt_for_a_report_that_is_not_here_is_told(outbox: Outbox, tmp_path: Path, capsys) -> None:
    assert take(outbox, zipped(tmp_path / "o.zip", {f"{IDS[3]}.json": b"{}"})) == 1
    assert "niet in de wachtmap van dit station" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    ["../station.key", "/etc/passwd", f"../{IDS[0]}.json", f"outbox/{IDS[0]}.json", f"{IDS[0]}.json\n", "a.json"],
)
def test_a_member_that_is_no_receipts_name_is_never_touched(outbox: Outbox, tmp_path: Path, name: str, capsys) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    file = zipped(tmp_path / "o.zip", {name: b"{}"})
    assert take(outbox, file) == 2
    assert "geen ontvangstbewijzen" in capsys.readouterr().err
    file.unlink()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_zip_that_unpacks_to_gigabytes_is_read_within_bounds(outbox: Outbox, tmp_path: Path) -> None:
    file = tmp_path / "bom.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(f"{IDS[0]}.json", "w") as member:
        for _ in range(256):
            member.write(bytes(1024 * 1024))
    assert file.stat().st_size < 1024 * 1024
    assert take(outbox, file) == 1
    assert len(outbox.waiting()) == 2


def test_a_file_that_is_no_zip_is_told(outbox: Outbox, tmp_path: Path, capsys) -> None:
    (tmp_path / "o.zip").write_bytes(b"PK\x03\x04 afgebroken")
    assert take(outbox, tmp_path / "o.zip") == 2
    assert "geen volledig ZIP-bestand" in capsys.readouterr().err
    assert take(outbox, tmp_path / "weg.zip") == 2
    assert "dat bestaat niet" in capsys.readouterr().err


def test_a_locked_zip_is_told(outbox: Outbox, tmp_path: Path, capsys) -> None:
    file = zipped(tmp_path / "o.zip", {f"{IDS[0]}.json": b"{}"})
    content = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + offset
        content[at : at + 2] = struct.pack("<H", 1)
    file.write_bytes(content)
    assert take(outbox, file) == 2
    assert "geen volledig ZIP-bestand" in capsys.readouterr().err


def _receipts_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for report_id in IDS[:3]:
            archive.writestr(zipfile.ZipInfo(f"{report_id}.json", (2026, 11, 22, 4, 0, 0)), b'{"receipt": "a.b.c"}')
    return stream.getvalue()


RECEIPTS_ZIP = _receipts_zip()
_ANYWHERE = st.integers(0, len(RECEIPTS_ZIP) - 1)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(_ANYWHERE, st.integers(0, 255)), max_size=4), st.integers(0, len(RECEIPTS_ZIP)))
def test_a_damaged_zip_is_told_and_lets_nothing_go(
    outbox: Outbox, tmp_path: Path, changes: list[tuple[int, int]], length: int
) -> None:
    content = bytearray(RECEIPTS_ZIP)
    for place, value in changes:
        content[place] = value
    file = tmp_path / "o.zip"
    file.write_bytes(content[:length])

    def no_proof(answer: dict, report_id: str, compact: str) -> None:
        raise ReceiptError("Dit bewijst niets.")

    try:
        results = list(offline_transfer.import_receipts(file, outbox, no_proof))
    except offline_transfer.OfflineTransferError as error:
        assert str(error).startswith(("In dit bestand", str(file)))
    else:
        assert all(one.answer is None for one in results)
    assert [path.stem for path in outbox.waiting()] == IDS[:2]
