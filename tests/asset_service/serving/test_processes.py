"""What the service starts ends with it, also when it is killed, and is started again when it dies alone."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import psutil
import pytest


@pytest.fixture
def database_url(sqlite_url):
    """Processes do not depend on the database."""
    return sqlite_url


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def _sealers(master: psutil.Process) -> list[psutil.Process]:
    return [one for one in master.children() if _is_sealer(one)]


def _is_sealer(process: psutil.Process) -> bool:
    try:
        return "background" in process.cmdline()
    except psutil.NoSuchProcess:  # a zombie too: it has ended
        return False


def test_a_killed_master_takes_its_sealer_and_its_workers_along(app, settings, serve):
    served = serve(settings)
    children = psutil.Process(served.process.pid).children(recursive=True)
    assert len(children) == 3
    served.process.send_signal(signal.SIGKILL)
    served.process.wait()
    _until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in children))


def test_a_sealer_that_dies_is_started_again(app, settings, serve):
    served = serve(settings)
    master = psutil.Process(served.process.pid)
    (first,) = _sealers(master)
    first.kill()
    _until(lambda: [one.pid for one in _sealers(master)] not in ([], [first.pid]))
    assert httpx.get(f"{served.address}/readyz", timeout=60).status_code == 200


def test_a_stopped_service_leaves_no_sealer(app, settings, serve):
    served = serve(replace(settings, seal_minutes=1440))
    (sealer,) = _sealers(psutil.Process(served.process.pid))
    served.process.terminate()
    assert served.process.wait(timeout=60) == 0
    assert not sealer.is_running()
