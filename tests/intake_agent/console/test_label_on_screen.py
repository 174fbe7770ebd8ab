"""The screens say whose the scanned label is while nothing can be wiped yet, and once more before the last yes."""

from __future__ import annotations

import asyncio

from intake_agent.console.screens.confirm import ConfirmScreen
from intake_agent.console.screens.disks import DisksScreen
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.machine import MachineScreen
from intake_agent.work import ask_label

DEVICE = {"code": "HS-7K3M9P", "manufacturer": "Dell Inc.", "product": "Latitude 5490", "since": "2026-03-03T09:30:00Z"}


def test_whose_label_it_is_stands_on_the_screen_before_a_disk_can_be_chosen(at_work, service) -> None:
    service.label = {"status": "device", "device": DEVICE}

    async def walk() -> None:
        async with at_work(8, 8) as technician:
            seen = technician.app._look

            def look(work):
                ask_label(work)
                return seen(work)

            technician.app._look = look
            await technician.see(LabelScreen)
            await technician.scan("HS-7K3M9P")
            await technician.see(MachineScreen)
            said = " ".join(technician.reads().split())
            assert "hoort bij Dell Inc. Latitude 5490, in het boek sinds 3 maart 2026" in said
            await technician.press("enter")
            await technician.see(DisksScreen)
            await technician.press("down", "space", "enter")
            await technician.see(ConfirmScreen)
            assert "hoort bij Dell Inc. Latitude 5490" in " ".join(technician.reads().split())

    asyncio.run(walk())


def test_another_label_after_going_back_is_asked_anew(at_work, service) -> None:
    service.label = {"status": "device", "device": DEVICE}

    async def walk() -> None:
        async with at_work(8, 8) as technician:
            await technician.see(LabelScreen)
            await technician.scan("HS-7K3M9P")
            await technician.see(MachineScreen)
            await technician.press("escape")
            await technician.see(LabelScreen)
            technician.app.screen.query_one("#code").value = ""
            await technician.scan("HS-222222")
            await technician.see(MachineScreen)
            assert "Dit etiket (HS-222222) hoort bij" in " ".join(technician.reads().split())

    asyncio.run(walk())
