"""What people do with a device from its page: each form is one operation, then back to the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect
from flask_babel import gettext
from werkzeug.wrappers import Response

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.accounts.forms import site_choices
from asset_service.core.db import transaction
from asset_service.core.errors import Invalid, Refused
from asset_service.core.forms import Form
from asset_service.devices import codes, operations, queries
from asset_service.devices.forms import InspectionForm, LabelForm, MoveForm, NoCarrierForm, RemovalForm
from asset_service.devices.models import Defect, Device
from asset_service.devices.roles import WORKERS
from asset_service.frame.rooms import address

blueprint = Blueprint("devices", __name__, template_folder="templates")


def _back(code: str) -> Response:
    return redirect(address("device", code=code))


class FormRefused(Invalid):
    """A form of the device's page cannot be done; ``form`` holds what was filled in, and what is wrong with it."""

    def __init__(self, code: str, form: Form) -> None:
        messages = [str(one) for one in form.form_errors] + [str(one) for field in form for one in field.errors]
        super().__init__(" ".join(messages))
        self.device_code = code
        self.form = form


@contextmanager
def _checked(code: str, form: Form) -> Iterator[None]:
    """Check ``form``, then do what is within in one transaction. Raises :class:`FormRefused` where either says no."""
    if not form.validate():
        raise FormRefused(code, form)
    try:
        with transaction():
            yield
    except (Invalid, Refused) as error:
        form.show_error(error)
        raise FormRefused(code, form) from error


@blueprint.post("/d/<code>/receive")
@requires(WORKERS)
def receive(code: str) -> Response:
    """The device came through the door."""
    device = queries.device_by_code(current_access(), code)
    with transaction():
        operations.receive(current_access(), device.id)
    flash(gettext("Binnengekomen."), "good")
    return _back(code)


@blueprint.post("/d/<code>/inspect")
@requires(WORKERS)
def inspect(code: str) -> Response:
    """A person inspected the device."""
    device = queries.device_by_code(current_access(), code)
    form = InspectionForm()
    with _checked(code, form):
        operations.inspect(
            current_access(),
            device.id,
            reusable=form.reusable.data == "yes",
            defects=[Defect(defect) for defect in form.defects.data or []],
            seen_version=form.seen_version.data,
        )
    flash(gettext("De keuring is bewaard."), "good")
    return _back(code)


@blueprint.post("/d/<code>/no-carrier")
@requires(WORKERS)
def confirm_no_carrier(code: str) -> Response:
    """A person looked and there is no disk in the device."""
    device = queries.device_by_code(current_access(), code)
    form = NoCarrierForm()
    with _checked(code, form):
        operations.confirm_no_carrier(current_access(), device.id, seen_version=form.seen_version.data)
    flash(gettext("Bewaard: er zit geen schijf in dit toestel."), "good")
    return _back(code)


@blueprint.post("/d/<code>/label")
@requires(WORKERS)
def claim_code(code: str) -> Response:
    """A blank label was stuck on the device."""
    device = queries.device_by_code(current_access(), code)
    form = LabelForm()
    if codes.parse(form.code.data or "") == device.code:
        flash(gettext("Dit toestel heeft deze code al."), "wait")
        return _back(device.code)
    with _checked(code, form):
        seen_version = form.seen_version.data
        claimed = operations.claim_code(current_access(), device.id, form.code.data, seen_version=seen_version).code
    flash(gettext("Dit toestel heeft nu code %(code)s.", code=claimed), "good")
    return _back(claimed)


@blueprint.post("/d/<code>/move")
@requires(WORKERS)
def move(code: str) -> Response:
    """The device goes to another site."""
    device = queries.device_by_code(current_access(), code)
    form = move_form(device)
    if form.site.data == str(device.site_id):
        flash(gettext("Het toestel staat daar al."), "wait")
        return _back(code)
    with _checked(code, form):
        operations.move(current_access(), device.id, UUID(form.site.data), seen_version=form.seen_version.data)
    flash(gettext("Het toestel is verplaatst."), "good")
    return _back(code)


def move_form(device: Device, **options: Any) -> MoveForm:
    """The form to move ``device``, with the sites where this user works; where it is now is chosen first."""
    form = MoveForm(data={"site": str(device.site_id)}, **options)
    places = accounts_queries.sites(current_access(), WORKERS)
    form.site.choices = site_choices(places)
    return form


@blueprint.post("/components/<uuid:component_id>/remove")
@requires(WORKERS)
def remove_component(component_id: UUID) -> Response:
    """A part was taken out of its device and lies loose, still followed."""
    component = queries.component_by_id(current_access(), component_id)
    if component.device is None:
        flash(gettext("Dit onderdeel ligt al los."), "wait")
        return redirect(address("home"))
    code = component.device.code
    with _checked(code, RemovalForm()):
        operations.remove(current_access(), component_id)
    flash(gettext("Uitgebouwd. Het onderdeel blijft gevolgd op deze plaats."), "good")
    return _back(code)
