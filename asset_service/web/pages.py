"""Home, the scan box, the list of devices and the page of one device."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.core.db import transaction
from asset_service.core.errors import FieldError, Invalid, NotFound, Refused
from asset_service.devices import loose, scanning
from asset_service.devices import operations as devices_operations
from asset_service.devices import queries as devices_queries
from asset_service.devices.forms import InstallForm
from asset_service.devices.models import Component
from asset_service.devices.pages import FormRefused
from asset_service.devices.roles import READERS, WORKERS, opens_part
from asset_service.web import device_list, device_page, scan_box, work_queue
from asset_service.wiping import queries as wiping_queries
from asset_service.wiping.roles import CONFIRMERS, DESTROYERS
from asset_service.wiping.wipe_lines import wipe_lines

blueprint = Blueprint("web", __name__, template_folder="templates")


@blueprint.get("/")
@requires()
def home() -> str:
    """The scan box, and what waits for this user."""
    return render_template("web/home.html", queue=work_queue.of(current_access()))


@blueprint.get("/scan")
@requires()
def scan() -> Any:
    """What a code, an address, a serial or a disk's serial leads to: the thing itself, a choice, or what to do next."""
    found = scan_box.resolve(current_access(), request.args.get("q", ""))
    if found.result == "found":
        flash(found.words, "good")
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        answer = jsonify(result=found.result, words=str(found.words), url=found.url)
        answer.vary.add("Accept")
        return answer
    if found.result == "found":
        return redirect(found.url)
    return render_template("web/scanned.html", found=found, shown=request.args.get("q", "")[:100])


@blueprint.post("/scan/claim")
@requires(WORKERS)
def claim() -> Any:
    """A blank label that was scanned is stuck on a device that is scanned now."""
    code, text = request.form.get("code", ""), request.form.get("device", "")
    devices = devices_queries.scan(current_access(), text).devices
    if len(devices) != 1 or not scanning.names(devices[0], text):
        message = gettext(
            "Scan de oude code of het serienummer van één toestel. „%(text)s” kennen we niet zo.", text=text
        )
        raise Invalid(message, errors=[FieldError("device", message)])
    device_id = devices[0].id
    with transaction():
        claimed = devices_operations.claim_code(current_access(), device_id, code).code
    flash(gettext("Dit toestel heeft nu code %(code)s.", code=claimed), "good")
    return redirect(url_for(".device", code=claimed))


@blueprint.get("/components/loose")
@requires(READERS)
def loose_disks() -> str:
    """Disks that lie in no device and are not wiped."""
    return render_template("web/loose_disks.html", page=loose.exposed(current_access(), request.args.get("after")))


@blueprint.get("/components/<uuid:component_id>")
@requires(READERS)
def loose_disk(component_id: UUID) -> Any:
    """One loose disk and what can be done with it: put it into a device, or write down that it was destroyed."""
    disk = devices_queries.component_by_id(current_access(), component_id)
    if disk.device is not None:
        return redirect(url_for(".device", code=disk.device.code))
    return _loose_disk(disk, InstallForm(formdata=None))


def _loose_disk(disk: Component, form: InstallForm) -> str:
    access = current_access()
    task = wiping_queries.open_tasks_of_components([disk.id]).get(disk.id)
    wipes = wiping_queries.evidence_of_components([disk.id]).get(disk.id, ())
    may_confirm = bool(opens_part(access, CONFIRMERS, disk))
    may_destroy = bool(opens_part(access, DESTROYERS, disk))
    return render_template(
        "web/loose_disk.html",
        disk=disk,
        form=form,
        wipes=wipe_lines(disk, wipes, may_confirm, {}),
        may_work=bool(opens_part(access, WORKERS, disk)),
        task_url=url_for("wiping.destroy", task_id=task.id) if task and may_destroy else None,
    )


@blueprint.post("/components/<uuid:component_id>/install")
@requires(WORKERS)
def install_disk(component_id: UUID) -> Any:
    """The loose disk was put into a device."""
    access, form = current_access(), InstallForm()
    disk = devices_queries.component_by_id(access, component_id)
    if form.validate():
        try:
            with transaction():
                device = devices_queries.device_by_code(access, form.code.data)
                devices_operations.install(access, component_id, device.id)
        except (Invalid, NotFound, Refused) as error:
            form.code.errors = [str(error.detail)]
        else:
            flash(gettext("De schijf zit nu in dit toestel."), "good")
            return redirect(url_for(".device", code=device.code))
    return _loose_disk(disk, form), 422


@blueprint.get("/devices")
@requires(READERS)
def devices() -> str:
    """The devices, filtered by what the address says, a page at a time."""
    access = current_access()
    asked = device_list.filters_of(request.args)
    page = devices_queries.devices(access, asked, request.args.get("after"))
    return render_template(
        "web/devices.html",
        page=page,
        text=asked.text,
        filter_fields=device_list.filter_fields(asked, accounts_queries.sites(access, READERS)),
        chosen=device_list.in_address(asked),
        count=work_queue.capped(devices_queries.count(access, asked)),
    )


@blueprint.get("/devices.csv")
@requires(READERS)
def devices_csv() -> Response:
    """Every device that the list with the same filters holds, as it goes: nothing is gathered first."""
    rows = device_list.csv_rows(current_access(), device_list.filters_of(request.args))
    headers = {"Content-Disposition": "attachment; filename=toestellen.csv"}
    return Response(rows, content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.get("/d/<code>")
@requires(READERS)
def device(code: str) -> Any:
    """Everything the house knows of one device."""
    found = devices_queries.device_by_code(current_access(), code)
    if found.code != code:
        # An earlier label, lower case, or without its hyphen: one address a device.
        return redirect(url_for(".device", code=found.code))
    page = device_page.of(current_access(), found, request.args.get("before"))
    return render_template("web/device.html", device=found, page=page)


@blueprint.app_errorhandler(FormRefused)
def form_refused(refused: FormRefused) -> Any:
    """The device's page again, with the form as it was filled in and what is wrong beside its fields."""
    found = devices_queries.device_by_code(current_access(), refused.device_code)
    page = device_page.of(current_access(), found, refused=refused.form)
    if not page.draws(refused.form):
        # What changed meanwhile took the form away: its message still has to be read.
        flash(str(refused.detail), "bad")
    return render_template("web/device.html", device=found, page=page), refused.status
