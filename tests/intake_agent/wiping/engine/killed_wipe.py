"""Wipes that a test kills: loads the agent once, then forks one for each line ``SECONDS_TO_LIVE`` that it reads.

Each does what ``intake-agent wipe --test`` does from the provisional report on, on the same file as its disk: a
provisional report, the wipe with its journal, the signed report. What it finished is told; ``over`` when it is dead.
"""

import os
import signal
import sys
import time
from pathlib import Path

from intake_agent import work as steps
from intake_agent.machine import Disk, Machine, Medium
from intake_agent.run_options import RunOptions
from intake_agent.wiping.engine import overwrite
from intake_agent.wiping.plan import plan
from intake_agent.wiping.safety import Consent
from intake_agent.wiping.scratch import Scratch

overwrite._SECONDS_BETWEEN_MARKS = 0.01
"""As if the disk were large: it is flushed and marked many times while it is written."""


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def wipe(state: Path, carrier: Path) -> None:
    disk = Disk(
        name=carrier.name, model="Proef", serial="TEST-KILLED", medium=Medium.VIRTUAL, size_bytes=carrier.stat().st_size
    )
    work = steps.begin(RunOptions(state=state, operator="An", test=True, online=False))
    work.scratch = (Scratch(disk, carrier),)
    work.machine = Machine()
    cut = work.journals.cut(disk)
    resume = cut if cut is not None and cut.resumable else None
    consent = Consent(named_serials=frozenset({"TEST-KILLED"}))
    work.chosen = [steps.DiskToWipe(disk=disk, path=carrier, plan=plan(disk), consent=consent, resume=resume)]
    tell(f"begun {work.report_id} {'cut' if cut else 'new'} {'resumes' if resume else 'afresh'}")
    ended = steps.finish(work, follow=lambda _disk, _progress: None, tell=lambda _line: None, stop_asked=lambda: False)
    tell(f"ended {work.report_id} {ended.stored_report.path.name if ended.stored_report else '-'}")


def run(state: Path, carrier: Path) -> None:
    for line in sys.stdin:
        agent = os.fork()
        if agent == 0:
            wipe(state, carrier)
            os._exit(0)
        ends = time.monotonic() + float(line)
        over = False
        while time.monotonic() < ends and not over:
            over = os.waitpid(agent, os.WNOHANG) != (0, 0)
            time.sleep(0.0005)
        if not over:
            os.kill(agent, signal.SIGKILL)
            os.waitpid(agent, 0)
        tell("over")


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
