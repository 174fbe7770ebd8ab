"""A small mail server for tests (RFC 5321): it takes mail or refuses it, and speaks TLS by a CA of its own."""

from __future__ import annotations

import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """What it took, and how it answers. It listens on ``port`` of the loopback between ``start`` and ``stop``.

    ``replies`` hold an answer by a command's first four letters, or by ``.`` for that to the message itself.
    ``meanwhile`` is called with the same name before an answer is given. ``tls`` makes it offer STARTTLS; with
    ``tls_at_once`` it speaks TLS from the start. ``commands`` are those it heard, without what they say.
    """

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[str], None] = lambda _command: None
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    _server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> MailServer:
        """Listen."""
        mails = self

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            mail_server = mails

        self._server = Server(("127.0.0.1", self.port), _Conversation)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Conversation(socketserver.StreamRequestHandler):
    def setup(self) -> None:
        self.mails: MailServer = self.server.mail_server
        if self.mails.tls_at_once:
            self.request = self.mails.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        with suppress(OSError, ValueError):  # the other side left, or did not trust us
            self._talk()

    def _talk(self) -> None:
        self._answer("HELO", "220 mail.voorbeeld.be")
        while command := self.rfile.readline():
            verb = command[:4].decode().upper().strip()
            self.mails.commands.append(verb)
            if verb == "DATA":
                self._take_message()
            elif verb == "STAR":
                self._answer(verb, "220 go ahead")
                self.request = self.mails.tls.wrap_socket(self.request, server_side=True)
                super().setup()
            elif verb == "EHLO":
                self._answer(verb, f"250-mail.voorbeeld.be\r\n{self._offers()}250 8BITMIME")
            elif verb == "AUTH":
                self._answer(verb, "235 welcome")
            elif verb == "QUIT":
                return self._answer(verb, "221 bye")
            else:
                self._answer(verb, "250 OK")
        return None

    def _offers(self) -> str:
        encrypted = isinstance(self.request, ssl.SSLSocket)
        return "250-AUTH PLAIN\r\n" if encrypted else "250-STARTTLS\r\n" if self.mails.tls else ""

    def _take_message(self) -> None:
        if "DATA" in self.mails.replies:
            self._answer("DATA", "")
            return
        self._answer("DATA", "354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        content = b"".join(line.removeprefix(b".") for line in lines)
        if not self.mails.replies.get(".", "2").startswith(("4", "5")):
            self.mails.received.append(message_from_bytes(content, policy=policy.default))
        self._answer(".", "250 taken")

    def _answer(self, command: str, usual: str) -> None:
        self.mails.meanwhile(command)
        self.wfile.write(f"{self.mails.replies.get(command, usual)}\r\n".encode())


def certified(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A CA's certificate (PEM), and TLS for a server on 127.0.0.1 that this CA vouches for."""
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA of a test")])
    now = datetime.now(UTC)

    def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(name).issuer_name(ca_name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        return made.not_valid_after(now + timedelta(days=1)).add_extension(identifier, critical=False)

    ca = certificate(ca_name, ca_key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca_pem = folder / "ca.pem"
    ca_pem.write_bytes(_pem(ca.add_extension(usage, critical=True).sign(ca_key, hashes.SHA256())))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of a test")])
    server = certificate(name, server_key).add_extension(here, critical=False).sign(ca_key, hashes.SHA256())
    both = folder / "server.pem"
    key_pem = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(key_pem + _pem(server))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return ca_pem, context


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
