"""What people do with a device from its page: each form is one operation, then back to the page."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.core.db import transaction
from asset_service.core.errors import Invalid
from asset_service.core.forms import Form
from asset_service.devices import operations, queries
from asset_service.devices.forms import InspectionForm, LabelForm, MoveForm
from asset_service.devices.models import Defect
from asset_service.devices.operations import WORKERS

blueprint = Blueprint("devices", __name__)


def _back(code: str) -> Response:
    return redirect(url_for("web.device", code=code))


def _checked(form: Form) -> None:
    """Raise :class:`Invalid` with what the form misses: its page says it in the user's words."""
    if not form.validate():
        raise Invalid(" ".join(str(message) for messages in form.errors.values() for message in messages))


@blueprint.post("/d/<code>/receive")
@requires(*WORKERS)
def receive(code: str) -> Response:
    """The device came through the door."""
    device = queries.device_by_code(current_access(), code)
    with transaction():
        operations.receive(current_access(), device.id)
    flash(gettext("Binnengekomen."), "good")
    return _back(code)


@blueprint.post("/d/<code>/inspect")
@requires(*WORKERS)
def inspect(code: str) -> Response:
    """A person inspected the device."""
    device = queries.device_by_code(current_access(), code)
    form = InspectionForm()
    _checked(form)
    with transaction():
        operations.inspect(
            current_access(),
            device.id,
            reusable=form.reusable.data == "yes",
            defects=[Defect(defect) for defect in form.defects.data or []],
        )
    flash(gettext("De keuring is bewaard."), "good")
    return _back(code)


@blueprint.post("/d/<code>/no-carrier")
@requires(*WORKERS)
def confirm_no_carrier(code: str) -> Response:
    """A person looked and there is no disk in the device."""
    device = queries.device_by_code(current_access(), code)
    with transaction():
        operations.confirm_no_carrier(current_access(), device.id)
    flash(gettext("Bewaard: er zit geen schijf in dit toestel."), "good")
    return _back(code)


@blueprint.post("/d/<code>/label")
@requires(*WORKERS)
def claim_code(code: str) -> Response:
    """A blank label was stuck on the device."""
    device = queries.device_by_code(current_access(), code)
    form = LabelForm()
    _checked(form)
    with transaction():
        claimed = operations.claim_code(current_access(), device.id, form.code.data).code
    flash(gettext("Dit toestel heeft nu code %(code)s.", code=claimed), "good")
    return _back(claimed)


@blueprint.post("/d/<code>/move")
@requires(*WORKERS)
def move(code: str) -> Response:
    """The device goes to another site."""
    device = queries.device_by_code(current_access(), code)
    form = move_form()
    _checked(form)
    with transaction():
        operations.move(current_access(), device.id, UUID(form.site.data))
    flash(gettext("Het toestel is verplaatst."), "good")
    return _back(code)


def move_form() -> MoveForm:
    """The form to move a device, with the sites where this user works."""
    form = MoveForm()
    places = accounts_queries.sites(current_access(), *WORKERS)
    form.site.choices = [(str(site.id), f"{site.partner.name} – {site.name}") for site in places]
    return form


@blueprint.post("/components/<uuid:component_id>/remove")
@requires(*WORKERS)
def remove_component(component_id: UUID) -> Response:
    """A part was taken out of its device and lies loose, still followed."""
    component = queries.component_by_id(current_access(), component_id)
    code = component.device.code if component.device else None
    with transaction():
        operations.remove(current_access(), component_id)
    flash(gettext("Uitgebouwd. Het onderdeel blijft gevolgd op deze plaats."), "good")
    return _back(code) if code else redirect(url_for("web.home"))
