"""Files encrypted with AES-256-GCM in chunks, so that they stream: what is changed, cut, moved or swapped is found out.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce of a chunk is a prefix, its number, and
whether it is the last one. Every file has a key and a prefix of its own, derived (HKDF-SHA256) from the given key, a
random salt and the context. A chunk therefore fits in one place of one file only. Whoever destroys the given key has
made every copy of the file unreadable, also in a backup.

    file   = "HERSTENC" version (1 byte) salt (32 bytes) chunk…
    chunk  = AES-256-GCM of 64 KiB (the last one: 0 to 64 KiB) and its tag (16 bytes)
    nonce  = prefix (7 bytes) number (4 bytes, big-endian) last (1 byte: 0 or 1)
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16

_MAGIC = b"HERSTENC\x01"
_SALT_BYTES = 32
_PREFIX_BYTES = 7
HEADER_BYTES = len(_MAGIC) + _SALT_BYTES


class Undecipherable(ValueError):  # noqa: N818 - read as what it says
    """Not what was encrypted with this key and this context: another key, or a file that was changed or cut."""


class _Cipher:
    """The chunks of one file."""

    def __init__(self, key: bytes, header: bytes, context: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        salt = header[len(_MAGIC) :]
        derive = HKDF(SHA256(), length=KEY_BYTES + _PREFIX_BYTES, salt=salt, info=_MAGIC + context)
        derived = derive.derive(key)
        self._aes, self._prefix = AESGCM(derived[:KEY_BYTES]), derived[KEY_BYTES:]
        self._associated = header + context

    def _nonce(self, number: int, *, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes([last])

    def encrypt(self, chunk: bytes, number: int, *, last: bool) -> bytes:
        """The chunk with this number and its tag."""
        return self._aes.encrypt(self._nonce(number, last=last), chunk, self._associated)

    def decrypt(self, chunk: bytes, number: int, *, last: bool) -> bytes:
        """What :meth:`encrypt` was given. Raises :class:`Undecipherable`."""
        try:
            return self._aes.decrypt(self._nonce(number, last=last), chunk, self._associated)
        except (InvalidTag, ValueError) as error:
            raise Undecipherable(f"chunk {number} is not what was encrypted here") from error


def encrypted(content: Iterable[bytes], key: bytes, context: bytes) -> Iterator[bytes]:
    """``content`` as an encrypted file, readable only with ``key`` (32 bytes) and ``context``; memory is two chunks."""
    header = _MAGIC + secrets.token_bytes(_SALT_BYTES)
    cipher, number, waiting = _Cipher(key, header, context), 0, bytearray()
    yield header
    for piece in content:
        waiting += piece
        # The last chunk may be full, and which one is the last is known at the end only.
        while len(waiting) > CHUNK_BYTES:
            yield cipher.encrypt(bytes(waiting[:CHUNK_BYTES]), number, last=False)
            del waiting[:CHUNK_BYTES]
            number += 1
    yield cipher.encrypt(bytes(waiting), number, last=True)


class DecryptedFile(io.RawIOBase):
    """The content of an encrypted file, decrypted chunk by chunk as it is read; seekable.

    Opening it checks its last chunk: with that the key, the context and the length are right, so that a file that was
    cut is refused before anything of it was read. A chunk that was changed raises when it is read. ``file`` is closed
    with this one. Raises :class:`Undecipherable`.
    """

    def __init__(self, file: BinaryIO, key: bytes, context: bytes) -> None:
        self._file, self._position, self._at_hand = file, 0, (-1, b"")
        header = file.read(HEADER_BYTES)
        if len(header) != HEADER_BYTES or not header.startswith(_MAGIC):
            raise Undecipherable("this is no encrypted file")
        self._cipher = _Cipher(key, header, context)
        chunks_bytes = file.seek(0, io.SEEK_END) - HEADER_BYTES
        self._last = max(0, -(-chunks_bytes // (CHUNK_BYTES + TAG_BYTES)) - 1)
        self.size_bytes = self._last * CHUNK_BYTES + len(self._chunk(self._last))

    def _chunk(self, number: int) -> bytes:
        """The content of a chunk; the one that was read last stays at hand."""
        if self._at_hand[0] != number:
            self._file.seek(HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES))
            stored = self._file.read(CHUNK_BYTES + TAG_BYTES)
            self._at_hand = (number, self._cipher.decrypt(stored, number, last=number == self._last))
        return self._at_hand[1]

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte of the content, and give its number."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size_bytes}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` with at most the rest of one chunk, and give the number of bytes; 0 at the end."""
        if self._position >= self.size_bytes:
            return 0
        number, start = divmod(self._position, CHUNK_BYTES)
        part = self._chunk(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Close the encrypted file, and forget what was decrypted of it."""
        self._file.close()
        self._at_hand = (-1, b"")
        super().close()
