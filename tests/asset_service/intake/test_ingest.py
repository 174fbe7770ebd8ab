"""A station's report through HTTP: what becomes of the machine, its carriers and their wipes."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from asset_service.core.db import db, transaction
from asset_service.devices import operations, row_changes
from asset_service.devices.models import (
    Component,
    ComponentKind,
    ComponentStay,
    DataCarrier,
    DataStatus,
    Device,
    DeviceIdentity,
    ExposureReason,
    MinimumVerdict,
    State,
)
from asset_service.intake.models import QuarantinedReport, UnmatchedReport
from asset_service.ledger.models import LedgerEvent
from asset_service.wiping.models import DestructionTask, EvidenceStatus, NonceCheck, SignedReport, WipeEvidence
from asset_service.wiping.operations import confirm_wipe
from wipe_reports import schema, signing


def the(model, app, *conditions):
    with app.app_context():
        found = db.session.scalars(select(model).where(*conditions)).unique().all()
        db.session.expunge_all()
    return found


def device_of(app, response):
    (device,) = the(Device, app, Device.code == response.json["device"]["code"])
    return device


def kinds(app, device_id):
    with app.app_context():
        return [
            *db.session.scalars(
                select(LedgerEvent.kind).where(LedgerEvent.device_id == device_id).order_by(LedgerEvent.id)
            )
        ]


def test_a_machine_never_seen_becomes_a_received_device(app, client, station, reports):
    made = reports.report(None, reports.carrier())
    response = reports.send(client, made, station)
    assert response.status_code == 201
    answer = response.json
    assert answer["result"] == "created"
    assert answer["report_id"] == made.report_id
    assert answer["device"]["url"].endswith(f"/d/{answer['device']['code']}")
    device = device_of(app, response)
    assert device.state is State.RECEIVED
    assert device.data_status is DataStatus.EXPOSED
    assert device.minimum is MinimumVerdict.PASS
    assert device.summary == "Intel Core i5-4300U · 8 GB RAM · 256 GB SSD"
    assert (device.partner_id, device.site_id) == (station.partner.id, station.partner.site_id)
    parts = the(Component, app, Component.device_id == device.id)
    assert sorted(part.kind for part in parts) == ["battery", "disk", "memory", "memory", "processor"]


def test_the_answer_counter_signs_the_very_report(app, client, station, reports):
    made = reports.report()
    raw = reports.signed(made, station.key)
    answer = client.post("/api/v1/reports", data=raw, headers=reports.HEADERS).json
    keys = client.get("/api/v1/keys").json["keys"]
    service = next(key for key in keys if key.get("herstart_role") == "service")
    said = orjson.loads(signing.verify(answer["receipt"], signing.key_from_jwk(service), "wipe-receipt+jws"))
    assert said == {
        "report_id": made.report_id,
        "report_sha256": signing.fingerprint(raw),
        "station_key_id": station.key_id,
        "received_at": answer["received_at"],
    }


def test_a_report_sent_twice_is_one_report_with_one_answer(app, client, station, reports):
    made = reports.report(None, reports.carrier(erased=True))
    first, second = reports.send(client, made, station), reports.send(client, made, station)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.data == second.data
    assert len(the(Device, app)) == len(the(SignedReport, app)) == 1


def test_the_bytes_of_a_report_are_kept_as_received(app, client, station, reports):
    raw = reports.signed(reports.report(), station.key)
    client.post("/api/v1/reports", data=raw, headers=reports.HEADERS)
    (kept,) = the(SignedReport, app)
    assert kept.jws == raw.encode()


def test_the_same_number_on_another_report_is_refused_and_kept_apart(app, client, station, reports):
    made = reports.report()
    reports.send(client, made, station)
    response = reports.send(client, replace(made, test=True), station)
    assert response.status_code == 409
    assert response.json["code"] == "report_id_taken"
    assert response.json["errors"][0]["field"] == "report_id"
    assert len(the(QuarantinedReport, app)) == 1


def test_a_wipe_with_the_services_nonce_makes_the_carrier_clean(app, client, station, reports):
    disk = reports.wiped(client, station, reports.carrier())
    response = reports.send(client, reports.report(None, disk), station)
    device = device_of(app, response)
    assert device.data_status is DataStatus.WIPED
    (evidence,) = the(WipeEvidence, app)
    assert (evidence.status, evidence.nonce_check) == (EvidenceStatus.CLEARED, NonceCheck.HELD)
    (attest,) = response.json["attests"]
    assert attest["carrier_serial"] == disk.serial
    assert evidence.public_id in attest["pdf_url"]
    assert attest["check_url"].endswith(f"/w/{evidence.public_id}")
    assert "CarrierCleared" in kinds(app, device.id)


def test_a_wipe_without_a_nonce_waits_for_a_person(app, client, station, manager, reports):
    response = reports.send(client, reports.report(None, reports.carrier(erased=True)), station)
    assert device_of(app, response).data_status is DataStatus.EXPOSED
    (evidence,) = the(WipeEvidence, app)
    assert (evidence.status, evidence.nonce_check) == (EvidenceStatus.AWAITING_CONFIRMATION, NonceCheck.ABSENT)
    with app.app_context(), transaction():
        confirm_wipe(manager, evidence.id)
    assert device_of(app, response).data_status is DataStatus.WIPED
    (confirmed,) = the(WipeEvidence, app)
    assert (confirmed.status, confirmed.confirmed_by) == (EvidenceStatus.CONFIRMED, manager.user_id)


def test_a_wipe_that_failed_leaves_the_carrier_exposed_and_asks_for_destruction(app, client, station, reports):
    disk = reports.carrier()
    (nonce,) = reports.nonces(client, station, disk)
    failed = replace(disk, wipe=reports.failed_wipe(disk.size_bytes, nonce))
    response = reports.send(client, reports.report(None, failed), station)
    assert response.json["attests"] == []
    assert device_of(app, response).data_status is DataStatus.EXPOSED
    (task,) = the(DestructionTask, app)
    assert task.done_at is None
    # A later wipe that does succeed calls the destruction off.
    fixed = reports.wiped(client, station, disk)
    reports.send(client, reports.again(reports.report(), device=_device(response, app), carriers=(fixed,)), station)
    (task,) = the(DestructionTask, app)
    assert task.withdrawn_at is not None


def _device(response, app):
    (kept,) = the(SignedReport, app, SignedReport.id == UUID(response.json["report_id"]))
    return schema.from_bytes(signing.peek(kept.jws)[1]).device


def test_a_nonce_holds_once_for_its_own_station_carrier_and_exposure(app, client, station, make_station, reports):
    disk, other_disk = reports.carrier(), reports.carrier()
    other_station = make_station(station.partner, "Werkbank 2")
    (nonce, other_nonce) = reports.nonces(client, station, disk, other_disk)
    cases = [
        (station, replace(disk, wipe=reports.wipe(disk.size_bytes, other_nonce)), NonceCheck.OTHER_CARRIER),
        (other_station, replace(disk, wipe=reports.wipe(disk.size_bytes, nonce)), NonceCheck.OTHER_STATION),
        (station, replace(disk, wipe=reports.wipe(disk.size_bytes, "geen-nonce-van-ons")), NonceCheck.UNKNOWN),
        (station, replace(disk, wipe=reports.wipe(disk.size_bytes, nonce)), NonceCheck.HELD),
        (station, replace(disk, wipe=reports.wipe(disk.size_bytes, nonce)), NonceCheck.USED),
    ]
    first = reports.report(None, disk)
    for sender, wiped_disk, _ in cases:
        assert reports.send(client, reports.again(first, carriers=(wiped_disk,)), sender).status_code == 201
    with app.app_context():
        checks = db.session.scalars(select(WipeEvidence.nonce_check).order_by(WipeEvidence.id)).all()
    assert checks == [expected for _, _, expected in cases]


def test_a_nonce_of_before_a_new_exposure_clears_nothing(app, client, station, technician, reports):
    disk = reports.carrier()
    first = reports.report(None, disk)
    response = reports.send(client, first, station)
    (nonce,) = reports.nonces(client, station, disk)
    (component,) = the(Component, app, Component.kind == ComponentKind.DISK)
    with app.app_context(), transaction():
        operations.expose_carrier(technician, component.id)
    late = replace(disk, wipe=reports.wipe(disk.size_bytes, nonce))
    reports.send(client, reports.again(first, carriers=(late,)), station)
    (evidence,) = the(WipeEvidence, app)
    assert (evidence.nonce_check, evidence.status) == (NonceCheck.STALE, EvidenceStatus.SUPERSEDED)
    assert device_of(app, response).data_status is DataStatus.EXPOSED


def test_a_re_intake_keeps_state_and_history(app, client, station, technician, reports):
    disk = reports.wiped(client, station, reports.carrier())
    first = reports.report(None, disk)
    response = reports.send(client, first, station)
    device = device_of(app, response)
    with app.app_context(), transaction():
        operations.inspect(technician, device.id, reusable=True)
    second = reports.send(client, reports.again(first, carriers=(replace(disk, wipe=None),)), station)
    assert second.json["result"] == "matched"
    assert second.json["device"] == response.json["device"]
    device = device_of(app, response)
    assert (device.state, device.data_status, device.reusable) == (State.INSPECTED, DataStatus.WIPED, True)
    assert len(the(Component, app, Component.kind == ComponentKind.DISK)) == 1
    assert len(the(DeviceIdentity, app)) == 3


@pytest.mark.parametrize("state", [State.READY, State.RESERVED])
def test_a_ready_device_with_a_disk_never_seen_falls_back_to_inspected(app, client, station, reports, state):
    disk = reports.wiped(client, station, reports.carrier())
    first = reports.report(None, disk)
    response = reports.send(client, first, station)
    device = device_of(app, response)
    with app.app_context(), transaction():
        # The rooms that make a device ready are not built yet; what follows must hold when they are.
        db.session.get_one(Device, device.id).state = state
    reports.send(
        client, reports.again(first, carriers=(replace(disk, wipe=None), reports.carrier(name="sdb"))), station
    )
    device = device_of(app, response)
    assert (device.state, device.data_status) == (State.INSPECTED, DataStatus.EXPOSED)
    assert kinds(app, device.id).count("DeviceFellBack") == 1


def test_a_device_that_was_away_comes_back_exposed(app, client, station, reports):
    disk = reports.wiped(client, station, reports.carrier())
    first = reports.report(None, disk)
    response = reports.send(client, first, station)
    device = device_of(app, response)
    with app.app_context(), transaction():
        db.session.get_one(Device, device.id).state = State.MISSING
    reports.send(client, reports.again(first, carriers=(replace(disk, wipe=None),)), station)
    device = device_of(app, response)
    assert (device.state, device.data_status) == (State.MISSING, DataStatus.EXPOSED)
    (carrier,) = the(DataCarrier, app)
    with app.app_context():
        reasons = [one.reason for one in db.session.get_one(DataCarrier, carrier.component_id).exposures]
    assert reasons == [ExposureReason.FIRST_SEEN, ExposureReason.FROM_OUTSIDE]


def test_a_disk_in_another_machine_is_a_move_that_keeps_its_history(app, client, station, reports):
    disk, stays = reports.wiped(client, station, reports.carrier()), reports.carrier(name="sdb")
    first = reports.send(client, reports.report(None, disk, stays), station)
    assert device_of(app, first).data_status is DataStatus.EXPOSED
    second = reports.send(client, reports.report(None, replace(disk, wipe=None)), station)
    assert second.json["result"] == "created"
    assert device_of(app, second).data_status is DataStatus.WIPED
    assert device_of(app, first).data_status is DataStatus.EXPOSED
    (moved,) = the(Component, app, Component.serial == disk.serial)
    assert moved.device_id == device_of(app, second).id
    stays_of = the(ComponentStay, app, ComponentStay.component_id == moved.id)
    assert [stay.device_id for stay in stays_of] == [device_of(app, first).id]


def test_a_device_whose_only_disk_went_elsewhere_is_unknown_not_clean(app, client, station, reports):
    disk = reports.wiped(client, station, reports.carrier())
    first = reports.send(client, reports.report(None, disk), station)
    reports.send(client, reports.report(None, replace(disk, wipe=None)), station)
    assert device_of(app, first).data_status is DataStatus.UNKNOWN


def test_a_disk_that_was_not_seen_this_time_still_counts(app, client, station, reports):
    first = reports.report(None, reports.carrier(), reports.wiped(client, station, reports.carrier(name="sdb")))
    response = reports.send(client, first, station)
    reports.send(client, reports.again(first, carriers=(replace(first.carriers[1], wipe=None),)), station)
    assert device_of(app, response).data_status is DataStatus.EXPOSED


def test_a_device_without_a_disk_in_sight_is_unknown(app, client, station, reports):
    assert device_of(app, reports.send(client, reports.report(), station)).data_status is DataStatus.UNKNOWN


def test_new_memory_replaces_the_old_and_nothing_is_forgotten(app, client, station, reports):
    first = reports.report()
    response = reports.send(client, first, station)
    bigger = replace(first.memory.modules[0], size_mib=8192, serial=reports.serial())
    memory = replace(first.memory, modules=(bigger, first.memory.modules[1]), installed_mib=12288)
    reports.send(client, reports.again(first, memory=memory), station)
    device = device_of(app, response)
    modules = the(Component, app, Component.kind == ComponentKind.MEMORY)
    assert sorted(one.facts["size_mib"] for one in modules if one.device_id == device.id) == [4096, 8192]
    (taken_out,) = [one for one in modules if one.device_id is None]
    assert (taken_out.serial, taken_out.site_id) == (first.memory.modules[0].serial, station.partner.site_id)
    assert "12 GB RAM" in device.summary


def test_what_a_report_does_not_know_wipes_out_nothing(app, client, station, reports):
    first = reports.report()
    response = reports.send(client, first, station)
    empty = reports.report()
    blank = reports.again(
        first,
        processor=type(empty.processor)(),
        memory=type(empty.memory)(),
        batteries=(),
        device=replace(first.device, product=None, board_serial=None),
    )
    second = reports.send(client, blank, station)
    assert second.json["device"] == response.json["device"]
    device = device_of(app, response)
    assert device.product == first.device.product
    assert len(the(Component, app, Component.device_id == device.id)) == 4


def test_two_nameless_machines_that_share_a_disk_by_serial_are_for_a_person(app, client, station, reports):
    disk = reports.carrier()
    reports.send(client, reports.report(reports.nameless(), disk), station)
    response = reports.send(client, reports.report(reports.nameless(), disk), station)
    assert response.status_code == 201
    assert (response.json["result"], response.json["device"]) == ("unmatched", None)
    (waiting,) = the(UnmatchedReport, app)
    assert waiting.reasons == ["only_weak_hint"]
    assert len(the(SignedReport, app)) == 2


def test_a_disk_with_other_figures_than_before_is_for_a_person(app, client, station, reports):
    disk = reports.carrier(hours=5000)
    first = reports.report(None, disk)
    reports.send(client, first, station)
    younger = replace(disk, smart_before=reports.smart(100))
    response = reports.send(client, reports.again(first, carriers=(younger,)), station)
    assert response.json["result"] == "unmatched"
    assert the(UnmatchedReport, app)[0].reasons == ["carrier_changed"]


def test_a_disk_without_a_usable_serial_is_not_taken_for_a_clean_one(app, client, station, technician, reports):
    first = reports.report(None, reports.carrier(number=None))
    response = reports.send(client, first, station)
    reports.send(client, reports.again(first), station)
    (component,) = the(Component, app, Component.kind == ComponentKind.DISK)
    with app.app_context(), transaction():
        row_changes.clear_exposure(component.id, 1, component.first_seen_at)
    reports.send(client, reports.again(first), station)
    assert len(the(Component, app, Component.kind == ComponentKind.DISK)) == 2
    assert device_of(app, response).data_status is DataStatus.EXPOSED


def test_the_label_of_another_device_is_for_a_person(app, client, station, reports):
    first = reports.send(client, reports.report(), station).json["device"]["code"]
    response = reports.send(client, reports.report(reports.machine(code=first)), station)
    assert response.json["result"] == "unmatched"
    assert the(UnmatchedReport, app)[0].reasons == ["code_conflict"]


def test_an_announced_device_is_found_by_its_serial_and_stays_announced(app, client, station, technician, reports):
    expected = reports.machine()
    with app.app_context(), transaction():
        announced = operations.announce(
            technician,
            site_id=station.partner.site_id,
            kind="laptop",
            manufacturer="Lenovo",
            product=expected.product,
            serial=expected.serial,
        )
        code = announced.code
    response = reports.send(client, reports.report(expected), station)
    assert (response.json["result"], response.json["device"]["code"]) == ("matched", code)
    assert device_of(app, response).state is State.ANNOUNCED


def test_another_partners_station_changes_nothing_without_its_holder(app, client, station, make_station, reports):
    stranger = make_station()
    disk = reports.carrier()
    first = reports.report(None, disk)
    reports.send(client, first, station)
    response = reports.send(client, reports.again(first), stranger)
    assert (response.json["result"], response.json["device"]) == ("unmatched", None)
    moved = reports.send(client, reports.report(None, disk), stranger)
    assert (moved.json["result"], moved.json["device"]) == ("unmatched", None)
    assert {one.holder_partner_id for one in the(UnmatchedReport, app)} == {station.partner.id}


def test_a_rehearsal_is_marked_as_one(app, client, station, reports):
    disk = reports.wiped(client, station, reports.carrier())
    response = reports.send(client, reports.report(None, disk, test=True), station)
    assert device_of(app, response).data_status is DataStatus.WIPED
    assert the(DataCarrier, app)[0].test
    assert the(WipeEvidence, app)[0].test
    assert the(SignedReport, app)[0].test
