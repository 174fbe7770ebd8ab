"""Runs inside the guest: carries out what the host asks over a virtio port, one JSON object a line each way.

``{"id": 1, "run": ["lsblk"], "seconds": 60}`` answers ``{"id": 1, "code": 0, "out": "…", "err": "…"}``;
``{"id": 2, "call": "function", "with": {…}}`` calls a function of :mod:`guest_cases` and answers
``{"id": 2, "value": …}`` or ``{"id": 2, "raised": "traceback"}``. Every request gets a process of its own, forked from
this one, which has the agent imported already: the guest's processor is an emulated one and importing takes seconds.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import traceback
from typing import Any

try:
    import guest_cases
except ModuleNotFoundError:  # a look by hand brings none
    guest_cases = None

PORT = "/dev/virtio-ports/herstart"


def main() -> None:
    """Serve until the machine is switched off."""
    port = os.open(PORT, os.O_RDWR)
    selector = selectors.DefaultSelector()
    selector.register(port, selectors.EVENT_READ, None)
    if guest_cases is not None:
        guest_cases.look_once()
    _tell(port, {"ready": True})
    unfinished = b""
    while True:
        for key, _ in selector.select():
            if key.data is None:
                *lines, unfinished = (unfinished + os.read(port, 1 << 16)).split(b"\n")
                for line in lines:
                    _start(json.loads(line), selector)
                continue
            piece = os.read(key.fd, 1 << 16)
            key.data.append(piece)
            if not piece:
                selector.unregister(key.fd)
                os.close(key.fd)
                _write_all(port, b"".join(key.data))
                os.waitpid(-1, 0)


def _start(request: dict[str, Any], selector: selectors.BaseSelector) -> None:
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        selector.register(reading, selectors.EVENT_READ, [])
        return
    os.close(reading)
    try:
        answer = _answer(request)
    except BaseException:  # noqa: BLE001 - whatever it was, the host must hear of it
        answer = {"raised": traceback.format_exc()}
    _tell(writing, {"id": request["id"], **answer})
    os._exit(0)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if "call" in request:
        return {"value": getattr(guest_cases, request["call"])(**request["with"])}
    done = subprocess.run(
        request["run"],
        input=request.get("input", "").encode(),
        capture_output=True,
        timeout=request["seconds"],
        check=False,
    )
    return {
        "code": done.returncode,
        "out": done.stdout.decode("utf-8", "replace"),
        "err": done.stderr.decode("utf-8", "replace"),
    }


def _tell(descriptor: int, message: dict[str, Any]) -> None:
    _write_all(descriptor, json.dumps(message).encode() + b"\n")


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


if __name__ == "__main__":
    sys.exit(main())
