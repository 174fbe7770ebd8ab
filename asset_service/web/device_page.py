"""Everything the page of one device shows, brought together from the rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.accounts.access import Access
from asset_service.core.forms import Form
from asset_service.devices import queries as devices_queries
from asset_service.devices.data_status import is_clean
from asset_service.devices.forms import DEFECTS, InspectionForm, LabelForm, MoveForm, NoCarrierForm, RemovalForm
from asset_service.devices.lifecycle import Action, Choice
from asset_service.devices.models import Component, ComponentKind, DataStatus, Defect, Device
from asset_service.devices.operations import WORKERS
from asset_service.devices.pages import FormRefused, move_form
from asset_service.intake import queries as intake_queries
from asset_service.web import timeline
from asset_service.web.formats import disk_name
from asset_service.web.looks import Look, standing_look
from asset_service.web.machine_facts import Fact, machine_facts, spoken, wipe_notes
from asset_service.wiping import attests
from asset_service.wiping import queries as wiping_queries
from asset_service.wiping.models import DestructionTask, EvidenceStatus, SignedReport, WipeEvidence
from asset_service.wiping.operations import CONFIRMERS, DESTROYERS
from asset_service.wiping.standings import headline_of, standing_of
from wipe_reports.document import Outcome, WipeReport
from wipe_reports.standing import Standing

ACTIONS: dict[Action, tuple[LazyString, str, str]] = {
    Action.RECEIVE: (lazy_gettext("Binnenboeken"), "devices.receive", "inbox"),
    Action.INSPECT: (lazy_gettext("Keuren"), "devices.inspect", "search"),
    Action.CONFIRM_NO_CARRIER: (
        lazy_gettext("Bevestigen dat er geen schijf in zit"),
        "devices.confirm_no_carrier",
        "disk",
    ),
}
"""What the lifecycle's table offers a person: words, the endpoint that does it, an icon."""

_FORMS_OF_ACTIONS: dict[type[Form], Action] = {
    InspectionForm: Action.INSPECT,
    NoCarrierForm: Action.CONFIRM_NO_CARRIER,
}
"""Forms that are drawn only while their action may be taken."""

REPORTS_SHOWN = 20
WIPES_SHOWN = 10

Documents = dict[UUID, WipeReport]
"""What reports say, by their ids: one report tells of many disks, and is read once a page."""

