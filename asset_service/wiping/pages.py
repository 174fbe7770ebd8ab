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
from asset_service.core.errors import Invalid, Refused
from asset_service.core.i18n import language
from asset_service.core.security import limiter
from asset_service.devices.roles import READERS
from asset_service.frame.rooms import address
from asset_service.wiping import check_words, in_hand, operations, queries
from asset_service.wiping.api import current_attest, pdf_response
from asset_service.wiping.forms import NOTHING_CHOSEN, ConfirmationForm, DestructionForm
from asset_service.wiping.jobs import issue_anew, issued_attest
from asset_service.wiping.models import DestructionMethod
from asset_service.wiping.roles import CONFIRMERS, DESTROYERS, may_confirm, may_destroy

blueprint = Blueprint("wiping", __name__, template_folder="templates")


@blueprint.get("/w/<public_id>")
@limiter.limit("60/minute")
@public
def check(public_id: str) -> Any:
    """What the wipe behind an attest's QR code proved, for whoever holds the attest."""
    found = queries.public_check(public_id, language())
    page = render_template(
        "wiping/check.html", check=found, proven=check_words.proven(found), not_proven=check_words.not_proven(found)
    )
    return page, {"X-Robots-Tag": "noindex, nofollow"}


@blueprint.get("/attests/<public_id>.pdf")
@requires(READERS)
def attest(public_id: str) -> Any:
    """The wisattest of one wiped carrier, in the reader's language, where one says what the service says now."""
    return pdf_response(current_attest(public_id, language()))


@blueprint.post("/attests/<public_id>.pdf")
@requires(READERS)
def issue_attest(public_id: str) -> Response:
    """Issue the wisattest in the reader's language where it was not, and show it."""
    found = queries.evidence_by_public_id(current_access(), public_id)
    issued_attest(found.id, language())
    return redirect(url_for(".attest", public_id=public_id), 303)


@blueprint.get("/wipes/awaiting")
@requires(READERS)
def awaiting() -> str:
    """Wipes that a person must confirm."""
    access = current_access()
    page = queries.awaiting(access, request.args.get("after"))
    mine = {wipe.id for wipe in page.items if may_confirm(access, wipe)}
    return render_template("wiping/awaiting.html", page=page, mine=mine)


@blueprint.route("/wipes/<uuid:evidence_id>/confirm", methods=["GET", "POST"])
@requires(CONFIRMERS)
def confirm(evidence_id: UUID) -> Any:
    """A person with the disk in hand vouches for a wipe that was made without the service."""
    access, form = current_access(), ConfirmationForm()
    found = queries.awaiting_one(access, evidence_id)
    if form.validate_on_submit():
        try:
            with transaction():
                confirmed = operations.confirm_wipe_in_hand(access, evidence_id, form.typed.data)
                holder = confirmed.carrier.component.device
                following = address("device", code=holder.code) if holder else url_for(".awaiting")
        except (Invalid, Refused) as error:
            form.show_error(error)
            found = queries.awaiting_one(access, evidence_id)
        else:
            issue_anew(evidence_id)
            flash(gettext("De wissing is bevestigd."), "good")
            return redirect(following)
    page = render_template(
        "wiping/confirm.html",
        wipe=found,
        cautions=queries.cautions_of(found, language()),
        form=form,
        asked=in_hand.proof_of(found.carrier.component),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/destructions")
@requires(READERS)
def destructions() -> str:
    """Carriers that must be destroyed."""
    access = current_access()
    page = queries.open_tasks(access, request.args.get("after"))
    mine = {task.id for task in page.items if may_destroy(access, task)}
    return render_template("wiping/destructions.html", page=page, mine=mine)


@blueprint.route("/destructions/<uuid:task_id>", methods=["GET", "POST"])
@requires(DESTROYERS)
def destroy(task_id: UUID) -> Any:
    """Write down how a carrier was destroyed, and who saw it."""
    access = current_access()
    task = queries.open_task(access, task_id)
    form = DestructionForm()
    witnesses = accounts_queries.colleagues(access, task.carrier.component.holder_partner_id)
    form.witness_id.choices = [NOTHING_CHOSEN, *((str(user.id), user.name) for user in witnesses)]
    if form.validate_on_submit():
        try:
            with transaction():
                operations.destroy_in_hand(
                    access,
                    task_id,
                    method=DestructionMethod(form.method.data),
                    witness_id=UUID(form.witness_id.data),
                    typed=form.typed.data,
                )
        except Invalid as error:
            form.show_error(error)
        else:
            flash(gettext("De vernietiging is bewaard."), "good")
            return redirect(url_for(".destructions"))
    asked = in_hand.proof_of(task.carrier.component)
    page = render_template("wiping/destroy.html", task=task, form=form, asked=asked)
    return page, 422 if form.is_submitted() else 200
