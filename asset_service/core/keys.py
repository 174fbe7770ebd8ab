"""The service's own keys: made once in the data directory, readable by the service only, loaded once per process."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from cryptography.fernet import Fernet
from flask import Flask, current_app

from asset_service.core import durable
from wipe_reports import pdf_signature, signing
from wipe_reports.flushing import flush_folder

EXTENSION = "herstart_keys"
Loaded = TypeVar("Loaded")


class Keys:
    """The keys in ``directory``; each is made when first asked for. Two processes that start at once agree on one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._loaded: dict[str, Any] = {}

    def _once(self, name: str, make: Callable[[], bytes], load: Callable[[bytes], Loaded]) -> Loaded:
        if name not in self._loaded:
            self._loaded[name] = load(_content_made_once(self._directory / name, make))
        loaded: Loaded = self._loaded[name]
        return loaded

    def session_secret(self) -> str:
        """The secret of the session cookies, 43 characters."""
        return self._once("session-secret", lambda: secrets.token_urlsafe(32).encode(), bytes.decode)

    def service(self) -> signing.Key:
        """The Ed25519 key that signs receipts and ledger heads."""
        return self._once("service-ed25519.pem", _new_service_key, signing.Key.import_key)

    def mail(self) -> Fernet:
        """The key under which mail waits to be sent."""
        return self._once("mail-key", Fernet.generate_key, Fernet)

    def attest(self) -> AttestKey:
        """The P-256 key and self-signed certificate that sign PDF files, the attests among them."""
        return self._once("attest-p256.pem", _new_attest_key, AttestKey)


class AttestKey:
    """The signer of PDF files; ``certificate_pem`` is what others trust."""

    def __init__(self, content: bytes) -> None:
        key_pem, separator, rest = content.partition(b"-----BEGIN CERTIFICATE-----")
        self.certificate_pem = separator + rest
        self.signer = pdf_signature.load_signer(key_pem, self.certificate_pem)


def _new_attest_key() -> bytes:
    # One file for both, so that key and certificate cannot come apart.
    return b"".join(pdf_signature.new_certificate("Herstart"))


def _new_service_key() -> bytes:
    return signing.generate_key().as_pem(private=True)


def _content_made_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of ``path``, made by ``make`` where there is none. A link appears whole or not at all: no race."""
    durable.make_folder(path.parent)
    if not path.exists():
        with durable.draft_in(path.parent) as draft:
            draft.file.write(make())
            draft.flush()
            _link_unless_there(draft.path, path)
    # Also where another process made it: what this key signs must not outlive the key.
    flush_folder(path.parent)
    return path.read_bytes()


def _link_unless_there(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first: its key is the key


def register(app: Flask, directory: Path) -> Keys:
    """Keep the keys of ``directory`` with the app."""
    keys = Keys(directory)
    app.extensions[EXTENSION] = keys
    return keys


def _keys() -> Keys:
    keys: Keys = current_app.extensions[EXTENSION]
    return keys


def service_key() -> signing.Key:
    """The service's Ed25519 key."""
    return _keys().service()


def mail_key() -> Fernet:
    """What encrypts mail that waits to be sent."""
    return _keys().mail()


def pdf_signer() -> pdf_signature.Signer:
    """What signs the attests and every other PDF."""
    return _keys().attest().signer


def attest_certificate_pem() -> bytes:
    """The certificate of :func:`pdf_signer`, as PEM."""
    return _keys().attest().certificate_pem
