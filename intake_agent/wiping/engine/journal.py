"""The journal of a wipe that runs: on the stick, flushed line by line, so that a cut wipe is found again.

One file a disk, named after its model and serial number. Its first line holds the disk's identity; every later line
one event: a method that begins with the seed of its stamps (before the drive is told, so that a drive left locked with
our password is known), canaries that are planted, an attempt that failed, how far the carrier's own cache was flushed.
Each line carries a checksum. What cannot be read whole is believed no further: a journal whose first line is damaged
says only *that* a wipe was cut, and one damaged later knows an earlier position, never a later one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake_agent import durable
from intake_agent.machine import Disk
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives.ata_security import left_locked
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Technique

_VERSION = 2
"""Of the journal and of the stamps' layout: a wipe that was cut under another one is reported, and begins again."""
_CHECKSUM_LETTERS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """An earlier wipe of this disk that never ended.

    ``method`` is the one that was under way (``None``: between two, or not known) and ``resumable`` whether it can go
    on: an overwrite of the same model, serial number and size in which nothing had failed. ``flushed_bytes`` are on the
    carrier for certain, ``clean``: without an error. ``ended``: it was not cut, but left the drive locked.
    ``canaries_planted`` says that the places drawn from ``seed`` held
    its stamps. ``attempts`` had failed or been cut before.
    """

    began_at: datetime
    method: Method | None = None
    method_began_at: datetime | None = None
    resumable: bool = False
    seed: bytes | None = None
    flushed_bytes: int = 0
    size_bytes: int | None = None
    canaries_planted: bool = False
    clean: bool = True
    attempts: tuple[Attempt, ...] = ()
    finished: bool = False

    @property
    def locked_by(self) -> Method | None:
        """The erase that may have left our password on the drive: the one under way, or one that said so."""
        if self.method is not None:
            return self.method
        content = [one.method for one in self.attempts if left_locked(one)]
        return next((method for method in Method if content and method.value == content[-1]), None)


class Journal:
    """One running wipe's file. After a write that failed it keeps silent: ``trouble`` says why, the wipe goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: OSError | None = None
        self._file = path.open("ab", buffering=0)

    def method_begins(self, method: Method, at: datetime, seed: bytes) -> None:
        """Note ``method``, and the seed of all that it writes, before the drive is told to begin."""
        self._append({"method": method.name, "at": at.isoformat(), "seed": seed.hex()})

    def canaries_planted(self) -> None:
        """The canaries of the method that is about to begin are on the carrier, flushed."""
        self._append({"canaries": True})

    def flushed(self, position_bytes: int, *, clean: bool) -> None:
        """All bytes before ``position_bytes`` are on the carrier; ``clean`` says that none of them failed."""
        self._append({"flushed": position_bytes, "clean": clean})

    def failed(self, attempt: Attempt) -> None:
        """The method under way did not hold; the next one will be tried."""
        self._append({"failed": _attempt_facts(attempt)})

    def close_finished(self) -> None:
        """The wipe has its end in a report: nothing is left to find, also not an older file that a cut left beside."""
        self._file.close()
        identity = self.path.name.rpartition("-")[0]
        try:
            for path in sorted(self.path.parent.glob(f"{identity}-*.journal")):
                durable.remove(path)
        except OSError as error:
            self.trouble = error

    def close_locked(self) -> None:
        """The wipe ended and the drive bears our password still: the file stays, so that it is known whose it is."""
        self._append({"ended": True})
        self._file.close()

    def close_resumable(self) -> None:
        """The wipe was cut in this run: the file stays, so that it can be resumed."""
        self._file.close()

    def _append(self, facts: dict[str, Any]) -> None:
        if self.trouble is not None:
            return
        try:
            self._file.write(_line(facts))
            os.fdatasync(self._file.fileno())
        except OSError as error:
            self.trouble = error


class Journals:
    """The journals in the folder ``journals`` of a state folder; of each disk the newest that can be read counts."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "journals"

    def cut(self, disk: Disk) -> Cut | None:
        """The wipe of ``disk`` that was cut, or ``None``. What is damaged is a cut that cannot be resumed.

        Raises OSError when the stick cannot be read.
        """
        paths = self._paths(disk)
        if not paths:
            return None
        events = self._events(disk)
        if events and (cut := _read(events, disk)) is not None:
            return cut
        changed_seconds = paths[-1].stat().st_mtime
        return Cut(began_at=min(datetime.fromtimestamp(changed_seconds, UTC), CLOCK.now()))

    def begin(self, disk: Disk, *, began_at: datetime, attempts: Iterable[Attempt] = ()) -> Journal:
        """A new journal for ``disk``, in the place of an older one, with the ``attempts`` that came before.

        Raises OSError when the stick cannot keep it.
        """
        identity = {
            "version": _VERSION,
            "model": disk.model,
            "serial": disk.serial,
            "size_bytes": disk.size_bytes,
            "began_at": began_at.isoformat(),
        }
        return self._write(disk, [identity, *({"cut": _attempt_facts(one)} for one in attempts)])

    def go_on(self, disk: Disk, attempt: Attempt) -> Journal:
        """The journal of the cut wipe of ``disk``, to go on in; ``attempt`` is how that one is described in the report.

        What is damaged of it is left out. Raises OSError when the stick cannot keep it.
        """
        return self._write(disk, [*self._events(disk), {"cut": _attempt_facts(attempt)}])

    def _events(self, disk: Disk) -> list[dict[str, Any]]:
        """What the newest journal tells that is one of ``disk``; nothing where none is."""
        for path in reversed(self._paths(disk)):
            events = list(_lines(path.read_bytes()))
            if _read(events, disk) is not None:
                return events
        return []

    def _write(self, disk: Disk, events: Iterable[dict[str, Any]]) -> Journal:
        """A new file beside the older ones, which go only when it is whole: nothing is renamed, for FAT's sake."""
        durable.make_folder(self.folder)
        older = self._paths(disk)
        number = int(older[-1].stem.rpartition("-")[2]) + 1 if older else 0
        path = self.folder / f"{identity_of(disk)}-{number:06d}.journal"
        durable.write_new(path, b"".join(map(_line, events)))
        for one in older:
            durable.remove(one)
        return Journal(path)

    def _paths(self, disk: Disk) -> list[Path]:
        return sorted(self.folder.glob(f"{identity_of(disk)}-*.journal"))


