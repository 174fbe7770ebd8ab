"""The pages of intake: reports that wait for a person, one report as it came, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from asset_service.accounts.access import current_access, requires
from asset_service.core.db import transaction
from asset_service.core.errors import DomainError
from asset_service.devices import queries as devices_queries
from asset_service.devices.models import Device
from asset_service.devices.roles import READERS
from asset_service.frame.rooms import address
from asset_service.intake import decisions, queries, side_by_side
from asset_service.intake.forms import NEW_DEVICE, NOT_OURS, OTHER_DEVICE, DecisionForm
from asset_service.intake.matching import Doubt
from asset_service.intake.models import Grounds
from asset_service.intake.received import is_about_loose_disks
from asset_service.intake.roles import DECIDERS, QUARANTINE_READERS
from asset_service.wiping import queries as wiping_queries

blueprint = Blueprint("intake", __name__, template_folder="templates")

DOUBTS = {
    Doubt.STRONG_CONFLICT: lazy_gettext("De nummers in dit verslag horen bij verschillende toestellen."),
    Doubt.IDENTITY_CHANGED: lazy_gettext("Een deel van de nummers past bij een toestel van ons, een ander deel niet."),
    Doubt.KEY_ALONE: lazy_gettext(
        "Eén nummer past bij een toestel van ons, en niets anders bevestigt dat. "
        "Sommige fabrikanten geven al hun toestellen hetzelfde nummer."
    ),
    Doubt.HINTS_DIFFER: lazy_gettext(
        "Een nummer past bij een toestel van ons, maar andere gegevens verschillen: vergelijk ze hieronder. "
        "Sommige fabrikanten geven al hun toestellen hetzelfde nummer."
    ),
    Doubt.CODE_UNKNOWN: lazy_gettext("De code op het etiket kennen we niet."),
    Doubt.CODE_CONFLICT: lazy_gettext("Het etiket hoort bij een ander toestel dan de nummers."),
    Doubt.BOARD_CONFLICT: lazy_gettext("Het nummer van het moederbord hoort bij een ander toestel."),
    Doubt.ONLY_WEAK_HINT: lazy_gettext("Alleen een onderdeel lijkt op een toestel van ons. Dat is niet genoeg."),
    Doubt.CARRIER_CHANGED: lazy_gettext("Een schijf met een bekend nummer ziet er anders uit dan vroeger."),
    Doubt.CLOCK: lazy_gettext(
        "De tijden in dit verslag kunnen niet kloppen: de klok van het station stond fout. "
        "Kijk na of het verslag van nu is; een wissing erin moet daarna nog iemand bevestigen."
    ),
    Doubt.OTHER_PARTNER: lazy_gettext("Het toestel of een schijf ervan staat bij een andere organisatie."),
}


@blueprint.app_template_filter("match_reason")
def match_reason(doubt: str) -> Any:
    """Why a person must look, in words."""
    return DOUBTS[Doubt(doubt)]


@blueprint.get("/intake/unmatched")
@requires(DECIDERS)
def unmatched() -> str:
    """The reports whose device a person must point out."""
    page = queries.unmatched(current_access(), request.args.get("after"))
    return render_template("intake/unmatched.html", page=page)


@blueprint.route("/intake/unmatched/<uuid:report_id>", methods=["GET", "POST"])
@requires(DECIDERS)
def unmatched_report(report_id: UUID) -> Any:
    """One such report, with the devices it may be about, and the decision."""
    access = current_access()
    waiting = queries.unmatched_report(access, report_id)
    document = wiping_queries.document_of(waiting.report)
    is_loose = is_about_loose_disks(document)
    candidates = [] if is_loose else queries.candidates(access, waiting)
    form = _loose_form() if is_loose else _decision_form(candidates)
    if form.validate_on_submit():
        try:
            return _decide(report_id, form)
        except DomainError as error:
            form.show_error(error)
    return render_template(
        "intake/unmatched_report.html",
        unmatched=waiting,
        signed=waiting.report,
        report=document,
        is_loose=is_loose,
        candidates={device.code: device for device in candidates},
        beside={device.code: side_by_side.of(document, device) for device in candidates},
        form=form,
    ), 422 if form.is_submitted() else 200


def _decision_form(candidates: Sequence[Device]) -> DecisionForm:
    form = DecisionForm()
    form.choice.choices = [
        *((device.code, gettext("Het is %(code)s", code=device.code)) for device in candidates),
        (OTHER_DEVICE, gettext("Het is een ander toestel dat we kennen")),
        (NEW_DEVICE, gettext("Het is een nieuw toestel")),
        (NOT_OURS, gettext("Het is geen toestel van ons")),
    ]
    return form


def _loose_form() -> DecisionForm:
    form = DecisionForm()
    form.choice.choices = [
        (NEW_DEVICE, gettext("Het zijn losse schijven van ons")),
        (NOT_OURS, gettext("Ze zijn niet van ons")),
    ]
    return form


def _decide(report_id: UUID, form: DecisionForm) -> BaseResponse:
    access, grounds = current_access(), Grounds(form.grounds.data)
    if form.choice.data == NOT_OURS:
        with transaction():
            decisions.reject_unmatched(access, report_id, grounds=grounds)
        flash(gettext("Het verslag is bewaard en hoort bij geen enkel toestel."), "good")
        return redirect(url_for(".unmatched"))
    device_id = _chosen_device(form)
    with transaction():
        device = decisions.resolve_unmatched(access, report_id, device_id=device_id, grounds=grounds)
        code = device.code if device is not None else None
    if code is None:
        flash(gettext("De schijven in dit verslag worden nu gevolgd als losse schijven."), "good")
        return redirect(url_for(".unmatched"))
    flash(gettext("Het verslag hoort nu bij dit toestel."), "good")
    return redirect(address("device", code=code))


def _chosen_device(form: DecisionForm) -> UUID | None:
    if form.choice.data == NEW_DEVICE:
        return None
    code = form.code.data if form.choice.data == OTHER_DEVICE else form.choice.data
    return devices_queries.device_by_code(current_access(), code or "").id


@blueprint.get("/intake/reports/<uuid:report_id>")
@requires(READERS)
def report(report_id: UUID) -> str:
    """One report as its station sent it."""
    signed = wiping_queries.signed_report(current_access(), report_id)
    document = wiping_queries.document_of(signed)
    return render_template(
        "intake/report.html", signed=signed, report=document, is_loose=is_about_loose_disks(document)
    )


@blueprint.get("/intake/reports/<uuid:report_id>.jws")
@requires(READERS)
def report_file(report_id: UUID) -> Response:
    """The report's exact bytes, with the station's signature."""
    signed = wiping_queries.signed_report(current_access(), report_id)
    return _download(signed.jws, "application/jose", f"{signed.id}.jws")


@blueprint.get("/intake/quarantine")
@requires(QUARANTINE_READERS)
def quarantine() -> str:
    """What was refused, for an admin to look at."""
    page = queries.quarantined(current_access(), request.args.get("after"))
    return render_template("intake/quarantine.html", page=page)


@blueprint.get("/intake/quarantine/<uuid:item_id>.bin")
@requires(QUARANTINE_READERS)
def quarantined_file(item_id: UUID) -> Response:
    """The refused bytes; a browser never tries to show them."""
    item = queries.quarantined_item(current_access(), item_id)
    return _download(item.body, "application/octet-stream", f"quarantine-{item.id}.bin")


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, content_type=media_type, headers={"Content-Disposition": f"attachment; filename={name}"})
