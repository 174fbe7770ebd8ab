"""Whom the agent may talk to: certificates are always verified, also on a machine whose clock is years behind.

A donated machine's dead battery says 2009, and every certificate of today is then "not yet valid". The time may not be
asked of just anybody, and an expired certificate may never pass because a clock is wrong. So where the machine's clock
is behind the newest time that is certain, everything of the certificates is verified as always except that the clock
has no say: none of the chain may have expired at the newest time that is certain. That is the latest of: when this
agent was made, the newest time the service gave this station, and the day from which the chain itself is valid (who
signs a certificate does not date it in the future). The connection so made gives the service's time to
:mod:`intake_agent.station.clock`; the machine's own clock is left alone.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from intake_agent import durable
from intake_agent.language import gettext
from intake_agent.station.clock import moment

AGENT_MADE_AT = datetime(2026, 11, 22, tzinfo=UTC)
"""No clock that is right is before this. Move it with each release."""
EXPIRED, NOT_YET_VALID = 10, 9
"""OpenSSL's verification results X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID."""

_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python's ssl has no name for
_KEPT_EVERY = timedelta(hours=1)


class AuthoritiesError(Exception):
    """A file of certificate authorities that cannot be used. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A station's own ground for trust: certificate authorities (PEM) in place of the public ones, and known time."""

    authorities: str | None = None
    time_file: Path | None = None

    def newest_time(self) -> datetime:
        """The latest time that is certainly past."""
        try:
            stored = moment(self.time_file.read_text(encoding="ascii").strip()) if self.time_file else None
        except (OSError, UnicodeDecodeError):
            stored = None  # none given yet, or torn by a power cut: the agent's own date stays certain
        return max(AGENT_MADE_AT, stored or AGENT_MADE_AT)

    def store_time(self, service_time: datetime) -> None:
        """Store a time that the service gave over a verified connection. Raises OSError where it cannot be written."""
        if self.time_file is not None and service_time >= self.newest_time() + _KEPT_EVERY:
            durable.write_over(self.time_file, service_time.isoformat().encode("ascii"))


def context(trust: Trust, *, by_known_time: bool) -> ssl.SSLContext:
    """Verifies the service's certificates; ``by_known_time`` for a machine whose clock is behind what is certain."""
    import httpx  # noqa: PLC0415 - what works without the network need not wait for it

    if trust.authorities is None:
        verifying = httpx.create_ssl_context()
    else:
        verifying = ssl.create_default_context(cadata=trust.authorities)
    if by_known_time:
        verifying.verify_flags |= _NO_CHECK_TIME
        _check_known_time(verifying, trust.newest_time())
    return verifying


def _check_known_time(verifying: ssl.SSLContext, certain: datetime) -> None:
    """After each handshake of ``verifying``, on a socket or (through a proxy) in memory, look at the dates."""

    class KnownTimeSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            _refuse_expired(_chain(self), certain)

    class KnownTimeObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            _refuse_expired(_chain(self), certain)

    verifying.sslsocket_class = KnownTimeSocket
    verifying.sslobject_class = KnownTimeObject


def _chain(connection: ssl.SSLSocket | ssl.SSLObject) -> list[x509.Certificate]:
    """The certificates OpenSSL verified; Python before 3.13 has them only on the object below the connection."""
    public = getattr(connection, "get_verified_chain", None)
    if public is not None:
        return [x509.load_der_x509_certificate(der) for der in public()]
    inner: Any = connection._sslobj  # type: ignore[union-attr]
    return [x509.load_pem_x509_certificate(one.public_bytes().encode("ascii")) for one in inner.get_verified_chain()]


def _refuse_expired(chain: list[x509.Certificate], certain: datetime) -> None:
    newest = max([certain, *(one.not_valid_before_utc for one in chain)])
    if not chain or any(one.not_valid_after_utc < newest for one in chain):
        error = ssl.SSLCertVerificationError(1, "certificate has expired")
        error.verify_code = EXPIRED
        raise error


def read_authorities(path: Path) -> str:
    """The certificates (PEM) of a file. Raises :class:`AuthoritiesError` for any other content, and OSError."""
    try:
        content = path.read_text(encoding="ascii")
        ssl.create_default_context(cadata=content)
    except (ssl.SSLError, ValueError) as error:
        raise AuthoritiesError(gettext("{path} bevat geen certificaten (PEM) van een uitgever.", path=path)) from error
    return content


def certificate_trouble(error: ssl.SSLCertVerificationError, machine_time: datetime) -> str:
    """Why a certificate was not taken, without a full stop."""
    code = getattr(error, "verify_code", None)
    if code in {EXPIRED, NOT_YET_VALID}:
        return gettext(
            "het certificaat van de dienst is nu niet geldig. Volgens dit toestel is het "
            "{machine_time:%d/%m/%Y %H:%M} UTC: klopt dat niet, zet dan eerst de klok goed (in de "
            "BIOS, of met: date --set); klopt het wel, verwittig dan uw beheerder",
            machine_time=machine_time,
        )
    if code in {62, 63, 64}:
        return gettext("het certificaat van de dienst is voor een ander adres; kijk het adres na")
    if code in {18, 19, 20, 21}:
        return gettext(
            "het certificaat van de dienst is niet van een uitgever die dit station kent; kijk het "
            "adres na, of geef een eigen uitgever met: intake-agent enrol --ca BESTAND"
        )
    return gettext("het certificaat van de dienst klopt niet; kijk het adres en de datum na")
