"""Walks the screens over scratch carriers in a process of its own and prints its peak memory in MiB.

``python walk_and_measure.py STATE DISKS``, STATE being the folder of an enrolled station; nothing is asked of the
service.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from intake_agent import work as steps
from intake_agent.console.app import TechnicianApp
from intake_agent.console.screens.confirm import ConfirmScreen
from intake_agent.console.screens.disks import DiskLine, DisksScreen
from intake_agent.console.screens.machine import MachineScreen
from intake_agent.console.screens.result import ResultScreen
from intake_agent.run_options import RunOptions
from intake_agent.wiping.scratch import Scratch, scratch
from wipe_reports.document import Outcome

TOTAL_BYTES = 256 * 1024 * 1024


def peak_mib() -> int:
    """The most memory this program held; getrusage would count what its parent held when it was started."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) // 1024


async def walk(app: TechnicianApp) -> None:
    """From the label to the result, with every scratch carrier ticked."""
    async with app.run_test(size=(80, 24)) as pilot:

        async def see(screen: type) -> None:
            while not isinstance(app.screen, screen):
                if not app.is_running:
                    raise SystemExit(f"the screens fell: {app.failure}")
                await asyncio.sleep(0.05)
            await pilot.pause()

        await pilot.press(*"HS7K3M9P", "enter")
        await see(MachineScreen)
        await pilot.press("enter")
        await see(DisksScreen)
        for line in app.screen.query(DiskLine):
            line.focus()
            await pilot.press("space")
        await pilot.press("enter")
        await see(ConfirmScreen)
        await pilot.press(*(app.work.chosen[0].disk.serial or "")[-4:], "enter")
        await see(ResultScreen)
        app.exit(0)


def main(state: Path, disks: int) -> None:
    """Walk, then tell."""
    work = steps.begin(RunOptions(state=state, operator="An", online=False))
    with ExitStack() as stack:
        made = [stack.enter_context(scratch(TOTAL_BYTES // disks)) for _ in range(disks)]
        carriers = tuple(Scratch(replace(one.disk, name=f"proef{at}"), one.path) for at, one in enumerate(made))

        def look(seen: steps.Work) -> list[str]:
            remarks = steps.look(seen)
            seen.scratch = carriers
            return remarks

        asyncio.run(walk(TechnicianApp(work, look=look)))
    if [one.wipe.outcome for one in work.wiped.values()] != [Outcome.ERASED] * disks:
        raise SystemExit("not every carrier was erased")
    print(peak_mib())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
