"""The steps of one machine, from first look to sent report, without any console: every console walks these.

``begin`` → ``look`` → ``offered`` → ``choose`` → ``ask_service`` → ``keep_provisional`` → ``wipe_chosen`` →
``sign_and_store`` → ``send``; :func:`finish` walks the last five. What people must know comes back as
sentences; nothing here prints or asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import uuid_utils

from intake_agent import inspection, policy
from intake_agent.candidates import Candidate, DiskToWipe, Ticked, candidates, check, chosen
from intake_agent.dock import Host, disks_now, host_of, in_dock
from intake_agent.language import gettext, gettext_noop
from intake_agent.machine import Disk, Machine
from intake_agent.probes.battery import power_remark
from intake_agent.probes.json_facts import text
from intake_agent.run_options import RunOptions
from intake_agent.run_result import RunResult, StoredReport, WipeFaultError, while_it_can_be
from intake_agent.seeing import sources
from intake_agent.station import enrolment, labels
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.clock import CLOCK
from intake_agent.station.outbox import Outbox, OutboxError, store_elsewhere
from intake_agent.station.proof import Proof, ProofError, SharedMembers, in_short, prove
from intake_agent.station.report import Signatory, WipedDisk, build, device_identity, signed
from intake_agent.station.sending import Sent, ask_settings, connect, send_waiting
from intake_agent.wiping.after_wipe import asked_again, cooled, still_frozen
from intake_agent.wiping.drives.hidden_areas import unasked_areas
from intake_agent.wiping.engine.jobs import Finished, Follow, Job, wipe_all
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.progress import StopAsked
from intake_agent.wiping.safety import Refusal
from intake_agent.wiping.scratch import Scratch
from wipe_reports import messages, signing
from wipe_reports.document import Outcome
from wipe_reports.messages import WIPE_JOB_TYPE, CarrierToWipe, WipeJobAnswer, WipeJobRequest

_SIGNING = gettext_noop("Het verslag wordt getekend en bewaard.")
_SENDING = gettext_noop("Het verslag wordt verstuurd.")


@dataclass(slots=True, kw_only=True)
class Work:
    """One machine, or one round of loose disks, under way. ``nonces`` go by model and serial, ``wiped`` by name.

    ``untouched`` says why a chosen disk was not begun after all; ``host`` is whose dock this is. ``label``
    says whose the scanned label is, ``None`` where there is none.
    """

    options: RunOptions
    station: enrolment.Station
    outbox: Outbox
    journals: Journals
    client: Client | None
    report_id: str = field(default_factory=lambda: str(uuid_utils.uuid7()))
    machine: Machine = field(default_factory=Machine)
    host: Host | None = None
    scratch: tuple[Scratch, ...] = ()
    chosen: list[DiskToWipe] = field(default_factory=list)
    label: str | None = None
    nonces: dict[tuple[str | None, str | None], str] = field(default_factory=dict)
    wiped: dict[str, WipedDisk] = field(default_factory=dict)
    untouched: dict[str, str] = field(default_factory=dict)

    @property
    def all_erased(self) -> bool:
        """Did every chosen disk end as *erased*?"""
        return len(self.wiped) == len(self.chosen) and all(
            one.wipe.outcome is Outcome.ERASED for one in self.wiped.values()
        )


def begin(options: RunOptions) -> Work:
    """The station, a proof that its outbox has room, and what a cut left behind made ready to send.

    Raises StationError and OutboxError in the operator's words.
    """
    own = enrolment.load(options.state)
    outbox = Outbox(options.state)
    outbox.prove_room()
    outbox.promote_left()
    return Work(
        options=options,
        station=own,
        outbox=outbox,
        journals=Journals(options.state),
        client=connect(own) if options.online else None,
    )


def another_round(work: Work) -> Work:
    """The next round of loose disks, with a report of its own."""
    return Work(
        options=work.options,
        station=work.station,
        outbox=work.outbox,
        journals=work.journals,
        client=work.client,
        host=work.host,
        scratch=work.scratch,
    )


def look(work: Work) -> list[str]:
    """See what this machine is and judge it by the policy in force.

    The service is asked its settings meanwhile, and whose label was scanned.
    """
    doubts = filter(None, [power_remark(sources.power_supplies())])
    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(_settings, work)
        if work.options.bench:
            disks = disks_now()
            work.host = work.host or host_of(disks)
            work.machine = in_dock(disks, work.host)
            return [*asked.result(), *doubts]
        facts = sources.this_machine()
        remarks = asked.result()
    seen = inspection.examine(facts, policy.in_force(work.options.state))
    work.machine = replace(seen, tests=work.machine.tests)
    return [*remarks, *doubts]


def _settings(work: Work) -> list[str]:
    """The service's time and minimum, and whose the label is.

    Where it cannot be asked, that is reported, and what is certainly wrong with the clock.
    """
    certain = work.station.trust.newest_time()
    to_tell: list[str] = []
    try:
        if work.client is not None:
            remarks = list(ask_settings(work.station, work.client).remarks)
            ask_label(work)
            return remarks
    except (ServiceUnreachableError, ServiceRefusedError) as error:
        to_tell.append(str(error))
    # Who did not answer just now is not waited for a second time.
    work.label = gettext(labels.NOT_ASKED) if work.options.code else None
    doubt = CLOCK.doubt(certain)
    return [*to_tell, doubt] if doubt else to_tell


def ask_label(work: Work) -> None:
    """Let ``work.label`` say whose the scanned label is, so that it is known before anything is wiped."""
    work.label = labels.whose(work.station, work.client, work.options.code) if work.options.code else None


def offered(work: Work) -> list[Candidate]:
    """Every disk that may be chosen, and every other with why it may not."""
    return candidates(work.machine, work.options, work.scratch, work.journals)


def choose(work: Work, ticked: Iterable[Ticked]) -> None:
    """Take these disks, and no others."""
    work.chosen = chosen(ticked, work.options)


def ask_service(work: Work) -> list[str]:
    """A nonce for each chosen disk, and the service's time; without the service the wipe goes on without either."""
    if work.client is None or not work.chosen:
        return []
    carriers = tuple(
        CarrierToWipe(model=one.disk.model, serial=one.disk.serial, size_bytes=one.disk.size_bytes)
        for one in work.chosen
    )
    asked = messages.members(WipeJobRequest(request_id=str(uuid_utils.uuid7()), carriers=carriers))
    request = {**asked, "device": device_identity(work.machine, work.options.code)}
    try:
        answer = work.client.wipe_job(signing.sign(json.dumps(request).encode(), work.station.key, WIPE_JOB_TYPE))
    except (ServiceUnreachableError, ServiceRefusedError) as error:
        return [str(error), gettext("Het wissen gaat door zonder de dienst; iemand moet het verslag later bevestigen.")]
    for one in messages.read(WipeJobAnswer, answer).carriers:
        if one.nonce:
            work.nonces[one.model, one.serial] = one.nonce
    to_tell = CLOCK.follow(text(answer, "time"))
    return [to_tell] if to_tell else []


