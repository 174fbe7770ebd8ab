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
from intake_agent.language import gettext, gettext_noop, ngettext
from intake_agent.seeing.programs import run
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.clock import CLOCK
from intake_agent.station.enrolment import Station, StationError, load
from intake_agent.station.outbox import Outbox, OutboxError

_VERSION = re.compile(r"(?<![\d.])v?(\d+(?:\.\d+)+[a-z]?\d*)")
_ANSWER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the field, the Debian package that brings it, and what it is for and lacks without it."""

    name: str
    package: str
    purpose: str
    without: str
    version_option: str = "--version"


PROGRAMS = (
    Program(
        "smartctl",
        "smartmontools",
        gettext_noop("leest hoe gezond schijven zijn en start hun zelftest"),
        gettext_noop("de gezondheid van elke schijf blijft onbekend"),
    ),
    Program(
        "nvme",
        "nvme-cli",
        gettext_noop("vraagt NVMe-schijven wat ze kunnen en laat ze zichzelf wissen"),
        gettext_noop("NVMe-schijven worden alleen overschreven"),
        "version",
    ),
    Program(
        "hdparm",
        "hdparm",
        gettext_noop("vindt verborgen gebieden en laat SATA-schijven zichzelf wissen"),
        gettext_noop("verborgen gebieden blijven onbekend: geen enkele SATA-schijf is dan zeker gewist"),
        "-V",
    ),
    Program(
        "dmidecode",
        "dmidecode",
        gettext_noop("leest merk, model, serienummer en het geplaatste geheugen"),
        gettext_noop("het geplaatste geheugen, de geheugenplaatsen en het serienummer blijven onbekend"),
    ),
    Program(
        "lsblk", "util-linux", gettext_noop("vindt de schijven"), gettext_noop("er wordt geen enkele schijf gezien")
    ),
    Program("lscpu", "util-linux", gettext_noop("leest de processor"), gettext_noop("de processor is soms onbekend")),
    Program(
        "blkdiscard",
        "util-linux",
        gettext_noop("laat een SSD alles tegelijk vergeten"),
        gettext_noop("die manier om te wissen kan niet"),
    ),
    Program(
        "rtcwake",
        "util-linux",
        gettext_noop("laat het toestel even slapen, zodat een vergrendelde schijf opengaat"),
        gettext_noop("een vergrendelde (frozen) schijf kan zichzelf niet wissen"),
    ),
    Program(
        "sg_opcodes",
        "sg3-utils",
        gettext_noop("vraagt SAS-schijven wat ze kunnen"),
        gettext_noop("SAS-schijven worden alleen overschreven"),
    ),
    Program(
        "sg_sanitize",
        "sg3-utils",
        gettext_noop("laat SAS-schijven zichzelf wissen"),
        gettext_noop("SAS-schijven worden alleen overschreven"),
    ),
    Program(
        "mmc",
        "mmc-utils",
        gettext_noop("vraagt eMMC-geheugen wat het kan en laat het zichzelf wissen"),
        gettext_noop("eMMC-geheugen wordt alleen overschreven"),
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: is it as it should be, and what was found or is lacking."""

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
        return Finding(
            program.name,
            False,
            gettext("ontbreekt ({package}): {without}", package=program.package, without=gettext(program.without)),
        )
    answer = run(program.name, program.version_option, timeout_seconds=_ANSWER_SECONDS)
    if answer.exit_code is None:
        return Finding(
            program.name,
            False,
            gettext("start niet ({errors}): {without}", errors=answer.errors, without=gettext(program.without)),
        )
    found = _VERSION.search(answer.words.partition("\n")[0])
    version = found.group(1) if found else gettext("versie onbekend")
    return Finding(program.name, True, f"{version}: {gettext(program.purpose)}")


def _rights() -> Finding:
    if os.geteuid() == 0:
        return Finding(gettext("rechten"), True, gettext("beheerder (root)"))
    return Finding(
        gettext("rechten"), False, gettext("geen beheerder: schijven en firmware zijn niet te lezen. Start met sudo.")
    )


def _outbox(state: Path) -> Finding:
    """A report must fit on the stick before the first disk is wiped."""
    outbox = Outbox(state)
    try:
        outbox.prove_room()
    except OutboxError as error:
        return Finding(gettext("wachtmap"), False, str(error))
    waiting = len(outbox.waiting())
    waits = ngettext("{number} verslag wacht", "{number} verslagen wachten", waiting)
    words = waits if waiting else gettext("leeg")
    return Finding(gettext("wachtmap"), True, f"{outbox.folder}: {words}")


def _rule(state: Path) -> Finding:
    try:
        stored_rule = policy.stored(state)
    except policy.PolicyError as error:
        return Finding(
            gettext("minimum"),
            False,
            gettext("{error} Zolang geldt: {rule}.", error=error, rule=policy.of_the_call().label),
        )
    whose = gettext("van de partner") if stored_rule else gettext("van de oproep")
    return Finding(gettext("minimum"), True, f"{(stored_rule or policy.of_the_call()).label}, {whose}")


def _station(state: Path) -> Iterator[Finding]:
    try:
        own = load(state)
    except StationError as error:
        yield Finding("station", False, str(error))
        return
    yield Finding("station", True, gettext("{name}, ingeschreven bij {service}", name=own.name, service=own.service))
    yield from _service(own)


def _service(own: Station) -> Iterator[Finding]:
    try:
        with closing(Client(own.service, trust=own.trust, pause=lambda _seconds: None)) as client:
            client.keys()
            service_time = client.service_time
    except (ServiceUnreachableError, ServiceRefusedError) as error:
        yield Finding(gettext("dienst"), False, str(error))
        return
    yield Finding(gettext("dienst"), True, gettext("bereikbaar"))
    if service_time is None:
        yield Finding(
            gettext("klok"), True, gettext("niet vergeleken: alleen over https is de tijd van de dienst te vertrouwen")
        )
        return
    trouble = CLOCK.follow(service_time)
    yield Finding(gettext("klok"), trouble is None, trouble or gettext("gelijk met de dienst"))
