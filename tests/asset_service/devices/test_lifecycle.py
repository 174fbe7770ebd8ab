"""The table of steps and its gates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_service.core.errors import Refused
from asset_service.devices import data_status
from asset_service.devices.lifecycle import STEPS, Action, GateMissingError, Gates, Step
from asset_service.devices.models import DataStatus, Device, DeviceKind, State

REPAIR = Step(Action.INSPECT, frozenset({State.READY}), State.IN_REPAIR, gates=("soldering_iron_hot", "parts_there"))


def gates_of(*steps: Step, **functions) -> Gates:
    gates = Gates(steps)
    for name, function in functions.items():
        gates.register(name, function)
    return gates


def test_a_gate_without_a_function_stops_the_start():
    gates = gates_of(REPAIR, parts_there=lambda _: [])
    with pytest.raises(GateMissingError, match="soldering_iron_hot"):
        gates.check_complete()
    gates.register("soldering_iron_hot", lambda _: [])
    gates.check_complete()


def test_the_apps_own_table_is_complete(app):
    app.extensions["herstart_gates"].check_complete()


def test_a_gate_has_one_function():
    gates = gates_of(REPAIR, parts_there=lambda _: [])
    with pytest.raises(ValueError, match="parts_there"):
        gates.register("parts_there", lambda _: ["no"])


def test_a_blocked_step_gives_every_reason_and_moves_nothing():
    gates = gates_of(REPAIR, soldering_iron_hot=lambda _: ["koud"], parts_there=lambda _: ["op", "besteld"])
    device = Device(kind=DeviceKind.LAPTOP, state=State.READY)
    with pytest.raises(Refused) as refused:
        gates.take(device, Action.INSPECT, "verkeerde stap")
    assert [(one.field, one.message) for one in refused.value.errors] == [
        ("soldering_iron_hot", "koud"),
        ("parts_there", "op"),
        ("parts_there", "besteld"),
    ]
    assert device.state is State.READY
    (choice,) = gates.choices(device)
    assert not choice.allowed


def test_a_step_for_some_kinds_is_for_those_only():
    only_monitors = Step(
        Action.RECEIVE, frozenset({State.ANNOUNCED}), State.RECEIVED, kinds=frozenset({DeviceKind.MONITOR})
    )
    gates = gates_of(only_monitors)
    assert gates.step(Device(kind=DeviceKind.MONITOR, state=State.ANNOUNCED), Action.RECEIVE) is only_monitors
    assert gates.step(Device(kind=DeviceKind.LAPTOP, state=State.ANNOUNCED), Action.RECEIVE) is None


def test_no_two_rows_answer_for_one_action_state_and_kind():
    taken = [
        (step.action, state, kind)
        for step in STEPS
        for state in step.from_states
        for kind in (step.kinds or frozenset(DeviceKind))
    ]
    assert len(taken) == len(set(taken))


def test_what_only_the_house_does_is_not_offered():
    gates = gates_of(*STEPS, no_carrier_installed=lambda _: [], data_not_clean=lambda _: [])
    offered = {
        choice.action for state in State for choice in gates.choices(Device(kind=DeviceKind.LAPTOP, state=state))
    }
    assert Action.FALL_BACK not in offered


@given(st.lists(st.sampled_from(DataStatus)), st.booleans())
def test_a_device_is_clean_only_when_every_carrier_is(carriers, said_none):
    status = data_status.of_device(carriers, said_none)
    if carriers:
        assert data_status.is_clean(status) == all(data_status.is_clean(one) for one in carriers)
        assert status in carriers
    else:
        assert status is (DataStatus.NONE if said_none else DataStatus.UNKNOWN)
