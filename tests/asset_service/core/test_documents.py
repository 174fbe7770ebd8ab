"""StoredReport files: by content, whole or not at all, within bounds."""

from __future__ import annotations

import io
import os
import shutil
import time
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from types import SimpleNamespace

import pytest
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from asset_service.core import documents
from asset_service.core.documents import EncryptionKey
from asset_service.core.errors import Invalid, NotFound, TooLarge, Unavailable


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


MIB = 1024 * 1024
KEY = EncryptionKey(bytes(32), "somewhere")


def _files(settings):
    return [path for path in (settings.data_directory / "documents").rglob("*") if path.is_file()]


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


def test_what_comes_in_pieces_or_as_a_file_is_stored_as_what_comes_whole(app_context, settings):
    content = os.urandom(200_001)
    pieces = (content[at : at + 7_001] for at in range(0, len(content), 7_001))
    digests = {
        documents.put(sent, "application/octet-stream")
        for sent in (content, pieces, io.BytesIO(content), [b"", content])
    }
    assert digests == {sha256(content).hexdigest()}
    assert len(_files(settings)) == 1


def _lines(count: int) -> Iterator[bytes]:
    """So many MiB of text."""
    line = b"HS-4F7K;Dell Latitude;Zo\xc3\xab;1234567890123456789012345678901234567890\n"
    piece = (line * (MIB // len(line) + 1))[: MIB - 1] + b"\n"
    return (piece for _ in range(count))


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_64_mib_go_in_and_out_in_a_few(app_context, key):
    tracemalloc.start()
    try:
        digest = documents.put(_lines(64), "text/csv", key=key)
        with app_context.test_request_context(), documents.answer(digest, "lijst", key=key) as answer:
            assert answer.content_length == sum(map(len, answer.iter_encoded())) == 64 * MIB
        assert tracemalloc.get_traced_memory()[1] < 6 * MIB
    finally:
        tracemalloc.stop()


def test_a_stream_that_is_too_long_or_breaks_leaves_nothing(app_context, settings):
    def breaks() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the other side is gone")

    with pytest.raises(TooLarge, match="groter dan 1 MB"):
        documents.put(_lines(2), "text/csv", max_bytes=MIB)
    with pytest.raises(TooLarge):
        documents.put((bytes(MIB) for _ in range(21)), "application/octet-stream", max_bytes=100 * MIB)
    for key in (None, KEY):
        with pytest.raises(OSError, match="other side"):
            documents.put(breaks(), "text/csv", key=key)
        with pytest.raises(Invalid):
            documents.put([b"half", b"\xff"], "text/csv", key=key)
    assert _files(settings) == []


def test_a_disk_that_fills_up_meanwhile_takes_no_more(app_context, settings, monkeypatch):
    free = iter((1 << 40, documents.store.RESERVE_BYTES - 1))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=next(free)))
    with pytest.raises(Unavailable):
        documents.put(_lines(64), "text/csv")
    assert _files(settings) == []


def test_what_a_killed_process_left_is_removed_a_day_later(app_context, settings):
    documents.put(b"a,b\n", "text/csv")
    folder = settings.data_directory / "documents"
    old, fresh = folder / ".draft-old", folder / ".draft-fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert documents.remove_abandoned_drafts() == 1
    assert documents.remove_abandoned_drafts() == 0
    assert len(_files(settings)) == 2
    assert fresh.exists()


PDF = b"%PDF-1.7 " + bytes(range(256)) * 1000


