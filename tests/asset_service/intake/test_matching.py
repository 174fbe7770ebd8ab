"""Which device a report is about: each rule of matching on plain values, and what holds for any hints at all."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from asset_service.devices.identity import Key
from asset_service.devices.models import IdentityKind
from asset_service.intake.matching import CodeStatus, Doubt, Hints, KnownCarrier, KnownDevice, Verdict, decide

WORKSHOP, DESK = UUID(int=1), UUID(int=2)
A, B, C = UUID(int=10), UUID(int=11), UUID(int=12)
SERIAL = Key(IdentityKind.MODEL_SERIAL, "HP|ELITEBOOK 840|5CG6251ABC")
OTHER_SERIAL = Key(IdentityKind.MODEL_SERIAL, "HP|ELITEBOOK 840|5CG6251XYZ")
NUMBER = Key(IdentityKind.UUID, "a" * 31 + "b")
OTHER_NUMBER = Key(IdentityKind.UUID, "c" * 31 + "d")
BOARD = Key(IdentityKind.BOARD_SERIAL, "HP|PWWFB0DLMCC0OG")
OTHER_BOARD = Key(IdentityKind.BOARD_SERIAL, "HP|PWWFB0DLMCC0ZZ")


def hints(
    *keys: Key,
    known: dict[UUID, set[Key]] | None = None,
    holder: UUID = WORKSHOP,
    disks: tuple[KnownCarrier, ...] = (),
    code: CodeStatus = CodeStatus.ABSENT,
    code_device_id: UUID | None = None,
) -> Hints:
    devices = {device: KnownDevice(holder, frozenset(borne)) for device, borne in (known or {}).items()}
    owners = {key: frozenset(d for d, k in devices.items() if key in k.keys) for key in keys}
    return Hints(
        station_partner_id=WORKSHOP,
        keys=keys,
        owners=owners,
        devices=devices,
        carriers=disks,
        code=code,
        code_device_id=code_device_id,
    )


def disk_in(device: UUID | None, partner: UUID = WORKSHOP, *, changed: bool = False) -> KnownCarrier:
    return KnownCarrier(device, partner, changed)


def test_a_machine_never_seen_is_a_new_device():
    assert decide(hints(SERIAL, NUMBER)) == Verdict()


def test_two_machines_that_say_nothing_usable_are_two_devices():
    assert decide(hints(known={A: set()})) == Verdict()


def test_either_strong_identity_finds_its_device():
    assert decide(hints(SERIAL, NUMBER, known={A: {SERIAL}})).device_id == A
    assert decide(hints(SERIAL, NUMBER, known={A: {NUMBER}})).device_id == A


def test_strong_identities_that_point_at_two_devices_are_for_a_person():
    verdict = decide(hints(SERIAL, NUMBER, known={A: {SERIAL}, B: {NUMBER}}))
    assert verdict.doubts == (Doubt.STRONG_CONFLICT,)
    assert set(verdict.candidate_ids) == {A, B}


def test_a_known_serial_with_another_uuid_than_before_is_for_a_person():
    verdict = decide(hints(SERIAL, NUMBER, known={A: {SERIAL, OTHER_NUMBER}}))
    assert verdict.doubts == (Doubt.IDENTITY_CHANGED,)


def test_a_disk_seen_in_another_known_machine_is_a_move():
    verdict = decide(hints(SERIAL, known={A: {SERIAL}, B: {OTHER_SERIAL}}, disks=(disk_in(B),)))
    assert verdict == Verdict(device_id=A)


def test_a_disk_seen_in_a_new_machine_is_a_move():
    assert decide(hints(SERIAL, known={B: {OTHER_SERIAL}}, disks=(disk_in(B), disk_in(None)))) == Verdict()


def test_a_disk_alone_never_tells_which_machine_it_sits_in():
    verdict = decide(hints(known={A: {SERIAL}}, disks=(disk_in(A),)))
    assert verdict.doubts == (Doubt.ONLY_WEAK_HINT,)
    assert verdict.candidate_ids == (A,)


def test_a_board_alone_never_tells_which_machine_it_is():
    assert decide(hints(BOARD, known={A: {BOARD}})).doubts == (Doubt.ONLY_WEAK_HINT,)


def test_board_and_disks_that_agree_find_the_device():
    assert decide(hints(BOARD, known={A: {BOARD}}, disks=(disk_in(A), disk_in(A)))).device_id == A


def test_board_and_disk_that_disagree_are_for_a_person():
    assert decide(hints(BOARD, known={A: {BOARD}, B: set()}, disks=(disk_in(B),))).doubts == (Doubt.ONLY_WEAK_HINT,)


def test_a_board_of_a_device_with_another_serial_is_for_a_person():
    verdict = decide(hints(SERIAL, BOARD, known={A: {BOARD, OTHER_SERIAL}}, disks=(disk_in(A),)))
    assert verdict.doubts == (Doubt.BOARD_CONFLICT,)


def test_a_known_machine_with_another_devices_board_is_for_a_person():
    verdict = decide(hints(SERIAL, BOARD, known={A: {SERIAL}, B: {BOARD}}))
    assert verdict.doubts == (Doubt.BOARD_CONFLICT,)


def test_a_new_board_in_a_known_machine_is_a_repair():
    assert decide(hints(SERIAL, OTHER_BOARD, known={A: {SERIAL, BOARD}})).device_id == A


def test_the_label_finds_a_machine_that_says_nothing_usable():
    verdict = decide(hints(known={A: {SERIAL}}, code=CodeStatus.CLAIMED, code_device_id=A))
    assert verdict.device_id == A


def test_the_label_of_a_device_with_another_serial_is_for_a_person():
    verdict = decide(hints(SERIAL, known={A: {OTHER_SERIAL}}, code=CodeStatus.CLAIMED, code_device_id=A))
    assert verdict.doubts == (Doubt.CODE_CONFLICT,)


def test_the_label_of_one_device_on_another_is_for_a_person():
    verdict = decide(hints(SERIAL, known={A: {SERIAL}, B: set()}, code=CodeStatus.CLAIMED, code_device_id=B))
    assert verdict.doubts == (Doubt.CODE_CONFLICT,)


def test_the_label_on_a_machine_with_another_board_is_for_a_person():
    verdict = decide(hints(OTHER_BOARD, known={A: {BOARD}}, code=CodeStatus.CLAIMED, code_device_id=A))
    assert verdict.doubts == (Doubt.BOARD_CONFLICT,)


def test_a_blank_label_changes_nothing_about_the_match():
    assert decide(hints(SERIAL, known={A: {SERIAL}}, code=CodeStatus.BLANK)).device_id == A
    assert decide(hints(SERIAL, code=CodeStatus.BLANK)) == Verdict()


def test_a_code_that_was_never_printed_is_for_a_person():
    assert decide(hints(SERIAL, code=CodeStatus.UNKNOWN)).doubts == (Doubt.CODE_UNKNOWN,)


def test_a_disk_that_cannot_be_the_same_is_for_a_person():
    verdict = decide(hints(SERIAL, known={A: {SERIAL}}, disks=(disk_in(A, changed=True),)))
    assert verdict.doubts == (Doubt.CARRIER_CHANGED,)


def test_another_partners_device_is_for_a_person():
    assert decide(hints(SERIAL, known={A: {SERIAL}}, holder=DESK)).doubts == (Doubt.OTHER_PARTNER,)


def test_another_partners_disk_is_for_a_person():
    assert decide(hints(SERIAL, disks=(disk_in(None, DESK),))).doubts == (Doubt.OTHER_PARTNER,)


all_keys = st.sampled_from([SERIAL, OTHER_SERIAL, NUMBER, OTHER_NUMBER, BOARD, OTHER_BOARD])
report_keys = st.tuples(
    st.sampled_from([(), (SERIAL,)]), st.sampled_from([(), (NUMBER,)]), st.sampled_from([(), (BOARD,)])
)
any_hints = st.builds(
    lambda keys, known, disks, code: hints(*keys[0], *keys[1], *keys[2], known=known, disks=disks, **code),
    report_keys,
    st.fixed_dictionaries({device: st.sets(all_keys, max_size=3) for device in (A, B, C)}),
    st.lists(st.builds(disk_in, st.sampled_from([A, B, C, None]), st.sampled_from([WORKSHOP, DESK])), max_size=3).map(
        tuple
    ),
    st.sampled_from(
        [
            {},
            {"code": CodeStatus.BLANK},
            {"code": CodeStatus.UNKNOWN},
            {"code": CodeStatus.CLAIMED, "code_device_id": A},
        ]
    ),
)


@given(any_hints)
def test_a_match_never_contradicts_a_strong_identity(given_hints):
    verdict = decide(given_hints)
    if verdict.device_id is None:
        return
    borne = given_hints.devices[verdict.device_id].keys
    for key in given_hints.keys:
        of_kind = {other for other in borne if other.kind is key.kind}
        assert not key.strong or not of_kind or key in of_kind
        assert not key.strong or given_hints.owners[key] <= {verdict.device_id}


@given(any_hints)
def test_a_new_device_never_takes_a_strong_identity_from_another(given_hints):
    verdict = decide(given_hints)
    if verdict.device_id is None and not verdict.doubts:
        assert not any(given_hints.owners[key] for key in given_hints.keys if key.strong)


@given(any_hints)
def test_another_partners_things_are_never_changed_without_a_person(given_hints):
    verdict = decide(given_hints)
    if not verdict.doubts:
        assert all(carrier.partner_id == WORKSHOP for carrier in given_hints.carriers)
