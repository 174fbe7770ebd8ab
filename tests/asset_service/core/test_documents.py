"""StoredReport files: by content, whole or not at all, within bounds."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from types import SimpleNamespace

import pytest

from asset_service.core import documents
from asset_service.core.errors import Invalid, NotFound, TooLarge, Unavailable


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


def test_what_is_put_comes_back_with_its_type(app_context):
    digest = documents.put(b"%PDF-1.7 test", "application/pdf")
    assert digest == sha256(b"%PDF-1.7 test").hexdigest()
    kept = documents.open_document(digest)
    with kept.file as file:
        assert (file.read(), kept.media_type, kept.size_bytes) == (b"%PDF-1.7 test", "application/pdf", 13)


def test_the_same_content_is_kept_once(app_context, settings):
    for _ in range(3):
        documents.put(b"same", "application/jose")
    files = [path for path in (settings.data_directory / "documents").rglob("*") if path.is_file()]
    assert len(files) == 1


def test_only_the_service_can_read_them(app_context, settings):
    documents.put(b"%PDF-1.7 private", "application/pdf")
    (path,) = (path for path in (settings.data_directory / "documents").rglob("*") if path.is_file())
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "0" * 63, "g" * 64, "0" * 64])
def test_what_is_no_document_is_not_found(app_context, digest):
    with pytest.raises(NotFound):
        documents.open_document(digest)


def test_a_file_that_is_too_large_or_of_another_kind_is_refused(app_context):
    with pytest.raises(TooLarge):
        documents.put(bytes(documents.MAX_DOCUMENT_BYTES + 1), "application/pdf")
    with pytest.raises(Invalid):
        documents.put(b"<script>", "text/html")


def test_a_nearly_full_disk_takes_nothing_more(app_context, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=documents.store.RESERVE_BYTES))
    with pytest.raises(Unavailable, match="schijf van de server is vol"):
        documents.put(b"one byte too many", "application/pdf")


def test_a_write_that_fails_leaves_nothing(app_context, settings, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        documents.put(b"%PDF-1.7 half", "application/pdf")
    monkeypatch.undo()
    assert [path for path in (settings.data_directory / "documents").rglob("*") if path.is_file()] == []


def test_a_forgotten_document_is_gone(app_context):
    digest = documents.put(b"rolls over", "application/octet-stream")
    documents.documents().remove(digest)
    with pytest.raises(NotFound):
        documents.open_document(digest)
