"""The files themselves: by their SHA-256, written whole or not at all, never changed, in constant memory both ways."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from flask_babel import gettext, lazy_gettext

from asset_service.core import durable
from asset_service.core.documents import encryption
from asset_service.core.documents.kinds import KINDS, Kind, kind_of
from asset_service.core.errors import DomainError, NotFound, TooLarge, unavailable
from asset_service.core.outages import Outage
from wipe_reports.flushing import flush_folder

RESERVE_BYTES = 256 * 1024 * 1024
"""What must stay free on the disk: a full one would stop the database too."""

PIECE_BYTES = 64 * 1024
ABANDONED_AFTER = timedelta(days=1)

_CHECK_RESERVE_EVERY_BYTES = 16 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")

Content = bytes | BinaryIO | Iterable[bytes]
"""What can be stored: bytes, a file that is open for reading, or pieces as they come."""


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """What an encrypted document is stored and read with.

    ``secret`` is 32 random bytes, such as those of one person: whoever destroys them has made each of that person's
    documents unreadable for ever. ``bound_to`` says in which place of the books the document belongs, such as
    ``loan-agreement/<id>``: it is not readable in any other.
    """

    secret: bytes = field(repr=False)
    bound_to: str

    def context(self, kind: Kind) -> bytes:
        """What the encrypted file is bound to."""
        return f"{kind.media_type}\n{self.bound_to}".encode()


@dataclass(frozen=True, slots=True)
class Document:
    """One stored file, open for reading and seekable; ``size_bytes`` long. The caller closes ``file``."""

    file: BinaryIO
    media_type: str
    size_bytes: int


class DocumentUnreadable(DomainError):  # noqa: N818 - read as what it says
    """An encrypted document that was damaged or swapped, or is opened with another key than it was stored with."""

    status = 500
    code = "document_unreadable"
    title = lazy_gettext("Dit document is niet te lezen")


class DocumentStore:
    """The documents under ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(
        self, content: Content, media_type: str, *, key: EncryptionKey | None = None, max_bytes: int | None = None
    ) -> str:
        """Store ``content`` and give the SHA-256 (hex) of what is stored, once file and name are on the disk.

        The same twice is stored once. With ``key`` it is encrypted, and then the SHA-256 is that of the encrypted file:
        nobody can ask whether a file that they know is among them. Of images only what draws them is stored. A file
        whose transaction is rolled back stays: nothing leads to it.

        Raises :class:`Invalid` for a media type that is not stored and for content that is not what it says,
        :class:`TooLarge` for more than the kind allows or than ``max_bytes``, :class:`Unavailable` where the disk is
        nearly full, OSError where it does not write, and what ``content`` raises; then nothing is stored.
        """
        kind = kind_of(media_type)
        if key is not None and not kind.may_be_encrypted:
            raise ValueError(f"{media_type} is never encrypted")
        limit = kind.max_bytes if max_bytes is None else min(kind.max_bytes, max_bytes)
        size_bytes = len(content) if isinstance(content, bytes) else 0
        _check_size(size_bytes, limit)
        self._check_reserve(size_bytes)
        pieces = kind.check(self._bounded(content, limit))
        if key is not None:
            pieces = encryption.encrypted(pieces, key.secret, key.context(kind))
        return self._write(pieces, kind, encrypted=key is not None)

    def _write(self, pieces: Iterable[bytes], kind: Kind, *, encrypted: bool) -> str:
        digest = sha256()
        with durable.draft_in(self._directory) as draft:
            for piece in pieces:
                digest.update(piece)
                draft.file.write(piece)
            path = self._path(digest.hexdigest(), kind, encrypted=encrypted)
            if path.exists():
                # Whoever wrote it may not have come to this yet.
                flush_folder(path.parent)
            else:
                durable.make_folder(self._directory)
                durable.make_folder(path.parent)
                draft.publish(path)
        return digest.hexdigest()

    def open(self, digest: str, *, key: EncryptionKey | None = None) -> Document:
        """The document with this SHA-256; with ``key`` an encrypted one, which is decrypted as it is read.

        Raises :class:`NotFound`, and :class:`DocumentUnreadable` where key, place or length are not right. A part in
        the middle that was changed raises :class:`~.encryption.Undecipherable` when it is read.
        """
        if _SHA256.fullmatch(digest):
            for kind in KINDS:
                path = self._path(digest, kind, encrypted=key is not None)
                if path.exists():
                    if key is not None:
                        return _opened(path, kind, key)
                    return Document(path.open("rb"), kind.media_type, path.stat().st_size)
        raise NotFound(gettext("Dit document is er niet."))

    def remove(self, digest: str) -> None:
        """Remove the document, to which no other row may lead; one that is not there is removed already."""
        if not _SHA256.fullmatch(digest):
            raise ValueError("not a SHA-256")
        for kind in KINDS:
            for encrypted in (False, True):
                self._path(digest, kind, encrypted=encrypted).unlink(missing_ok=True)

    def probe(self) -> None:
        """Write a small file as documents are written, and remove it. Raises OSError where that fails."""
        durable.make_folder(self._directory)
        with durable.draft_in(self._directory) as draft:
            draft.file.write(b"probe")
            draft.flush()

    def remove_abandoned_drafts(self) -> int:
        """Remove what killed processes left half written, and give the number. Safe to run twice."""
        return durable.remove_abandoned_drafts(self._directory, ABANDONED_AFTER)

    def _path(self, digest: str, kind: Kind, *, encrypted: bool) -> Path:
        ending = f"{kind.suffix}.enc" if encrypted else kind.suffix
        return self._directory / digest[:2] / f"{digest}.{ending}"

    def _bounded(self, content: Content, limit: int) -> Iterator[bytes]:
        """The pieces of ``content`` while there are no more than ``limit`` bytes, and the disk has room for more."""
        taken = checked = 0
        for piece in pieces_of(content):
            taken += len(piece)
            _check_size(taken, limit)
            if taken - checked >= _CHECK_RESERVE_EVERY_BYTES:
                self._check_reserve(0)
                checked = taken
            yield piece

    def _check_reserve(self, size_bytes: int) -> None:
        if not self._directory.is_dir():
            durable.make_folder(self._directory)
        if shutil.disk_usage(self._directory).free < RESERVE_BYTES + size_bytes:
            raise unavailable(Outage.FULL)


def _check_size(size_bytes: int, limit: int) -> None:
    if size_bytes > limit:
        raise TooLarge(gettext("Het bestand is groter dan %(size)s MB.", size=limit // 1024**2))


def pieces_of(content: Content) -> Iterator[bytes]:
    """``content`` in pieces of one length, the last one shorter: many small ones (a list's lines) would cost more."""
    if isinstance(content, bytes):
        content = io.BytesIO(content)
    if hasattr(content, "read"):
        while piece := content.read(PIECE_BYTES):
            yield piece
        return
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)


def _opened(path: Path, kind: Kind, key: EncryptionKey) -> Document:
    file = path.open("rb")
    try:
        content = encryption.DecryptedFile(file, key.secret, key.context(kind))
    except encryption.Undecipherable as error:
        file.close()
        message = gettext("Het is beschadigd, of de sleutel past niet. Verwittig de beheerder van de dienst.")
        raise DocumentUnreadable(message) from error
    return Document(cast(BinaryIO, io.BufferedReader(content, PIECE_BYTES)), kind.media_type, content.size_bytes)
