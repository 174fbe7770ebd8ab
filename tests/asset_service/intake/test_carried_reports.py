"""Reports carried on a stick: taken in as over the network, each by itself, and nothing that is handed in does harm."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.core.db import db
from asset_service.core.security import MAX_BODY_BYTES
from asset_service.intake import offline_files
from asset_service.intake.models import QuarantinedReport, UnmatchedReport
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping.models import SignedReport


@pytest.fixture
def browser(app, make_user, login, station):
    """A technician of the station's partner, logged in."""
    return login(app.test_client(), make_user(Role.TECHNICIAN, station.partner))


@pytest.fixture
def hand_in(form_token):
    """``hand_in(client, (name, bytes), …)`` → the page that tells what became of them."""

    def post(client, *files):
        sent = [(io.BytesIO(content), name) for name, content in files]
        return client.post("/intake/import", data={"csrf_token": form_token(client), "files": sent})

    return post


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def jws(reports, station, *disks, device=None):
    made = reports.report(device, *disks)
    return made, (f"{made.report_id}.jws", reports.signed(made, station.key).encode())


def kept(app):
    with app.app_context():
        return {str(one) for one in db.session.scalars(select(SignedReport.id))}


def test_an_export_is_taken_in_report_by_report_and_gives_the_receipts_back(
    *, app, browser, hand_in, station, form_token, reports
):
    first, one = jws(reports, station, reports.carrier(erased=True))
    second, two = jws(reports, station, reports.carrier())
    waits, three = jws(reports, station, device=reports.machine(code="HS-222222"))
    page = hand_in(browser, ("herstart-verslagen-20261122.zip", zipped(one, two, three)))
    assert page.status_code == 200
    assert page.text.count("nieuw toestel") == 2
    assert "wacht op een persoon" in page.text
    assert f"/intake/unmatched/{waits.report_id}" in page.text
    assert kept(app) == {first.report_id, second.report_id, waits.report_id}
    asked = {"csrf_token": form_token(browser), "report_id": [first.report_id, waits.report_id]}
    answer = browser.post("/intake/import/receipts", data=asked)
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert sorted(archive.namelist()) == sorted([f"{first.report_id}.json", f"{waits.report_id}.json"])
        given = json.loads(archive.read(f"{first.report_id}.json"))
    over_http = app.test_client().post("/api/v1/reports", data=one[1], headers=reports.HEADERS)
    assert (over_http.status_code, over_http.json) == (200, given), "the same answer as the network gives"


def test_the_same_files_again_are_known_and_change_nothing(app, browser, hand_in, station, reports):
    _, one = jws(reports, station, reports.carrier())
    hand_in(browser, one)
    with app.app_context():
        before = db.session.scalars(select(LedgerEvent.id)).all()
    assert "was al binnen" in hand_in(browser, one, ("kopie.zip", zipped(one))).text
    with app.app_context():
        assert db.session.scalars(select(LedgerEvent.id)).all() == before


def test_a_bad_file_loses_none_of_the_others_and_lies_in_quarantine(app, browser, hand_in, station, reports):
    good, one = jws(reports, station, reports.carrier())
    bent = (one[0], one[1][:-6] + b"AAAAAA")
    other, two = jws(reports, station, reports.carrier())
    page = hand_in(browser, ("stuk.jws", b"geen bericht"), ("reeks.zip", zipped(one, two)), ("b.jws", bent[1]))
    assert page.text.count("geweigerd</span>") == 2
    assert kept(app) == {good.report_id, other.report_id}
    with app.app_context():
        assert len(db.session.scalars(select(QuarantinedReport.id)).all()) == 2


def test_who_carried_the_report_stands_in_the_ledger_by_id(app, browser, hand_in, station, reports):
    _, one = jws(reports, station, reports.carrier())
    hand_in(browser, one)
    with app.app_context():
        event = db.session.scalars(select(LedgerEvent).where(LedgerEvent.kind == "ReportCarriedIn")).one()
        assert event.actor_kind == "user"
        received = db.session.scalars(select(LedgerEvent).where(LedgerEvent.kind == "ReportReceived")).one()
        assert (received.actor_kind, received.actor_id) == ("station", station.id), "the signature says who speaks"


def test_another_partners_report_is_not_taken_in(*, app, browser, hand_in, make_station, form_token, reports):
    elsewhere = make_station(name="Elders")
    theirs, one = jws(reports, elsewhere, reports.carrier())
    page = hand_in(browser, one)
    assert "station waar je niet voor werkt" in page.text
    assert kept(app) == set()
    reports.send(app.test_client(), theirs, elsewhere)
    page = hand_in(browser, one)
    assert "was al binnen" not in page.text
    asked = {"csrf_token": form_token(browser), "report_id": theirs.report_id}
    with zipfile.ZipFile(io.BytesIO(browser.post("/intake/import/receipts", data=asked).data)) as archive:
        assert archive.namelist() == []


