"""The optional tests of one machine's parts, and their place in the report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from intake_agent.machine import Machine
from intake_agent.part_tests.following import Follow, StopAsked
from intake_agent.part_tests.self_test import self_test
from intake_agent.part_tests.stress import stress

STRESS_SECONDS = 60


def with_self_tests(machine: Machine, follow: Follow, stop_asked: StopAsked) -> Machine:
    """The machine with the result of each drive's own short self-test, all drives at once."""
    if not machine.disks:
        return machine
    with ThreadPoolExecutor(max_workers=len(machine.disks)) as pool:
        running = [pool.submit(self_test, disk, follow, stop_asked) for disk in machine.disks]
    return replace(machine, tests=(*machine.tests, *(one.result() for one in running)))


def with_stress(machine: Machine, seconds: float, follow: Follow, stop_asked: StopAsked) -> Machine:
    """The machine with the result of so many seconds of load on processor, memory and disks."""
    return replace(machine, tests=(*machine.tests, *stress(machine, seconds, follow, stop_asked)))
