"""The example stock says of its machines what the agent would say."""

from __future__ import annotations

import pytest

from asset_service.intake.example_machines import MACHINES, ExampleMachine
from intake_agent.judging.minimum import judge
from intake_agent.machine import Machine, Memory, Processor, System


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.product)
def test_an_example_machine_carries_the_agents_own_verdict_and_keys(machine: ExampleMachine) -> None:
    said = judge(
        Machine(
            system=System(kind=machine.kind),
            processor=Processor(brand=machine.processor),
            memory=Memory(installed_mib=machine.memory_mib),
        )
    )
    assert (machine.minimum.value, machine.reasons) == (said.verdict.value, said.reasons)
