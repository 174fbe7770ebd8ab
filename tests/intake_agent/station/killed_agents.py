"""Agents that a test kills: loads the agent once, then forks one for each line ``REPORT_ID SECONDS_TO_LIVE`` it reads.

Each keeps a provisional report, replaces it by the whole one (both lie ready in a folder) and runs ``intake-agent
send``. What it finished is told in lines; ``over`` when it is dead or done.
"""

import os
import signal
import sys
import time
from pathlib import Path

from intake_agent import commands  # noqa: F401 - loaded once
from intake_agent.cli import main
from intake_agent.station import client, enrolment, offline_transfer, outbox, retrying, sending, tls  # noqa: F401 - loaded once


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def work(state: Path, ready: Path, report_id: str) -> None:
    kept = outbox.Outbox(state)
    kept.put_provisional(report_id, (ready / f"{report_id}.provisional").read_text())
    tell("provisional")
    kept.put(report_id, (ready / f"{report_id}.whole").read_text())
    tell("whole")
    main(["send", "--json", "--state", str(state)])
    tell("sent")


def run(state: Path, ready: Path) -> None:
    for line in sys.stdin:
        report_id, seconds = line.split()
        agent = os.fork()
        if agent == 0:
            work(state, ready, report_id)
            os._exit(0)
        ends = time.monotonic() + float(seconds)
        while time.monotonic() < ends and os.waitpid(agent, os.WNOHANG) == (0, 0):
            time.sleep(0.0005)
        try:
            os.kill(agent, signal.SIGKILL)
            os.waitpid(agent, 0)
        except (ProcessLookupError, ChildProcessError):
            tell("unharmed")
        tell("over")


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