def store_provisional(work: Work) -> None:
    """Before the first byte is wiped: what must be said if everything is cut from now on lies signed on the stick.

    Raises :class:`OutboxError` where the stick cannot keep it and :class:`ProofError` where nothing can be signed: then
    nothing may be wiped.
    """
    if work.chosen:
        proof = _proof(work, {one.disk.name: _begun(work, one) for one in work.chosen})
        work.outbox.put_provisional(work.report_id, proof.compact)


def _begun(work: Work, one: DiskToWipe) -> WipedDisk:
    """What must be said of a chosen disk when nothing more is known than that it may have been written to."""
    return WipedDisk(
        disk=one.disk,
        wipe=unfinished(one.plan, CLOCK.now(), _nonce(work, one.disk)),
        hidden_areas=unasked_areas(one.disk),
        overrides=one.overrides,
    )


def wipe_chosen(work: Work, follow: Follow, stop_asked: StopAsked) -> list[str]:
    """Wipe what was chosen, all disks at once. How each ended stands in ``work``; returns what people must know.

    Raises :class:`WipeFaultError` where this program went wrong; all that is known stands in ``work`` then too.
    """

    def may_start(disk: Disk) -> list[Refusal]:
        choice = next(one for one in work.chosen if one.disk.name == disk.name)
        return [] if _is_scratch(work, disk) else check(disk, work.machine, choice.consent)

    jobs = [
        Job(disk=one.disk, path=one.path, plan=one.plan, nonce=_nonce(work, one.disk), resume=one.resume)
        for one in work.chosen
    ]
    try:
        finished = wipe_all(jobs, follow=follow, stop_asked=stop_asked, may_start=may_start, journals=work.journals)
    except Exception as error:
        raise WipeFaultError([gettext("Het wissen zelf ging fout: {reason}.", reason=in_short(error))], []) from error
    remarks: list[str] = []
    faults: list[str] = []
    for choice, job, one in zip(work.chosen, jobs, finished, strict=True):
        remarks += one.remarks
        if one.wipe is not None:
            work.wiped[one.disk.name] = WipedDisk(
                disk=one.disk, wipe=one.wipe, hidden_areas=one.hidden_areas, overrides=choice.overrides
            )
        try:
            remarks += [*still_frozen(job, one), *_take_over(work, one)]
        except Exception as error:  # noqa: BLE001 - one disk's fault must not cost another its proof
            faults.append(
                gettext("{name}: na het wissen ging iets fout: {reason}.", name=one.disk.name, reason=in_short(error))
            )
    if faults:
        raise WipeFaultError(faults, remarks)
    return remarks


