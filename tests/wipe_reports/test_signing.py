"""Signatures that any JOSE library takes, and none that only look like one."""

from __future__ import annotations

import base64
import json
import stat
import warnings

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import signing

TYPE = "wipe-report+jws"


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def with_header(key: signing.Key, **members: object) -> str:
    """A JWS with any header, truly signed by ``key``."""
    header = {"alg": "EdDSA", "typ": TYPE, "kid": signing.key_id(key), **members}
    signing_input = f"{b64(json.dumps(header).encode())}.{b64(b'{}')}"
    assert isinstance(key.private_key, Ed25519PrivateKey)
    return f"{signing_input}.{b64(key.private_key.sign(signing_input.encode()))}"


@given(st.binary(max_size=2000))
def test_what_was_signed_comes_back_byte_for_byte(payload):
    key = signing.generate_key()
    assert signing.verify(signing.sign(payload, key, TYPE), key, TYPE) == payload


def test_an_unrelated_library_verifies_our_signature(make_report):
    key = signing.generate_key()
    compact = signing.sign(b'{"a": 1}', key, TYPE)
    public = jwt.PyJWK.from_json(json.dumps(signing.public_jwk(key)))
    found = jwt.api_jws.decode_complete(compact, public.key, algorithms=["EdDSA"])
    assert found["payload"] == b'{"a": 1}'
    assert found["header"] == {"alg": "EdDSA", "typ": TYPE, "kid": signing.key_id(key)}


def test_the_key_id_is_the_thumbprint_of_rfc_8037():
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert signing.key_id(signing.key_from_jwk(jwk)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@given(st.data())
def test_no_byte_of_a_signed_message_can_change(data):
    key = signing.generate_key()
    compact = signing.sign(b'{"sectors": 976773168}', key, TYPE)
    at = data.draw(st.integers(0, len(compact) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_=.+/ \n").filter(lambda one: one != compact[at]))
    with pytest.raises(signing.SignatureInvalid):
        signing.verify(compact[:at] + other + compact[at + 1 :], key, TYPE)


@pytest.mark.parametrize(("members", "reason"), [
    ({"alg": "none"}, "jws.alg"),
    ({"alg": "HS256"}, "jws.alg"),
    ({"alg": "Ed25519"}, "jws.alg"),
    ({"typ": "wipe-receipt+jws"}, "jws.typ"),
    ({"kid": "another"}, "jws.kid"),
    ({"crit": ["b64"], "b64": False}, "jws.header"),
    ({"crit": []}, "jws.header"),
    ({"jwk": {"kty": "OKP"}}, "jws.header"),
    ({"jku": "https://evil.example/keys"}, "jws.header"),
])  # fmt: skip
def test_a_header_that_asks_for_anything_else_is_refused(members, reason):
    key = signing.generate_key()
    with pytest.raises(signing.SignatureInvalid) as caught:
        signing.verify(with_header(key, **members), key, TYPE)
    assert caught.value.key == reason


def test_a_hidden_second_algorithm_named_by_joserfc_is_not_used():
    key = signing.generate_key()
    compact = signing.sign(b"{}", key, TYPE)
    unsigned = compact.rsplit(".", 1)[0] + "."
    with pytest.raises(signing.SignatureInvalid):
        signing.verify(unsigned, key, TYPE)


def test_another_key_does_not_verify():
    compact = signing.sign(b"{}", signing.generate_key(), TYPE)
    with pytest.raises(signing.SignatureInvalid) as caught:
        signing.verify(compact, signing.generate_key(), TYPE)
    assert caught.value.key == "jws.kid"


@pytest.mark.parametrize(
    "compact", ["", "a.b", "a.b.c.d", "..", "é.é.é", "eyJ9.e30.AA", "A" * (signing.MAX_COMPACT_BYTES + 1)]
)
def test_what_is_no_signed_message_is_refused(compact):
    with pytest.raises(signing.SignatureInvalid):
        signing.peek(compact)
    with pytest.raises(signing.SignatureInvalid):
        signing.verify(compact, signing.generate_key(), TYPE)


def test_a_large_report_still_fits():
    key = signing.generate_key()
    payload = b"x" * (1024 * 1024)
    assert signing.verify(signing.sign(payload, key, TYPE), key, TYPE) == payload


def test_signing_stays_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        key = signing.generate_key()
        signing.verify(signing.sign(b"{}", key, TYPE), key, TYPE)


def test_a_key_is_kept_for_its_owner_and_never_written_over(tmp_path):
    key = signing.generate_key()
    path = tmp_path / "station.pem"
    signing.save_private_key(path, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signing.key_id(signing.load_private_key(path)) == signing.key_id(key)
    with pytest.raises(FileExistsError):
        signing.save_private_key(path, signing.generate_key())
    path.write_bytes(b"not a key")
    with pytest.raises(signing.SignatureInvalid):
        signing.load_private_key(path)


def test_a_public_key_tells_no_secret():
    assert set(signing.public_jwk(signing.generate_key())) == {"kty", "crv", "x", "kid", "use"}


@pytest.mark.parametrize("jwk", [
    {},
    {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "OKP", "crv": "X25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty": "OKP", "crv": "Ed25519"},
    {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
    {"kty": "OKP", "crv": "Ed25519", "x": 5},
])  # fmt: skip
def test_a_jwk_that_is_no_ed25519_key_is_refused(jwk):
    with pytest.raises(signing.SignatureInvalid):
        signing.key_from_jwk(jwk)


def test_a_private_jwk_whose_halves_do_not_fit_is_refused():
    private = signing.generate_key().as_dict(private=True)
    with pytest.raises(signing.SignatureInvalid):
        signing.key_from_jwk({**private, "x": signing.public_jwk(signing.generate_key())["x"]})


@pytest.mark.parametrize("member", ["typ", "alg", "x"])
@pytest.mark.parametrize("evil", ["\x00\x1b[31m", "\ud800", "\u202e"])
def test_a_refusal_shows_no_character_that_hides_or_breaks(member, evil):
    key = signing.generate_key()
    _, payload, signature = signing.sign(b"{}", key, "a").split(".")
    header = {"alg": "EdDSA", "typ": "a", "kid": signing.key_id(key), member: evil}
    if member == "x":
        header = {**header, evil: 1}
        del header["x"]
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    with pytest.raises(signing.SignatureInvalid) as refused:
        signing.verify(f"{head}.{payload}.{signature}", key, "a")
    for language in ("nl", "en"):
        assert refused.value.in_language(language).isprintable()


@pytest.mark.parametrize("cut", ["os.fsync", "pathlib.Path.rename"])
def test_a_cut_while_the_key_is_written_leaves_no_half_key(tmp_path, monkeypatch, cut):
    def no_power(*arguments):
        raise OSError(28, "power cut")

    with monkeypatch.context() as broken:
        broken.setattr(cut, no_power)
        with pytest.raises(OSError, match="power cut"):
            signing.save_private_key(tmp_path / "station.key", signing.generate_key())
    assert list(tmp_path.iterdir()) == []
