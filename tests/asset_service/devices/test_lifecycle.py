"""The table of steps and its gates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import false, true

from asset_service.accounts.models import Role
from asset_service.core.db import transaction
from asset_service.core.errors import Refused
from asset_service.devices import data_status, operations
from asset_service.devices.lifecycle import STEPS, Action, Blocker, Gate, GateMissingError, Gates, Step
from asset_service.devices.models import DataStatus, Device, DeviceKind, State

REPAIR = Step(Action.INSPECT, frozenset({State.READY}), State.IN_REPAIR, gates=("soldering_iron_hot", "parts_there"))


OPEN = (Blocker(false(), "nooit"),)


def gates_of(*steps: Step, **gates: Gate) -> Gates:
    return Gates(gates, steps)


@pytest.fixture
def worker(make_user, station):
    return make_user(Role.TECHNICIAN, station.partner).access


@pytest.fixture
def laptop(app_context, worker, station):
    """A laptop in a transaction of its own, which the test may bend."""
    with transaction():
        yield operations.announce(worker, site_id=station.partner.site_id, kind=DeviceKind.LAPTOP)


def test_a_gate_that_nothing_decides_stops_the_start():
    with pytest.raises(GateMissingError, match="soldering_iron_hot"):
        gates_of(REPAIR, parts_there=OPEN).check_complete()
    gates_of(REPAIR, parts_there=OPEN, soldering_iron_hot=OPEN).check_complete()


def test_the_apps_own_table_is_complete(app):
    app.extensions["herstart_gates"].check_complete()


def test_a_blocked_step_gives_every_reason_and_moves_nothing(laptop):
    parts = (Blocker(Device.kind == DeviceKind.LAPTOP, "op"), Blocker(true(), "besteld"), Blocker(false(), "nooit"))
    gates = gates_of(REPAIR, soldering_iron_hot=(Blocker(Device.state == State.READY, "koud"),), parts_there=parts)
    laptop.state = State.READY
    with pytest.raises(Refused) as refused:
        gates.take(laptop, Action.INSPECT, "verkeerde stap")
    assert [(one.field, one.message) for one in refused.value.errors] == [
        ("soldering_iron_hot", "koud"),
        ("parts_there", "op"),
        ("parts_there", "besteld"),
    ]
    assert laptop.state is State.READY
    (choice,) = gates.step_options(laptop)
    assert not choice.allowed


def test_an_open_gate_lets_the_step_be_taken(laptop):
    gates = gates_of(REPAIR, soldering_iron_hot=OPEN, parts_there=(Blocker(Device.state == State.MISSING, "zoek"),))
    laptop.state = State.READY
    gates.take(laptop, Action.INSPECT, "verkeerde stap")
    assert laptop.state is State.IN_REPAIR


def test_one_rule_answers_for_one_device_and_for_a_whole_site(laptop, worker):
    no_monitors = (Blocker(Device.kind == DeviceKind.MONITOR, "scherm"),)
    gates = gates_of(REPAIR, soldering_iron_hot=OPEN, parts_there=no_monitors)
    monitor = operations.announce(worker, site_id=laptop.site_id, kind=DeviceKind.MONITOR)
    board = gates.closed(REPAIR.gates, Device.site_id == laptop.site_id)
    assert {one: [reason.message for reason in reasons] for one, reasons in board.items()} == {
        laptop.id: [],
        monitor.id: ["scherm"],
    }
    assert [one.message for one in gates.reasons(monitor, REPAIR)] == ["scherm"]


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


def test_what_only_the_house_does_is_not_offered(laptop):
    gates, offered = gates_of(*STEPS, **{name: OPEN for step in STEPS for name in step.gates}), set()
    for state in State:
        laptop.state = state
        offered |= {choice.action for choice in gates.step_options(laptop)}
    assert Action.FALL_BACK not in offered
    assert Action.INSPECT in offered


@given(st.lists(st.sampled_from(DataStatus)), st.booleans())
def test_a_device_is_clean_only_when_every_carrier_is(carriers, said_none):
    status = data_status.of_device(carriers, said_none)
    if carriers:
        assert data_status.is_clean(status) == all(data_status.is_clean(one) for one in carriers)
        assert status in carriers
    else:
        assert status is (DataStatus.NONE if said_none else DataStatus.UNKNOWN)
