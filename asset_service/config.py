"""The service's settings: read once from the environment, checked at the start, never changed afterwards."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOG_LEVELS = ("debug", "info", "warning", "error")
SMTP_TLS = ("starttls", "tls", "none")


class SettingsInvalid(ValueError):  # noqa: N818 - beside ReportInvalid and SignatureInvalid
    """A setting cannot be used. The message names the environment variable and says what it takes."""


def _about(variable: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "meaning": meaning}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, with the environment variable that sets it and its meaning (see :func:`described`)."""

    database_url: str = field(
        default="",
        metadata=_about(
            "DATABASE_URL", "Database; empty: SQLite in HERSTART_DATA. PostgreSQL: postgresql+psycopg://user@host/name"
        ),
    )
    redis_url: str = field(
        default="",
        metadata=_about(
            "REDIS_URL",
            "Redis or Valkey for background jobs and rate limits; empty: jobs are done by the service itself",
        ),
    )
    data_directory: Path = field(
        default=Path("instance"), metadata=_about("HERSTART_DATA", "Directory for keys, documents and the SQLite file")
    )
    base_url: str = field(
        default="http://127.0.0.1:8000", metadata=_about("HERSTART_BASE_URL", "Where people reach the service")
    )
    secret_key: str = field(
        default="", metadata=_about("SECRET_KEY", "Key for session cookies, 32 characters or more; empty: made once")
    )
    trusted_proxies: int = field(
        default=0, metadata=_about("HERSTART_TRUSTED_PROXIES", "Number of reverse proxies in front of the service")
    )
    metrics_token: str = field(
        default="", metadata=_about("HERSTART_METRICS_TOKEN", "Token that opens /metrics from elsewhere than here")
    )
    seal_minutes: int = field(
        default=5,
        metadata=_about(
            "HERSTART_SEAL_MINUTES",
            "Minutes between two seals of the ledger; 60 and more are rounded to whole hours",
        ),
    )
    lease_seconds: int = field(
        default=120,
        metadata=_about(
            "HERSTART_LEASE_SECONDS", "Seconds after which another process takes up the job of one that was killed"
        ),
    )
    session_hours: int = field(
        default=12, metadata=_about("HERSTART_SESSION_HOURS", "Hours after which a user logs in again")
    )
    session_idle_minutes: int = field(
        default=120,
        metadata=_about("HERSTART_SESSION_IDLE_MINUTES", "Minutes without use after which a user logs in again"),
    )
    smtp_host: str = field(
        default="", metadata=_about("HERSTART_SMTP_HOST", "Mail server; empty: mail waits until there is one")
    )
    smtp_port: int = field(default=587, metadata=_about("HERSTART_SMTP_PORT", "Port of the mail server"))
    smtp_tls: str = field(
        default="starttls",
        metadata=_about(
            "HERSTART_SMTP_TLS", "Encryption towards the mail server: starttls, tls (from the start) or none"
        ),
    )
    smtp_user: str = field(
        default="", metadata=_about("HERSTART_SMTP_USER", "Name at the mail server; empty: without logging in")
    )
    smtp_password: str = field(
        default="", repr=False, metadata=_about("HERSTART_SMTP_PASSWORD", "Password at the mail server")
    )
    smtp_from: str = field(
        default="", metadata=_about("HERSTART_SMTP_FROM", "Address that mail comes from; needed with a mail server")
    )
    log_level: str = field(default="info", metadata=_about("HERSTART_LOG_LEVEL", "debug, info, warning or error"))
    rate_limits: bool = field(
        default=True,
        metadata=_about("HERSTART_RATE_LIMITS", "Limits on login, enrolment, reports and checks: yes or no"),
    )

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that ``environ`` gives; an empty or absent variable keeps the default.

        Raises :class:`SettingsInvalid` with the variable's name for a value that cannot be used.
        """
        given: dict[str, Any] = {}
        for one in fields(cls):
            text = environ.get(one.metadata["variable"], "").strip()
            if text:
                given[one.name] = _read(text, one.metadata["variable"], type(one.default))
        return cls(**given)

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL for SQLAlchemy."""
        return self.database_url or f"sqlite:///{self.data_directory.absolute() / 'herstart.sqlite3'}"

    @property
    def https(self) -> bool:
        """Do people reach the service over TLS?"""
        return self.base_url.startswith("https://")


