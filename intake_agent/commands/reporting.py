"""``send`` and ``enrol``: what passes between this station and the service."""

from __future__ import annotations

import argparse
import json
import sys

from intake_agent.commands.asking import Commands, add_state, refuse


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    send = commands.add_parser("send", help="verstuur alle verslagen die nog in de wachtmap liggen")
    add_state(send)
    send.add_argument("--json", action="store_true", help="één regel JSON per verslag")
    send.set_defaults(command=_send)
    enrol = commands.add_parser("enrol", help="schrijf dit station in bij de dienst")
    add_state(enrol)
    enrol.add_argument("--service", metavar="ADRES", required=True, help="webadres van de dienst (https)")
    enrol.add_argument("--code", required=True, help="de eenmalige code die de beheerder gaf")
    enrol.add_argument("--name", metavar="NAAM", required=True, help="naam van dit station")
    enrol.set_defaults(command=_enrol)


def _send(arguments: argparse.Namespace) -> int:
    from intake_agent.client import Client  # noqa: PLC0415
    from intake_agent.outbox import Outbox  # noqa: PLC0415
    from intake_agent.sending import send_waiting  # noqa: PLC0415
    from intake_agent.station import StationError, load, state_folder  # noqa: PLC0415

    state = state_folder(arguments.state)
    try:
        own = load(state)
    except StationError as error:
        return refuse(str(error))
    outbox, client = Outbox(state), Client(own.service)
    for sent in send_waiting(outbox, own, client):
        if arguments.json:
            print(json.dumps({"report_id": sent.report_id, "answer": sent.answer, "trouble": sent.trouble}))
        else:
            print(f"{sent.report_id}: {sent.trouble or 'aangenomen'}")
    client.close()
    left = len(outbox.waiting())
    if not arguments.json:
        print(f"Nog {left} in de wachtmap." if left else "De wachtmap is leeg.")
    return 1 if left else 0


def _enrol(arguments: argparse.Namespace) -> int:
    from intake_agent import station  # noqa: PLC0415
    from intake_agent.client import Client, ServiceRefusedError, ServiceUnreachableError  # noqa: PLC0415
    from wipe_reports.signing import public_jwk  # noqa: PLC0415

    state = station.state_folder(arguments.state)
    try:
        service = station.checked_service(arguments.service)
        key = station.key_for_enrolment(state)
        client = Client(service)
        answer = client.enrol(arguments.code, arguments.name, public_jwk(key))
        station.save(state, service, answer, key)
    except station.StationError as error:
        return refuse(str(error))
    except (ServiceRefusedError, ServiceUnreachableError, OSError) as error:
        print(f"Inschrijven is niet gelukt. {error}", file=sys.stderr)
        return 1
    client.close()
    print(f"Station {arguments.name} is ingeschreven bij {service}.")
    return 0
