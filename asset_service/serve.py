"""The web server: gunicorn with sync workers, set up from code so that no file of settings lies about."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

TIMEOUT_SECONDS = 60
GRACEFUL_SECONDS = 30


class Server(BaseApplication):
    """gunicorn around one app. Each worker makes the app itself, so that no connection crosses a fork."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options as they were given."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app of one worker."""
        from asset_service.app import create_app  # noqa: PLC0415 - after the fork

        return settled(create_app())


def settled(app: Flask) -> Flask:
    """``app``, with what stands at the start taken out of garbage collection: walking it cost a fifth of an ingest."""
    gc.collect()
    gc.freeze()
    return app


@contextmanager
def _sealing(seconds: int) -> Iterator[None]:
    """Seal the ledger every so often in a program of its own: without Redis no worker does it."""
    command = [sys.executable, "-m", "asset_service.cli", "ledger", "seal", "--every-seconds", str(seconds)]
    process = subprocess.Popen(command)
    with _only_here(process.terminate, process.wait):
        yield


@contextmanager
def _only_here(*clean_ups: Callable[[], object]) -> Iterator[None]:
    """Clean up at the end, in this process only: gunicorn's workers leave through the same code when they end."""
    here = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == here:
            for clean_up in clean_ups:
                clean_up()


def run(host: str, port: int, workers: int, *, seal_seconds: int | None = None) -> None:
    """Serve until told to stop; requests under way are finished first. Metrics of all workers are added up.

    With ``seal_seconds`` the ledger is sealed at that interval, for a house without workers.
    """
    metrics = Path(tempfile.mkdtemp(prefix="herstart-metrics-"))
    # prometheus_client reads it when its first metric is made, which is when the app is imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    # Imported once, before the fork, so that the workers start fast and share its memory.
    import_module("asset_service.app")
    with (
        _only_here(lambda: shutil.rmtree(metrics, ignore_errors=True)),
        _sealing(seal_seconds) if seal_seconds else nullcontext(),
    ):
        _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    Server(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "sync",
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 - gunicorn's own
            "timeout": TIMEOUT_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "limit_request_line": 4094,
            "accesslog": None,
            "loglevel": "warning",
            "child_exit": _forget_worker,
        }
    ).run()


def _forget_worker(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415 - not before PROMETHEUS_MULTIPROC_DIR is set

    multiprocess.mark_process_dead(worker.pid)