def described() -> list[tuple[str, str, str]]:
    """(variable, meaning, default) of every setting, in order: the README's table is made from it."""
    return [(one.metadata["variable"], one.metadata["meaning"], _shown(one.default)) for one in fields(Settings)]


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default)


def _read(text: str, variable: str, kind: type) -> object:
    if issubclass(kind, bool):
        if text.lower() not in {"yes", "no"}:
            raise SettingsInvalid(f"{variable} must be yes or no, not {text!r}")
        return text.lower() == "yes"
    if issubclass(kind, int):
        if not text.isascii() or not text.isdigit():
            raise SettingsInvalid(f"{variable} must be a whole number, not {text!r}")
        return int(text)
    return Path(text) if issubclass(kind, Path) else text


def _check(settings: Settings) -> None:
    url = settings.database_url
    if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsInvalid("DATABASE_URL must begin with postgresql+psycopg:// or sqlite:///")
    if settings.redis_url and urlsplit(settings.redis_url).scheme not in {"redis", "rediss", "unix"}:
        raise SettingsInvalid("REDIS_URL must begin with redis://, rediss:// or unix://")
    base = urlsplit(settings.base_url)
    if base.scheme not in {"http", "https"} or not base.netloc or base.path or base.query:
        raise SettingsInvalid("HERSTART_BASE_URL must be http(s)://host[:port] without a path")
    if settings.secret_key and len(settings.secret_key) < 32:
        raise SettingsInvalid("SECRET_KEY must have 32 characters or more")
    if settings.metrics_token and len(settings.metrics_token) < 16:
        raise SettingsInvalid("HERSTART_METRICS_TOKEN must have 16 characters or more")
    if settings.log_level not in LOG_LEVELS:
        raise SettingsInvalid(f"HERSTART_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    if settings.trusted_proxies > 5:
        raise SettingsInvalid("HERSTART_TRUSTED_PROXIES must be 0 to 5")
    _check_durations(settings)
    _check_mail(settings)


def _check_durations(settings: Settings) -> None:
    if not 1 <= settings.seal_minutes <= 1440 or not 1 <= settings.session_hours <= 24 * 31:
        raise SettingsInvalid("HERSTART_SEAL_MINUTES must be 1 to 1440, HERSTART_SESSION_HOURS 1 to 744")
    if not 5 <= settings.lease_seconds <= 3600:
        raise SettingsInvalid("HERSTART_LEASE_SECONDS must be 5 to 3600")
    if not 10 <= settings.session_idle_minutes <= 60 * 24 * 31:
        raise SettingsInvalid("HERSTART_SESSION_IDLE_MINUTES must be 10 to 44640")


def is_mail_address(text: str) -> bool:
    """Is this one address in ASCII (RFC 5321), without a name? A line break in it would begin a header of its own."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        address = Address(addr_spec=text)
    except (ValueError, MessageError, IndexError):
        return False
    return bool(address.username and address.domain) and address.addr_spec == text


def _is_host(text: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(text)
        return True
    try:
        text.encode("idna")
    except UnicodeError:
        return False
    return text.isprintable() and set(text).isdisjoint(" :/@")


def _check_mail(settings: Settings) -> None:
    if settings.smtp_tls not in SMTP_TLS:
        raise SettingsInvalid(f"HERSTART_SMTP_TLS must be one of {', '.join(SMTP_TLS)}")
    if not 1 <= settings.smtp_port <= 65535:
        raise SettingsInvalid("HERSTART_SMTP_PORT must be 1 to 65535")
    if settings.smtp_host and not _is_host(settings.smtp_host):
        raise SettingsInvalid("HERSTART_SMTP_HOST must be the name or the address of a server, without a port")
    if (settings.smtp_host or settings.smtp_from) and not is_mail_address(settings.smtp_from):
        raise SettingsInvalid(
            "HERSTART_SMTP_FROM must be an e-mail address, and there must be one with HERSTART_SMTP_HOST"
        )
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        raise SettingsInvalid("HERSTART_SMTP_USER and HERSTART_SMTP_PASSWORD go together")
    if settings.smtp_user and settings.smtp_tls == "none":
        raise SettingsInvalid(
            "HERSTART_SMTP_TLS must not be none with HERSTART_SMTP_USER: the password would be readable"
        )
