"""Signed reports, kept on the stick until the service acknowledged them.

``outbox/ID.jws`` waits; ``outbox/ID.refused.txt`` says why the service would not have it; ``outbox/sent/`` holds what
was acknowledged, with the service's answer and receipt beside it. ``outbox/provisional/`` says of a machine whose disks
are being wiped what must be said if everything is cut from now on; it becomes a report to send unless the whole report
replaces it. ``outbox/damaged/`` holds what a power cut tore.

A copy is removed only when the one that replaces it is flushed (:mod:`intake_agent.durable`), and a file counts only
when its signature holds: a cut at any byte leaves the old report, the new one or both, never half of one. A cut
between the service's answer and the move sends the report again, and the service answers the same.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from intake_agent import durable
from intake_agent.language import gettext, gettext_noop
from intake_agent.system_errors import in_words
from wipe_reports import document, signing
from wipe_reports.flushing import flush_folder


class OutboxError(Exception):
    """The outbox cannot keep this report. The message is for the operator."""


class DamagedReportError(Exception):
    """A file that is no whole report; it was set aside. The message is for the operator."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(gettext("Een verslag is beschadigd en telt niet mee. Het ligt apart in {path}", path=path))


_PROOF_OF_ROOM_BYTES = signing.MAX_COMPACT_BYTES
_PULLED = gettext_noop(" Zit de stick er nog goed in?")
_FULL = gettext_noop(
    " Maak plaats op de stick: verslagen in outbox/sent zijn al aangenomen en mogen naar een andere schijf."
)
_ADVICE = {
    **dict.fromkeys((errno.EIO, errno.ENODEV, errno.ENXIO, errno.EROFS), _PULLED),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
}
_OTHER_PLACES = (Path("/var/tmp"), Path("/tmp"), Path("/dev/shm"))  # noqa: S108 - each gets a folder of its own, 0700


