"""Keys with which anybody can sign are no keys: not to enrol with, not to verify with."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import signing, trust
from wipe_reports.weak_keys import is_weak

TYPE = "wipe-report+jws"
NEUTRAL = "01" + "00" * 31
SMALL_ORDER = [
    NEUTRAL,
    "ec" + "ff" * 30 + "7f",
    "00" * 32,
    "00" * 31 + "80",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
"""The eight points of small order (eprint 2020/1244, table 1)."""
NOT_CANONICAL = [
    "01" + "00" * 30 + "80",
    "ec" + "ff" * 31,
    "ed" + "ff" * 30 + "7f",
    "ed" + "ff" * 31,
    "ee" + "ff" * 30 + "7f",
    "ee" + "ff" * 31,
    "f0" + "ff" * 30 + "7f",
    "ff" * 31 + "7f",
    "ff" * 32,
]
"""Second spellings: y not below p, or the sign of an x that is 0."""
OFF_THE_CURVE = ["02" + "00" * 31]


def _jwk(public: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": _urlsafe(public)}


def _urlsafe(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _forged(payload: bytes, kid: str) -> str:
    """A message "signed" by the neutral point without any private key: R is the neutral point, S is 0."""
    header = json.dumps({"alg": "EdDSA", "typ": TYPE, "kid": kid}, separators=(",", ":")).encode()
    signature = bytes.fromhex(NEUTRAL) + bytes(32)
    return f"{_urlsafe(header)}.{_urlsafe(payload)}.{_urlsafe(signature)}"


@pytest.mark.parametrize("public", [*SMALL_ORDER, *NOT_CANONICAL, *OFF_THE_CURVE])
def test_a_key_that_proves_nothing_is_refused_wherever_a_key_is_read(public):
    raw = bytes.fromhex(public)
    assert is_weak(raw)
    with pytest.raises(signing.SignatureInvalid) as refused:
        signing.key_from_jwk(_jwk(raw))
    assert refused.value.key in {"key.weak", "key.broken"}
    published = {**_jwk(raw), "herstart_role": "station", "herstart_name": "Werkbank"}
    with pytest.raises(trust.TrustInvalid):
        trust.TrustedKeys.from_jwks({"keys": [published]})


def test_a_forgery_that_openssl_takes_is_refused_by_verify_however_its_key_came():
    """The key is read past :func:`key_from_jwk`, as a caller's own code may."""
    raw = bytes.fromhex(NEUTRAL)
    key = signing.Key.import_key(_jwk(raw))
    for payload in (b"{}", b'{"any":"message"}'):
        forged = _forged(payload, signing.key_id(key))
        signed, _, _ = forged.rpartition(".")
        key.public_key.verify(bytes.fromhex(NEUTRAL) + bytes(32), signed.encode())
        with pytest.raises(signing.SignatureInvalid) as refused:
            signing.verify(forged, key, TYPE)
        assert refused.value.key == "key.weak"


@given(st.integers(0, 7), st.booleans())
def test_only_32_bytes_are_a_key(cut, longer):
    raw = signing.generate_key().public_key.public_bytes_raw()
    assert not is_weak(raw)
    assert is_weak(raw + bytes(cut + 1) if longer else raw[: 31 - cut])


def test_honest_keys_are_taken():
    for _ in range(50):
        key = signing.generate_key()
        assert signing.key_id(signing.key_from_jwk(signing.public_jwk(key))) == signing.key_id(key)
