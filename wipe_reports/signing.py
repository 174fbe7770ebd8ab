"""Signatures: JWS compact serialization (RFC 7515) with EdDSA over Ed25519 (RFC 8037), and the keys for it.

The header is exactly ``{"alg":"EdDSA","typ":…,"kid":…}``; ``kid`` is the RFC 7638 thumbprint of the signer's key.
Whatever else a header says (``crit``, ``jwk``, ``jku``, ``b64`` …) is refused: no header may choose its own key,
algorithm or encoding. Bytes are kept as they were signed and never serialised again.
"""

from __future__ import annotations

import json
import os
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from errno import EEXIST
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from wipe_reports.flushing import flush_file, flush_folder
from wipe_reports.weak_keys import is_weak
from wipe_reports.words import TranslatedRefusal

Key = OKPKey
ALGORITHM = "EdDSA"
MAX_COMPACT_BYTES = 2 * 1024 * 1024
"""The longest signed message taken, in bytes of its compact serialization."""

_HEADER_MEMBERS = {"alg", "typ", "kid"}


class SignatureInvalid(TranslatedRefusal):
    """A signature, or the message that carries it, does not hold."""


def generate_key() -> Key:
    """A new Ed25519 key pair."""
    return OKPKey.generate_key("Ed25519", private=True)


def key_id(key: Key) -> str:
    """The key's RFC 7638 SHA-256 thumbprint, 43 characters of base64url."""
    return _thumbprint(key.public_key.public_bytes_raw())


@lru_cache(maxsize=1024)
def _thumbprint(public: bytes) -> str:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _urlsafe(public)}).thumbprint()


def public_jwk(key: Key) -> dict[str, str]:
    """The public half as a JWK (RFC 8037) with its ``kid`` and ``use``."""
    public = {name: str(value) for name, value in key.as_dict(private=False).items() if name in {"kty", "crv", "x"}}
    return {**public, "kid": key_id(key), "use": "sig"}


def key_from_jwk(jwk: Mapping[str, object]) -> Key:
    """The Ed25519 key of a JWK, private where it holds ``d``.

    Raises :class:`SignatureInvalid` for any other key, and for one that proves nothing (:mod:`.weak_keys`).
    """
    members = {name: jwk[name] for name in ("kty", "crv", "x", "d") if name in jwk}
    if members.get("kty") != "OKP" or members.get("crv") != "Ed25519":
        raise SignatureInvalid("key.kind")
    if not all(isinstance(value, str) for value in members.values()):
        raise SignatureInvalid("key.broken")
    try:
        key = OKPKey.import_key({name: str(value) for name, value in members.items()})
        derived = _urlsafe(key.public_key.public_bytes_raw())
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SignatureInvalid("key.broken") from error
    if derived != members["x"]:
        raise SignatureInvalid("key.broken")
    if is_weak(key.public_key.public_bytes_raw()):
        raise SignatureInvalid("key.weak")
    return key


