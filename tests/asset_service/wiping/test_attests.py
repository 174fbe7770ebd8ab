"""The attest: issued once, sealed before it is printed, verifiable offline; and what the public may see of it."""

from __future__ import annotations

import io
import threading
import zipfile
from dataclasses import asdict, replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from asset_service.accounts.models import Role
from asset_service.core.db import db, transaction
from asset_service.core.errors import Forbidden, NotFound, Refused
from asset_service.devices import operations as devices
from asset_service.devices.models import DataCarrier, DataStatus, Device
from asset_service.ledger.models import LedgerEvent, LedgerLeaf
from asset_service.wiping import operations, queries
from asset_service.wiping.jobs import issue_attests, issued_attest
from asset_service.wiping.models import Attest, DestructionMethod, DestructionTask, EvidenceStatus, WipeEvidence
from wipe_reports import verify
from wipe_reports.trust import TrustedKeys


@pytest.fixture
def wiped(client, station, reports):
    """The answer to a report with one wiped disk, and the disk."""
    disk = reports.wiped(client, station, reports.carrier())
    return reports.send(client, reports.report(None, disk), station).json, disk


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def issued_by(client, url: str, form_token):
    """Ask for the attest to be issued, as the button on the device's page does."""
    return client.post(url, headers={"X-CSRFToken": form_token(client)})


def evidence_id(app) -> UUID:
    with app.app_context():
        return db.session.scalars(select(WipeEvidence.id).order_by(WipeEvidence.id)).first()


def test_the_attest_verifies_offline_with_the_services_published_keys(client, wiped, technician, login, form_token):
    answer, _ = wiped
    login(client, technician)
    url = path_of(answer["attests"][0]["pdf_url"])
    issued_by(client, url, form_token)
    response = client.get(url)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    trusted = TrustedKeys.from_jwks(client.get("/api/v1/keys").json)
    for content in (response.data, client.get(url.replace(".pdf", "/bundle.zip")).data):
        findings = verify.verify(content, trusted)
        assert findings.ok, findings.checks


def test_the_attest_is_issued_once(*, app, client, wiped, technician, login, form_token):
    answer, _ = wiped
    login(client, technician)
    url = path_of(answer["attests"][0]["pdf_url"])
    assert issued_by(client, url, form_token).data == issued_by(client, url, form_token).data
    first, second = client.get(url), client.get(url)
    assert first.data == second.data
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code in {200, 304}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attest)) == 1
        kinds = db.session.scalars(select(LedgerEvent.kind)).all()
    assert kinds.count("AttestIssued") == 1


def test_the_attest_issued_at_once_is_issued_once(app, client, wiped):
    found, made = evidence_id(app), []

    def issue():
        with app.app_context():
            made.append(issued_attest(found, "nl").pdf_sha256)

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def test_the_attest_exists_in_dutch_and_english(app, client, wiped):
    with app.app_context():
        dutch, english = (issued_attest(evidence_id(app), language).pdf_sha256 for language in ("nl", "en"))
    assert dutch != english


def test_the_job_is_safe_to_run_twice(app, client, wiped):
    found = str(evidence_id(app))
    with app.app_context():
        issue_attests([found])
        issue_attests([found])
        assert db.session.scalar(select(func.count()).select_from(Attest)) == 1


def test_the_wipes_event_is_sealed_before_the_attest_is_printed(app, client, wiped):
    with app.app_context():
        made = issued_attest(evidence_id(app), "nl")
        event = db.session.scalar(select(LedgerEvent.id).where(LedgerEvent.kind == "WipeReported"))
        assert db.session.get_one(LedgerLeaf, event).seal_number == made.seal_number


def test_what_was_not_erased_gets_no_attest(app, client, station, reports):
    disk = reports.carrier()
    failed = replace(disk, wipe=reports.failed_wipe(disk.size_bytes))
    reports.send(client, reports.report(None, failed), station)
    with app.app_context(), pytest.raises(Refused):
        issued_attest(evidence_id(app), "nl")


