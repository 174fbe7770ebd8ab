"""``make demo``: the service, a station and the agent on this machine, for real; only a scratch disk is wiped.

Everything it makes lies in ``.demo/`` and begins anew at each start. The service listens on loopback only.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask_migrate import upgrade

from asset_service.accounts import operations
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import PartnerKind, Role
from asset_service.accounts.queries import access_of_user
from asset_service.app import create_app
from asset_service.config import Settings
from asset_service.core.db import transaction
from asset_service.core.keys import Keys
from asset_service.intake.example import example_stock
from asset_service.serve import listening_socket
from wipe_reports import signing

PROGRAMS = Path(sys.executable).parent
EMAIL = "demo@voorbeeld.be"
SERVICE_START_SECONDS = 60
PREFERRED_PORT = 8000


class DemoError(RuntimeError):
    """Something that the demo does for real did not succeed; the message says what."""


@dataclass(frozen=True)
class Prepared:
    """What the first set-up of the service gave: how to log in, how to enrol, how to fetch an attest."""

    password: str
    enrolment_code: str
    token: str


def open_listener() -> socket.socket:
    """A socket that listens on the preferred port of loopback, or on any other: from here on nobody else can."""
    for wanted in (PREFERRED_PORT, 0):
        try:
            return listening_socket("127.0.0.1", wanted)
        except OSError:
            continue
    raise DemoError("no port of 127.0.0.1 is free")


def stay_on_this_machine() -> None:
    """Let neither this program nor those it runs ask a proxy for our own service: it would see code and password."""
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = "127.0.0.1"


def prepare(settings: Settings) -> Prepared:
    """An embedded database with a project, a partner, a technician, an enrolment code and a small example stock."""
    password = secrets.token_urlsafe(12)
    with create_app(settings).app_context():
        upgrade()
        with transaction():
            project = operations.create_project(
                SYSTEM,
                name="Digibank Voorbeeld",
                call="Oproep Digibanken 2025–2026",
                period_start=date(2025, 1, 1),
                period_end=date(2026, 7, 31),
            )
            partner = operations.create_partner(
                SYSTEM, name="Kringwinkel Voorbeeld", enterprise_number="0123456749", address="Werkstraat 1, 9000 Gent"
            )
            operations.add_partner(SYSTEM, project.id, partner.id, kind=PartnerKind.PROMOTOR, since=date(2025, 1, 1))
            site = operations.create_site(SYSTEM, partner.id, name="Werkplaats Gent")
            user = operations.create_user(SYSTEM, email=EMAIL, name="Demo", password=password)
            for role in (Role.TECHNICIAN, Role.STOCK_MANAGER, Role.PARTNER_ADMIN):
                operations.grant_role(SYSTEM, user.id, role, partner_id=partner.id)
            _, code = operations.create_enrolment_code(SYSTEM, partner.id, site.id, valid_for=timedelta(hours=1))
            user_id, partner_id, site_id = user.id, partner.id, site.id
        with transaction():
            _, token = operations.create_token(access_of_user(user_id), name="make demo", valid_for=timedelta(hours=1))
        example_stock(partner_id, site_id)
    return Prepared(password, code, token)


@contextmanager
def serving(settings: Settings, listener: socket.socket, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The service in a process of its own, on the open socket that it is handed; stopped at the end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HERSTART_")}
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        environment.pop(name, None)
    environment |= {"HERSTART_DATA": str(settings.data_directory), "HERSTART_BASE_URL": settings.base_url}
    command = [str(PROGRAMS / "asset-service"), "serve", "--listen-fd", str(listener.fileno())]
    with log.open("wb") as output, listener:
        handed = [listener.fileno()]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, pass_fds=handed)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_until_ready(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once ``/readyz`` says yes; raise with the service's own words when it stops or takes too long."""
    deadline = time.monotonic() + SERVICE_START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base_url}/readyz", timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.1)
    last_words = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
    raise DemoError(f"the service did not start; the end of {log}:\n{last_words}")


