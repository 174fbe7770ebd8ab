"""What this station lacks: programs and their versions, rights, room on the stick, the rule, the service, the clock.

Nothing is changed, except that a file is written into the outbox and removed again.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from intake_agent import policy
from intake_agent.seeing.programs import run
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.clock import CLOCK
from intake_agent.station.enrolment import Station, StationError, load
from intake_agent.station.outbox import Outbox, OutboxError

_VERSION = re.compile(r"(?<![\d.])v?(\d+(?:\.\d+)+[a-z]?\d*)")
_ANSWER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the field, the Debian package that brings it, and in Dutch what it is for and lacks without it."""

    name: str
    package: str
    purpose: str
    without: str
    version_option: str = "--version"


PROGRAMS = (
    Program(
        "smartctl",
        "smartmontools",
        "leest hoe gezond schijven zijn en start hun zelftest",
        "de gezondheid van elke schijf blijft onbekend",
    ),
    Program(
        "nvme",
        "nvme-cli",
        "vraagt NVMe-schijven wat ze kunnen en laat ze zichzelf wissen",
        "NVMe-schijven worden alleen overschreven",
        "version",
    ),
    Program(
        "hdparm",
        "hdparm",
        "vindt verborgen gebieden en laat SATA-schijven zichzelf wissen",
        "verborgen gebieden blijven onbekend: geen enkele SATA-schijf is dan zeker gewist",
        "-V",
    ),
    Program(
        "dmidecode",
        "dmidecode",
        "leest merk, model, serienummer en het geplaatste geheugen",
        "het geplaatste geheugen, de geheugenplaatsen en het serienummer blijven onbekend",
    ),
    Program("lsblk", "util-linux", "vindt de schijven", "er wordt geen enkele schijf gezien"),
    Program("lscpu", "util-linux", "leest de processor", "de processor is soms onbekend"),
    Program(
        "blkdiscard",
        "util-linux",
        "laat een SSD alles tegelijk vergeten",
        "die manier om te wissen kan niet",
    ),
    Program(
        "rtcwake",
        "util-linux",
        "laat het toestel even slapen, zodat een vergrendelde schijf opengaat",
        "een vergrendelde (frozen) schijf kan zichzelf niet wissen",
    ),
    Program(
        "sg_opcodes",
        "sg3-utils",
        "vraagt SAS-schijven wat ze kunnen",
        "SAS-schijven worden alleen overschreven",
    ),
    Program(
        "sg_sanitize",
        "sg3-utils",
        "laat SAS-schijven zichzelf wissen",
        "SAS-schijven worden alleen overschreven",
    ),
    Program(
        "mmc",
        "mmc-utils",
        "vraagt eMMC-geheugen wat het kan en laat het zichzelf wissen",
        "eMMC-geheugen wordt alleen overschreven",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: is it as it should be, and in Dutch what was found or is lacking."""

    subject: str
    is_good: bool
    words: str


def examine_station(state: Path) -> tuple[Finding, ...]:
    """Everything the agent stands on, asked side by side: programs first, then the station and its service."""
    with ThreadPoolExecutor(max_workers=len(PROGRAMS) + 1) as pool:
        service = pool.submit(lambda: tuple(_station(state)))
        programs = tuple(pool.map(_program, PROGRAMS))
        return (*programs, _rights(), _outbox(state), _rule(state), *service.result())


def _program(program: Program) -> Finding:
    if shutil.which(program.name) is None:
        return Finding(program.name, False, f"ontbreekt ({program.package}): {program.without}")
    answer = run(program.name, program.version_option, timeout_seconds=_ANSWER_SECONDS)
    if answer.exit_code is None:
        return Finding(program.name, False, f"start niet ({answer.errors}): {program.without}")
    found = _VERSION.search(answer.words.partition("\n")[0])
    return Finding(program.name, True, f"{found.group(1) if found else 'versie onbekend'}: {program.purpose}")


def _rights() -> Finding:
    if os.geteuid() == 0:
        return Finding("rechten", True, "beheerder (root)")
    return Finding("rechten", False, "geen beheerder: schijven en firmware zijn niet te lezen. Start met sudo.")


def _outbox(state: Path) -> Finding:
    """A report must fit on the stick before the first disk is wiped."""
    outbox = Outbox(state)
    try:
        outbox.prove_room()
    except OutboxError as error:
        return Finding("wachtmap", False, str(error))
    waiting = len(outbox.waiting())
    words = "leeg" if not waiting else "1 verslag wacht" if waiting == 1 else f"{waiting} verslagen wachten"
    return Finding("wachtmap", True, f"{outbox.folder}: {words}")


def _rule(state: Path) -> Finding:
    try:
        stored_rule = policy.stored(state)
    except policy.PolicyError as error:
        return Finding("minimum", False, f"{error} Zolang geldt: {policy.of_the_call().label}.")
    return Finding(
        "minimum",
        True,
        f"{(stored_rule or policy.of_the_call()).label}, {'van de partner' if stored_rule else 'van de oproep'}",
    )


def _station(state: Path) -> Iterator[Finding]:
    try:
        own = load(state)
    except StationError as error:
        yield Finding("station", False, str(error))
        return
    yield Finding("station", True, f"{own.name}, ingeschreven bij {own.service}")
    yield from _service(own)


def _service(own: Station) -> Iterator[Finding]:
    try:
        with closing(Client(own.service, trust=own.trust, pause=lambda _seconds: None)) as client:
            client.keys()
            told = client.service_time
    except (ServiceUnreachableError, ServiceRefusedError) as error:
        yield Finding("dienst", False, str(error))
        return
    yield Finding("dienst", True, "bereikbaar")
    if told is None:
        yield Finding("klok", True, "niet vergeleken: alleen over https is de tijd van de dienst te vertrouwen")
        return
    trouble = CLOCK.follow(told)
    yield Finding("klok", trouble is None, trouble or "gelijk met de dienst")
