"""The web server: gunicorn with sync workers, set up from code so that no file of settings lies about."""

from __future__ import annotations

import os
import shutil
import tempfile
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

        return create_app()


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop; requests under way are finished first. Metrics of all workers are added up."""
    metrics = Path(tempfile.mkdtemp(prefix="herstart-metrics-"))
    # prometheus_client reads it when its first metric is made, which is when the app is imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    # Imported once, before the fork, so that the workers start fast and share its memory.
    import_module("asset_service.app")
    try:
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
    finally:
        shutil.rmtree(metrics, ignore_errors=True)


def _forget_worker(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415 - not before PROMETHEUS_MULTIPROC_DIR is set

    multiprocess.mark_process_dead(worker.pid)