def _answered(app, digest, name="lijst", *, key=None, download=False, **headers):
    asked = app.test_request_context(headers={one.replace("_", "-"): value for one, value in headers.items()})
    with asked, documents.answer(digest, name, key=key, download=download) as answer:
        return answer, b"".join(answer.iter_encoded())


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_document_is_answered_whole_or_in_part_or_not_again(app_context, key):
    digest = documents.put(PDF, "application/pdf", key=key)
    answer, content = _answered(app_context, digest, key=key)
    assert (answer.status_code, content, answer.content_length) == (200, PDF, len(PDF))
    assert answer.headers["ETag"] == f'"{digest}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer, content = _answered(app_context, digest, key=key, Range="bytes=70000-140000")
    assert (answer.status_code, content) == (206, PDF[70_000:140_001])
    assert answer.headers["Content-Range"] == f"bytes 70000-140000/{len(PDF)}"
    answer, content = _answered(app_context, digest, key=key, Range="bytes=-3")
    assert (answer.status_code, content) == (206, PDF[-3:])
    answer, _ = _answered(app_context, digest, key=key, If_None_Match=f'"{digest}"')
    assert answer.status_code == 304
    with pytest.raises(RequestedRangeNotSatisfiable):
        _answered(app_context, digest, key=key, Range=f"bytes={len(PDF)}-")
    answer, content = _answered(app_context, digest, key=key, If_Range='"other"', Range="bytes=0-1")
    assert (answer.status_code, content) == (200, PDF)


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=0-99,50-150", "bytes=-999999999", "items=0-5", "bytes=abc", "bytes=5-1", ""],
)
def test_a_range_that_is_not_one_part_of_the_document_gets_it_whole(app_context, asked):
    digest = documents.put(PDF, "application/pdf")
    answer, content = _answered(app_context, digest, Range=asked)
    assert (answer.status_code, content, answer.content_length) == (200, PDF, len(PDF))


def test_a_range_counts_for_no_head_and_behind_what_the_client_has_already(app_context):
    digest = documents.put(PDF, "application/pdf")
    answer, _ = _answered(app_context, digest, Range="bytes=0-1", If_None_Match=f'"{digest}"')
    assert answer.status_code == 304
    asked = app_context.test_request_context(method="HEAD", headers={"Range": "bytes=0-1"})
    with asked, documents.answer(digest, "lijst") as answer:
        assert (answer.status_code, answer.content_length) == (200, len(PDF))


@pytest.mark.parametrize(
    ("media_type", "content", "download", "disposition"),
    [
        ("application/pdf", PDF, False, "inline"),
        ("application/pdf", PDF, True, "attachment"),
        ("text/csv", b"a;b", False, "attachment"),
        ("application/json", b"[]", False, "attachment"),
    ],
)
def test_what_a_browser_may_show_is_shown_and_the_rest_downloaded(
    app_context, media_type, content, download, disposition
):
    answer, _ = _answered(app_context, documents.put(content, media_type), download=download)
    assert answer.headers["Content-Disposition"].startswith(f'{disposition}; filename="lijst.')
    assert answer.mimetype == media_type


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("lijst", 'filename="lijst.csv"'),
        ("Zoë's lijst", "filename=\"Zoe's lijst.csv\"; filename*=UTF-8''Zo%C3%AB%27s%20lijst.csv"),
        ('a"; filename="evil.exe', 'filename="a__ filename=_evil.exe.csv"'),
        ("../../etc/passwd", 'filename="_.._etc_passwd.csv"'),
        ("a\r\nSet-Cookie: x", 'filename="a__Set-Cookie_ x.csv"'),
        ("\u202egnp.exe", 'filename="_gnp.exe.csv"'),
        ("漢字", "filename=\"document.csv\"; filename*=UTF-8''%E6%BC%A2%E5%AD%97.csv"),
        ("\udcff", 'filename="_.csv"'),
        (" . ", 'filename="document.csv"'),
        ("x" * 300, f'filename="{"x" * 100}.csv"'),
    ],
)
def test_a_name_is_clean_when_it_goes_out(app_context, name, header):
    answer, _ = _answered(app_context, documents.put(b"a;b", "text/csv"), name)
    assert answer.headers["Content-Disposition"] == f"attachment; {header}"


def test_a_part_that_was_damaged_breaks_the_answer_off_instead_of_going_out(app_context, settings):
    digest = documents.put(_lines(1), "text/csv", key=KEY)
    (path,) = _files(settings)
    content = bytearray(path.read_bytes())
    content[300_000] ^= 1
    path.write_bytes(content)
    with app_context.test_request_context(), documents.answer(digest, "lijst", key=KEY) as answer:
        came = []
        with pytest.raises(documents.encryption.Undecipherable):
            came.extend(answer.iter_encoded())
        assert b"".join(came) == b"".join(_lines(1))[: 4 * 65_536]