def _take_over(work: Work, finished: Finished) -> list[str]:
    """A disk is as large as it turned out when a hidden area was opened; a wipe that never began says why.

    Returns what people must know.
    """
    disk = finished.disk
    if finished.trouble is not None:
        work.untouched[disk.name] = finished.trouble
    if finished.wipe is None:
        return []
    after, remarks = (None, []) if _is_scratch(work, disk) else asked_again(disk)
    disk = cooled(disk, after)
    work.machine = replace(
        work.machine, disks=tuple(disk if one.name == disk.name else one for one in work.machine.disks)
    )
    to_tell = replace(work.wiped[disk.name], disk=disk, smart_after=after.smart if after is not None else None)
    work.wiped[disk.name] = to_tell
    return remarks


def _nonce(work: Work, disk: Disk) -> str | None:
    return work.nonces.get((disk.model, disk.serial))


def _is_scratch(work: Work, disk: Disk) -> bool:
    return any(one.disk.name == disk.name for one in work.scratch)


def _proof(work: Work, wiped: dict[str, WipedDisk]) -> Proof:
    """The report signed; where the whole one cannot be, a shorter one."""
    own, options = work.station, work.options
    who = Signatory(
        station=own.name,
        key=own.key,
        operator=options.operator,
        position=options.position,
        unattended_by=options.unattended_by,
        code=options.code,
    )
    shared: SharedMembers = {"report_id": work.report_id, "test": bool(work.scratch)}

    def whole() -> str:
        report = build(work.machine, wiped, who, created_at=CLOCK.now(), clock=CLOCK.check, **shared)
        return signed(report, own.key)

    return prove(whole, work.machine.system, wiped, who, **shared)


def sign_and_store(work: Work) -> StoredReport:
    """Sign the report and keep it on the stick, else elsewhere; where the whole one cannot be signed, a shorter one.

    Raises :class:`OutboxError` where no place can keep it, :class:`ProofError` where nothing can be signed.
    """
    proof = _proof(work, work.wiped)
    try:
        return StoredReport(work.outbox, work.outbox.put(work.report_id, proof.compact), faults=proof.faults)
    except Exception as error:  # noqa: BLE001 - whatever the stick does, the proof is signed and must be kept
        why = str(error) if isinstance(error, OutboxError) else in_short(error)
    other, path = store_elsewhere(work.report_id, proof.compact)
    where = work.outbox.folder
    trouble = (
        why,
        gettext("Het getekende verslag staat nu in {path}", path=path),
        gettext("Kopieer dat bestand eerst naar {where} en zet dan pas uit: anders is het bewijs weg.", where=where),
    )
    return StoredReport(other, path, trouble, proof.faults)


