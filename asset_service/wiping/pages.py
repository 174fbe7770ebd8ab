"""The pages of wipes: what anybody may check, the attest, and what waits for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.core.access import public
from asset_service.core.db import transaction
from asset_service.core.errors import Invalid
from asset_service.core.i18n import language
from asset_service.core.security import limiter
from asset_service.devices.queries import READERS
from asset_service.wiping import check_words, operations, queries
from asset_service.wiping.api import pdf_response
from asset_service.wiping.forms import NOTHING_CHOSEN, DestructionForm
from asset_service.wiping.jobs import issued_attest
from asset_service.wiping.models import DestructionMethod
from asset_service.wiping.operations import CONFIRMERS, DESTROYERS

blueprint = Blueprint("wiping", __name__, template_folder="templates")


@blueprint.get("/w/<public_id>")
@limiter.limit("60/minute")
@public
def check(public_id: str) -> Any:
    """What the wipe behind an attest's QR code proved, for whoever holds the attest."""
    found = queries.public_check(public_id)
    page = render_template(
        "wiping/check.html", check=found, proven=check_words.proven(found), not_proven=check_words.not_proven(found)
    )
    return page, {"X-Robots-Tag": "noindex, nofollow"}


@blueprint.get("/attests/<public_id>.pdf")
@requires(*READERS)
def attest(public_id: str) -> Any:
    """The wisattest of one wiped carrier, in the reader's language; issued now where it was not."""
    found = queries.evidence_by_public_id(current_access(), public_id)
    return pdf_response(issued_attest(found.id, "en" if language() == "en" else "nl"), public_id)


@blueprint.get("/wipes/awaiting")
@requires(*READERS)
def awaiting() -> str:
    """Wipes that a person must confirm."""
    access = current_access()
    page = queries.awaiting(access, request.args.get("after"))
    return render_template("wiping/awaiting.html", page=page, may_confirm=access.has(CONFIRMERS))


@blueprint.post("/wipes/<uuid:evidence_id>/confirm")
@requires(*CONFIRMERS)
def confirm(evidence_id: UUID) -> Response:
    """A person vouches for a wipe that was made without the service."""
    with transaction():
        holder = operations.confirm_wipe(current_access(), evidence_id).carrier.component.device
        address = url_for("web.device", code=holder.code) if holder else url_for(".awaiting")
    flash(gettext("De wissing is bevestigd."), "good")
    return redirect(address)


@blueprint.get("/destructions")
@requires(*READERS)
def destructions() -> str:
    """Carriers that must be destroyed."""
    page = queries.open_tasks(current_access(), request.args.get("after"))
    return render_template("wiping/destructions.html", page=page)


@blueprint.route("/destructions/<uuid:task_id>", methods=["GET", "POST"])
@requires(*DESTROYERS)
def destroy(task_id: UUID) -> Any:
    """Write down how a carrier was destroyed, and who saw it."""
    access = current_access()
    task = queries.open_task(access, task_id)
    holder = task.carrier.component.device or task.carrier.component
    form = DestructionForm()
    witnesses = accounts_queries.colleagues(access, holder.partner_id)
    form.witness_id.choices = [NOTHING_CHOSEN, *((str(user.id), user.name) for user in witnesses)]
    if form.validate_on_submit():
        try:
            with transaction():
                operations.destroy(
                    access, task_id, method=DestructionMethod(form.method.data), witness_id=UUID(form.witness_id.data)
                )
        except Invalid as error:
            form.take(error)
        else:
            flash(gettext("De vernietiging is bewaard."), "good")
            return redirect(url_for(".destructions"))
    return render_template("wiping/destroy.html", task=task, form=form), 422 if form.is_submitted() else 200
