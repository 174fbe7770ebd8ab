"""Reports that go to the service by hand, and the receipts that come back: one ZIP each way.

A station without a network exports what waits as ``ID.jws`` members; the service's page of unmatched reports takes the
file and gives one back with an answer (``ID.json``) for each. A report leaves the outbox by its receipt only, checked
like one that came over the network.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from intake_agent import durable
from intake_agent.language import gettext, gettext_noop
from intake_agent.station.outbox import DamagedReportError, Outbox, OutboxError
from intake_agent.station.sending import ReceiptError, Sent
from intake_agent.system_errors import in_words
from wipe_reports import archives

MAX_REPORTS = 500
MAX_EXPORT_BYTES = 24 * 1024 * 1024
"""The service takes 500 reports and 32 MiB in one go; what does not fit waits for a next export."""
MAX_RECEIPTS_FILE_BYTES = 8 * 1024 * 1024
MAX_RECEIPT_BYTES = 256 * 1024
Check = Callable[[dict[str, Any], str, str], None]
"""(answer, report id, compact report): raises :class:`ReceiptError` for a receipt that proves nothing."""

_NEXT_EXPORT = gettext_noop("Neem eerst de ontvangstbewijzen van deze aan en exporteer dan opnieuw.")
_RECEIPT_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json")
_BROKEN = (
    archives.ArchiveInvalid, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
    UnicodeDecodeError,
)  # fmt: skip
"""What :mod:`zipfile` raises for a file that is torn, encrypted, or packed in a way it does not know."""


class OfflineTransferError(Exception):
    """The file cannot be written or read. The message is for the operator."""


def export_file(target: Path, station_name: str, now: datetime) -> Path:
    """The file to export to: ``target`` itself, or one named after the station and the time in that folder."""
    if not target.is_dir():
        return target
    name = re.sub(r"[^a-z0-9]+", "-", station_name.lower()).strip("-")[:40] or "station"
    return target / f"herstart-verslagen-{name}-{now:%Y%m%d-%H%M%S}.zip"


def export(outbox: Outbox, file: Path) -> tuple[int, list[str]]:
    """Write the waiting reports to ``file``, whole and flushed; they stay in the outbox. Returns how many, and trouble.

    The oldest go first, as many as the service takes in one go.

    Raises :class:`OfflineTransferError` where the file is there already or cannot be written; then nothing of it stays.
    """
    if file.exists():
        raise OfflineTransferError(gettext("{file} bestaat al. Kies een andere naam.", file=file))
    unfinished = file.with_name(f".{file.name}.new")
    try:
        try:
            written = _write(outbox, unfinished)
            durable.rename(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise OfflineTransferError(
            gettext("{file} kan niet geschreven worden: {reason}.", file=file, reason=in_words(error))
        ) from error
    return written


def _write(outbox: Outbox, unfinished: Path) -> tuple[int, list[str]]:
    count, trouble, waiting = 0, list[str](), outbox.waiting()
    with unfinished.open("wb") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, path in enumerate(waiting):
                if count >= MAX_REPORTS or stream.tell() >= MAX_EXPORT_BYTES:
                    trouble.append(
                        gettext(
                            "Nog {count} verslagen passen er niet bij. {next_export}",
                            count=len(waiting) - number,
                            next_export=gettext(_NEXT_EXPORT),
                        )
                    )
                    break
                try:
                    compact = outbox.read(path)
                except DamagedReportError as error:
                    trouble.append(str(error))
                except IsADirectoryError as error:
                    trouble.append(gettext("Met {path} lukt het niet: {reason}.", path=path, reason=in_words(error)))
                else:
                    archive.writestr(path.name, compact)
                    count += 1
        stream.flush()
        os.fsync(stream.fileno())
    return count, trouble


def import_receipts(file: Path, outbox: Outbox, check: Check) -> Iterator[Sent]:
    """Let go of every waiting report that ``file`` holds a good receipt for; yields what became of each member.

    Nothing is ever unpacked to the disk. Raises :class:`OfflineTransferError` where the file is no ZIP of receipts,
    and what ``check`` raises of the service.
    """
    try:
        if file.stat().st_size > MAX_RECEIPTS_FILE_BYTES:
            raise OfflineTransferError(
                gettext("{file} is te groot om ontvangstbewijzen van de dienst te zijn.", file=file)
            )
        with file.open("rb") as opened, archives.open_archive(opened) as archive:
            for report_id, answer in _answers(archive):
                yield _accepted(report_id, answer, outbox, check)
    except _BROKEN as error:
        raise OfflineTransferError(
            gettext("{file} is geen volledig ZIP-bestand. Haal het opnieuw op bij de dienst.", file=file)
        ) from error
    except OSError as error:
        raise OfflineTransferError(
            gettext("Met {file} lukt het niet: {reason}.", file=file, reason=in_words(error))
        ) from error


def _answers(archive: zipfile.ZipFile) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each receipt by its report's id, read within bounds; ``None`` for one that cannot be an answer."""
    members = [(named, one) for one in archive.infolist() if (named := _RECEIPT_NAME.fullmatch(one.filename))]
    if not members:
        raise OfflineTransferError(
            gettext("In dit bestand zitten geen ontvangstbewijzen. Neem de ZIP die de dienst teruggaf.")
        )
    for named, member in members[:MAX_REPORTS]:
        content = archives.read_member(archive, member, MAX_RECEIPT_BYTES + 1)
        try:
            answer = json.loads(content) if len(content) <= MAX_RECEIPT_BYTES else None
        except (ValueError, RecursionError):
            answer = None
        yield named[1], answer if isinstance(answer, dict) else None


def _accepted(report_id: str, answer: dict[str, Any] | None, outbox: Outbox, check: Check) -> Sent:
    path = outbox.folder / f"{report_id}.jws"
    if not path.exists():
        already_sent = outbox.sent / path.name
        if already_sent.exists():
            return Sent(report_id, already_sent, answer)
        return Sent(report_id, path, None, gettext("Dit verslag ligt niet in de wachtmap van dit station."))
    if answer is None:
        return Sent(report_id, path, None, gettext("Dit is geen ontvangstbewijs. Het verslag blijft in de wachtmap."))
    try:
        check(answer, report_id, outbox.read(path))
        return Sent(report_id, outbox.acknowledged(path, answer), answer)
    except DamagedReportError as error:
        return Sent(report_id, error.path, None, str(error))
    except (ReceiptError, OutboxError) as error:
        return Sent(report_id, path, None, str(error))
