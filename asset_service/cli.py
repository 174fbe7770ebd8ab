"""``asset-service …``: run the service, set it up, look after its ledger."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import orjson
from flask import Flask
from flask_migrate import upgrade
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from asset_service import serve as server
from asset_service.accounts import numbers, operations, passwords, queries
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import PartnerKind, Role
from asset_service.accounts.trusted_keys import key_set
from asset_service.config import Settings, SettingsInvalid
from asset_service.core import days, durable, jobs
from asset_service.core.db import transaction
from asset_service.core.errors import DomainError, NotFound
from asset_service.core.i18n import LANGUAGES
from asset_service.frame.rooms import rooms
from asset_service.intake.example import example_stock
from asset_service.ledger.jobs import seal_everything
from asset_service.ledger.queries import latest_seal
from asset_service.ledger.verify import verify
from wipe_reports.words import HOUSE_LANGUAGE

Command = Callable[..., Any]
DATE = click.DateTime(["%Y-%m-%d"])


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except SettingsInvalid as error:
        raise click.ClickException(str(error)) from error


def _app() -> Flask:
    from asset_service.app import create_app  # noqa: PLC0415 - `serve` names the metrics' directory first

    return create_app(_settings())


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        summary = str(error.detail or error.title)
        more = [f"{one.field}: {one.message}" for one in error.errors if str(one.message) != summary]
        raise click.ClickException("\n".join(dict.fromkeys([summary, *more]))) from error
    except DBAPIError as error:
        # The driver's own words: SQLAlchemy's would add the statement.
        advice = "Is ze bereikbaar, en bijgewerkt met: asset-service migrate?"
        raise click.ClickException(f"De databank antwoordt niet zoals verwacht: {error.orig}\n{advice}") from error
    except RedisError as error:
        raise click.ClickException(f"Redis is niet bereikbaar: {error}") from error


def _within_app(command: Command) -> Command:
    """Run the command within the app; a refusal is shown in words and ends with status 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        with _app().app_context(), _refusals_in_words():
            return command(*args, **kwargs)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Herstart volgt elk toestel van schenking tot afgifte."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adres waarop geluisterd wordt.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Poort.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processen; anders 2, met PostgreSQL 2 per kern.")
@click.option("--listen-fd", type=click.IntRange(3), help="Nummer van een open socket die al luistert op die poort.")
def serve(host: str, port: int, workers: int | None, listen_fd: int | None) -> None:
    """Start de dienst."""
    settings = _settings()
    on_postgresql = settings.database_url.startswith("postgresql")
    count = workers or (2 * (os.cpu_count() or 1) if on_postgresql else 2)
    listener = _listener(host, port, listen_fd)
    click.echo(f"Herstart luistert op http://{_address(listener)} met {count} processen.")
    server.serve(listener, count, background=not settings.redis_url)


def _listener(host: str, port: int, listen_fd: int | None) -> socket.socket:
    try:
        return server.listening_socket(host, port) if listen_fd is None else socket.socket(fileno=listen_fd)
    except OSError as error:
        where = f"{host}:{port}" if listen_fd is None else f"socket {listen_fd}"
        raise click.ClickException(f"Op {where} kan niet geluisterd worden: {error.strerror}.") from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if listener.family == socket.AF_INET6 else f"{host}:{port}"


@main.command()
@_within_app
def migrate() -> None:
    """Breng de databank naar de laatste versie."""
    upgrade()
    click.echo("De databank is bij.")


@main.command()
@click.option("--burst", is_flag=True, help="Stop zodra er geen werk meer is.")
def worker(burst: bool) -> None:
    """Doe het werk op de achtergrond (met REDIS_URL); verzegelt ook het grootboek."""
    settings = _settings()
    if not settings.redis_url:
        raise click.ClickException("Een worker heeft REDIS_URL nodig. Zonder Redis doet `serve` het werk zelf.")
    app = _app()
    with app.app_context(), _refusals_in_words():
        scheduled = rooms().schedule(settings)
        connection = jobs.redis_connection()
        if connection is not None:
            connection.ping()
    with _refusals_in_words():
        jobs.work(app, scheduled, burst=burst)


@main.command()
def background() -> None:
    """Doe het werk op de achtergrond, zonder Redis; `serve` start dit zelf, en het eindigt ermee."""
    settings = _settings()
    if settings.redis_url:
        raise click.ClickException("Met REDIS_URL doet `worker` het werk op de achtergrond.")
    app = _app()
    with app.app_context():
        scheduled = rooms().schedule(settings)
    jobs.work_without_redis(app, scheduled)


