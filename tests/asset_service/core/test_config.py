"""Settings from the environment: read once, refused clearly."""

from __future__ import annotations

from pathlib import Path

import pytest

from asset_service.config import Settings, SettingsInvalid, described


def test_an_empty_environment_gives_one_workshop_on_sqlite():
    settings = Settings.from_environment({})
    assert settings.sqlalchemy_url == f"sqlite:///{Path('instance').absolute()}/herstart.sqlite3"
    assert not settings.https


def test_every_setting_comes_from_its_variable():
    environ = {
        "DATABASE_URL": "postgresql+psycopg://herstart@db/herstart",
        "REDIS_URL": "redis://cache:6379/0",
        "HERSTART_DATA": "/srv/herstart",
        "HERSTART_BASE_URL": "https://herstart.example",
        "SECRET_KEY": "k" * 32,
        "HERSTART_TRUSTED_PROXIES": "1",
        "HERSTART_METRICS_TOKEN": "m" * 16,
        "HERSTART_SEAL_MINUTES": "15",
        "HERSTART_SESSION_HOURS": "8",
        "HERSTART_LOG_LEVEL": "error",
        "HERSTART_RATE_LIMITS": "no",
    }
    assert {variable for variable, _, _ in described()} >= set(environ)
    settings = Settings.from_environment(environ)
    assert settings.https
    assert (settings.data_directory, settings.trusted_proxies) == (Path("/srv/herstart"), 1)
    assert (settings.seal_minutes, settings.session_hours, settings.rate_limits) == (15, 8, False)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/herstart"),
        ("DATABASE_URL", "postgresql://localhost/herstart"),
        ("REDIS_URL", "http://localhost"),
        ("HERSTART_BASE_URL", "herstart.example"),
        ("HERSTART_BASE_URL", "https://herstart.example/path"),
        ("SECRET_KEY", "short"),
        ("HERSTART_METRICS_TOKEN", "short"),
        ("HERSTART_TRUSTED_PROXIES", "9"),
        ("HERSTART_SEAL_MINUTES", "0"),
        ("HERSTART_SEAL_MINUTES", "five"),
        ("HERSTART_LEASE_SECONDS", "1"),
        ("HERSTART_SESSION_HOURS", "100000"),
        ("HERSTART_SMTP_FROM", "Herstart"),
        ("HERSTART_SMTP_FROM", "Herstart <herstart@voorbeeld.be>"),
        ("HERSTART_SMTP_FROM", "één@voorbeeld.be"),
        ("HERSTART_SMTP_PORT", "0"),
        ("HERSTART_SMTP_TLS", "perhaps"),
        ("HERSTART_SMTP_USER", "herstart"),
        ("HERSTART_LOG_LEVEL", "loud"),
        ("HERSTART_RATE_LIMITS", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_variable(variable, value):
    with pytest.raises(SettingsInvalid, match=variable):
        Settings.from_environment({variable: value})


@pytest.mark.parametrize("host", ["mail.voorbeeld.be:587", "mail..be", "een mail.be"])
def test_a_mail_server_that_cannot_be_looked_up_is_refused(host):
    environ = {"HERSTART_SMTP_HOST": host, "HERSTART_SMTP_FROM": "herstart@voorbeeld.be"}
    with pytest.raises(SettingsInvalid, match="HERSTART_SMTP_HOST must be the name"):
        Settings.from_environment(environ)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "mail", "mail.voorbeeld.be", "één.be"])
def test_a_mail_server_has_a_name_or_an_address(host):
    environ = {"HERSTART_SMTP_HOST": host, "HERSTART_SMTP_FROM": "herstart@voorbeeld.be"}
    assert Settings.from_environment(environ).smtp_host == host