def _urlsafe(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def save_private_key(path: str | os.PathLike[str], key: Key) -> None:
    """Write the key as PEM (PKCS #8), readable by its owner only (mode 0600), whole or not at all.

    An existing file is left alone: FileExistsError.
    """
    target = Path(path)
    if target.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(target))
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.as_pem(private=True))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).rename(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    flush_file(target)
    flush_folder(target.parent)


def load_private_key(path: str | os.PathLike[str]) -> Key:
    """Read a key that :func:`save_private_key` wrote. Raises OSError, or :class:`SignatureInvalid`."""
    content = Path(path).read_bytes()
    try:
        key = OKPKey.import_key(content)
    except (JoseError, ValueError, TypeError) as error:
        raise SignatureInvalid("key.broken") from error
    if not isinstance(key.private_key, Ed25519PrivateKey):
        raise SignatureInvalid("key.kind")
    return key


def sign(payload: bytes, key: Key, typ: str) -> str:
    """``payload`` signed by ``key`` as a compact JWS of kind ``typ``."""
    private = key.private_key
    if not isinstance(private, Ed25519PrivateKey):
        raise SignatureInvalid("key.kind")
    header = json.dumps({"alg": ALGORITHM, "typ": typ, "kid": key_id(key)}, separators=(",", ":")).encode()
    signed = f"{_urlsafe(header)}.{_urlsafe(payload)}"
    return f"{signed}.{_urlsafe(private.sign(signed.encode('ascii')))}"


def _decoded(segment: bytes) -> bytes:
    try:
        content = urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except (Base64Error, ValueError) as error:
        raise SignatureInvalid("jws.form") from error
    if urlsafe_b64encode(content).rstrip(b"=") != segment:
        raise SignatureInvalid("jws.form")
    return content


def _segments(compact: str | bytes) -> tuple[bytes, bytes, bytes]:
    if len(compact) > MAX_COMPACT_BYTES:
        raise SignatureInvalid("jws.size", mebibytes=MAX_COMPACT_BYTES // 1024**2)
    try:
        raw = compact.encode("ascii") if isinstance(compact, str) else compact
    except UnicodeEncodeError as error:
        raise SignatureInvalid("jws.form") from error
    parts = raw.split(b".")
    if len(parts) != 3:
        raise SignatureInvalid("jws.form")
    return parts[0], parts[1], parts[2]


def _header_of(segment: bytes) -> dict[str, object]:
    try:
        header = json.loads(_decoded(segment))
    except (ValueError, RecursionError) as error:
        raise SignatureInvalid("jws.form") from error
    if not isinstance(header, dict):
        raise SignatureInvalid("jws.form")
    return header


def fingerprint(compact: str | bytes) -> str:
    """SHA-256 of a compact JWS just as it travels (its ASCII bytes), in hexadecimal: the ``report_sha256``."""
    return sha256(compact.encode("ascii") if isinstance(compact, str) else compact).hexdigest()


def peek(compact: str | bytes) -> tuple[dict[str, object], bytes]:
    """Header and payload **without any check of the signature**: only to find the key to check with.

    Raises :class:`SignatureInvalid` where the message is no compact JWS or is too large.
    """
    header, payload, _ = _segments(compact)
    return _header_of(header), _decoded(payload)


def claimed_key_id(compact: str | bytes) -> object:
    """The ``kid`` in the header **without any check of the signature**: only to find the key to check with.

    Raises :class:`SignatureInvalid` where the message is no compact JWS or is too large.
    """
    return _header_of(_segments(compact)[0]).get("kid")


def verify(compact: str | bytes, key: Key, typ: str) -> bytes:
    """The payload of ``compact``, once it is certain that ``key`` signed these very bytes as a ``typ``.

    Raises :class:`SignatureInvalid` for another algorithm, kind or key id, for header members that have no place
    here, for base64url that has a second spelling, for more than :data:`MAX_COMPACT_BYTES`, and for a signature
    that does not fit.
    """
    segments = _segments(compact)
    _check_header(_header_of(segments[0]), key, typ)
    payload, signature = _decoded(segments[1]), _decoded(segments[2])
    public = key.public_key
    if not isinstance(public, Ed25519PublicKey) or len(signature) != 64:
        raise SignatureInvalid("jws.signature")
    if is_weak(public.public_bytes_raw()):
        raise SignatureInvalid("key.weak")
    try:
        # RFC 7515 §5.2 step 8 with the very primitive that joserfc calls; parsing it all once more costs as much again.
        public.verify(signature, segments[0] + b"." + segments[1])
    except InvalidSignature as error:
        raise SignatureInvalid("jws.signature") from error
    return payload


def shown(value: object) -> str:
    """A stranger's words as a message may quote them: short, with nothing that a database or a screen chokes on."""
    return ascii(str(value))[1:-1][:60]


def _check_header(header: Mapping[str, object], key: Key, typ: str) -> None:
    unexpected = sorted(header.keys() - _HEADER_MEMBERS)
    if unexpected:
        raise SignatureInvalid("jws.header", member=shown(unexpected[0]))
    if header.get("alg") != ALGORITHM:
        raise SignatureInvalid("jws.alg", alg=shown(header.get("alg")))
    if header.get("typ") != typ:
        raise SignatureInvalid("jws.typ", typ=shown(header.get("typ")), expected=typ)
    if header.get("kid") != key_id(key):
        raise SignatureInvalid("jws.kid")
