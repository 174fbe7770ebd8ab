"""Signed reports, kept on the stick until the service acknowledged them.

``outbox/ID.jws`` waits; ``outbox/ID.refused.txt`` says why the service would not have it; ``outbox/sent/`` holds what
was acknowledged, with the service's answer and receipt beside it. Each file is written whole, flushed, and only then
given its name, and the folder is flushed after it: a power cut leaves the old state or the new one. A cut between the
service's answer and the move sends the report again, and the service answers the same.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from intake_agent.system_errors import in_words
from wipe_reports import signing


class OutboxError(Exception):
    """The outbox cannot keep this report. The message is for the operator, in Dutch."""


_PROOF_OF_ROOM_BYTES = signing.MAX_COMPACT_BYTES
_OTHER_PLACES = (Path("/var/tmp"), Path("/tmp"), Path("/dev/shm"))  # noqa: S108 - each gets a folder of its own, 0700


class Outbox:
    """The outbox in one state folder; made when the first report comes."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "outbox"
        self.sent = self.folder / "sent"

    def prove_room(self) -> None:
        """Write and remove a file as large as a report can be. Raises :class:`OutboxError` where that does not work."""
        trial = self.folder / ".proef.new"
        try:
            self.sent.mkdir(parents=True, exist_ok=True)
            try:
                _write_flushed(trial, bytes(_PROOF_OF_ROOM_BYTES))
            finally:
                trial.unlink(missing_ok=True)
        except OSError as error:
            raise OutboxError(f"In {self.folder} kan geen verslag bewaard worden: {in_words(error)}.") from error

    def put(self, report_id: str, compact: str) -> Path:
        """Keep a signed report. The same report twice is one; another under the same id raises :class:`OutboxError`."""
        path = self.folder / f"{report_id}.jws"
        try:
            self.sent.mkdir(parents=True, exist_ok=True)
            for kept in (path, self.sent / path.name):
                if kept.exists():
                    return self._same(kept, compact)
            write_whole(path, compact.encode("ascii"))
        except OSError as error:
            raise OutboxError(f"Het verslag kan niet bewaard worden in {self.folder}: {in_words(error)}.") from error
        return path

    @staticmethod
    def _same(kept: Path, compact: str) -> Path:
        if kept.read_bytes() != compact.encode("ascii"):
            raise OutboxError(f"Er ligt al een ander verslag met hetzelfde nummer: {kept}")
        return kept

    def waiting(self) -> list[Path]:
        """The reports that were not acknowledged yet, oldest first (a UUIDv7 sorts by its time)."""
        return sorted(self.folder.glob("*.jws"))

    def acknowledged(self, path: Path, answer: dict[str, Any]) -> Path:
        """The service has it: keep its answer, then move the report to ``sent/``. Returns where it is now."""
        write_whole(self.sent / f"{path.stem}.json", json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n")
        moved = path.rename(self.sent / path.name)
        _flush_folder(self.sent)
        self._reason(path).unlink(missing_ok=True)
        _flush_folder(self.folder)
        return moved

    def refused(self, path: Path, reason: str) -> Path:
        """The service will not have it: the report stays, with the reason in words in a file beside it."""
        beside = self._reason(path)
        write_whole(beside, reason.encode() + b"\n")
        return beside

    @staticmethod
    def _reason(path: Path) -> Path:
        return path.with_name(f"{path.stem}.refused.txt")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a power cut leaves what was there or all of ``content``. Raises OSError."""
    temporary = path.with_name(f".{path.name}.new")
    _write_flushed(temporary, content)
    temporary.replace(path)
    _flush_folder(path.parent)


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_elsewhere(report_id: str, compact: str) -> tuple[Outbox, Path]:
    """Keep a report that its own outbox cannot hold any more: the first other place that can, and where it is now.

    Raises :class:`OutboxError` where no place can.
    """
    trouble = None
    for place in _OTHER_PLACES:
        try:
            outbox = Outbox(Path(tempfile.mkdtemp(prefix="herstart-", dir=place)))
            return outbox, outbox.put(report_id, compact)
        except (OSError, OutboxError) as error:
            trouble = error
    raise OutboxError(f"Het verslag kan nergens bewaard worden: {trouble}") from trouble