@main.command("create-project")
@click.option("--name", required=True, help="Naam van het project.")
@click.option("--call", required=True, help="De oproep die het betaalt.")
@click.option("--from", "start", required=True, type=DATE, help="Eerste dag (JJJJ-MM-DD).")
@click.option("--until", "end", required=True, type=DATE, help="Laatste dag (JJJJ-MM-DD).")
@_within_app
def create_project(name: str, call: str, start: datetime, end: datetime) -> None:
    """Maak een project."""
    with transaction():
        period = {"period_start": start.date(), "period_end": end.date()}
        project = operations.create_project(SYSTEM, name=name, call=call, **period)
        click.echo(str(project.id))


@main.command("create-partner")
@click.option("--name", required=True, help="Naam van de organisatie.")
@click.option("--enterprise-number", required=True, help="Ondernemingsnummer.")
@click.option("--address", help="Adres.")
@click.option("--site", required=True, help="Naam van de eerste plaats: een werkplaats of balie.")
@click.option("--project", type=click.UUID, help="Het project waarvan de partner lid wordt.")
@click.option("--kind", type=click.Choice(["promotor", "member"]), default="member", show_default=True)
@_within_app
def create_partner(
    *, name: str, enterprise_number: str, address: str | None, site: str, project: UUID | None, kind: str
) -> None:
    """Maak een partner met een eerste plaats."""
    with transaction():
        partner = operations.create_partner(SYSTEM, name=name, enterprise_number=enterprise_number, address=address)
        place = operations.create_site(SYSTEM, partner.id, name=site)
        if project is not None:
            operations.add_partner(SYSTEM, project, partner.id, kind=PartnerKind(kind), since=days.today())
        click.echo(f"partner {partner.id}\nsite {place.id}")


@main.command("join-project")
@click.option("--project", required=True, type=click.UUID, help="Het project.")
@click.option("--partner", required=True, help="Ondernemingsnummer van de partner.")
@click.option("--kind", type=click.Choice(["promotor", "member"]), default="member", show_default=True)
@click.option("--from", "since", required=True, type=DATE, help="Eerste dag (JJJJ-MM-DD).")
@click.option("--until", type=DATE, help="Laatste dag (JJJJ-MM-DD), als die al bekend is.")
@_within_app
def join_project(*, project: UUID, partner: str, kind: str, since: datetime, until: datetime | None) -> None:
    """Laat een partner meedoen aan een project."""
    last_day = until.date() if until else None
    with transaction():
        partner_id = _partner_id(partner)
        joined = operations.add_partner(
            SYSTEM, project, partner_id, kind=PartnerKind(kind), since=since.date(), until=last_day
        )
        click.echo(str(joined.id))


@main.command("leave-project")
@click.option("--project", required=True, type=click.UUID, help="Het project.")
@click.option("--partner", required=True, help="Ondernemingsnummer van de partner.")
@click.option("--until", required=True, type=DATE, help="Laatste dag (JJJJ-MM-DD).")
@_within_app
def leave_project(*, project: UUID, partner: str, until: datetime) -> None:
    """Laat een partner uit een project stappen; wat hij tot dan invoerde, telt nog mee in de totalen."""
    with transaction():
        ended = queries.membership(project, _partner_id(partner))
        operations.end_membership(SYSTEM, ended.id, until=until.date())


def _with_role(command: Command) -> Command:
    """Give the command a role, and where it holds: as ``role`` and ``where``, as the operations take them."""

    @click.option("--role", required=True, help="admin, partner_admin, technician, stock_manager, desk of reporter.")
    @click.option("--partner", help="Ondernemingsnummer van de partner; niet voor admin.")
    @click.option("--site", help="Naam van een plaats van de partner: de rol geldt alleen daar.")
    @click.option(
        "--project", type=click.UUID, help="In plaats van een partner: het project waarvan een reporter totalen ziet."
    )
    @wraps(command)
    def run(*, role: str, partner: str | None, site: str | None, project: UUID | None, **others: Any) -> Any:
        if role not in set(Role):
            raise click.BadParameter(f"kies uit {', '.join(Role)}", param_hint="--role")
        if site and not partner:
            raise click.BadParameter("kies ook de partner", param_hint="--site")
        partner_id = _partner_id(partner) if partner else None
        site_id = queries.site_by_name(partner_id, site).id if partner_id and site else None
        where = {"partner_id": partner_id, "site_id": site_id, "project_id": project}
        return command(role=Role(role), where=where, **others)

    return run


