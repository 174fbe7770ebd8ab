"""Whom to believe: a JWK Set (RFC 7517) of stations' and the service's keys, with who they are and until when.

Members beside the standard ones: ``herstart_role`` (station, service or attest), ``herstart_name`` and, where a key
was withdrawn, ``revoked_at``. The certificate that signs attests is an EC JWK with ``x5c``; it is pinned whole.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wipe_reports import signing
from wipe_reports.fields import FieldRefused, Moment, written
from wipe_reports.words import TranslatedRefusal

Role = Literal["station", "service", "attest"]
MAX_FILE_BYTES = 16 * 1024 * 1024

_MOMENT = Moment()


class TrustInvalid(TranslatedRefusal):
    """A file of trusted keys that cannot be relied on. ``key`` names the reason in the catalogue of words."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """An Ed25519 key of a station or of the service; ``revoked_at`` is when it stopped counting."""

    key: signing.Key
    key_id: str
    role: Role
    name: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A certificate that signs attests."""

    certificate: x509.Certificate
    name: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """The keys by their id, and the certificates that sign attests."""

    keys: Mapping[str, TrustedKey]
    certificates: tuple[TrustedCertificate, ...] = ()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrustedKeys:
        """Read a JWK Set from a file. Raises OSError, or :class:`TrustInvalid` for other content."""
        with Path(path).open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            raise TrustInvalid("trust.size", mebibytes=MAX_FILE_BYTES // 1024**2)
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise TrustInvalid("trust.form") from error
        return cls.from_jwks(data)

    @classmethod
    def from_jwks(cls, data: Mapping[str, object]) -> TrustedKeys:
        """Read a JWK Set. Raises :class:`TrustInvalid` where one key is broken, unnamed or of no known role."""
        members = data.get("keys") if isinstance(data, Mapping) else None
        if not isinstance(members, list):
            raise TrustInvalid("trust.form")
        keys: dict[str, TrustedKey] = {}
        certificates: list[TrustedCertificate] = []
        for number, jwk in enumerate(members, start=1):
            if not isinstance(jwk, Mapping):
                raise TrustInvalid("trust.form")
            if jwk.get("kty") == "EC":
                certificates.append(_certificate(jwk, number))
            else:
                one = _key(jwk, number)
                keys[one.key_id] = one
        return cls(keys, tuple(certificates))


def published(key: signing.Key, role: Role, name: str, revoked_at: datetime | None = None) -> dict[str, str]:
    """The public JWK of ``key`` as a trusted-keys set holds it."""
    return {**signing.public_jwk(key), "alg": signing.ALGORITHM, **_who(role, name, revoked_at)}


def published_certificate(
    certificate_pem: bytes, name: str, revoked_at: datetime | None = None
) -> dict[str, str | list[str]]:
    """The EC JWK with ``x5c`` of an attest-signing certificate. Raises ValueError where it is not P-256."""
    certificate = x509.load_pem_x509_certificate(certificate_pem)
    der = certificate.public_bytes(serialization.Encoding.DER)
    point = _point(certificate)
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": point[0],
        "y": point[1],
        "use": "sig",
        "alg": "ES256",
        "x5c": [b64encode(der).decode("ascii")],
        **_who("attest", name, revoked_at),
    }


def _who(role: Role, name: str, revoked_at: datetime | None) -> dict[str, str]:
    who = {"herstart_role": str(role), "herstart_name": name}
    return who if revoked_at is None else {**who, "revoked_at": written(revoked_at)}


def _point(certificate: x509.Certificate) -> tuple[str, str]:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the attest's certificate must be ECDSA P-256")  # noqa: TRY004 - content, not a caller's type
    numbers = key.public_numbers()
    x, y = (urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode("ascii") for one in (numbers.x, numbers.y))
    return x, y


def _named(jwk: Mapping[str, object], number: int) -> tuple[str, datetime | None]:
    name = jwk.get("herstart_name")
    if not isinstance(name, str) or not name:
        raise TrustInvalid("trust.name", number=number)
    revoked = jwk.get("revoked_at")
    try:
        return name, None if revoked is None else _MOMENT.parse(revoked)
    except FieldRefused as error:
        raise TrustInvalid("trust.revoked_at", number=number) from error


def _key(jwk: Mapping[str, object], number: int) -> TrustedKey:
    name, revoked_at = _named(jwk, number)
    role: Role
    match jwk.get("herstart_role"):
        case "station":
            role = "station"
        case "service":
            role = "service"
        case _:
            raise TrustInvalid("trust.role", number=number)
    if "d" in jwk:
        raise TrustInvalid("trust.private", number=number)
    try:
        key = signing.key_from_jwk(jwk)
    except signing.SignatureInvalid as error:
        raise TrustInvalid("trust.key", number=number) from error
    key_id = signing.key_id(key)
    if jwk.get("kid", key_id) != key_id:
        raise TrustInvalid("trust.kid", number=number)
    return TrustedKey(key, key_id, role, name, revoked_at)


def _certificate(jwk: Mapping[str, object], number: int) -> TrustedCertificate:
    name, revoked_at = _named(jwk, number)
    if jwk.get("herstart_role") != "attest":
        raise TrustInvalid("trust.role", number=number)
    chain = jwk.get("x5c")
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        raise TrustInvalid("trust.certificate", number=number)
    try:
        certificate = x509.load_der_x509_certificate(b64decode(chain[0], validate=True))
        point = _point(certificate)
    except ValueError as error:
        raise TrustInvalid("trust.certificate", number=number) from error
    if (jwk.get("x"), jwk.get("y")) != point:
        raise TrustInvalid("trust.certificate", number=number)
    return TrustedCertificate(certificate, name, revoked_at)