EVIDENCE_WORDS = {
    EvidenceStatus.AWAITING_CONFIRMATION: lazy_gettext(
        "Deze wissing is gemaakt zonder verbinding met de dienst. Een voorraadbeheerder moet ze nog bevestigen."
    ),
    EvidenceStatus.CONFIRMED: lazy_gettext("Bevestigd door een persoon."),
    EvidenceStatus.NOT_ERASED: lazy_gettext("Deze schijf moet vernietigd of opnieuw gewist worden."),
    EvidenceStatus.SUPERSEDED: lazy_gettext("Geldt niet voor wat nu op de schijf staat, of was al niet meer nodig."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLine:
    """One step of the lifecycle: what it is called, where it is done, and why not where it is blocked."""

    action: str
    words: LazyString | str
    url: str
    icon: str
    reasons: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeLine:
    """One wipe of a carrier, and where its proof is: at ``pdf_url`` where it was issued, else to be issued there."""

    wipe: WipeEvidence
    look: Look
    status_words: LazyString | str
    waits: bool
    notes: Sequence[str]
    pdf_url: str | None
    pdf_words: LazyString | str
    issue_url: str | None
    issue_words: LazyString | str
    bundle_url: str | None
    check_url: str
    confirm_url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierLine:
    """One data carrier with its wipes, latest first, and its open destruction task."""

    component: Component
    wipes: Sequence[WipeLine]
    task: DestructionTask | None
    task_url: str | None
    remove_url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentLine:
    """A document about the device."""

    words: str
    url: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DevicePage:
    """The page, top to bottom."""

    may_work: bool
    allowed: Sequence[ActionLine]
    blocked: Sequence[ActionLine]
    defects: Sequence[LazyString]
    inspection: InspectionForm
    no_carrier: NoCarrierForm
    label: LabelForm
    move: MoveForm
    removal: RemovalForm
    carriers: Sequence[CarrierLine]
    components: Sequence[Component]
    facts: Sequence[Fact]
    timeline: timeline.Timeline
    documents: Sequence[DocumentLine]

    def draws(self, form: Form) -> bool:
        """Does the page draw this form, for what may be done now?"""
        if not self.may_work:
            return False
        action = _FORMS_OF_ACTIONS.get(type(form))
        return action is None or any(line.action == action for line in self.allowed)

    @property
    def has_tasks(self) -> bool:
        """Does a disk in the device wait for a person?"""
        return any(line.task or any(one.waits for one in line.wipes) for line in self.carriers)


def of(access: Access, device: Device, before: str | None = None, refused: FormRefused | None = None) -> DevicePage:
    """The page of ``device`` as this user may see it; ``before`` continues the timeline.

    Where a form of the page was ``refused``, the page holds that one: as it was filled in, with what is wrong.
    """
    sent = {type(refused.form): refused.form} if refused else {}
    may_work = access.may(WORKERS, device.partner_id, device.site_id)
    lines = [_action(choice, device) for choice in _offered(device)]
    components = devices_queries.components(device.id)
    # Read before the wipes, which then find their reports at hand.
    reports = wiping_queries.reports_of_device(device.id, limit=REPORTS_SHOWN).items
    carriers = _carriers(access, device, components)
    return DevicePage(
        may_work=may_work,
        allowed=[line for line in lines if not line.reasons],
        blocked=[line for line in lines if line.reasons],
        defects=[DEFECTS[Defect(defect)] for defect in device.defects],
        inspection=sent.get(InspectionForm) or InspectionForm(formdata=None),
        no_carrier=sent.get(NoCarrierForm) or NoCarrierForm(formdata=None),
        label=sent.get(LabelForm) or LabelForm(formdata=None),
        move=sent.get(MoveForm) or move_form(device, formdata=None),
        removal=sent.get(RemovalForm) or RemovalForm(formdata=None),
        carriers=carriers,
        components=components,
        facts=_facts(reports),
        timeline=timeline.of_device(device.id, before),
        documents=_documents(reports, carriers),
    )


def _facts(reports: Sequence[SignedReport]) -> list[Fact]:
    """What the report that came last tells of the machine; a report's number follows a clock that may be wrong."""
    latest = max(reports, key=lambda one: one.received_at, default=None)
    return machine_facts(intake_queries.document_of(latest)) if latest is not None else []


def _offered(device: Device) -> list[Choice]:
    """The steps worth offering: nobody is asked again for what is known already."""
    known = device.data_status is DataStatus.NONE
    choices = devices_queries.choices(device)
    return [one for one in choices if not (known and one.action is Action.CONFIRM_NO_CARRIER)]


def _action(choice: Choice, device: Device) -> ActionLine:
    words, endpoint, icon = ACTIONS[choice.action]
    return ActionLine(
        action=choice.action.value,
        words=words,
        url=url_for(endpoint, code=device.code),
        icon=icon,
        reasons=[str(reason.message) for reason in choice.reasons],
    )


def _carriers(access: Access, device: Device, components: Sequence[Component]) -> list[CarrierLine]:
    disks = [component for component in components if component.kind is ComponentKind.DISK]
    wipes = wiping_queries.evidence_of_components([disk.id for disk in disks])
    tasks = wiping_queries.open_tasks_of_components([disk.id for disk in disks])
    may_confirm = access.may(CONFIRMERS, device.partner_id, device.site_id)
    may_destroy = access.may(DESTROYERS, device.partner_id, device.site_id)
    may_remove = access.may(WORKERS, device.partner_id, device.site_id)
    documents: Documents = {}
    return [
        CarrierLine(
            component=disk,
            wipes=wipe_lines(disk, wipes.get(disk.id, ()), may_confirm, documents),
            task=tasks.get(disk.id),
            task_url=url_for("wiping.destroy", task_id=tasks[disk.id].id) if may_destroy and disk.id in tasks else None,
            remove_url=url_for("devices.remove_component", component_id=disk.id) if may_remove else None,
        )
        for disk in disks
    ]


def wipe_lines(
    disk: Component, wipes: Sequence[WipeEvidence], may_confirm: bool, documents: Documents
) -> list[WipeLine]:
    """A disk's latest wipes, the last one first, as the pages show them; ``documents`` are those read so far."""
    if disk.carrier is None:
        return []
    return [_wipe(wipe, disk.carrier.data_status, may_confirm, documents) for wipe in wipes[:WIPES_SHOWN]]


def _status_words(wipe: WipeEvidence, now: DataStatus) -> LazyString | str:
    """What is still to be done about the wipe; nothing more where the disk has since been wiped or destroyed."""
    done = wipe.status is EvidenceStatus.NOT_ERASED and is_clean(now)
    return "" if done else EVIDENCE_WORDS.get(wipe.status, "")


def _notes(wipe: WipeEvidence, documents: Documents) -> list[str]:
    if wipe.report_id not in documents:
        documents[wipe.report_id] = intake_queries.document_of(wipe.report)
    told = documents[wipe.report_id].carriers[wipe.carrier_index]
    return list(wipe_notes(told.wipe, told)) if told.wipe is not None else []


def _wipe(wipe: WipeEvidence, now: DataStatus, may_confirm: bool, documents: Documents) -> WipeLine:
    waits = wipe.status is EvidenceStatus.AWAITING_CONFIRMATION
    erased = wipe.outcome == Outcome.ERASED
    standing = standing_of(wipe)
    issued = erased and attests.current(wipe.id, spoken()) is not None
    address = url_for("wiping.attest", public_id=wipe.public_id)
    attests_erasure = standing is Standing.ERASED
    return WipeLine(
        wipe=wipe,
        look=standing_look(standing, headline_of(wipe, standing, spoken())),
        status_words=_status_words(wipe, now),
        waits=waits,
        notes=_notes(wipe, documents),
        pdf_url=address if issued else None,
        pdf_words=lazy_gettext("Wisattest (PDF)") if attests_erasure else lazy_gettext("Wisverslag (PDF)"),
        issue_url=address if erased and not issued else None,
        issue_words=lazy_gettext("Wisattest uitgeven") if attests_erasure else lazy_gettext("Wisverslag uitgeven"),
        bundle_url=url_for("wiping_api.attest_bundle", public_id=wipe.public_id, lang=spoken()) if issued else None,
        check_url=url_for("wiping.check", public_id=wipe.public_id),
        confirm_url=url_for("wiping.confirm", evidence_id=wipe.id) if waits and may_confirm else None,
    )


def _documents(reports: Sequence[SignedReport], carriers: Sequence[CarrierLine]) -> list[DocumentLine]:
    found = []
    for line in carriers:
        disk = disk_name(line.component)
        for one in line.wipes:
            at = one.wipe.ended_at
            if one.pdf_url:
                found.append(DocumentLine(words=f"{one.pdf_words}: {disk}", url=one.pdf_url, at=at))
            if one.bundle_url:
                words = gettext("Bewijsbundel (ZIP): %(disk)s", disk=disk)
                found.append(DocumentLine(words=words, url=one.bundle_url, at=at))
    for report in reports:
        url = url_for("intake.report", report_id=report.id)
        found.append(DocumentLine(words=gettext("Verslag van het station"), url=url, at=report.received_at))
    return found
