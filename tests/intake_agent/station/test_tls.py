"""Certificates are verified against a real HTTPS server, also where the machine's clock is years behind."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from intake_agent.cli import main
from intake_agent.station import enrolment
from intake_agent.station.client import Client, ServiceUnreachableError
from intake_agent.station.tls import AGENT_MADE_AT, Trust, context

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """A certificate authority of its own, with an intermediate; makes a server's certificate for an address."""

    def __init__(self, *, begins: datetime = NOW - 4000 * DAY, middle_ends: datetime = NOW + 4000 * DAY) -> None:
        self.root_key, self.key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root, middle = named("Herstart test root"), named("Herstart test middle")
        ends = NOW + 8000 * DAY
        self.root = self._issued(root, self.root_key, root, self.root_key, valid=(begins, ends), host=None)
        self.middle = self._issued(middle, self.key, root, self.root_key, valid=(begins, middle_ends), host=None)
        self.pem = self.root.public_bytes(serialization.Encoding.PEM).decode()

    @staticmethod
    def _issued(
        subject: x509.Name,
        key: Any,
        issuer: x509.Name,
        signer: Any,
        *,
        valid: tuple[datetime, datetime],
        host: str | None,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), *valid)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if host is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer, hashes.SHA256())

    def server(self, folder: Path, valid: tuple[datetime, datetime], host: str = "127.0.0.1") -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._issued(named(host), key, self.middle.subject, self.key, valid=valid, host=host)
        chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, self.middle))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "server.pem").write_bytes(chain + private)
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(folder / "server.pem")
        return serving


USUAL = (NOW - 30 * DAY, NOW + 60 * DAY)
ISSUED_TOMORROW = (NOW + DAY, NOW + 60 * DAY)
"""As a machine sees every certificate when its clock is behind."""
Serve = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path, stand_in: Callable[[ssl.SSLContext], Any]) -> Iterator[Serve]:
    """``serve(authority, valid, host)``: a service over HTTPS."""
    running = []

    def start(authority: Authority, valid: tuple[datetime, datetime], host: str = "127.0.0.1") -> Any:
        running.append(stand_in(authority.server(tmp_path, valid, host)))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def ask(service: Any, trust: Trust) -> dict[str, Any]:
    client = Client(service.url, trust=trust, pause=lambda seconds: None)
    try:
        return client.keys()
    finally:
        client.close()


def test_a_service_of_the_authority_given_is_taken(serve: Serve) -> None:
    authority = Authority()
    service = serve(authority, USUAL)
    assert ask(service, Trust(authority.pem)) == service.trusted()