def test_another_partner_gets_no_attest(client, wiped, make_user, login):
    answer, _ = wiped
    login(client, make_user(Role.TECHNICIAN))
    assert client.get(path_of(answer["attests"][0]["pdf_url"])).status_code == 404


def test_the_public_check_shows_no_more_of_a_serial_than_its_end(app, client, wiped):
    answer, disk = wiped
    with app.app_context():
        shown = queries.public_check(answer["attests"][0]["check_url"].rpartition("/")[2])
        seal, said = shown.seal, str(asdict(replace(shown, seal=None)))
    assert seal is None
    assert shown.serial_end == disk.serial[-4:]
    assert disk.serial not in said
    assert "Noor Peeters" not in said
    assert (shown.outcome, shown.status) == ("erased", EvidenceStatus.CLEARED)
    assert not shown.exposed_since


def test_the_public_check_says_when_the_disk_was_exposed_since(app, client, wiped, technician):
    answer, _ = wiped
    with app.app_context():
        with transaction():
            devices.expose_carrier(technician.access, db.session.scalar(select(DataCarrier.component_id)))
        assert queries.public_check(answer["attests"][0]["check_url"].rpartition("/")[2]).exposed_since


@pytest.mark.parametrize("public_id", ["", "x", "a" * 26, "A" * 26, "../../etc/passwd", "é" * 26])
def test_the_public_check_knows_nothing_of_another_id(app_context, public_id):
    with pytest.raises(NotFound):
        queries.public_check(public_id)


def test_the_bundle_holds_the_four_proofs(client, wiped, technician, login, form_token):
    answer, _ = wiped
    login(client, technician)
    pdf = path_of(answer["attests"][0]["pdf_url"])
    url = pdf.replace(".pdf", "/bundle.zip")
    assert client.get(url).status_code == 404
    issued_by(client, pdf, form_token)
    with zipfile.ZipFile(io.BytesIO(client.get(url).data)) as archive:
        assert {"proof.jws", "receipt.jws", "attest.pdf", "ledger.json"} <= set(archive.namelist())


def test_a_wipe_cannot_be_confirmed_after_a_new_exposure(*, app, client, station, make_user, technician, reports):
    manager = make_user(Role.STOCK_MANAGER, station.partner).access
    reports.send(client, reports.report(None, reports.carrier(erased=True)), station)
    found = evidence_id(app)
    with app.app_context():
        with transaction():
            devices.expose_carrier(technician.access, db.session.scalar(select(DataCarrier.component_id)))
        with pytest.raises(Refused) as refused, transaction():
            operations.confirm_wipe(manager, found)
        assert refused.value.code == "exposed_again"
        assert db.session.scalar(select(Device.data_status)) is DataStatus.EXPOSED
        assert db.session.get_one(WipeEvidence, found).status is EvidenceStatus.AWAITING_CONFIRMATION


def test_a_carrier_is_destroyed_before_a_witness_who_is_somebody_else(
    *, app, client, station, technician, make_user, reports
):
    disk = reports.carrier()
    reports.send(client, reports.report(None, replace(disk, wipe=reports.failed_wipe(disk.size_bytes))), station)
    witness = make_user(Role.STOCK_MANAGER, station.partner)
    with app.app_context():
        task_id = db.session.scalar(select(DestructionTask.id))
        for wrong in (None, technician.id):
            with pytest.raises(Exception, match="getuige"), transaction():
                operations.destroy(technician.access, task_id, method=DestructionMethod.SHREDDED, witness_id=wrong)
        with transaction():
            operations.destroy(technician.access, task_id, method=DestructionMethod.SHREDDED, witness_id=witness.id)
        assert db.session.scalar(select(Device.data_status)) is DataStatus.DESTROYED
        assert queries.count_open_tasks(technician.access) == 0
        with pytest.raises(Refused), transaction():
            operations.destroy(technician.access, task_id, method=DestructionMethod.SHREDDED, witness_id=witness.id)


