"""``send``, ``export`` and ``enrol``: what passes between this station and the service."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from intake_agent.commands.asking import Commands, add_state, refuse, state_folder
from intake_agent.language import gettext, ngettext

if TYPE_CHECKING:
    from intake_agent.station.client import Client
    from intake_agent.station.enrolment import Station
    from intake_agent.station.outbox import Outbox
    from intake_agent.station.sending import Sent


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    send = commands.add_parser("send", help=gettext("verstuur alle verslagen die nog in de wachtmap liggen"))
    add_state(send)
    send.add_argument("--json", action="store_true", help=gettext("één regel JSON per verslag"))
    how = send.add_mutually_exclusive_group()
    how.add_argument(
        "--keep-trying",
        action="store_true",
        help=gettext("blijf proberen tot de wachtmap leeg is, met pauzes die langer worden"),
    )
    how.add_argument(
        "--receipts",
        metavar=gettext("BESTAND"),
        type=Path,
        help=gettext("neem de ontvangstbewijzen aan die de dienst als ZIP gaf"),
    )
    send.add_argument(
        "--for", dest="minutes", metavar=gettext("MINUTEN"), type=_minutes, help=gettext("zo lang blijven proberen")
    )
    send.set_defaults(command=_send)
    export = commands.add_parser(
        "export", help=gettext("zet de wachtende verslagen in één ZIP om naar de dienst te dragen")
    )
    add_state(export)
    export.add_argument(
        "file", metavar=gettext("BESTAND"), type=Path, help=gettext("het ZIP-bestand, of de map waar het moet komen")
    )
    export.set_defaults(command=_export)
    enrol = commands.add_parser("enrol", help=gettext("schrijf dit station in bij de dienst"))
    add_state(enrol)
    enrol.add_argument(
        "--service", metavar=gettext("ADRES"), required=True, help=gettext("webadres van de dienst (https)")
    )
    enrol.add_argument("--code", required=True, help=gettext("de eenmalige code die de beheerder gaf"))
    enrol.add_argument("--name", metavar=gettext("NAAM"), required=True, help=gettext("naam van dit station"))
    enrol.add_argument(
        "--ca",
        metavar=gettext("BESTAND"),
        type=Path,
        help=gettext("eigen uitgever van het certificaat van de dienst (PEM)"),
    )
    enrol.set_defaults(command=_enrol)


def _minutes(text: str) -> int:
    minutes = int(text)
    if not 1 <= minutes <= 7 * 24 * 60:
        raise argparse.ArgumentTypeError(gettext("kies een aantal minuten van 1 tot 10080"))
    return minutes


def _send(arguments: argparse.Namespace) -> int:
    from intake_agent.station.client import ServiceRefusedError, ServiceUnreachableError  # noqa: PLC0415
    from intake_agent.station.offline_transfer import OfflineTransferError  # noqa: PLC0415
    from intake_agent.station.sending import connect  # noqa: PLC0415
    from intake_agent.system_errors import in_words  # noqa: PLC0415

    if arguments.minutes is not None and not arguments.keep_trying:
        return refuse(gettext("--for hoort bij --keep-trying: zo lang blijft de agent proberen."))
    opened = _opened(arguments)
    if isinstance(opened, str):
        return refuse(opened)
    own, outbox, aside = opened
    try:
        with closing(connect(own)) as client:
            for sent in _results(arguments, own, outbox, client):
                _tell(sent, arguments)
    except OfflineTransferError as error:
        return refuse(str(error))
    except (ServiceRefusedError, ServiceUnreachableError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(
            gettext("In {folder} lukt het niet: {reason}.", folder=outbox.folder, reason=in_words(error)),
            file=sys.stderr,
        )
        return 1
    return _tell_what_is_left(arguments, outbox, aside)


def _opened(arguments: argparse.Namespace) -> tuple[Station, Outbox, int] | str:
    """The station, its outbox with what a cut left behind, how many torn files it had; else why not."""
    from intake_agent.station.enrolment import StationError, load  # noqa: PLC0415
    from intake_agent.station.outbox import Outbox, OutboxError  # noqa: PLC0415

    state = state_folder(arguments)
    try:
        own, outbox = load(state), Outbox(state)
        aside = len(outbox.set_aside())
        for path in outbox.promote_left():
            print(
                gettext("{report_id}: een wisbeurt werd afgebroken; dat wordt zo gemeld.", report_id=path.stem),
                file=sys.stderr,
            )
    except (StationError, OutboxError) as error:
        return str(error)
    return own, outbox, aside


def _results(arguments: argparse.Namespace, own: Station, outbox: Outbox, client: Client) -> Iterator[Sent]:
    from intake_agent.station import offline_transfer, retrying  # noqa: PLC0415
    from intake_agent.station.sending import check_receipt, send_waiting  # noqa: PLC0415

    if arguments.receipts is not None:
        yield from offline_transfer.import_receipts(
            arguments.receipts,
            outbox,
            lambda answer, number, compact: check_receipt(answer, number, compact, own, client),
        )
    elif arguments.keep_trying:
        longest_seconds = arguments.minutes * 60.0 if arguments.minutes else None
        rounds = retrying.keep_trying(
            outbox,
            lambda: send_waiting(outbox, own, client, also_refused=False),
            longest_seconds=longest_seconds,
        )
        for results, wait_seconds in rounds:
            yield from results
            if wait_seconds is not None:
                next_try = ngettext(
                    "De volgende poging is over {number} seconde (stoppen: Ctrl-C).",
                    "De volgende poging is over {number} seconden (stoppen: Ctrl-C).",
                    round(wait_seconds),
                )
                print(next_try, file=sys.stderr)
    else:
        results = send_waiting(outbox, own, client)
        retrying.note(outbox, results)
        yield from results


def _tell(sent: Sent, arguments: argparse.Namespace) -> None:
    if arguments.json:
        summary = {"report_id": sent.report_id, "answer": sent.answer, "trouble": sent.trouble}
        print(json.dumps(summary, ensure_ascii=False), flush=True)
    else:
        outcome = sent.trouble or gettext("aangenomen")
        print(f"{sent.report_id}: {outcome}", flush=True)


def _tell_what_is_left(arguments: argparse.Namespace, outbox: Outbox, aside_before: int) -> int:
    left, aside = outbox.waiting(), len(outbox.set_aside())
    refused = sum(outbox.reason(path).exists() for path in left)
    if not arguments.json:
        print(gettext("Nog {count} in de wachtmap.", count=len(left)) if left else gettext("De wachtmap is leeg."))
        if refused and arguments.keep_trying:
            print(gettext("Daarvan zijn er {count} geweigerd; die worden niet opnieuw geprobeerd.", count=refused))
    if aside:
        print(
            gettext(
                "{count} beschadigd in {folder}: geef die map aan uw beheerder.", count=aside, folder=outbox.damaged
            ),
            file=sys.stderr,
        )
    return 1 if left or aside > aside_before else 0


def _export(arguments: argparse.Namespace) -> int:
    from intake_agent.station import offline_transfer  # noqa: PLC0415

    opened = _opened(arguments)
    if isinstance(opened, str):
        return refuse(opened)
    own, outbox, _ = opened
    if not outbox.waiting():
        print(gettext("De wachtmap is leeg: er is niets om over te dragen."))
        return 0
    try:
        file = offline_transfer.export_file(arguments.file, own.name, datetime.now(UTC))
        count, trouble = offline_transfer.export(outbox, file)
    except offline_transfer.OfflineTransferError as error:
        return refuse(str(error))
    for sentence in trouble:
        print(sentence, file=sys.stderr)
    print(
        ngettext("{number} verslag staat nu in {file}", "{number} verslagen staan nu in {file}", count, file=file),
        gettext("Sleep dit bestand in de dienst naar de pagina 'Verslagen zonder toestel'."),
        gettext("Neem daarna de ontvangstbewijzen mee: intake-agent send --receipts BESTAND"),
        sep="\n",
    )
    return 1 if trouble else 0


def _enrol(arguments: argparse.Namespace) -> int:
    from intake_agent.station import enrolment, tls  # noqa: PLC0415
    from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError  # noqa: PLC0415
    from wipe_reports.signing import public_jwk  # noqa: PLC0415

    state = state_folder(arguments)
    try:
        service = enrolment.checked_service(arguments.service)
        authorities = tls.read_authorities(arguments.ca) if arguments.ca else None
        key = enrolment.key_for_enrolment(state)
        with closing(Client(service, trust=tls.Trust(authorities, enrolment.time_file(state)))) as client:
            answer = client.enrol(arguments.code, arguments.name, public_jwk(key))
        enrolment.save(state, service, answer, key, authorities)
    except (enrolment.StationError, tls.AuthoritiesError) as error:
        return refuse(str(error))
    except (ServiceRefusedError, ServiceUnreachableError, OSError) as error:
        print(gettext("Inschrijven is niet gelukt. {error}", error=error), file=sys.stderr)
        return 1
    print(gettext("Station {name} is ingeschreven bij {service}.", name=arguments.name, service=service))
    return 0
