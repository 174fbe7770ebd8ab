"""Files that the service keeps: stored by their SHA-256, written whole or not at all, never changed."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from flask import Flask, current_app
from flask_babel import gettext

from asset_service.core import durable
from asset_service.core.errors import Invalid, NotFound, TooLarge, unavailable
from asset_service.core.outages import Outage
from wipe_reports.flushing import flush_folder

EXTENSION = "herstart_documents"
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
RESERVE_BYTES = 256 * 1024 * 1024
"""What must stay free on the disk: a full one would stop the database too."""

SUFFIXES = {
    "application/pdf": "pdf",
    "application/jose": "jws",
    "application/zip": "zip",
    "application/octet-stream": "bin",
    "image/png": "png",
    "image/jpeg": "jpg",
}
"""The media types that are kept, and the file name's ending for each."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Document:
    """One kept file, open for reading; ``size_bytes`` long. The caller closes ``file``."""

    file: BinaryIO
    media_type: str
    size_bytes: int


class DocumentStore:
    """The documents under ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, content: bytes, media_type: str) -> str:
        """Keep ``content`` and give its SHA-256 (hex), once file and name are on the disk. The same twice is kept once.

        Raises :class:`Invalid` for a media type that is not kept, :class:`TooLarge` for more than
        :data:`MAX_DOCUMENT_BYTES`, :class:`Unavailable` where the disk is nearly full, OSError where it does not write.
        """
        if media_type not in SUFFIXES:
            raise Invalid(gettext("Dit soort bestand wordt niet bewaard: %(kind)s", kind=media_type))
        digest = sha256(content).hexdigest()
        path = self._path(digest, media_type)
        if path.exists():
            # Whoever wrote it may not have come to this yet.
            flush_folder(path.parent)
        else:
            self._check_room(len(content))
            durable.make_folder(path.parent)
            durable.write_whole(path, content)
        return digest

    def open(self, digest: str) -> Document:
        """The document with this SHA-256. Raises :class:`NotFound`."""
        if _SHA256.fullmatch(digest):
            for media_type in SUFFIXES:
                path = self._path(digest, media_type)
                if path.exists():
                    return Document(path.open("rb"), media_type, path.stat().st_size)
        raise NotFound(gettext("Dit document is er niet."))

    def remove(self, digest: str) -> None:
        """Forget the document (a quarantine that rolls over); one that is not there is forgotten already."""
        if not _SHA256.fullmatch(digest):
            raise ValueError("not a SHA-256")
        for media_type in SUFFIXES:
            self._path(digest, media_type).unlink(missing_ok=True)

    def probe(self) -> None:
        """Write a small file as documents are written, and forget it. Raises OSError where that fails."""
        durable.make_folder(self._directory)
        durable.write_draft(self._directory, b"probe").unlink()

    def _path(self, digest: str, media_type: str) -> Path:
        return self._directory / digest[:2] / f"{digest}.{SUFFIXES[media_type]}"

    def _check_room(self, size_bytes: int) -> None:
        durable.make_folder(self._directory)
        if size_bytes > MAX_DOCUMENT_BYTES:
            raise TooLarge(gettext("Het bestand is groter dan %(size)s MB.", size=MAX_DOCUMENT_BYTES // 1024**2))
        if shutil.disk_usage(self._directory).free < RESERVE_BYTES + size_bytes:
            raise unavailable(Outage.FULL)


def register(app: Flask, directory: Path) -> None:
    """Keep the app's documents under ``directory``."""
    app.extensions[EXTENSION] = DocumentStore(directory)


def documents() -> DocumentStore:
    """The store of the present app."""
    store: DocumentStore = current_app.extensions[EXTENSION]
    return store


def probe() -> None:
    """See :meth:`DocumentStore.probe`."""
    documents().probe()


def put(content: bytes, media_type: str) -> str:
    """See :meth:`DocumentStore.put`."""
    return documents().put(content, media_type)


def open_document(digest: str) -> Document:
    """See :meth:`DocumentStore.open`."""
    return documents().open(digest)
