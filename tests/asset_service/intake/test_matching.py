"""Which device a report is about: each rule of matching on plain values, and what holds for any hints at all."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_service.devices.identity import Key
from asset_service.devices.models import IdentityKind
from asset_service.intake.agreement import STRONG, Agreement, Fact, is_the_same_machine
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


def seen_device(*keys: Key, **changes) -> KnownDevice:
    return KnownDevice(WORKSHOP, frozenset(keys), seen=True, **changes)


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


def test_a_person_says_that_a_board_was_repaired():
    """A key alone, with a board that speaks against it, may as well be another machine with its maker's one serial."""
    seen = replace(hints(SERIAL, OTHER_BOARD, known={A: {SERIAL, BOARD}}), devices={A: seen_device(SERIAL, BOARD)})
    assert decide(seen).doubts == (Doubt.HINTS_DIFFER,)


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


FIXED_UUID, MAC, OTHER_MAC = NUMBER, Key(IdentityKind.MAC, "d43d7e11a2b3"), Key(IdentityKind.MAC, "d43d7e99c4d5")
BOX, OTHER_BOX = "HP|COMPAQ 8200", "HP|PRODESK 400"
CASES = [
    ("a serial and the board", (SERIAL, BOARD), (SERIAL, BOARD), {}, None),
    ("a serial and the network address", (SERIAL, MAC), (SERIAL, MAC), {}, None),
    ("serial, UUID, board and address with a new disk", (SERIAL, NUMBER, BOARD, MAC), (SERIAL, NUMBER, BOARD, MAC),
     {"new_disk": True}, None),
    ("a serial and the address with a new disk", (SERIAL, MAC), (SERIAL, MAC), {"new_disk": True}, None),
    ("both keys", (SERIAL, NUMBER), (SERIAL, NUMBER), {}, None),
    ("both keys, a card beside the old one", (SERIAL, NUMBER, MAC), (SERIAL, NUMBER, MAC, OTHER_MAC), {}, None),
    ("a serial and the disk", (SERIAL,), (SERIAL,), {"same_disk": True}, None),
    ("a serial and the label", (SERIAL,), (SERIAL,), {"label": True}, None),
    ("a serial alone", (SERIAL,), (SERIAL,), {}, Doubt.KEY_ALONE),
    ("a UUID alone, of the same model", (FIXED_UUID,), (FIXED_UUID,), {}, Doubt.KEY_ALONE),
    ("a serial alone with a new disk", (SERIAL,), (SERIAL,), {"new_disk": True}, Doubt.HINTS_DIFFER),
    ("both keys, perhaps fixed both, with other disks", (SERIAL, NUMBER), (SERIAL, NUMBER), {"new_disk": True},
     Doubt.HINTS_DIFFER),
    ("a UUID and another board", (FIXED_UUID, BOARD), (FIXED_UUID, OTHER_BOARD), {}, Doubt.HINTS_DIFFER),
    ("both keys and another board", (SERIAL, NUMBER, BOARD), (SERIAL, NUMBER, OTHER_BOARD), {}, Doubt.HINTS_DIFFER),
    ("a UUID and another address", (FIXED_UUID, MAC), (FIXED_UUID, OTHER_MAC), {}, Doubt.HINTS_DIFFER),
    ("a UUID and a disk, another address", (FIXED_UUID, MAC), (FIXED_UUID, OTHER_MAC), {"same_disk": True},
     Doubt.HINTS_DIFFER),
    ("all the same but the network card", (SERIAL, NUMBER, BOARD, MAC), (SERIAL, NUMBER, BOARD, OTHER_MAC),
     {"same_disk": True}, None),
    ("another card and another disk", (SERIAL, NUMBER, BOARD, MAC), (SERIAL, NUMBER, BOARD, OTHER_MAC),
     {"new_disk": True}, Doubt.HINTS_DIFFER),
    ("a UUID and the board of another model", (FIXED_UUID, BOARD), (FIXED_UUID, BOARD), {"model": OTHER_BOX},
     Doubt.HINTS_DIFFER),
    ("a UUID and another serial", (FIXED_UUID, SERIAL, BOARD), (FIXED_UUID, OTHER_SERIAL, BOARD), {},
     Doubt.IDENTITY_CHANGED),
]  # fmt: skip


