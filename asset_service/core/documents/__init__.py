"""Files that the service stores, and its answers with them.

A room stores a file with :func:`put`, keeps the SHA-256 that it gets in a row of its own, and answers a request with
:func:`answer`. What a person sends streams in and out; :mod:`.kinds` says what is taken, and how it is checked.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, current_app

from asset_service.core.documents.answers import answer_with
from asset_service.core.documents.kinds import KINDS, MAX_DOCUMENT_BYTES, Kind
from asset_service.core.documents.store import Content, Document, DocumentStore, DocumentUnreadable, EncryptionKey

__all__ = [
    "KINDS",
    "MAX_DOCUMENT_BYTES",
    "Content",
    "Document",
    "DocumentStore",
    "DocumentUnreadable",
    "EncryptionKey",
    "Kind",
    "answer",
    "documents",
    "open_document",
    "probe",
    "put",
    "register",
    "remove_abandoned_drafts",
]

EXTENSION = "herstart_documents"


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


def put(content: Content, media_type: str, *, key: EncryptionKey | None = None, max_bytes: int | None = None) -> str:
    """See :meth:`DocumentStore.put`."""
    return documents().put(content, media_type, key=key, max_bytes=max_bytes)


def open_document(digest: str, *, key: EncryptionKey | None = None) -> Document:
    """See :meth:`DocumentStore.open`."""
    return documents().open(digest, key=key)


def answer(digest: str, name: str, *, key: EncryptionKey | None = None, download: bool = False) -> Response:
    """The document as the answer to the present request; see :meth:`DocumentStore.open` and :func:`answer_with`."""
    return answer_with(open_document(digest, key=key), digest, name, download=download)


def remove_abandoned_drafts() -> int:
    """See :meth:`DocumentStore.remove_abandoned_drafts`."""
    return documents().remove_abandoned_drafts()
