"""The web server: gunicorn looks after the processes, waitress serves in each; no file of settings lies about."""

from __future__ import annotations

import gc
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from asset_service.core.processes import ends_with_this_one

OPEN_FILES = 2048
"""Per process: its connections, a file for each large body, and the database."""

TIMEOUT_SECONDS = 60
GRACEFUL_SECONDS = 30


class Background:
    """A program of its own that seals the ledger and does the other background work, where there is no worker."""

    def __init__(self) -> None:
        self._command = [sys.executable, "-m", "asset_service.cli", "background"]
        self._process: subprocess.Popen[bytes] | None = None

    def keep_running(self) -> None:
        """Start it where it does not run. The kernel ends it with this process, however that ends."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(self._command, preexec_fn=ends_with_this_one())  # noqa: PLW1509 - one thread

    def stop(self) -> None:
        """End it; what it was at is rolled back, and taken up again at the next start."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


class Master(Arbiter):
    """gunicorn's master, which looks after the background work too."""

    def __init__(self, server: Server, background: Background | None) -> None:
        self._background = background
        super().__init__(server)

    def manage_workers(self) -> None:
        """Start what is missing: called at the start and then every second."""
        super().manage_workers()
        if self._background is not None:
            self._background.keep_running()

    def stop(self, graceful: bool = True) -> None:
        """Stop the background work, then the workers."""
        if self._background is not None:
            self._background.stop()
        super().stop(graceful)


class Server(BaseApplication):
    """gunicorn around one app. Each worker makes the app itself, so that no connection crosses a fork."""

    def __init__(self, options: dict[str, Any], background: Background | None) -> None:
        self._options = options
        self._background = background
        super().__init__()

    def run(self) -> None:
        """Serve until told to stop."""
        Master(self, self._background).run()

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
def _only_here(*clean_ups: Callable[[], object]) -> Iterator[None]:
    """Clean up at the end, in this process only: gunicorn's workers leave through the same code when they end."""
    here = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == here:
            for clean_up in clean_ups:
                clean_up()


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens there: nobody else can have the port from here on. Raises OSError where it is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def run(host: str, port: int, workers: int, *, background: bool = False) -> None:
    """:func:`serve` on an address of this machine."""
    serve(listening_socket(host, port), workers, background=background)


def serve(listener: socket.socket, workers: int, *, background: bool = False) -> None:
    """Serve until told to stop; requests under way are finished first. Metrics of all workers are added up.

    With ``background`` the service does its own background work, for a house without workers.
    """
    metrics = Path(tempfile.mkdtemp(prefix=f"herstart-metrics-{os.getpid()}-", dir=_memory_folder()))
    # prometheus_client reads it when its first metric is made, which is when the app is imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    # Imported once, before the fork, so that the workers start fast and share its memory.
    import_module("asset_service.app")
    _allow_open_files()
    with _only_here(lambda: shutil.rmtree(metrics, ignore_errors=True)):
        Server(_options(listener, workers), Background() if background else None).run()


def _memory_folder() -> str | None:
    """Where the workers' figures and heartbeats stand: a full disk must not take them, since they are mapped in memory.

    Writing to such a page for which the disk has no room kills the process (SIGBUS), and every one started after it.
    """
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None  # noqa: S108 - a folder of our own in it


def _allow_open_files() -> None:
    """Every connection is an open file, and a large body another; some systems allow 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _options(listener: socket.socket, workers: int) -> dict[str, Any]:
    return {
        "bind": f"fd://{listener.detach()}",
        "workers": workers,
        "worker_class": "asset_service.http_worker.FrontWorker",
        "worker_tmp_dir": _memory_folder(),
        "timeout": TIMEOUT_SECONDS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "accesslog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
        "child_exit": _forget_worker,
    }


def _forget_worker(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415 - not before PROMETHEUS_MULTIPROC_DIR is set

    multiprocess.mark_process_dead(worker.pid)