def meeting(borne, shown, *, same_disk=False, new_disk=False, label=False, model=BOX, serials=(None, None)) -> Hints:
    """A device that a station saw, and a machine that shows these keys."""
    device = seen_device(*borne, name=BOX, serial=serials[0], has_disks=same_disk or new_disk)
    return replace(
        hints(*shown, known={A: set(borne)}, disks=(disk_in(A),) if same_disk else ()),
        devices={A: device},
        name=model,
        serial=serials[1],
        shows_disks=same_disk or new_disk,
        code=CodeStatus.CLAIMED if label else CodeStatus.ABSENT,
        code_device_id=A if label else None,
    )


@pytest.mark.parametrize(
    ("borne", "shown", "more", "doubt"), [case[1:] for case in CASES], ids=[one[0] for one in CASES]
)
def test_a_key_identifies_where_something_bears_it_out_and_nothing_speaks_against_it(borne, shown, more, doubt):
    verdict = decide(meeting(borne, shown, **more))
    assert verdict == (
        Verdict(device_id=A) if doubt is None else Verdict(doubts=(doubt,), candidate_ids=verdict.candidate_ids)
    )
    assert A in (verdict.device_id, *verdict.candidate_ids)


def test_a_serial_that_lacks_its_model_still_bears_a_uuid_out():
    assert decide(meeting((NUMBER,), (NUMBER,), serials=("5CG6251ABC", "5CG6251ABC"))).device_id == A
    assert decide(meeting((NUMBER,), (NUMBER,), serials=("5CG6251ABC", "5CG6251XYZ"))).doubts == (
        Doubt.IDENTITY_CHANGED,
    )


def test_what_a_person_wrote_down_is_found_by_its_serial():
    """Of an announced device there is nothing else to compare with."""
    announced = replace(hints(SERIAL, NUMBER, BOARD, MAC, known={A: {SERIAL}}), name=BOX, shows_disks=True)
    assert decide(announced).device_id == A


def test_two_hints_that_agree_find_a_machine_without_keys():
    by_mac = replace(hints(MAC, known={A: {MAC}}, disks=(disk_in(A),)), devices={A: seen_device(MAC, has_disks=True)})
    assert decide(by_mac).device_id == A
    assert decide(replace(by_mac, carriers=())).doubts == (Doubt.ONLY_WEAK_HINT,)


def test_a_network_card_from_another_known_machine_says_nothing():
    moved = replace(hints(SERIAL, MAC, known={A: {OTHER_SERIAL, MAC}}), devices={A: seen_device(OTHER_SERIAL, MAC)})
    assert decide(moved) == Verdict()


facts = st.sets(st.sampled_from(Fact))


@given(facts, facts)
def test_more_that_speaks_against_never_makes_two_machines_one(agreeing, differing):
    """And more that agrees never parts them."""
    for fact in Fact:
        if not is_the_same_machine(Agreement(agreeing=frozenset(agreeing), differing=frozenset(differing))):
            worse = Agreement(agreeing=frozenset(agreeing - {fact}), differing=frozenset(differing | {fact}))
            assert not is_the_same_machine(worse)


@given(facts)
def test_one_fact_alone_never_identifies(differing):
    for fact in Fact:
        assert not is_the_same_machine(Agreement(agreeing=frozenset({fact}), differing=frozenset(differing)))


shared_key = st.sampled_from([SERIAL, NUMBER])
rest_of_one = st.sets(st.sampled_from([BOARD, MAC]))
rest_of_other = st.sets(st.sampled_from([OTHER_BOARD, OTHER_MAC]))


@given(shared_key, rest_of_one, rest_of_other, st.booleans(), st.booleans())
def test_two_machines_that_share_a_key_and_nothing_else_are_never_one_whoever_comes_first(
    key, one, other, with_disks, of_other_models
):
    model = OTHER_BOX if of_other_models else BOX
    for first, second in ((one, other), (other, one)):
        verdict = decide(meeting((key, *first), (key, *second), new_disk=with_disks, model=model))
        assert verdict.device_id is None, "never merged"
        assert verdict.doubts, "and never a second device before somebody looked"
        assert A in verdict.candidate_ids


def test_the_strong_facts_are_the_strong_keys():
    assert {fact.value for fact in STRONG} == {kind.value for kind in IdentityKind if Key(kind, "x").strong}