def test_who_works_at_one_site_carries_for_the_stations_of_that_site(
    *, app, make_user, login, hand_in, station, reports
):
    there = make_user(Role.TECHNICIAN, station.partner, site_id=station.partner.site_id)
    client = login(app.test_client(), there)
    made, one = jws(reports, station)
    assert "nieuw toestel" in hand_in(client, one).text
    assert kept(app) == {made.report_id}


@pytest.mark.parametrize("role", [Role.DESK, Role.REPORTER])
def test_other_roles_do_not_hand_in(*, app, make_user, login, hand_in, station, reports, role):
    client = login(app.test_client(), make_user(role, station.partner))
    _, one = jws(reports, station)
    assert hand_in(client, one).status_code == 403
    assert kept(app) == set()


def test_without_the_forms_token_nothing_is_taken_in(app, browser, station, reports):
    _, (name, content) = jws(reports, station)
    answer = browser.post("/intake/import", data={"files": (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert kept(app) == set()


def test_no_file_is_asked_for_again(browser, form_token):
    answer = browser.post("/intake/import", data={"csrf_token": form_token(browser)})
    assert answer.status_code == 422
    assert "Kies eerst een bestand" in answer.text


def test_an_upload_beyond_the_bound_is_refused_in_words(browser, hand_in, monkeypatch):
    monkeypatch.setattr(offline_files, "MAX_UPLOAD_BYTES", 1024**2)
    answer = hand_in(browser, ("groot.zip", bytes(1024**2)))
    assert answer.status_code == 413
    assert "hoogstens 1 MB" in answer.text


def test_an_export_larger_than_any_other_form_is_taken(app, browser, hand_in, station, reports):
    made, one = jws(reports, station)
    ballast = ("lees-mij.txt", bytes(3 * 1024**2))
    page = hand_in(browser, ("herstart.zip", zipped(one, ballast, compression=zipfile.ZIP_STORED)))
    assert "overgeslagen" in page.text
    assert kept(app) == {made.report_id}


def test_a_report_stays_a_report_whatever_its_file_is_called(app, browser, hand_in, station, reports):
    made, (_, content) = jws(reports, station)
    page = hand_in(browser, ("<script>alert(1)</script>\\..\\" + "x" * 300, content))
    assert "<script>alert" not in page.text
    assert kept(app) == {made.report_id}


def test_a_doubtful_report_waits_exactly_as_over_the_network(app, browser, hand_in, station, reports):
    _, one = jws(reports, station, device=reports.machine(code="HS-222222"))
    hand_in(browser, one)
    with app.app_context():
        assert db.session.scalars(select(UnmatchedReport.reasons)).one() == ["code_unknown"]


def read(*files):
    return list(offline_files.read((name, io.BytesIO(content)) for name, content in files))


def test_a_member_that_unpacks_to_more_than_a_report_is_read_no_further():
    bomb = zipped(("bom.jws", bytes(64 * 1024**2)))
    assert len(bomb) < 100_000
    (one,) = read(("bom.zip", bomb))
    assert len(one.raw) == MAX_BODY_BYTES + 1


def test_many_members_that_unpack_to_much_together_are_read_up_to_the_bound(monkeypatch):
    monkeypatch.setattr(offline_files, "MAX_UNPACKED_BYTES", 5 * 1024**2)
    bomb = zipped(*((f"{number}.jws", bytes(2 * 1024**2)) for number in range(20)))
    found = read(("bom.zip", bomb))
    assert sum(len(one.raw) for one in found) <= 8 * 1024**2
    assert [one.trouble is None for one in found] == [True] * 3 + [False] * 17


def test_more_reports_than_one_turn_takes_are_told_and_not_lost_in_silence(monkeypatch):
    monkeypatch.setattr(offline_files, "MAX_REPORTS", 3)
    found = read(("reeks.zip", zipped(*((f"{number}.jws", b"x") for number in range(5)))))
    assert [one.trouble is None for one in found] == [True, True, True, False, False]


def test_a_table_of_contents_too_large_to_read_is_not_read():
    many = zipped(*((f"{number:06d}.jws", b"") for number in range(6000)), compression=zipfile.ZIP_STORED)
    (one,) = read(("veel.zip", many))
    assert "te veel bestanden" in one.trouble


def test_a_zip64_end_that_hides_the_real_size_is_refused():
    good = zipped(("a.jws", b"x"))
    end = good.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    (one,) = read(("zip64.zip", good[:end] + locator + good[end:]))
    assert one.trouble is not None


def bent_ends():
    """The same ZIP with ends that readers may find in different places."""
    good = zipped(("a.jws", b"x"))
    at = good.rindex(b"PK\x05\x06")
    end = bytearray(good[at:])
    many = zipped(*((f"{number:06d}.jws", b"") for number in range(6000)), compression=zipfile.ZIP_STORED)
    at_many = many.rindex(b"PK\x05\x06")
    hidden = bytearray(many[at_many:])
    hidden[8:12] = b"PK\x05\x06"
    yield "an end's mark in the counts", many[:at_many] + bytes(hidden)
    end[20:22] = struct.pack("<H", 22)
    yield "an end in the comment", good[:at] + bytes(end) + good[at:]
    yield "an end in the comment of many", many[:at_many] + many[at_many:-2] + struct.pack("<H", 22) + good[at:]
    yield "bytes behind the end", good + b"\0"
    yield "bytes in front", b"PK\x03\x04" + good
    yield "two archives", many + good
    counts = bytearray(good[at:])
    counts[10:12] = struct.pack("<H", 9)
    yield "counts that differ", good[:at] + bytes(counts)


@pytest.mark.parametrize("bent", [content for _, content in bent_ends()], ids=[name for name, _ in bent_ends()])
def test_a_zip_whose_end_is_not_plainly_one_is_not_opened(bent):
    (one,) = read(("twee-einden.zip", bent))
    assert one.trouble is not None
    assert not one.raw


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 21), st.binary(min_size=1, max_size=8), st.binary(max_size=30))
def test_whatever_stands_in_the_end_no_more_members_are_listed_than_the_bound_lets_through(at, noise, behind):
    many = bytearray(zipped(*((f"{number:06d}.jws", b"") for number in range(6000)), compression=zipfile.ZIP_STORED))
    end = bytes(many).rindex(b"PK\x05\x06")
    many[end + at : end + at + len(noise)] = noise
    assert len(read(("iets.zip", bytes(many) + behind))) == 1


def test_a_member_without_a_name_is_told_and_the_others_are_read():
    nameless = io.BytesIO()
    with zipfile.ZipFile(nameless, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.jws"), b"x")
        entry = zipfile.ZipInfo("b.jws")
        entry.filename = ""
        archive.writestr(entry, b"y")
    found = {one.name: one for one in read(("naamloos.zip", nameless.getvalue()))}
    assert found["a.jws"].raw == b"x"
    assert len(found) == 2


def test_it_is_not_said_that_all_was_taken_where_nothing_was(app, browser, hand_in, station, reports):
    page = hand_in(browser, ("foto's.zip", zipped(("a.jpg", b"x"), ("b.txt", b"y"))))
    assert "Alles is aangenomen" not in page.text
    assert "er is niets aangenomen" in page.text
    _, one = jws(reports, station, reports.carrier())
    page = hand_in(browser, ("reeks.zip", zipped(one, ("b.txt", b"y"))))
    assert "Alles is aangenomen" not in page.text
    assert "1 bestand is overgeslagen" in page.text


def test_a_zip_in_a_zip_is_not_opened():
    inner = zipped(("a.jws", b"x"))
    found = read(("buiten.zip", zipped(("binnen.zip", inner), ("binnen.jws", inner))))
    assert [one.name for one in found] == ["binnen.zip", "binnen.jws"]
    assert found[0].trouble is not None
    assert found[1].raw == inner, "read as the report it says it is, and refused as one"


def test_damaged_and_encrypted_members_are_told_one_by_one():
    content = bytearray(zipped(("a.jws", b"abcdef" * 100), ("b.jws", b"goed")))
    at = content.index(b"a.jws") + 8
    content[at : at + 3] = b"\xff" * 3
    first, second = read(("stuk.zip", bytes(content)))
    assert first.trouble is not None
    assert second.raw == b"goed"
    locked = bytearray(zipped(("a.jws", b"x")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    (one,) = read(("slot.zip", bytes(locked)))
    assert one.trouble is not None


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 255))
def test_no_bytes_break_the_reader(noise, at, value):
    whole = bytearray(zipped(("a.jws", b"abc"), ("b.jws", b"def")))
    if at < len(whole):
        whole[at] = value
    for content in (noise, b"PK\x03\x04" + noise, bytes(whole), bytes(whole[:at])):
        for one in read(("iets", content)):
            assert one.name
            assert len(one.raw) <= MAX_BODY_BYTES + 1
