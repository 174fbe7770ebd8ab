"""What was not reached of a disk, in the words of the agent's screens and of the attest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from intake_agent.console import wipe_words as screen
from intake_agent.machine import AreaState, Disk, HiddenAreas, Medium
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from wipe_reports import attest_facts
from wipe_reports.document import Carrier, Outcome

LEFT = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=409600, dco=AreaState.LEFT, dco_sectors=2048)
DISK = Disk(name="sda", serial="S-1", medium=Medium.HDD, bus="sata", size_bytes=10**12)


def a_wipe(*exceptions: str):
    made = unfinished(plan(DISK), datetime.now(UTC), None)
    return replace(made, interrupted=False, outcome=Outcome.ERASED_WITH_EXCEPTIONS, exceptions=exceptions)


def a_carrier(bus: str, areas: HiddenAreas, *exceptions: str) -> Carrier:
    return Carrier(
        name="sda", bus=bus, medium=Medium.HDD, size_bytes=10**12, sectors=10**12 // 512, hidden_areas=areas,
        wipe=a_wipe(*exceptions),
    )  # fmt: skip


def test_the_screen_says_how_many_sectors_were_not_reached() -> None:
    lines = "\n".join(screen.outcome_lines(DISK, a_wipe("hidden_area_left"), LEFT))
    assert "verborgen gebied dat niet gewist is: 411.648 sectoren" in lines


def test_the_screen_says_what_to_do_where_the_port_kept_the_drive_from_being_asked() -> None:
    here = replace(DISK, bus="sas")
    assert "rechtstreeks" in "\n".join(screen.outcome_lines(here, a_wipe("hidden_area_unknown"), HiddenAreas()))
    assert "rechtstreeks" not in "\n".join(screen.outcome_lines(DISK, a_wipe("hidden_area_unknown"), HiddenAreas()))


@pytest.mark.parametrize(
    ("language", "count", "connect"),
    [
        ("nl", "411.648 sectoren", "rechtstreeks op een SATA-poort"),
        ("en", "411,648 sectors", "directly to a SATA port"),
    ],
)
def test_the_attest_says_both(language, count, connect) -> None:
    def exceptions(carrier: Carrier) -> str:
        assert carrier.wipe is not None
        lines = attest_facts.wipe_lines(carrier.wipe, language, carrier)
        return " ".join(line.value for line in lines).replace("\u202f", ".").replace("\xa0", " ")

    assert count in exceptions(a_carrier("sata", LEFT, "hidden_area_left"))
    assert connect in exceptions(a_carrier("sas", HiddenAreas(), "hidden_area_unknown"))
    assert connect not in exceptions(a_carrier("sata", HiddenAreas(), "hidden_area_unknown"))
