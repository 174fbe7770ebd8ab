"""One machine from first look to sent report: look, show, confirm, ask nonces, wipe, read back, sign, keep, send."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import uuid_utils

from intake_agent import inspection, sources, station
from intake_agent.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.clock import CLOCK
from intake_agent.console import summary, terminal
from intake_agent.console.choosing import WipeRefusedError, by_asking, by_command_line, check
from intake_agent.console.wishes import Wishes
from intake_agent.machine import Disk, Machine
from intake_agent.outbox import Outbox, OutboxError, keep_elsewhere
from intake_agent.probes.json_facts import objects, text
from intake_agent.report import Signatory, WipedDisk, build, device_identity, signed
from intake_agent.sending import Sent, send_waiting
from intake_agent.system_errors import in_words
from intake_agent.wiping.hidden_areas import NO_AREAS, look_for_hidden_areas
from intake_agent.wiping.plan import plan
from intake_agent.wiping.progress import StopAsked, Watch
from intake_agent.wiping.safety import Consent
from intake_agent.wiping.scratch import scratch
from intake_agent.wiping.target import Target
from intake_agent.wiping.wipe import wipe
from wipe_reports import signing
from wipe_reports.document import Outcome

DONE, FAILED, REFUSED, NOT_SENT = 0, 1, 2, 3
"""Exit codes: done (and sent) · a disk was not erased · refused, nothing touched · done but not sent yet."""
JOB_TYPE = "wipe-job+jws"
_SKEW_TOLD_SECONDS = 60


@dataclass(slots=True)
class _Work:
    """What this run knows so far. ``chosen`` are disks with the path to write to; ``wiped`` goes by disk name."""

    machine: Machine
    chosen: list[tuple[Disk, Path]] = field(default_factory=list)
    nonces: dict[tuple[str | None, str | None], str] = field(default_factory=dict)
    wiped: dict[str, WipedDisk] = field(default_factory=dict)


def run(wishes: Wishes) -> int:
    """The whole way, on this machine; returns the exit code. Raises StationError, OutboxError and OSError in words."""
    own = station.load(wishes.state)
    if not (wishes.test or wishes.named_serials or terminal.is_interactive()):
        terminal.say(
            "Er wordt niets gewist. Noem elke schijf met --yes-wipe SERIENUMMER, of start dit aan een toetsenbord."
        )
        return REFUSED
    try:
        Outbox(wishes.state).prove_room()
    except OutboxError as error:
        terminal.say("Er wordt niets gewist: het bewijs zou verloren gaan.", str(error))
        return REFUSED
    work = _Work(inspection.examine(sources.this_machine()))
    terminal.say_all(summary.machine_lines(work.machine))
    with ExitStack() as stack:
        client = stack.enter_context(closing(Client(own.service))) if wishes.online else None
        try:
            _choose(work, wishes, stack)
        except WipeRefusedError as refusal:
            terminal.say("", "Er wordt niets gewist:", str(refusal))
            return REFUSED
        if client is not None and work.chosen:
            _ask_nonces(work, wishes, own, client)
        _wipe_each(work, wishes)
        outbox, path = _sign_and_keep(work, wishes, own)
        sent = send_waiting(outbox, own, client, only=path)[0] if client is not None else None
    code = _tell_end(work, wishes, path, sent)
    return code if outbox.folder == Outbox(wishes.state).folder else FAILED


def _choose(work: _Work, wishes: Wishes, stack: ExitStack) -> None:
    if wishes.test:
        carrier = stack.enter_context(scratch(wishes.test_size_mib * 1024 * 1024))
        work.chosen = [(carrier.disk, carrier.path)]
        return
    chosen = by_command_line(work.machine, wishes) if wishes.named_serials else by_asking(work.machine, wishes)
    work.chosen = [(disk, Path("/dev") / disk.name) for disk in chosen]


def _ask_nonces(work: _Work, wishes: Wishes, own: station.Station, client: Client) -> None:
    """A nonce for each carrier, and the service's time; without the service the wipe goes on without either."""
    request = {
        "request_id": str(uuid_utils.uuid7()),
        "device": device_identity(work.machine, wishes.code),
        "carriers": [
            {"model": disk.model, "serial": disk.serial, "size_bytes": disk.size_bytes} for disk, _ in work.chosen
        ],
    }
    try:
        answer = client.wipe_job(signing.sign(json.dumps(request).encode(), own.key, JOB_TYPE))
    except (ServiceUnreachableError, ServiceRefusedError) as error:
        terminal.say(f"{error}", "Het wissen gaat door zonder de dienst; iemand moet het verslag later bevestigen.")
        return
    for row in objects(answer, "carriers"):
        if nonce := text(row, "nonce"):
            work.nonces[text(row, "model"), text(row, "serial")] = nonce
    _set_clock(text(answer, "time"))