def send(work: Work, stored_report: StoredReport) -> Sent | None:
    """Send this report now; ``None`` where the service may not be asked."""
    if work.client is None:
        return None
    return send_waiting(stored_report.outbox, work.station, work.client, only=stored_report.path)[0]


def send_again(work: Work, run_result: RunResult) -> RunResult:
    """One more try for a report that was kept."""
    sent = send(work, run_result.stored_report) if run_result.stored_report is not None else None
    if run_result.stored_report is None or sent is None:
        return run_result
    stored_report = replace(run_result.stored_report, path=sent.path)
    return replace(run_result, stored_report=stored_report, answer=sent.answer, trouble=sent.trouble)


def finish(work: Work, *, follow: Follow, tell: Callable[[str], None], stop_asked: StopAsked) -> RunResult:
    """From the nonces to the sent report. What goes wrong on the way is reported, and what was done is not lost.

    Never raises for what goes wrong once a disk may have been written to: where nothing better can be signed, the
    provisional report, which says *not erased*, stays on the stick and is sent at the next start.
    """
    tell = while_it_can_be(tell)
    try:
        for remark in ask_service(work):
            tell(remark)
        store_provisional(work)
    except Exception as error:  # noqa: BLE001 - nothing was touched yet, and a person must know why not
        why = str(error) if isinstance(error, (OutboxError, ProofError)) else in_short(error)
        return RunResult(
            stored_report=None, trouble=gettext("Er is niets gewist: het bewijs zou verloren gaan. {why}", why=why)
        )
    faults: list[str] = []
    remarks: list[str] = []
    try:
        with CLOCK.frozen():
            remarks += wipe_chosen(work, follow, stop_asked)
    except WipeFaultError as fault:
        faults, remarks = fault.faults, fault.remarks
    except Exception as error:  # noqa: BLE001 - what was done must stand in a report
        faults.append(gettext("Na het wissen ging iets fout: {reason}.", reason=in_short(error)))
    return _proven(work, RunResult(stored_report=None, remarks=tuple(remarks), faults=tuple(faults)), tell)


def _proven(work: Work, run_result: RunResult, tell: Callable[[str], None]) -> RunResult:
    """How it ended, with the report signed, kept and sent as far as that goes."""
    tell(_SIGNING)
    try:
        for one in work.chosen:
            if one.disk.name not in work.wiped.keys() | work.untouched.keys():
                work.wiped[one.disk.name] = _begun(work, one)
        stored_report = sign_and_store(work)
    except (OutboxError, ProofError) as error:
        return replace(run_result, trouble=str(error), faults=(*run_result.faults, *_provisional_stays(work)))
    except Exception as error:  # noqa: BLE001 - the provisional report stays, and a person must know
        trouble = gettext("Het verslag kon niet bewaard worden: {reason}.", reason=in_short(error))
        return replace(run_result, trouble=trouble, faults=(*run_result.faults, *_provisional_stays(work)))
    run_result = replace(run_result, stored_report=stored_report, faults=(*run_result.faults, *stored_report.faults))
    try:
        if work.client is not None:
            tell(_SENDING)
        return send_again(work, run_result)
    except Exception as error:  # noqa: BLE001 - the report is kept, and can be sent later
        fault = gettext("Het verslag is bewaard, maar het versturen ging fout: {reason}.", reason=in_short(error))
        return replace(run_result, trouble=fault, faults=(*run_result.faults, fault))


def _provisional_stays(work: Work) -> Iterator[str]:
    if work.chosen:
        yield (
            gettext(
                "Op de stick blijft alleen het voorlopige verslag staan. Dat zegt 'niet gewist', en "
                "wordt bij de volgende start verstuurd."
            )
        )