@main.command("create-user")
@click.option("--email", required=True, help="E-mailadres, ook de naam om aan te melden.")
@click.option("--name", required=True, help="Naam.")
@click.option("--language", default=HOUSE_LANGUAGE, show_default=True, type=click.Choice(LANGUAGES))
@click.password_option(envvar="HERSTART_NEW_PASSWORD", help="Wachtwoord; beter: laat het vragen.")
@_within_app
@_with_role
def create_user(
    *, email: str, name: str, role: Role, where: dict[str, UUID | None], language: str, password: str
) -> None:
    """Maak een gebruiker met een rol."""
    passwords.hash_ahead(password)
    with transaction():
        user = operations.create_user(SYSTEM, email=email, name=name, password=password, language=language)
        operations.grant_role(SYSTEM, user.id, role, **where)
        click.echo(str(user.id))


@main.command("grant-role")
@click.option("--email", required=True, help="E-mailadres van de gebruiker.")
@_within_app
@_with_role
def grant_role(*, email: str, role: Role, where: dict[str, UUID | None]) -> None:
    """Geef een gebruiker er een rol bij."""
    with transaction():
        operations.grant_role(SYSTEM, queries.user_by_email(email).id, role, **where)


@main.command("withdraw-role")
@click.option("--email", required=True, help="E-mailadres van de gebruiker.")
@_within_app
@_with_role
def withdraw_role(*, email: str, role: Role, where: dict[str, UUID | None]) -> None:
    """Neem een gebruiker een rol af. De laatste beheerder blijft."""
    with transaction():
        held = queries.held_grant(queries.user_by_email(email), role, **where)
        if held is None:
            raise NotFound("Deze gebruiker heeft daar die rol niet.")
        operations.withdraw_role(SYSTEM, held.id)


def _partner_id(number: str) -> UUID:
    found = queries.partner_by_enterprise_number(numbers.enterprise_number(number))
    if found is None:
        raise NotFound(f"Er is geen partner met ondernemingsnummer {number}.")
    return found.id


@main.command("create-code")
@click.option("--partner", required=True, help="Ondernemingsnummer van de partner.")
@click.option("--site", required=True, help="Naam van de plaats.")
@click.option("--uses", default=1, show_default=True, help="Hoeveel stations ermee aangemeld mogen worden.")
@click.option("--hours", default=24, show_default=True, help="Hoe lang de code geldt.")
@_within_app
def create_code(partner: str, site: str, uses: int, hours: int) -> None:
    """Maak een code waarmee een station zich aanmeldt."""
    with transaction():
        place = queries.site_by_name(_partner_id(partner), site)
        _, code = operations.create_enrolment_code(
            SYSTEM, place.partner_id, place.id, max_uses=uses, valid_for=timedelta(hours=hours)
        )
        click.echo(code)


@main.command("example-stock")
@click.option("--partner", required=True, help="Ondernemingsnummer van de partner.")
@click.option("--site", required=True, help="Naam van de plaats.")
@_within_app
def load_example_stock(partner: str, site: str) -> None:
    """Laad een kleine voorbeeldstock: echte verslagen over verzonnen toestellen, gemerkt als TEST."""
    place = queries.site_by_name(_partner_id(partner), site)
    codes = example_stock(place.partner_id, place.id)
    click.echo(f"{len(codes)} toestellen: {', '.join(codes)}")


@main.group()
def ledger() -> None:
    """Het grootboek: verzegelen, nazien, het laatste zegel."""


@ledger.command("seal")
@_within_app
def ledger_seal() -> None:
    """Verzegel alles wat nog niet verzegeld is."""
    click.echo(f"{seal_everything()} gebeurtenissen verzegeld.")


@ledger.command("verify")
@click.option("--head", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Een bewaard zegel (JWS).")
@_within_app
def ledger_verify(head: Path | None) -> None:
    """Zie na of er niets veranderd, verdwenen of bijgemaakt is. Eindigt met 1 als er iets niet klopt."""
    failed = 0
    for finding in verify(head.read_text() if head else None):
        click.echo(f"{finding.code}: {finding.words}")
        failed += 1
    if failed:
        sys.exit(1)
    click.echo("Het grootboek is gaaf.")


@ledger.command("head")
@_within_app
def ledger_head() -> None:
    """Toon het laatste zegel (JWS), om buitenshuis te bewaren."""
    sealed = latest_seal()
    if sealed is None:
        raise NotFound("Er is nog niets verzegeld.")
    click.echo(sealed.head_jws)


@main.group()
def keys() -> None:
    """De sleutels van de dienst en de stations."""


@keys.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_within_app
def keys_export(file: Path) -> None:
    """Schrijf de publieke sleutels (JWK Set) naar FILE, om attesten zonder net na te zien."""
    durable.write_over(file, orjson.dumps(key_set(), option=orjson.OPT_INDENT_2))
    click.echo(f"Geschreven naar {file}.")


if __name__ == "__main__":
    main()