def _set_clock(service_time: str | None) -> None:
    try:
        told = datetime.fromisoformat(service_time or "")
    except ValueError:
        return
    if told.tzinfo is None:
        return
    ahead_seconds = (CLOCK.now() - told).total_seconds()
    if abs(ahead_seconds) >= _SKEW_TOLD_SECONDS:
        CLOCK.correct(told)
        direction = "voor" if ahead_seconds > 0 else "achter"
        terminal.say(
            f"De klok van dit toestel loopt {abs(ahead_seconds):.0f} seconden {direction}; het verslag volgt de dienst."
        )


def _wipe_each(work: _Work, wishes: Wishes) -> None:
    with terminal.stop_on_signal() as stop_asked:
        for disk, path in work.chosen:
            if not stop_asked() and not (disk in work.machine.disks and _refused_now(disk, work.machine, wishes)):
                _wipe_one(work, disk, path, wishes, stop_asked)


def _refused_now(disk: Disk, machine: Machine, wishes: Wishes) -> bool:
    """The last look before the first byte: what was true when the disk was chosen may have changed."""
    consent = Consent(named_serials=frozenset({disk.serial or ""}), accepts_signatures=wishes.accepts_signatures)
    against = check(disk, machine, consent)
    terminal.say_all(refusal.sentence for refusal in against)
    return bool(against)


def _wipe_one(work: _Work, disk: Disk, path: Path, wishes: Wishes, stop_asked: StopAsked) -> None:
    method = plan(disk, sampled=wishes.sampled)
    terminal.say("", *summary.plan_lines(disk, method))
    areas = NO_AREAS if wishes.test else look_for_hidden_areas(disk, path)
    target = Target(
        path=path,
        size_bytes=disk.size_bytes or 0,
        logical_block_bytes=disk.logical_block_bytes,
        hidden_areas=areas,
    )
    nonce = work.nonces.get((disk.model, disk.serial))
    try:
        done = wipe(target, method, nonce, Watch(terminal.progress_line(disk.name), stop_asked))
    except OSError as error:
        terminal.say(f"{disk.name}: de schijf kon niet geopend worden ({in_words(error)}). Er is niets gewist.")
        return
    after = None if wishes.test else sources.disk_now(disk.name)
    work.wiped[disk.name] = WipedDisk(
        disk=disk, wipe=done, hidden_areas=areas, smart_after=after.smart if after else None
    )
    terminal.say_all(summary.outcome_lines(disk, done))


def _sign_and_keep(work: _Work, wishes: Wishes, own: station.Station) -> tuple[Outbox, Path]:
    signatory = Signatory(
        station=own.name, key=own.key, operator=wishes.operator, position=wishes.position, code=wishes.code
    )
    report_id = str(uuid_utils.uuid7())
    report = build(work.machine, work.wiped, signatory, report_id=report_id, created_at=CLOCK.now(), test=wishes.test)
    compact, outbox = signed(report, own.key), Outbox(wishes.state)
    try:
        return outbox, outbox.put(report_id, compact)
    except OutboxError as error:
        other, path = keep_elsewhere(report_id, compact)
        terminal.say(
            "",
            str(error),
            f"Het getekende verslag staat nu in {path}",
            f"Kopieer dat bestand naar {outbox.folder} voordat u dit toestel uitzet, anders is het bewijs weg.",
        )
        return other, path


def _tell_end(work: _Work, wishes: Wishes, path: Path, sent: Sent | None) -> int:
    answer = sent.answer if sent is not None else None
    kept_at = sent.path if sent is not None else path
    erased = len(work.wiped) == len(work.chosen) and all(
        one.wipe.outcome is Outcome.ERASED for one in work.wiped.values()
    )
    if answer is not None:
        terminal.say("", "Het verslag is verstuurd en aangenomen.")
        if url := text(answer, "device", "url"):
            terminal.say(f"Pagina van het toestel: {url}")
        else:
            terminal.say(
                "De dienst weet nog niet welk toestel dit is: het verslag staat bij de verslagen zonder toestel."
            )
    else:
        trouble = [sent.trouble] if sent is not None and sent.trouble else []
        terminal.say(
            "",
            *trouble,
            f"Het verslag is bewaard en nog niet verstuurd: {kept_at}",
            "Verstuur het later met: intake-agent send",
        )
    if wishes.as_json:
        print(json.dumps(_result(work, wishes, kept_at, answer), ensure_ascii=False), flush=True)
    if not erased:
        return FAILED
    return DONE if answer is not None or not wishes.online else NOT_SENT


def _result(work: _Work, wishes: Wishes, path: Path, answer: dict[str, Any] | None) -> dict[str, Any]:
    told = answer or {}
    return {
        "report_id": path.stem,
        "report_path": str(path),
        "sent": answer is not None,
        "test": wishes.test,
        "result": told.get("result"),
        "device": told.get("device"),
        "attests": told.get("attests") or [],
        "carriers": [
            {
                "serial": disk.serial,
                "outcome": work.wiped[disk.name].wipe.outcome if disk.name in work.wiped else None,
                "level": work.wiped[disk.name].wipe.level if disk.name in work.wiped else None,
            }
            for disk, _ in work.chosen
        ],
    }
