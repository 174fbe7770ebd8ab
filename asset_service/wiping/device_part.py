"""What this room shows on a device's page: its disks with their wipes, what waits for a person, and the attests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext, lazy_gettext

from asset_service.accounts.access import Access
from asset_service.devices.formats import disk_name
from asset_service.devices.forms import RemovalForm
from asset_service.devices.models import ComponentKind, Device
from asset_service.devices.queries import components
from asset_service.devices.roles import WORKERS
from asset_service.frame.device_parts import DevicePart, Document, PageRequest, Panel, Task
from asset_service.wiping import queries
from asset_service.wiping.roles import CONFIRMERS, DESTROYERS
from asset_service.wiping.wipe_lines import CarrierLine, Documents, wipe_lines
from asset_service.wiping.words import TO_CONFIRM, TO_DESTROY


@dataclass(frozen=True, kw_only=True, slots=True)
class DisksPanel:
    """The device's disks, and the form with which one is taken out."""

    carriers: Sequence[CarrierLine]
    removal: RemovalForm


def device_part(access: Access, device: Device, asked: PageRequest) -> DevicePart:
    """This room's part of the page of ``device``."""
    carriers = _carriers(access, device)
    disks = DisksPanel(carriers=carriers, removal=asked.form(RemovalForm))
    forms = [RemovalForm] if any(line.remove_url for line in carriers) else []
    return DevicePart(
        panels=(Panel(template="wiping/disks_panel.html", values=disks, order=40, forms=forms),),
        tasks=[task for line in carriers for task in _tasks(line)],
        documents=[one for line in carriers for one in _attests(line)],
    )


def _carriers(access: Access, device: Device) -> list[CarrierLine]:
    disks = [component for component in components(device.id) if component.kind is ComponentKind.DISK]
    wipes = queries.evidence_of_components([disk.id for disk in disks])
    tasks = queries.open_tasks_of_components([disk.id for disk in disks])
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


def _tasks(line: CarrierLine) -> list[Task]:
    disk = disk_name(line.component)
    tasks = [
        Task(
            look=TO_CONFIRM,
            words=gettext("Een voorraadbeheerder moet de wissing van %(disk)s bevestigen.", disk=disk),
            url=one.confirm_url,
            button=lazy_gettext("Bevestig deze wissing"),
            icon="arrow",
        )
        for one in line.wipes
        if one.waits
    ]
    if line.task:
        words = gettext("Vernietig de schijf %(disk)s.", disk=disk)
        button = lazy_gettext("Ze is vernietigd")
        tasks.append(Task(look=TO_DESTROY, words=words, url=line.task_url, button=button, icon="check"))
    return tasks


def _attests(line: CarrierLine) -> list[Document]:
    disk, found = disk_name(line.component), []
    for one in line.wipes:
        at = one.wipe.ended_at
        if one.pdf_url:
            found.append(Document(words=f"{one.pdf_words}: {disk}", url=one.pdf_url, at=at))
        if one.bundle_url:
            words = gettext("Bewijsbundel (ZIP): %(disk)s", disk=disk)
            found.append(Document(words=words, url=one.bundle_url, at=at))
    return found