def check_who_answers(base_url: str, settings: Settings) -> None:
    """Nobody but our own service gets the enrolment code: it publishes the key that lies in its data directory."""
    own = signing.key_id(Keys(settings.data_directory / "keys").service())
    with urllib.request.urlopen(f"{base_url}/api/v1/keys", timeout=60) as answer:  # noqa: S310 - loopback
        published = json.load(answer)
    if own not in {key.get("kid") for key in published.get("keys", [])}:
        raise DemoError(f"another service answers at {base_url}; this machine was not enrolled there")


def run_program(name: str, *arguments: str) -> str:
    """Run one of our programs to its end; its standard output, or an error with its own words."""
    done = subprocess.run([str(PROGRAMS / name), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DemoError(f"{name} {arguments[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def take_in_this_machine(base_url: str, state: Path, code: str) -> dict[str, object]:
    """Enrol this machine as a station, inspect it, wipe a scratch disk, sign, send: the agent's own last line."""
    run_program("intake-agent", "enrol", "--state", str(state), "--service", base_url, "--code", code, "--name", "Demo")
    output = run_program("intake-agent", "run", "--state", str(state), "--test", "--operator", "Demo", "--json")
    *story, last = output.strip().splitlines()
    print("\n".join(f"  {line}" for line in story))
    answer: dict[str, object] = json.loads(last)
    return answer


def fetch(url: str, token: str, into: Path, method: str = "GET") -> Path:
    """Download ``url`` with an API token."""
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, headers=headers, method=method)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            into.write_bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise DemoError(f"{url} answered {error.code}: {error.read().decode(errors='replace')}") from error
    return into


def show(base_url: str, folder: Path, prepared: Prepared) -> None:
    """Run the agent, fetch its attest, verify it offline, and print where everything is."""
    print("De agent bekijkt dit toestel en wist een proefschijf:\n")
    answer = take_in_this_machine(base_url, folder / "station", prepared.enrolment_code)
    device, attests = answer["device"], answer["attests"]
    if not isinstance(device, dict) or not isinstance(attests, list) or not attests:
        raise DemoError(f"the service gave no device or no attest: {answer}")
    # An attest is issued when somebody asks for it; reading issues none.
    attest = fetch(attests[0]["pdf_url"], prepared.token, folder / "wis-attest.pdf", "POST")
    keys = fetch(f"{base_url}/api/v1/keys", prepared.token, folder / "keys.json")
    print("\nHet attest, nagezien zonder net:\n")
    print(run_program("wipe-report", "verify", str(attest), "--trusted-keys", str(keys)))
    print(f"Toestel   {device['url']}")
    print(f"Attest    {attest.resolve().as_uri()}  (een oefening: er staat TEST op)")
    print(f"Controle  {attests[0]['check_url']}")
    print(f"Aanmelden {base_url}/login  met  {EMAIL}  en  {prepared.password}")


def keep_serving(process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody presses Ctrl-C; a service that stops by itself is an error."""
    print("\nDe dienst draait. Stop met Ctrl-C.", flush=True)
    process.wait()
    raise DemoError("the service stopped by itself")


def main() -> int:
    parser = argparse.ArgumentParser(description="Toon Herstart op dit toestel, met een proefschijf.")
    parser.add_argument(
        "--once", action="store_true", help="stop als alles getoond is, in plaats van te blijven draaien"
    )
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="werkmap, telkens leeggemaakt")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if folder.exists() and not (folder / "made-by-demo").exists() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty and was not made by this demo")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "made-by-demo").touch()
    stay_on_this_machine()
    listener = open_listener()
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(data_directory=folder / "service", base_url=base_url, log_level="warning")
    try:
        # The service starts while its database is made; it is asked nothing before it says that it is ready.
        with serving(settings, listener, folder / "service.log") as process:
            prepared = prepare(settings)
            wait_until_ready(base_url, process, folder / "service.log")
            check_who_answers(base_url, settings)
            show(base_url, folder, prepared)
            if not arguments.once:
                keep_serving(process)
    except KeyboardInterrupt:
        return 0
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # Ended like Ctrl-C, so that the service is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