def test_a_destroyed_disk_that_turns_up_again_is_for_a_person(*, app, client, station, technician, make_user, reports):
    disk = reports.carrier()
    first = reports.report(None, replace(disk, wipe=reports.failed_wipe(disk.size_bytes)))
    reports.send(client, first, station)
    witness = make_user(Role.STOCK_MANAGER, station.partner)
    with app.app_context(), transaction():
        task_id = db.session.scalar(select(DestructionTask.id))
        operations.destroy(technician.access, task_id, method=DestructionMethod.SHREDDED, witness_id=witness.id)
    response = reports.send(client, reports.again(first, carriers=(disk,)), station)
    assert response.json["result"] == "unmatched"


def test_wipes_to_confirm_and_disks_to_destroy_are_listed_for_their_partner_only(
    *, app, client, station, technician, make_user, login, form_token, reports
):
    disk = reports.carrier()
    failed = replace(disk, wipe=reports.failed_wipe(disk.size_bytes))
    reports.send(client, reports.report(None, failed, reports.carrier(name="sdb", erased=True)), station)
    stranger = make_user(Role.TECHNICIAN).access
    with app.app_context():
        assert [queries.count_awaiting(one) for one in (technician.access, stranger)] == [1, 0]
        assert [queries.count_open_tasks(one) for one in (technician.access, stranger)] == [1, 0]
    manager = make_user(Role.STOCK_MANAGER, station.partner)
    login(client, manager)
    (item,) = client.get("/api/v1/wipes/awaiting-confirmation").json["items"]
    headers = {"X-CSRFToken": form_token(client)}
    confirmed = client.post(f"/api/v1/wipes/{item['id']}/confirm", headers=headers)
    assert confirmed.json["status"] == "confirmed"
    (task,) = client.get("/api/v1/destruction-tasks").json["items"]
    done = {"method": "shredded", "witness_id": str(technician.id)}
    url = f"/api/v1/destruction-tasks/{task['id']}/done"
    assert client.post(url, json=done, headers=headers).json["method"] == "shredded"


def test_only_who_holds_the_disk_now_confirms_its_wipe_or_destroys_it(
    *, app, client, station, technician, make_station, make_user, reports
):
    disk = reports.carrier()
    failed = replace(disk, wipe=reports.failed_wipe(disk.size_bytes))
    made = reports.report(None, failed, reports.carrier(name="sdb", erased=True))
    reports.send(client, made, station)
    desk = make_station().partner
    manager = make_user(Role.STOCK_MANAGER, station.partner).access
    theirs = make_user(Role.STOCK_MANAGER, desk)
    witness = make_user(Role.TECHNICIAN, desk)
    with app.app_context():
        with transaction():
            devices.move(technician.access, db.session.scalar(select(Device.id)), desk.site_id)
        task_id = db.session.scalar(select(DestructionTask.id))
        wipe_id = db.session.scalar(select(WipeEvidence.id).where(WipeEvidence.outcome == "erased"))
        assert [queries.count_open_tasks(one) for one in (manager, theirs.access)] == [0, 1]
        assert [queries.count_awaiting(one) for one in (manager, theirs.access)] == [0, 1]
        shredded = {"method": DestructionMethod.SHREDDED, "witness_id": witness.id}
        with pytest.raises(Forbidden), transaction():
            operations.destroy(manager, task_id, **shredded)
        with pytest.raises(Forbidden), transaction():
            operations.confirm_wipe(manager, wipe_id)
        assert db.session.scalar(select(Device.data_status)) is DataStatus.EXPOSED
        with transaction():
            operations.destroy(theirs.access, task_id, **shredded)
        with transaction():
            operations.confirm_wipe(theirs.access, wipe_id)
        assert db.session.scalar(select(Device.data_status)) is DataStatus.WIPED