class Outbox:
    """The outbox in one state folder; made when the first report comes."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "outbox"
        self.sent = self.folder / "sent"
        self.provisional = self.folder / "provisional"
        self.damaged = self.folder / "damaged"
        self._key_file = state / "station.key"
        self._key: signing.Key | None = None
        self._device: int | None = None
        self._held: dict[str, int] = {}

    def prove_room(self) -> None:
        """Write and remove a file as large as a report can be. Raises :class:`OutboxError` where that does not work."""
        trial = self.folder / ".proef.new"
        try:
            self._make_folders()
            with durable.locked(self.folder):
                trial.unlink(missing_ok=True)
                durable.write_new(trial, bytes(_PROOF_OF_ROOM_BYTES))
                durable.remove(trial)
            self._device = self.folder.stat().st_dev
        except OSError as error:
            raise self._cannot_store(error) from error

    def put(self, report_id: str, compact: str) -> Path:
        """Keep a signed report, in place of the provisional one under its id; returns where it is.

        The same report twice is one; another whole one under the same id raises :class:`OutboxError`.
        """
        path = self.folder / f"{report_id}.jws"
        try:
            self._make_folders()
            with durable.locked(self.folder):
                stored = self._store(path, compact.encode("ascii"))
                self._drop_provisional(report_id)
        except OSError as error:
            raise self._cannot_store(error) from error
        return stored

    def put_provisional(self, report_id: str, compact: str) -> Path:
        """Keep what must be said if everything is cut from now on. While this process lives it is not sent.

        A later one under the same id takes the place of the one before.
        """
        path = self.provisional / f"{report_id}.jws"
        try:
            self._make_folders()
            with durable.locked(self.folder):
                if path.exists():
                    self._drop_provisional(report_id)
                durable.write_new(path, compact.encode("ascii"))
                if (descriptor := durable.hold(path)) is not None:
                    self._held[report_id] = descriptor
        except OSError as error:
            raise self._cannot_store(error) from error
        return path

    def promote_left(self) -> list[Path]:
        """At every start: what an agent that was cut off left behind. Returns the reports that now wait to be sent.

        Provisional reports become reports to send; one whose agent still lives is left alone. Raises
        :class:`OutboxError` where the stick does not let them be kept.
        """
        if not self.folder.is_dir():
            return []
        try:
            with durable.locked(self.folder):
                for left in self.folder.glob(".*.new"):
                    durable.remove(left)
                provisional = sorted(self.provisional.glob("*.jws"))
                return [promoted for path in provisional if (promoted := self._promote(path)) is not None]
        except OSError as error:
            raise self._cannot_store(error) from error

    def waiting(self) -> list[Path]:
        """The reports that were not acknowledged yet, oldest first (a UUIDv7 sorts by its time)."""
        return sorted(self.folder.glob("*.jws"))

    def set_aside(self) -> list[Path]:
        """The files that were no whole reports, for a person to look at."""
        return sorted(self.damaged.glob("*"))

    def read(self, path: Path) -> str:
        """The signed report in ``path``. Raises OSError, or :class:`DamagedReportError` once it is set aside."""
        content = path.read_bytes()
        if not self._is_whole(path, content):
            with durable.locked(self.folder):
                content = path.read_bytes()  # another agent may have been writing it
                if not self._is_whole(path, content):
                    raise DamagedReportError(self._set_aside(path))
        return content.decode("ascii")

    def acknowledged(self, path: Path, answer: dict[str, Any]) -> Path:
        """The service has it: keep its answer, then the report in ``sent/``, then let go. Returns where it is now."""
        answer_json = json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n"
        self._make_folders()
        with durable.locked(self.folder):
            stored = self.sent / path.name
            if path.exists():
                durable.write_over(stored.with_suffix(".json"), answer_json)
                self._store(stored, path.read_bytes())
                durable.remove(self.reason(path))
                durable.remove(path)
        return stored

    def refused(self, path: Path, reason: str) -> Path:
        """The service will not have it: the report stays, with the reason in words in a file beside it."""
        beside = self.reason(path)
        durable.write_over(beside, reason.encode() + b"\n")
        return beside

    @staticmethod
    def reason(path: Path) -> Path:
        """Where the service's reason for refusing the report in ``path`` is kept."""
        return path.with_name(f"{path.stem}.refused.txt")

    def _make_folders(self) -> None:
        """Make what is missing, but not in the empty folder where a pulled stick was mounted: that is memory."""
        if self._device not in {None, _device_of(self.folder)} and not self._key_file.exists():
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        durable.make_folder(self.sent)
        durable.make_folder(self.provisional)

    def _cannot_store(self, error: OSError) -> OutboxError:
        advice = _ADVICE.get(error.errno or 0)
        return OutboxError(
            gettext(
                "In {folder} kan geen verslag bewaard worden: {reason}.{advice}",
                folder=self.folder,
                reason=in_words(error),
                advice=gettext(advice) if advice else "",
            )
        )

    def _store(self, path: Path, content: bytes) -> Path:
        for stored in (path, self.sent / path.name):
            if stored.exists() and (held := stored.read_bytes()) != content:
                if self._is_whole(stored, held):
                    raise OutboxError(gettext("Er ligt al een ander verslag met hetzelfde nummer: {file}", file=stored))
                self._set_aside(stored)
            elif stored.exists():
                return stored
        durable.write_new(path, content)
        return path

    def _promote(self, path: Path) -> Path | None:
        descriptor = durable.hold(path)
        if descriptor is None:
            return None
        try:
            content = path.read_bytes()
            if not self._is_whole(path, content):
                self._set_aside(path)
                return None
            return self._in_place_of(path, content)
        finally:
            os.close(descriptor)

    def _in_place_of(self, path: Path, content: bytes) -> Path | None:
        """Put a provisional report among those to send, unless a whole one of its id is there or was sent."""
        target = self.folder / path.name
        for stored in (target, self.sent / path.name):
            if stored.exists() and self._is_whole(stored, stored.read_bytes()):
                durable.remove(path)
                return None
            if stored.exists():
                self._set_aside(stored)
        durable.write_new(target, content)
        durable.remove(path)
        return target

    def _drop_provisional(self, report_id: str) -> None:
        durable.remove(self.provisional / f"{report_id}.jws")
        if (descriptor := self._held.pop(report_id, None)) is not None:
            os.close(descriptor)

    def _set_aside(self, path: Path) -> Path:
        """Move a torn file out of the way; nothing whole depends on its clusters."""
        durable.make_folder(self.damaged)
        aside = self.damaged / path.name
        number = 1
        while aside.exists():
            number += 1
            aside = self.damaged / f"{path.stem}-{number}{path.suffix}"
        path.rename(aside)
        flush_folder(self.damaged)
        flush_folder(path.parent)
        return aside

    def _is_whole(self, path: Path, content: bytes) -> bool:
        """Is this the report that its name says, to the last byte? Another station's signature cannot be checked."""
        try:
            header, payload = signing.peek(content)
            key = self._own_key()
            if key is not None and header.get("kid") == signing.key_id(key):
                payload = signing.verify(content, key, document.MEDIA_TYPE)
            answer_json = json.loads(payload)
        except (signing.SignatureInvalid, ValueError, RecursionError):
            return False
        return isinstance(answer_json, dict) and answer_json.get("report_id") == path.stem

    def _own_key(self) -> signing.Key | None:
        """The station's key; without it (a borrowed folder, a torn key) a report is judged by its form only."""
        if self._key is None and self._key_file.exists():
            try:
                self._key = signing.load_private_key(self._key_file)
            except (OSError, signing.SignatureInvalid):
                return None
        return self._key


def _device_of(folder: Path) -> int | None:
    try:
        return folder.stat().st_dev
    except FileNotFoundError:
        return None


def store_elsewhere(report_id: str, compact: str) -> tuple[Outbox, Path]:
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
    raise OutboxError(gettext("Het verslag kan nergens bewaard worden: {trouble}", trouble=trouble)) from trouble
