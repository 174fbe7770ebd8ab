"""``test`` and ``doctor``: are the parts of this machine sound, and has this station what it needs."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from intake_agent.commands.asking import Commands, add_state, state_folder
from intake_agent.language import gettext, gettext_noop, language
from wipe_reports import words
from wipe_reports.codes import PartTestKind
from wipe_reports.reasons import PartTestFinding

if TYPE_CHECKING:
    from intake_agent.machine import Machine, PartTest
    from intake_agent.part_tests.following import Follow, PartProgress

_LONGEST_STRESS_SECONDS = 24 * 3600


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    test = commands.add_parser(
        "test", help=gettext("belast processor, geheugen en schijven, en meet hoe warm ze worden")
    )
    test.add_argument(
        "--seconds",
        metavar=gettext("SECONDEN"),
        type=_seconds,
        default=60,
        help=gettext("hoe lang (standaard 60, 0 slaat dit over)"),
    )
    test.add_argument("--self-test", action="store_true", help=gettext("laat ook elke schijf haar korte zelftest doen"))
    test.add_argument("--json", action="store_true", help=gettext("als één JSON-lijst"))
    test.set_defaults(command=_test)
    doctor = commands.add_parser(
        "doctor", help=gettext("zeg wat dit station mist: programma's, rechten, plaats, de dienst")
    )
    add_state(doctor)
    doctor.add_argument("--json", action="store_true", help=gettext("als één JSON-lijst"))
    doctor.set_defaults(command=_doctor)


def _seconds(text: str) -> int:
    seconds = int(text)
    if not 0 <= seconds <= _LONGEST_STRESS_SECONDS:
        raise argparse.ArgumentTypeError(gettext("kies 0 tot {most} seconden", most=_LONGEST_STRESS_SECONDS))
    return seconds


def _test(arguments: argparse.Namespace) -> int:
    """Exit code 1 where a part failed or the test was broken off; a disk that has no self-test is no failure."""
    from intake_agent import inspection  # noqa: PLC0415
    from intake_agent.seeing import sources  # noqa: PLC0415

    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    try:
        machine = inspection.examine(sources.this_machine())
        tests = _run(machine, arguments.seconds, stop, also_self_tests=arguments.self_test)
    finally:
        signal.signal(signal.SIGINT, before)
    if arguments.json:
        print(json.dumps([_as_json(one) for one in tests], ensure_ascii=False, indent=1))
    else:
        for one in tests:
            print(_in_words(one))
    return 1 if stop.is_set() or any(one.passed is False for one in tests) else 0


def _run(machine: Machine, seconds: int, stop: threading.Event, *, also_self_tests: bool) -> tuple[PartTest, ...]:
    from intake_agent.part_tests.running import with_self_tests, with_stress  # noqa: PLC0415

    follow = _follower()
    if seconds:
        machine = with_stress(machine, seconds, follow, stop.is_set)
    if also_self_tests and not stop.is_set():
        machine = with_self_tests(machine, follow, stop.is_set)
    return machine.tests


def _follower() -> Follow:
    """Redraws one line for a person who looks at a terminal; says nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda _progress: None

    def follow(progress: PartProgress) -> None:
        warm = "" if progress.celsius is None else f", {progress.celsius} °C"
        about = gettext(" van {subject}", subject=progress.subject) if progress.subject else ""
        line = f"{_name(progress.kind)}{about}: {progress.share_done:.0%}{warm}"
        print(f"\r{line:<78}", end="\n" if progress.share_done >= 1 else "", file=sys.stderr, flush=True)

    return follow


_VERDICTS = {True: gettext_noop("IN ORDE"), False: gettext_noop("NIET IN ORDE"), None: gettext_noop("GEEN UITSLAG")}


def _name(kind: str) -> str:
    return words.capitalized(words.of_text(kind, PartTestKind, language()))


def _in_words(one: PartTest) -> str:
    subject = f" {one.subject}" if one.subject else ""
    warm = "" if one.peak_celsius is None else gettext(" Hoogstens {celsius} °C.", celsius=one.peak_celsius)
    found = words.of_reasons(one.findings, PartTestFinding, language())
    sentence = f" {words.capitalized(found)}." if found else ""
    return f"{_name(one.kind)}{subject}: {gettext(_VERDICTS[one.passed])}.{sentence}{warm}"


def _as_json(one: PartTest) -> dict[str, object]:
    times = {"started_at": one.started_at.isoformat(), "ended_at": one.ended_at.isoformat()}
    return {**asdict(one), **times}


def _doctor(arguments: argparse.Namespace) -> int:
    """Exit code 0: everything is there, 1: something is missing."""
    from intake_agent.station.doctor import examine_station  # noqa: PLC0415

    findings = examine_station(state_folder(arguments))
    lacking = [one for one in findings if not one.is_good]
    if arguments.json:
        print(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=1))
    else:
        for one in findings:
            verdict = gettext("goed") if one.is_good else gettext("MIST")
            print(f"{verdict:<6} {one.subject:<12} {one.words}")
        print(
            gettext("Alles is er.")
            if not lacking
            else gettext("Er ontbreekt iets: {names}.", names=", ".join(one.subject for one in lacking))
        )
    return 1 if lacking else 0