def identity_of(disk: Disk) -> str:
    """The name of what is kept about a disk: of its model and serial number, which FAT could not spell."""
    return hashlib.sha256(json.dumps([disk.model, disk.serial]).encode()).hexdigest()[:32]


def _line(facts: dict[str, Any]) -> bytes:
    content = json.dumps(facts, separators=(",", ":")).encode()
    return _checksum(content) + b" " + content + b"\n"


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest()[:_CHECKSUM_LETTERS].encode()


def _lines(raw: bytes) -> Iterator[dict[str, Any]]:
    """The events up to the first line that is damaged or was torn by the cut."""
    for line in raw.split(b"\n")[:-1]:
        checksum, _, content = line.partition(b" ")
        if checksum != _checksum(content):
            return
        facts = json.loads(content)
        if not isinstance(facts, dict):
            return
        yield facts


def _read(events: list[dict[str, Any]], disk: Disk) -> Cut | None:
    """The state that ``events`` lead to; ``None`` where they are not of this disk or not of this version."""
    try:
        identity, *later = events
        if (identity["version"], identity["model"], identity["serial"]) != (_VERSION, disk.model, disk.serial):
            return None
        began_at = min(datetime.fromisoformat(identity["began_at"]), CLOCK.now())
        cut = Cut(began_at=began_at, size_bytes=int(identity["size_bytes"]))
        for event in later:
            cut = _after(cut, event)
    except (KeyError, TypeError, ValueError):
        return None
    same_size = cut.size_bytes == disk.size_bytes
    return replace(cut, resumable=same_size and cut.clean and cut.method is Method.OVERWRITE)


def _after(cut: Cut, event: dict[str, Any]) -> Cut:
    if "method" in event:
        return replace(
            cut,
            method=Method[event["method"]],
            method_began_at=min(datetime.fromisoformat(event["at"]), CLOCK.now()),
            seed=bytes.fromhex(event["seed"]),
            flushed_bytes=0,
            canaries_planted=False,
            clean=True,
        )
    if "canaries" in event:
        return replace(cut, canaries_planted=True)
    if "flushed" in event:
        return replace(cut, flushed_bytes=int(event["flushed"]), clean=event["clean"] is True)
    if "ended" in event:
        return replace(cut, finished=True, method=None)
    if "failed" in event:
        return replace(cut, method=None, attempts=(*cut.attempts, _attempt(event["failed"])))
    return replace(cut, attempts=(*cut.attempts, _attempt(event["cut"])))


def _attempt_facts(attempt: Attempt) -> dict[str, Any]:
    return {
        "technique": attempt.technique.value,
        "method": attempt.method,
        "started_at": attempt.started_at.isoformat(),
        "ended_at": attempt.ended_at.isoformat() if attempt.ended_at else None,
        "result": attempt.result.value,
        "findings": attempt.findings,
        "detail": attempt.detail,
    }


def _attempt(facts: dict[str, Any]) -> Attempt:
    ended_at = facts["ended_at"]
    return Attempt(
        technique=Technique(facts["technique"]),
        method=str(facts["method"]),
        started_at=datetime.fromisoformat(facts["started_at"]),
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
        result=AttemptResult(facts["result"]),
        findings=tuple(map(str, facts.get("findings") or ())),
        detail=facts["detail"],
    )
