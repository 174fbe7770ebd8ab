"""The attest, the check page, the device page and the API say of a wipe what the service says, and say it anew."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.devices import operations as devices
from asset_service.devices.models import DataCarrier
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping import check_words, operations, queries
from asset_service.wiping.jobs import issued_attest
from asset_service.wiping.models import Attest, DestructionMethod, EvidenceStatus, WipeEvidence
from wipe_reports.standing import Standing
from wipe_reports.trust import TrustedKeys
from wipe_reports.verify import verify


@pytest.fixture
def manager(make_user, station):
    return make_user(Role.STOCK_MANAGER, station.partner, name="An Claes")


@pytest.fixture
def wipe(app, client, station, reports):
    """``wipe(nonce=…, test=…)`` → (evidence id, public id, device's code) of one wiped disk."""

    def make(*, nonce: bool = False, **changes):
        disk = reports.carrier(number="S3TZNX0K0001")
        disk = reports.wiped(client, station, disk) if nonce else replace(disk, wipe=reports.wipe(disk.size_bytes))
        answer = reports.send(client, reports.report(None, disk, **changes), station).json
        with app.app_context():
            found = db.session.scalars(select(WipeEvidence)).one()
            return found.id, found.public_id, answer["device"]["code"]

    return make


def page_text(pdf: bytes, tmp_path) -> str:
    file = tmp_path / "attest.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def said_everywhere(*, app, client, login, form_token, user, found, tmp_path) -> dict[str, str]:
    """What each of the places says of the wipe: the PDF, verification, the check page, the device page, the API."""
    evidence_id, public_id, code = found
    login(client, user)
    token = form_token(client)
    issued = client.post(f"/api/v1/attests/{public_id}.pdf", headers={"X-CSRFToken": token})
    assert issued.status_code == 200, issued.text
    findings = verify(issued.data, TrustedKeys.from_jwks(client.get("/api/v1/keys").json))
    assert findings.ok, findings.checks
    with app.app_context():
        shown = queries.public_check(public_id)
        standing = queries.public_check(public_id).standing
        assert db.session.get_one(WipeEvidence, evidence_id).public_id == public_id
    check = re.search(r'<p class="verdict (\w+)">.*?</svg> ([^<]+)</p>', client.get(f"/w/{public_id}").text, re.DOTALL)
    return {
        "pdf": page_text(issued.data, tmp_path),
        "verify": findings.standing(0).value,
        "service": standing.value,
        "headline": shown.headline,
        "check": check[2].strip(),
        "check tone": check[1],
        "device": client.get(f"/d/{code}").text,
    }


def test_a_wipe_that_waits_for_a_person_says_so_everywhere_until_it_is_confirmed(
    *, app, client, login, form_token, wipe, manager, tmp_path
):
    found = wipe()
    places = {"app": app, "client": client, "login": login, "form_token": form_token, "tmp_path": tmp_path}
    before = said_everywhere(**places, user=manager, found=found)
    assert "NOG TE BEVESTIGEN" in before["pdf"]
    assert "zonder eenmalig nummer van de dienst" in before["pdf"]
    assert "Wisattest" not in before["pdf"]
    assert (before["verify"], before["service"]) == ("unconfirmed", "unconfirmed")
    assert (before["check"], before["check tone"]) == ("Nog te bevestigen", "wait")
    assert "nog te bevestigen" in before["device"]
    (listed,) = client.get("/api/v1/wipes/awaiting-confirmation").json["items"]
    assert listed["standing"] == "unconfirmed"

    answer = client.post(f"/api/v1/wipes/{found[0]}/confirm", headers={"X-CSRFToken": form_token(client)})
    assert answer.json["standing"] == "erased"
    with app.app_context():
        old, new = db.session.scalars(select(Attest).order_by(Attest.revision)).all()
        assert (old.public_id, new.revision) == (found[1], 2)
        assert new.public_id != old.public_id
        newest = new.public_id
    after = said_everywhere(**places, user=manager, found=found)
    assert "GEWIST" in after["pdf"]
    assert re.search(r"Nagezien door An Claes, voorraadbeheerder, \d+ \w+ 20\d\d, \d\d:\d\d", after["pdf"])
    assert f"Vervangt attest {found[1]}" in after["pdf"]
    assert f"/w/{newest}" in after["pdf"]
    assert (after["verify"], after["service"], after["check"]) == ("erased", "erased", "Gewist")
    stranger = app.test_client()
    assert "Dit attest is vervangen." in stranger.get(f"/w/{found[1]}").text
    assert "Dit attest is vervangen." not in stranger.get(f"/w/{newest}").text
    assert "An Claes" not in stranger.get(f"/w/{newest}").text


def test_the_attest_is_issued_anew_once_in_each_language_it_had(app, client, wipe, manager):
    evidence_id, public_id, _ = wipe()
    with app.app_context():
        for language in ("nl", "en"):
            issued_attest(evidence_id, language)
        with transaction():
            operations.confirm_wipe(manager.access, evidence_id)
        made = [issued_attest(evidence_id, language) for language in ("nl", "en", "nl")]
        rows = db.session.execute(select(Attest.revision, Attest.language, Attest.public_id)).all()
        assert sorted(row[:2] for row in rows) == [(1, "en"), (1, "nl"), (2, "en"), (2, "nl")]
        assert len({row[2] for row in rows}) == 2
        assert {row[2] for row in rows if row[0] == 1} == {public_id}
        assert made[0].public_id == made[1].public_id
        kinds = db.session.scalars(select(LedgerEvent.kind)).all()
        assert kinds.count("AttestIssued") == 4


def test_a_disk_that_was_used_again_is_no_longer_called_erased(*, app, client, wipe, manager, technician, tmp_path):
    evidence_id, public_id, _ = wipe(nonce=True)
    with app.app_context():
        issued_attest(evidence_id, "nl")
        with transaction():
            devices.expose_carrier(technician.access, db.session.scalar(select(DataCarrier.component_id)))
        shown = queries.public_check(public_id)
        assert (shown.standing, shown.tone) == (Standing.OVERTAKEN, "wait")
        assert shown.says_otherwise
        assert any("opnieuw gegevens" in line for line in shown.cautions)
        issued_attest(evidence_id, "nl")
        assert queries.public_check(public_id).replaced_by is not None
    page = app.test_client().get(f"/w/{public_id}").text
    assert "Dit attest is vervangen." in page
    assert '<p class="verdict good">' not in page


def test_a_destroyed_disk_says_so_whatever_its_wipe_was(*, app, client, wipe, technician, manager):
    evidence_id, public_id, _ = wipe()
    with app.app_context():
        with transaction():
            task = operations.demand_destruction(
                technician.access, db.session.scalar(select(DataCarrier.component_id))
            ).id
        with transaction():
            operations.destroy(technician.access, task, method=DestructionMethod.CRUSHED, witness_id=manager.id)
        shown = queries.public_check(public_id)
        assert (shown.standing, shown.tone) == (Standing.DESTROYED, "plain")
        left_open = check_words.not_proven(replace(shown, outcome="not_erased"))
        assert not any("vernietig ze" in line for line in left_open), "it is destroyed already"
        assert issued_attest(evidence_id, "nl").said["destroyed_at"] is not None


def test_a_rehearsal_and_an_unneeded_wipe_are_not_green(*, app, client, wipe, station, reports):
    evidence_id, public_id, _ = wipe(nonce=True, test=True)
    with app.app_context():
        assert queries.public_check(public_id).standing is Standing.REHEARSAL
        assert db.session.get_one(WipeEvidence, evidence_id).status is EvidenceStatus.CLEARED
    disk = reports.carrier(erased=True)
    first = reports.report(None, reports.wiped(client, station, disk))
    reports.send(client, first, station)
    reports.send(client, reports.again(first, carriers=(disk,)), station)
    with app.app_context():
        last = db.session.scalars(select(WipeEvidence).order_by(WipeEvidence.id.desc())).first()
        assert (last.status, queries.public_check(last.public_id).standing) == (
            EvidenceStatus.SUPERSEDED,
            Standing.UNCOUNTED,
        )


def test_a_nonce_that_does_not_hold_is_told_as_the_reason(*, app, client, station, reports):
    disk = reports.carrier()
    (nonce,) = reports.nonces(client, station, reports.carrier())
    reports.send(client, reports.report(None, replace(disk, wipe=reports.wipe(disk.size_bytes, nonce))), station)
    with app.app_context():
        found = db.session.scalars(select(WipeEvidence)).one()
        assert "voor een andere schijf gegeven" in queries.public_check(found.public_id).cautions[0]


def test_reading_an_attest_issues_none(*, app, client, login, form_token, wipe, technician):
    _, public_id, code = wipe(nonce=True)
    login(client, technician)
    for address in (
        f"/attests/{public_id}.pdf",
        f"/api/v1/attests/{public_id}.pdf",
        f"/api/v1/attests/{public_id}/bundle.zip",
    ):
        for method in ("GET", "HEAD"):
            answer = client.open(address, method=method)
            assert answer.status_code == 404, (method, address)
    assert client.get(f"/api/v1/attests/{public_id}.pdf").json["code"] == "attest_not_issued"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attest)) == 0
    assert "Wisattest uitgeven" in client.get(f"/d/{code}").text
    assert client.post(f"/attests/{public_id}.pdf").status_code == 422
    answer = client.post(f"/attests/{public_id}.pdf", data={"csrf_token": form_token(client)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/attests/{public_id}.pdf")
    assert client.get(answer.headers["Location"]).mimetype == "application/pdf"
    assert "Wisattest uitgeven" not in client.get(f"/d/{code}").text


def test_an_attest_that_says_less_than_we_know_now_is_not_given_out(*, app, client, login, wipe, technician, manager):
    evidence_id, public_id, _ = wipe()
    with app.app_context():
        issued_attest(evidence_id, "nl")
        with transaction():
            operations.confirm_wipe(manager.access, evidence_id)
    login(client, technician)
    assert client.get(f"/api/v1/attests/{public_id}.pdf").status_code == 404


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        (None, None), ("", None), (" ", None), ("7", None), ("A7", "7"), ("A7B", "B"), ("ABC7", "C7"),
        ("1234567", "567"), ("12345678", "5678"), ("S3TZNX0K0001", "0001"), ("  ABC7  ", "C7"),
    ],
)  # fmt: skip
def test_strangers_never_see_a_short_serial_whole(serial, shown):
    assert queries.serial_end(serial) == shown


def test_a_short_serial_does_not_stand_on_the_check_page(app, client, station, reports):
    answer = reports.send(client, reports.report(None, reports.carrier(number="QX7Z", erased=True)), station).json
    page = app.test_client().get("/w/" + answer["attests"][0]["check_url"].rpartition("/")[2]).text
    assert "QX7Z" not in page
    assert "7Z" in page


def test_strangers_learn_no_stations_names_from_the_keys(app, client, make_station):
    station = make_station(name="Atelier van Bart")
    answer = app.test_client().get("/api/v1/keys")
    assert "Bart" not in answer.text
    assert {one["herstart_name"] for one in answer.json["keys"]} == {"Herstart", station.key_id}


def test_a_wipe_is_no_younger_than_its_exposure_where_it_is_called_overtaken(app, client, wipe):
    """A wipe of the present exposure is not overtaken by the exposure that it clears."""
    evidence_id, _, _ = wipe(nonce=True)
    with app.app_context():
        found = db.session.get_one(WipeEvidence, evidence_id)
        assert found.carrier.exposures[-1].exposed_at > found.ended_at - timedelta(days=1)
        assert queries.public_check(found.public_id).standing is Standing.ERASED
