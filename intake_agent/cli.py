"""``intake-agent``: inspect · capture · assess · wipe · run · send · enrol.

Exit codes: 0 done · 1 something did not succeed (a disk not erased, a report not acknowledged) · 2 refused or asked
wrongly, nothing touched · 3 done, but the report was not sent yet.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from intake_agent import system_errors
from wipe_reports.arguments import DutchParser

# What a command needs is imported where it runs: an old laptop takes seconds to import the whole agent.


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except KeyboardInterrupt:
        print("Afgebroken.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; Python's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> DutchParser:
    parser = DutchParser(
        prog="intake-agent",
        description="Bekijkt een geschonken toestel, wist de schijven en stuurt een getekend verslag.",
        epilog="Eindcode: 0 gelukt, 1 iets mislukte, 2 geweigerd, 3 gelukt maar nog niet verstuurd.",
    )
    commands = parser.add_subparsers(required=True, metavar="OPDRACHT")
    _add_looking(commands)
    _add_wiping(commands)
    _add_reporting(commands)
    return parser


def _add_looking(commands: argparse._SubParsersAction[DutchParser]) -> None:
    inspect = commands.add_parser("inspect", help="toon wat dit toestel is en hoe goed het nog is")
    inspect.add_argument("--json", action="store_true", help="als één JSON-object")
    inspect.add_argument(
        "--captured", metavar="MAP", type=Path, help="een opname van een ander toestel in plaats van dit"
    )
    inspect.set_defaults(command=_inspect)
    capture = commands.add_parser("capture", help="bewaar wat de hulpprogramma's over dit toestel zeggen in een map")
    capture.add_argument("folder", metavar="MAP", type=Path)
    capture.set_defaults(command=_capture)
    assess = commands.add_parser("assess", help="toets processornamen aan het minimum (Core i3)")
    assess.add_argument(
        "--processors", metavar="BESTAND", required=True, help="één naam per regel; - leest van de invoer"
    )
    assess.set_defaults(command=_assess)


def _add_wiping(commands: argparse._SubParsersAction[DutchParser]) -> None:
    run = commands.add_parser("run", help="bekijk dit toestel, wis de gekozen schijven, teken en verstuur het verslag")
    wipe = commands.add_parser("wipe", help="zoals run, maar zonder de dienst: het verslag blijft in de wachtmap")
    for command, online in ((run, True), (wipe, False)):
        _add_state(command)
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


def _add_reporting(commands: argparse._SubParsersAction[DutchParser]) -> None:
    send = commands.add_parser("send", help="verstuur alle verslagen die nog in de wachtmap liggen")
    _add_state(send)
    send.add_argument("--json", action="store_true", help="één regel JSON per verslag")
    send.set_defaults(command=_send)
    enrol = commands.add_parser("enrol", help="schrijf dit station in bij de dienst")
    _add_state(enrol)
    enrol.add_argument("--service", metavar="ADRES", required=True, help="webadres van de dienst (https)")
    enrol.add_argument("--code", required=True, help="de eenmalige code die de beheerder gaf")
    enrol.add_argument("--name", metavar="NAAM", required=True, help="naam van dit station")
    enrol.set_defaults(command=_enrol)


def _add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state", metavar="MAP", help="map van het station (ook: HERSTART_STATE; anders /var/lib/herstart)"
    )


def _serial(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("het serienummer is leeg")
    return text.strip()


def _size(text: str) -> int:
    size = int(text)
    if not 1 <= size <= 1024 * 1024:
        raise argparse.ArgumentTypeError("kies een grootte van 1 tot 1048576 MiB")
    return size


def _inspect(arguments: argparse.Namespace) -> int:
    from intake_agent import inspection, sources  # noqa: PLC0415
    from intake_agent.console import summary, terminal  # noqa: PLC0415

    try:
        facts = sources.captured_folder(arguments.captured) if arguments.captured else sources.this_machine()
    except sources.CaptureUnreadableError as error:
        return _refuse(str(error))
    machine = inspection.examine(facts)
    if arguments.json:
        print(json.dumps(inspection.as_json(machine), ensure_ascii=False, indent=1))
    else:
        terminal.say_all(summary.machine_lines(machine))
    return 0


def _capture(arguments: argparse.Namespace) -> int:
    from intake_agent import sources  # noqa: PLC0415

    try:
        sources.write_capture(sources.this_machine(), arguments.folder, datetime.now(UTC))
    except sources.CaptureFolderTakenError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"De map {arguments.folder} kan niet geschreven worden: {system_errors.in_words(error)}.")
    print(f"Opname bewaard in {arguments.folder}")
    return 0


def _assess(arguments: argparse.Namespace) -> int:
    from intake_agent.minimum import in_words, judge_processor, processor_reason  # noqa: PLC0415

    try:
        lines = sys.stdin.buffer if arguments.processors == "-" else Path(arguments.processors).open("rb")  # noqa: SIM115
        with lines:
            for line in lines:
                if brand := line.decode("utf-8", errors="replace").strip("\r\n"):
                    judged = judge_processor(brand)
                    answer = {
                        "processor": brand,
                        "verdict": judged.verdict,
                        "reason": in_words(processor_reason(judged)),
                    }
                    print(json.dumps(answer, ensure_ascii=False))
    except OSError as error:
        return _refuse(f"{arguments.processors} kan niet gelezen worden: {system_errors.in_words(error)}.")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from intake_agent.console import flow  # noqa: PLC0415
    from intake_agent.console.wishes import Wishes  # noqa: PLC0415
    from intake_agent.outbox import OutboxError  # noqa: PLC0415
    from intake_agent.station import StationError, state_folder  # noqa: PLC0415

    if arguments.test and arguments.yes_wipe:
        return _refuse("Kies: --test (alleen een proefschijf) of --yes-wipe (een echte schijf), niet allebei.")
    operator = _operator(arguments.operator)
    if operator is None:
        return _refuse("Wie doet dit werk? Die naam komt op het attest: geef hem met --operator NAAM.")
    code = _device_code(arguments.code)
    if arguments.code and code is None:
        return _refuse(f"{arguments.code} is geen code van een toestel. Op het etiket staat iets als HS-7K3M9P.")
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
        return _refuse(str(error))
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
    from intake_agent.console.wishes import code_in  # noqa: PLC0415

    while typed and (code := code_in(typed)) is None and terminal.is_interactive():
        typed = terminal.ask(f"{typed} is geen code van een toestel. Typ of scan het etiket opnieuw (leeg = stoppen): ")
    return code if typed else None


def _end_tidily(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that a scratch carrier is cleaned up; during a wipe the flow listens itself."""
    raise SystemExit(128 + number)


def _send(arguments: argparse.Namespace) -> int:
    from intake_agent.client import Client  # noqa: PLC0415
    from intake_agent.outbox import Outbox  # noqa: PLC0415
    from intake_agent.sending import send_waiting  # noqa: PLC0415
    from intake_agent.station import StationError, load, state_folder  # noqa: PLC0415

    state = state_folder(arguments.state)
    try:
        own = load(state)
    except StationError as error:
        return _refuse(str(error))
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
        return _refuse(str(error))
    except (ServiceRefusedError, ServiceUnreachableError, OSError) as error:
        print(f"Inschrijven is niet gelukt. {error}", file=sys.stderr)
        return 1
    client.close()
    print(f"Station {arguments.name} is ingeschreven bij {service}.")
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
