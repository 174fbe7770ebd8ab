"""Encrypted documents: what was put comes back, and nothing else ever does."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asset_service.core import documents
from asset_service.core.documents import EncryptionKey, encryption
from asset_service.core.errors import NotFound

KEY = bytes(range(32))
CHUNK = 32
STORED_CHUNK = CHUNK + encryption.TAG_BYTES


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


@pytest.fixture(scope="module", autouse=True)
def _small_chunks() -> Iterator[None]:
    """Chunks so small that a few bytes have many borders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encryption, "CHUNK_BYTES", CHUNK)
        yield


def encrypted(content: bytes, context: bytes = b"here", key: bytes = KEY, step: int = 7) -> bytes:
    pieces = (content[at : at + step] for at in range(0, len(content), step))
    return b"".join(encryption.encrypted(pieces, key, context))


def opened(stored: bytes, context: bytes = b"here", key: bytes = KEY) -> io.BufferedReader:
    return io.BufferedReader(encryption.DecryptedFile(io.BytesIO(stored), key, context))


def decrypted(stored: bytes, context: bytes = b"here", key: bytes = KEY) -> bytes:
    with opened(stored, context, key) as file:
        return file.read()


contents = st.one_of(
    st.integers(0, 4).flatmap(lambda chunks: st.integers(-1, 1).map(lambda over: bytes(max(0, chunks * CHUNK + over)))),
    st.binary(max_size=5 * CHUNK),
)


@given(content=contents, step=st.integers(1, 3 * CHUNK))
def test_what_was_encrypted_comes_back_whatever_its_length_and_its_pieces(content, step):
    stored = encrypted(content, step=step)
    assert decrypted(stored) == content
    assert encryption.DecryptedFile(io.BytesIO(stored), KEY, b"here").size_bytes == len(content)


@given(content=contents, data=st.data())
def test_any_part_of_it_can_be_read(content, data):
    with opened(encrypted(content)) as file:
        for _ in range(4):
            start = data.draw(st.integers(0, len(content) + 2))
            count = data.draw(st.integers(0, len(content)))
            assert file.seek(start) == start
            assert file.read(count) == content[start : start + count]


@given(content=contents, data=st.data())
def test_a_file_that_was_cut_is_refused_when_it_is_opened(content, data):
    stored = encrypted(content)
    shorter = stored[: data.draw(st.integers(0, len(stored) - 1))]
    with pytest.raises(encryption.Undecipherable):
        encryption.DecryptedFile(io.BytesIO(shorter), KEY, b"here")


@given(content=contents, more=st.binary(min_size=1, max_size=2 * STORED_CHUNK))
def test_a_file_that_grew_is_refused_when_it_is_opened(content, more):
    with pytest.raises(encryption.Undecipherable):
        encryption.DecryptedFile(io.BytesIO(encrypted(content) + more), KEY, b"here")


@given(content=contents, data=st.data())
def test_a_bit_that_flipped_is_found_out(content, data):
    stored = bytearray(encrypted(content))
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(encryption.Undecipherable):
        decrypted(bytes(stored))


@given(data=st.data(), chunks=st.integers(2, 5))
def test_chunks_that_changed_places_or_came_from_another_file_are_found_out(data, chunks):
    content = os.urandom(chunks * CHUNK)
    stored, other = encrypted(content), encrypted(content)

    def place(number: int) -> slice:
        start = encryption.HEADER_BYTES + number * STORED_CHUNK
        return slice(start, start + STORED_CHUNK)

    first, second = data.draw(st.permutations(range(chunks)))[:2]
    swapped, spliced = bytearray(stored), bytearray(stored)
    swapped[place(first)], swapped[place(second)] = stored[place(second)], stored[place(first)]
    spliced[place(first)] = other[place(first)]
    repeated = stored[: place(first).start] + stored[place(first)] + stored[place(first).start :]
    left_out = stored[: place(first).start] + stored[place(first).stop :]
    other_header = other[: encryption.HEADER_BYTES] + stored[encryption.HEADER_BYTES :]
    for bent in (bytes(swapped), bytes(spliced), repeated, left_out, other_header):
        with pytest.raises(encryption.Undecipherable):
            decrypted(bent)


@settings(max_examples=20)
@given(content=contents)
def test_it_is_read_with_its_own_key_in_its_own_place_only(content):
    stored = encrypted(content)
    for key, context in ((bytes(32), b"here"), (KEY, b"there"), (KEY, b"")):
        with pytest.raises(encryption.Undecipherable):
            encryption.DecryptedFile(io.BytesIO(stored), key, context)


def test_the_same_content_is_never_the_same_file():
    assert encrypted(b"same") != encrypted(b"same")


def test_a_key_of_another_length_is_a_mistake():
    with pytest.raises(ValueError, match="32 bytes"):
        encrypted(b"content", key=b"short")


PERSON = EncryptionKey(KEY, "loan-agreement/7")


def _files(settings):
    return [path for path in (settings.data_directory / "documents").rglob("*") if path.is_file()]


def test_a_stored_one_is_named_by_what_lies_on_the_disk_and_not_readable_there(app_context, settings):
    content = b"Jan Peeters,Kerkstraat 1\n" * 10
    digest = documents.put(content, "text/csv", key=PERSON)
    (path,) = _files(settings)
    assert b"Peeters" not in path.read_bytes()
    assert digest == sha256(path.read_bytes()).hexdigest() != sha256(content).hexdigest()
    kept = documents.open_document(digest, key=PERSON)
    with kept.file as file:
        assert (file.read(), kept.media_type, kept.size_bytes) == (content, "text/csv", len(content))
    documents.documents().remove(digest)
    assert _files(settings) == []


def test_a_stored_one_is_not_found_without_a_key_nor_read_with_another_or_elsewhere(app_context):
    digest = documents.put(b"a,b\n", "text/csv", key=PERSON)
    with pytest.raises(NotFound):
        documents.open_document(digest)
    for key in (EncryptionKey(bytes(32), PERSON.bound_to), EncryptionKey(KEY, "loan-agreement/8")):
        with pytest.raises(documents.DocumentUnreadable):
            documents.open_document(digest, key=key)


def test_a_stored_one_does_not_pass_for_another_kind(app_context, settings):
    documents.put(b"[1]", "application/json", key=PERSON)
    (path,) = _files(settings)
    path.rename(path.with_name(path.name.replace(".json.", ".csv.")))
    with pytest.raises(documents.DocumentUnreadable):
        documents.open_document(path.name.partition(".")[0], key=PERSON)


def test_evidence_is_never_encrypted_for_it_must_outlive_every_key(app_context):
    with pytest.raises(ValueError, match="never encrypted"):
        documents.put(b"a.b.c", "application/jose", key=PERSON)


def test_a_key_does_not_show_where_it_is_written_down():
    assert "\\x1f" not in repr(PERSON)
