"""The station: this stick's or bench's own key, the service it is enrolled at, and the folder that holds both.

The state folder holds ``station.key`` (PEM, mode 0600), ``station.json`` (what the service answered at enrolment, and
the certificate authorities given then), ``known-time`` (the newest time the service gave) and ``outbox/``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from intake_agent.durable import write_whole
from intake_agent.language import gettext
from intake_agent.probes.json_facts import at, objects, text
from intake_agent.station.tls import Trust
from intake_agent.system_errors import in_words
from wipe_reports import signing


class StationError(Exception):
    """The station cannot work like this. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class Station:
    """An enrolled station: where it reports, under which name, with which key, which keys it trusts, and its folder.

    ``authorities`` are the certificate authorities (PEM) that were given at enrolment in place of the public ones.
    """

    service: str
    name: str
    key: signing.Key
    trusted: dict[str, Any]
    state: Path | None = None
    authorities: str | None = None

    @property
    def trust(self) -> Trust:
        """By what the service's certificates are verified."""
        return Trust(self.authorities, time_file(self.state) if self.state is not None else None)

    def service_keys(self) -> dict[str, signing.Key]:
        """The service's own signing keys by key id, for checking its receipts."""
        return {
            signing.key_id(key): key
            for jwk in objects(self.trusted, "keys")
            if text(jwk, "herstart_role") == "service" and text(jwk, "revoked_at") is None
            for key in [signing.key_from_jwk(jwk)]
        }


def time_file(state: Path) -> Path:
    """Where the newest time that the service gave is stored."""
    return state / "known-time"


def checked_service(address: str) -> str:
    """The service's address without a last slash. Plain HTTP to this machine only, else :class:`StationError`."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise StationError(
            gettext(
                "{address} is geen webadres. Geef het volledig, bijvoorbeeld https://herstart.example", address=address
            )
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise StationError(
            gettext("De verbinding met de dienst moet versleuteld zijn: gebruik een adres dat begint met https://")
        )
    return address.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def key_for_enrolment(state: Path) -> signing.Key:
    """The station's key, made now where there is none: enrolling again after a lost answer uses the same key."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        path = state / "station.key"
        if not path.exists():
            signing.save_private_key(path, signing.generate_key())
        return signing.load_private_key(path)
    except OSError as error:
        raise StationError(
            gettext("De map {state} kan niet gebruikt worden: {reason}.", state=state, reason=in_words(error))
        ) from error
    except signing.SignatureInvalid as error:
        raise StationError(gettext("De sleutel in {state} is beschadigd: {error}", state=state, error=error)) from error


def save(state: Path, service: str, answer: dict[str, Any], key: signing.Key, authorities: str | None = None) -> None:
    """Keep what the service answered at enrolment, written whole or not at all.

    Raises :class:`StationError`, with what was kept before untouched, where the answer lacks a name, a key of the
    service, or is not about ``key``: reports could not be acknowledged by it.
    """
    enrolled = Station(service, text(answer, "station", "name") or "", key, at(answer, "keys") or {})
    try:
        usable = bool(enrolled.name and enrolled.service_keys())
    except signing.SignatureInvalid:
        usable = False
    if not usable or text(answer, "station", "key_id") != signing.key_id(key):
        raise StationError(
            gettext(
                "Het antwoord van {service} is geen inschrijving van dit station. Er is niets veranderd. "
                "Klopt het adres?",
                service=service,
            )
        )
    content = json.dumps({**answer, "service": service, "authorities": authorities}, ensure_ascii=False, indent=1)
    write_whole(state / "station.json", content.encode() + b"\n")


def load(state: Path) -> Station:
    """The enrolled station. Raises :class:`StationError` where there is none, or its files cannot be used."""
    try:
        stored = json.loads((state / "station.json").read_text(encoding="utf-8"))
        key = signing.load_private_key(state / "station.key")
    except FileNotFoundError as error:
        raise StationError(
            gettext(
                "Dit station is nog niet ingeschreven. Vraag een code en doe: intake-agent enrol "
                "--service ADRES --code CODE --name NAAM"
            )
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise StationError(
            gettext("De gegevens van dit station in {state} zijn onleesbaar: {error}", state=state, error=error)
        ) from error
    service, name = text(stored, "service"), text(stored, "station", "name")
    if service is None or name is None:
        raise StationError(
            gettext("De gegevens van dit station in {state} zijn onvolledig. Schrijf het opnieuw in.", state=state)
        )
    authorities = at(stored, "authorities")
    return Station(
        checked_service(service),
        name,
        key,
        at(stored, "keys") or {},
        state,
        authorities if isinstance(authorities, str) else None,
    )
