"""``inspect``, ``capture`` and ``assess``: nothing here writes to the machine that is looked at."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from intake_agent import system_errors
from intake_agent.commands.asking import Commands, add_state, refuse, state_folder
from intake_agent.language import gettext, language

if TYPE_CHECKING:
    from intake_agent.raw_facts import RawFacts


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    inspect = commands.add_parser("inspect", help=gettext("toon wat dit toestel is en hoe goed het nog is"))
    add_state(inspect)
    inspect.add_argument("--json", action="store_true", help=gettext("als één JSON-object"))
    inspect.add_argument(
        "--captured",
        metavar=gettext("MAP"),
        type=Path,
        help=gettext("een opname van een ander toestel in plaats van dit"),
    )
    inspect.set_defaults(command=_inspect)
    capture = commands.add_parser(
        "capture", help=gettext("bewaar wat de hulpprogramma's over dit toestel zeggen in een map")
    )
    capture.add_argument("folder", metavar=gettext("MAP"), type=Path, help=gettext("een nieuwe of lege map"))
    capture.set_defaults(command=_capture)
    assess = commands.add_parser("assess", help=gettext("toets processornamen aan het minimum (Core i3)"))
    assess.add_argument(
        "--processors",
        metavar=gettext("BESTAND"),
        required=True,
        help=gettext("één naam per regel; - leest van de invoer"),
    )
    assess.set_defaults(command=_assess)


def _inspect(arguments: argparse.Namespace) -> int:
    from intake_agent.captures import CaptureUnreadableError  # noqa: PLC0415

    try:
        facts = _captured(arguments.captured) if arguments.captured else _asked_while_the_rest_is_loaded()
    except CaptureUnreadableError as error:
        return refuse(str(error))
    from intake_agent import inspection, policy  # noqa: PLC0415

    machine = inspection.examine(facts, policy.in_force(state_folder(arguments)))
    if arguments.json:
        print(json.dumps(inspection.as_json(machine), ensure_ascii=False, indent=1))
        return 0
    from intake_agent.console.summary import machine_lines  # noqa: PLC0415

    print("\n".join(machine_lines(machine)))
    return 0


def _captured(folder: Path) -> RawFacts:
    from intake_agent.captures import captured_folder  # noqa: PLC0415

    return captured_folder(folder)


def _asked_while_the_rest_is_loaded() -> RawFacts:
    """This machine's facts. Its tools take their time, in which Python loads what judges their answers."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    from intake_agent.seeing import sources  # noqa: PLC0415

    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(sources.this_machine)
        from intake_agent import inspection  # noqa: F401, PLC0415

        return asked.result()


def _capture(arguments: argparse.Namespace) -> int:
    from intake_agent import captures  # noqa: PLC0415
    from intake_agent.seeing import sources  # noqa: PLC0415

    try:
        captures.write_capture(sources.this_machine(), arguments.folder, datetime.now(UTC))
    except captures.CaptureFolderTakenError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(
            gettext(
                "De map {folder} kan niet geschreven worden: {reason}.",
                folder=arguments.folder,
                reason=system_errors.in_words(error),
            )
        )
    print(gettext("Opname bewaard in {folder}", folder=arguments.folder))
    return 0


def _assess(arguments: argparse.Namespace) -> int:
    from intake_agent.judging.minimum import in_words, judge_processor, processor_reason  # noqa: PLC0415

    try:
        lines = sys.stdin.buffer if arguments.processors == "-" else Path(arguments.processors).open("rb")  # noqa: SIM115
        with lines:
            for line in lines:
                judged = judge_processor(line.decode("utf-8", errors="replace").strip("\r\n"))
                answer = {
                    "processor": judged.processor,
                    "verdict": judged.verdict,
                    "reason": in_words(str(processor_reason(judged)), language()),
                }
                print(json.dumps(answer, ensure_ascii=False))
    except OSError as error:
        return refuse(
            gettext(
                "{file} kan niet gelezen worden: {reason}.",
                file=arguments.processors,
                reason=system_errors.in_words(error),
            )
        )
    return 0
