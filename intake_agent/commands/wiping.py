"""``run`` and ``wipe``: the whole way of one machine, with and without the service."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import NoReturn

from intake_agent.commands.asking import Commands, add_state, refuse


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    run = commands.add_parser("run", help="bekijk dit toestel, wis de gekozen schijven, teken en verstuur het verslag")
    wipe = commands.add_parser("wipe", help="zoals run, maar zonder de dienst: het verslag blijft in de wachtmap")
    for command, online in ((run, True), (wipe, False)):
        add_state(command)
        command.add_argument("--code", help="de code op het etiket van het toestel")
        command.add_argument("--operator", metavar="NAAM", help="wie dit werk doet (ook: HERSTART_OPERATOR)")
        command.add_argument("--position", metavar="FUNCTIE", help="functie van wie dit werk doet")
        command.add_argument(
            "--yes-wipe",
            metavar="SERIENUMMER",
            type=_serial,
            action="append",
            default=[],
            help="wis de schijf met dit serienummer zonder te vragen; mag meer dan één keer",
        )
        command.add_argument("--yes-volumes", action="store_true", help="ook schijven met een RAID-, LVM- of LUKS-merk")
        command.add_argument(
            "--sample", action="store_true", help="lees maar een steekproef terug; staat zo op het attest"
        )
        command.add_argument(
            "--test", action="store_true", help="oefening: wis alleen een proefschijf die hiervoor gemaakt wordt"
        )
        command.add_argument(
            "--test-size-mib", metavar="MIB", type=_size, default=64, help="grootte van de proefschijf"
        )
        command.add_argument("--json", action="store_true", help="eindig met één regel JSON")
        command.set_defaults(command=_run, online=online)


def _serial(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("het serienummer is leeg")
    return text.strip()


def _size(text: str) -> int:
    size = int(text)
    if not 1 <= size <= 1024 * 1024:
        raise argparse.ArgumentTypeError("kies een grootte van 1 tot 1048576 MiB")
    return size


def _run(arguments: argparse.Namespace) -> int:
    from intake_agent.console import flow  # noqa: PLC0415
    from intake_agent.outbox import OutboxError  # noqa: PLC0415
    from intake_agent.station import StationError, state_folder  # noqa: PLC0415
    from intake_agent.wishes import Wishes  # noqa: PLC0415

    if arguments.test and arguments.yes_wipe:
        return refuse("Kies: --test (alleen een proefschijf) of --yes-wipe (een echte schijf), niet allebei.")
    operator = _operator(arguments.operator)
    if operator is None:
        return refuse("Wie doet dit werk? Die naam komt op het attest: geef hem met --operator NAAM.")
    code = _device_code(arguments.code)
    if arguments.code and code is None:
        return refuse(f"{arguments.code} is geen code van een toestel. Op het etiket staat iets als HS-7K3M9P.")
    wishes = Wishes(
        state=state_folder(arguments.state),
        operator=operator,
        position=arguments.position,
        code=code,
        named_serials=frozenset(arguments.yes_wipe),
        accepts_signatures=arguments.yes_volumes,
        sampled=arguments.sample,
        test=arguments.test,
        test_size_mib=arguments.test_size_mib,
        online=arguments.online,
        as_json=arguments.json,
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_tidily)
    try:
        return flow.run(wishes)
    except StationError as error:
        return refuse(str(error))
    except (OutboxError, OSError) as error:
        print(f"Mislukt: {error}", file=sys.stderr)
        return 1


def _operator(given: str | None) -> str | None:
    """Who does this work: as given, else by the environment, else asked; ``None`` where nobody can be asked."""
    from intake_agent.console import terminal  # noqa: PLC0415

    told = (given or os.environ.get("HERSTART_OPERATOR") or "").strip()
    if not told and terminal.is_interactive():
        told = terminal.ask("Wie doet dit werk? Uw naam komt op het attest: ")
    return told or None


def _device_code(typed: str | None) -> str | None:
    """The code on the label; what has not its form is asked again where somebody can answer."""
    from intake_agent.console import terminal  # noqa: PLC0415
    from intake_agent.wishes import code_in  # noqa: PLC0415

    while typed and (code := code_in(typed)) is None and terminal.is_interactive():
        typed = terminal.ask(f"{typed} is geen code van een toestel. Typ of scan het etiket opnieuw (leeg = stoppen): ")
    return code if typed else None


def _end_tidily(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that a scratch carrier is cleaned up; during a wipe the flow listens itself."""
    raise SystemExit(128 + number)
