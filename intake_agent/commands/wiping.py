"""``run`` and ``wipe``: the whole way of one machine, with and without the service."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from intake_agent.commands.asking import Commands, add_state, refuse, state_folder
from intake_agent.language import gettext, use

if TYPE_CHECKING:
    from intake_agent.run_options import RunOptions
    from intake_agent.unattended.policy import UnattendedPolicy


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    run = commands.add_parser(
        "run", help=gettext("bekijk dit toestel, wis de gekozen schijven, teken en verstuur het verslag")
    )
    wipe = commands.add_parser(
        "wipe", help=gettext("zoals run, maar zonder de dienst: het verslag blijft in de wachtmap")
    )
    for command, online in ((run, True), (wipe, False)):
        add_state(command)
        command.add_argument("--code", help=gettext("de code op het etiket van het toestel"))
        command.add_argument(
            "--operator", metavar=gettext("NAAM"), help=gettext("wie dit werk doet (ook: HERSTART_OPERATOR)")
        )
        command.add_argument("--position", metavar=gettext("FUNCTIE"), help=gettext("functie van wie dit werk doet"))
        command.add_argument(
            "--yes-wipe",
            metavar=gettext("SERIENUMMER"),
            type=_serial,
            action="append",
            default=[],
            help=gettext("wis de schijf met dit serienummer zonder te vragen; mag meer dan één keer"),
        )
        command.add_argument(
            "--yes-volumes", action="store_true", help=gettext("ook schijven met een RAID-, LVM- of LUKS-merk")
        )
        command.add_argument(
            "--sample", action="store_true", help=gettext("lees maar een steekproef terug; staat zo op het attest")
        )
        command.add_argument(
            "--test",
            action="store_true",
            help=gettext("oefening, in gewone regels: wis alleen een proefschijf die hiervoor gemaakt wordt"),
        )
        command.add_argument(
            "--test-size-mib",
            metavar=gettext("MIB"),
            type=_size,
            default=64,
            help=gettext("grootte van de proefschijf"),
        )
        command.add_argument("--json", action="store_true", help=gettext("eindig met één regel JSON"))
        command.add_argument("--plain", action="store_true", help=gettext("gewone regels in plaats van schermen"))
        command.add_argument(
            "--bench", action="store_true", help=gettext("losse schijven in een dock; dit toestel zelf blijft")
        )
        command.add_argument(
            "--power-off",
            action="store_true",
            help=gettext("zet dit toestel op het einde uit, ook als het niet van de stick draait"),
        )
        command.add_argument(
            "--policy",
            metavar=gettext("BESTAND"),
            type=Path,
            help=gettext("werk onbemand, zoals dit beleid (TOML) toelaat"),
        )
        command.add_argument(
            "--kernel-command-line",
            action="store_true",
            help=gettext("werk onbemand als de startregel herstart.… zegt"),
        )
        command.set_defaults(command=_run, online=online)


def _serial(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(gettext("het serienummer is leeg"))
    return text.strip()


def _size(text: str) -> int:
    size = int(text)
    if not 1 <= size <= 1024 * 1024:
        raise argparse.ArgumentTypeError(gettext("kies een grootte van 1 tot 1048576 MiB"))
    return size


def _run(arguments: argparse.Namespace) -> int:
    from intake_agent.console.power import PowerOffError  # noqa: PLC0415
    from intake_agent.station.enrolment import StationError  # noqa: PLC0415
    from intake_agent.station.outbox import OutboxError  # noqa: PLC0415
    from intake_agent.unattended.policy import PolicyInvalidError  # noqa: PLC0415

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_tidily)
    try:
        return _console(arguments)
    except (StationError, PolicyInvalidError) as error:
        return refuse(str(error))
    except (OutboxError, PowerOffError, OSError) as error:
        print(gettext("Mislukt: {error}", error=error), file=sys.stderr)
        return 1


def _console(arguments: argparse.Namespace) -> int:
    """Who leads the way: a policy, the technician at the screens, or the plain lines."""
    from intake_agent.console import flow, unattended_flow  # noqa: PLC0415
    from intake_agent.run_options import code_in  # noqa: PLC0415

    if refusal := _contradiction(arguments):
        return refuse(refusal)
    policy = _policy(arguments)
    named = (arguments.operator or os.environ.get("HERSTART_OPERATOR") or "").strip()
    if policy is None and _wants_screens(arguments):
        code = code_in(arguments.code or "")
        return (
            refuse(_no_code(arguments))
            if arguments.code and code is None
            else _screens(_options(arguments, named, code))
        )
    operator = policy.operator if policy is not None else named or _asked_operator()
    if operator is None:
        return refuse(gettext("Wie doet dit werk? Die naam komt op het attest: geef hem met --operator NAAM."))
    code = _device_code(arguments.code)
    if arguments.code and code is None:
        return refuse(_no_code(arguments))
    options = _options(arguments, operator, code)
    return flow.run(options) if policy is None else unattended_flow.run(policy, options)


def _no_code(arguments: argparse.Namespace) -> str:
    return gettext("{code} is geen code van een toestel. Op het etiket staat iets als HS-7K3M9P.", code=arguments.code)


def _contradiction(arguments: argparse.Namespace) -> str | None:
    """What cannot be meant together."""
    unattended = arguments.policy is not None or arguments.kernel_command_line
    if arguments.test and arguments.yes_wipe:
        return gettext("Kies: --test (alleen een proefschijf) of --yes-wipe (een echte schijf), niet allebei.")
    if unattended and (arguments.yes_wipe or arguments.test or arguments.bench):
        return gettext("Een beleid zegt zelf wat er gewist wordt: gebruik het zonder --yes-wipe, --test of --bench.")
    if arguments.bench and arguments.code:
        return gettext("Losse schijven hebben geen etiket van een toestel: gebruik --bench zonder --code.")
    return None


def _policy(arguments: argparse.Namespace) -> UnattendedPolicy | None:
    """The policy, in whose language everything is said from here on, unless the command line asked for another."""
    from intake_agent.unattended import kernel_options  # noqa: PLC0415

    policy = _read_policy(arguments)
    wanted = policy.language if policy is not None else None
    if policy is None and arguments.kernel_command_line:
        wanted = kernel_options.language_alone(_kernel_command_line())
    if wanted is None or arguments.language is not None:
        return policy
    use(wanted)
    return _read_policy(arguments)  # its own words stand in the report


def _read_policy(arguments: argparse.Namespace) -> UnattendedPolicy | None:
    from intake_agent.unattended import kernel_options, policy  # noqa: PLC0415

    if arguments.policy is not None:
        return policy.read(arguments.policy)
    if arguments.kernel_command_line:
        return kernel_options.from_kernel(_kernel_command_line())
    return None


def _kernel_command_line() -> str:
    from intake_agent.unattended import kernel_options  # noqa: PLC0415

    return kernel_options.COMMAND_LINE.read_text(errors="replace")


def _wants_screens(arguments: argparse.Namespace) -> bool:
    """Screens are for a person at a terminal who did not ask for lines, a rehearsal or named disks."""
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return is_terminal and not (arguments.plain or arguments.json or arguments.test or arguments.yes_wipe)


def _screens(options: RunOptions) -> int:
    """The screens, with what plain consoles and serial lines do not know switched off before they are imported."""
    if os.environ.get("TERM", "").startswith(("linux", "vt", "ansi")):
        os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    from intake_agent.console import app  # noqa: PLC0415

    return app.run(options)


def _options(arguments: argparse.Namespace, operator: str, code: str | None) -> RunOptions:
    from intake_agent.run_options import RunOptions  # noqa: PLC0415

    return RunOptions(
        state=state_folder(arguments),
        operator=operator,
        position=arguments.position,
        code=code,
        named_serials=frozenset(arguments.yes_wipe),
        accepts_signatures=arguments.yes_volumes,
        sampled=arguments.sample,
        bench=arguments.bench,
        may_power_off=arguments.power_off,
        test=arguments.test,
        test_size_mib=arguments.test_size_mib,
        online=arguments.online,
        as_json=arguments.json,
    )


def _asked_operator() -> str | None:
    """Who does this work, asked where somebody can answer."""
    from intake_agent.console import terminal  # noqa: PLC0415

    if not terminal.is_interactive():
        return None
    return terminal.ask(gettext("Wie doet dit werk? Uw naam komt op het attest: ")) or None


def _device_code(typed: str | None) -> str | None:
    """The code on the label; what has not its form is asked again where somebody can answer."""
    from intake_agent.console import terminal  # noqa: PLC0415
    from intake_agent.run_options import code_in  # noqa: PLC0415

    while typed and (code := code_in(typed)) is None and terminal.is_interactive():
        typed = terminal.ask(
            gettext(
                "{typed} is geen code van een toestel. Typ of scan het etiket opnieuw (leeg = stoppen): ", typed=typed
            )
        )
    return code if typed else None


def _end_tidily(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that a scratch carrier is cleaned up; during a wipe the flow listens itself."""
    raise SystemExit(128 + number)