def test_the_authority_may_come_by_the_environment(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority()
    service = serve(authority, USUAL)
    (tmp_path / "ca.pem").write_text(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert ask(service, Trust()) == service.trusted()


@pytest.mark.parametrize("valid", [USUAL, ISSUED_TOMORROW])
@pytest.mark.parametrize("known", ["another authority", "public authorities"])
def test_a_service_of_an_unknown_authority_is_refused_whatever_the_clock_says(
    serve: Serve, valid: tuple[datetime, datetime], known: str, tmp_path: Path
) -> None:
    service = serve(Authority(), valid)
    trust = Trust(Authority().pem if known == "another authority" else None)
    with pytest.raises(ServiceUnreachableError, match="niet van een uitgever die dit station kent"):
        ask(service, trust)


@pytest.mark.parametrize("valid", [USUAL, ISSUED_TOMORROW])
def test_a_certificate_for_another_address_is_refused_whatever_the_clock_says(
    serve: Serve, valid: tuple[datetime, datetime]
) -> None:
    authority = Authority()
    with pytest.raises(ServiceUnreachableError, match="voor een ander adres"):
        ask(serve(authority, valid, "127.0.0.2"), Trust(authority.pem))


def test_an_expired_certificate_is_refused_and_the_machines_time_is_told(serve: Serve) -> None:
    authority = Authority()
    with pytest.raises(ServiceUnreachableError, match=f"Volgens dit toestel is het {NOW:%d/%m/%Y}") as caught:
        ask(serve(authority, (NOW - 60 * DAY, NOW - DAY)), Trust(authority.pem))
    assert "zet dan eerst de klok goed" in str(caught.value)


def test_a_machine_whose_clock_is_behind_still_reaches_the_service_and_learns_its_time(serve: Serve) -> None:
    authority = Authority()
    service = serve(authority, ISSUED_TOMORROW)
    client = Client(service.url, trust=Trust(authority.pem), pause=lambda seconds: None)
    assert client.keys() == service.trusted()
    assert client.service_time is not None
    assert abs(client.service_time - datetime.now(UTC)) < timedelta(minutes=5)
    client.close()


def behind(tmp_path: Path, authority: Authority, certain: datetime) -> Trust:
    """A station whose machine's clock is behind ``certain``, the newest time the service ever told."""
    (tmp_path / "known-time").write_text(certain.isoformat())
    return Trust(authority.pem, tmp_path / "known-time")


def test_a_certificate_that_expired_before_the_newest_time_known_is_refused_though_the_clock_calls_it_valid(
    serve: Serve, tmp_path: Path
) -> None:
    authority = Authority()
    service = serve(authority, USUAL)
    with pytest.raises(ServiceUnreachableError, match="nu niet geldig"):
        ask(service, behind(tmp_path, authority, NOW + 61 * DAY))
    assert ask(service, behind(tmp_path, authority, NOW + 59 * DAY)) == service.trusted()


def shake_hands(verifying: ssl.SSLContext, serving: ssl.SSLContext) -> None:
    """A whole handshake in memory, as through a proxy that itself speaks TLS."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    left = [
        verifying.wrap_bio(back, there, server_hostname="127.0.0.1"),
        serving.wrap_bio(there, back, server_side=True),
    ]
    while left:
        one = left.pop(0)
        try:
            one.do_handshake()
        except ssl.SSLWantReadError:
            left.append(one)


def test_through_a_proxy_the_newest_time_known_counts_too(tmp_path: Path) -> None:
    authority = Authority()
    serving = authority.server(tmp_path, USUAL)
    shake_hands(context(behind(tmp_path, authority, NOW + 59 * DAY), by_known_time=True), serving)
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        shake_hands(context(behind(tmp_path, authority, NOW + 61 * DAY), by_known_time=True), serving)


def test_an_expired_certificate_in_the_middle_of_the_chain_is_refused_too(serve: Serve, tmp_path: Path) -> None:
    authority = Authority(middle_ends=NOW + 20 * DAY)
    service = serve(authority, USUAL)
    assert ask(service, Trust(authority.pem)) == service.trusted()
    with pytest.raises(ServiceUnreachableError, match="nu niet geldig"):
        ask(service, behind(tmp_path, authority, NOW + 21 * DAY))


def test_a_chain_that_is_not_valid_at_any_one_moment_is_refused(serve: Serve) -> None:
    authority = Authority(middle_ends=NOW + 20 * DAY)
    with pytest.raises(ServiceUnreachableError, match="nu niet geldig"):
        ask(serve(authority, (NOW + 21 * DAY, NOW + 60 * DAY)), Trust(authority.pem))


def test_the_newest_time_the_service_told_is_kept_and_never_goes_back(serve: Serve, tmp_path: Path) -> None:
    authority, kept = Authority(), tmp_path / "known-time"
    trust = Trust(authority.pem, kept)
    service = serve(authority, USUAL)
    ask(service, trust)
    heard = trust.newest_time()
    assert heard >= AGENT_MADE_AT
    trust.store_time(heard + timedelta(days=2))
    trust.store_time(heard + timedelta(days=1))
    assert trust.newest_time() == heard + timedelta(days=2)


@pytest.mark.parametrize("content", [b"", b"\x00" * 25, b"\xff", b"gisteren", b"1999-01-01T00:00:00+00:00"])
def test_a_torn_time_leaves_the_agents_own_date(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "known-time").write_bytes(content)
    assert Trust(None, tmp_path / "known-time").newest_time() == AGENT_MADE_AT


def test_a_time_at_which_the_services_own_certificate_has_expired_is_not_believed(serve: Serve) -> None:
    authority = Authority()
    service = serve(authority, USUAL)
    service.http_date = "Sun, 22 Nov 2099 04:00:00 GMT"
    client = Client(service.url, trust=Trust(authority.pem), pause=lambda seconds: None)
    client.keys()
    assert client.service_time is None
    client.close()


def test_the_authority_given_at_enrolment_is_kept_for_every_later_report(serve: Serve, tmp_path: Path, capsys) -> None:
    authority, state = Authority(), tmp_path / "staat"
    service = serve(authority, USUAL)
    (tmp_path / "ca.pem").write_text(authority.pem)
    enrol = ["enrol", "--service", service.url, "--code", "GOED", "--name", "Bank 1", "--state", str(state)]
    assert main(enrol) == 1
    assert "intake-agent enrol --ca" in capsys.readouterr().err
    assert main([*enrol, "--ca", str(tmp_path / "ca.pem")]) == 0
    assert enrolment.load(state).authorities == authority.pem
    assert main(["send", "--state", str(state)]) == 0


def test_what_holds_no_certificate_is_no_authority(tmp_path: Path, capsys) -> None:
    (tmp_path / "ca.pem").write_text("geen certificaat")
    enrol = ["enrol", "--service", "https://localhost", "--code", "GOED", "--name", "Bank", "--state", str(tmp_path)]
    assert main([*enrol, "--ca", str(tmp_path / "ca.pem")]) == 2
    assert "bevat geen certificaten" in capsys.readouterr().err
