"""The page on which a partner's admin sets what a donated device must have at least."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from asset_service.accounts import queries as accounts_queries
from asset_service.accounts.access import current_access, requires
from asset_service.accounts.models import Partner
from asset_service.core.db import transaction
from asset_service.core.errors import DomainError, FieldError, Invalid, NotFound
from asset_service.devices.models import DeviceKind
from asset_service.minimum import operations
from asset_service.minimum.forms import PERSON, PolicyForm, PolicyWithdrawalForm
from asset_service.minimum.models import MinimumPolicy
from asset_service.minimum.operations import RULED_KINDS, KindRule
from asset_service.minimum.roles import POLICY_MAKERS
from wipe_reports.messages import ProcessorRule

blueprint = Blueprint("minimum", __name__, template_folder="templates")

MIB_IN_A_GB = 1024


@blueprint.route("/admin/minimum", methods=["GET", "POST"])
@requires(POLICY_MAKERS)
def policy() -> Any:
    """The partner's minimum, a form to make another version of it, and the earlier versions."""
    partner = _partner()
    present = operations.policy_in_force(partner.id)
    form = PolicyForm(data=_shown(present, partner))
    if form.is_submitted():
        # Who may not set it is told that, not what is wrong with the form.
        operations.demand_may_set(current_access(), partner.id)
    if form.validate_on_submit():
        try:
            with transaction():
                made = operations.set_minimum_policy(
                    current_access(),
                    partner.id,
                    name=form.name.data or "",
                    kinds=_rules(form),
                    present_version=form.present_version.data or 0,
                )
                version = made.version
        except DomainError as error:
            form.show_error(error)
        else:
            flash(gettext("Bewaard als versie %(version)s. Stations gebruiken ze vanaf nu.", version=version), "good")
            return redirect(url_for(".policy", partner=partner.id))
    return _page(partner, present, form), 422 if form.is_submitted() else 200


@blueprint.post("/admin/minimum/withdraw")
@requires(POLICY_MAKERS)
def withdraw() -> Response:
    """Let the call's own minimum hold again."""
    partner, form = _partner(), PolicyWithdrawalForm()
    operations.demand_may_set(current_access(), partner.id)
    if not form.validate():
        raise Invalid(gettext("Kijk de aangeduide velden na."))
    with transaction():
        operations.withdraw_minimum_policy(current_access(), partner.id, present_version=form.present_version.data or 0)
    flash(gettext("Ingetrokken. Het minimum van de oproep geldt weer."), "good")
    return redirect(url_for(".policy", partner=partner.id))


def _partners() -> dict[UUID, Partner]:
    """The partners whose minimum this user may read, by name."""
    return {one.partner_id: one.partner for one in accounts_queries.sites(current_access(), POLICY_MAKERS)}


def _partner() -> Partner:
    partners = _partners()
    asked = request.args.get("partner", "")
    chosen = next((one for one in partners.values() if str(one.id) == asked or not asked), None)
    if chosen is None:
        raise NotFound(gettext("Deze organisatie is er niet."))
    return chosen


def _page(partner: Partner, present: MinimumPolicy | None, form: PolicyForm) -> str:
    versions = operations.versions(current_access(), partner.id)
    return render_template(
        "minimum/policy.html",
        partner=partner,
        partners=_partners().values(),
        present=present,
        form=form,
        withdrawal=PolicyWithdrawalForm(formdata=None, present_version=present.version if present else 0),
        versions=versions,
        kinds=RULED_KINDS,
        may_set=operations.may_set(current_access(), partner.id),
    )


def _shown(present: MinimumPolicy | None, partner: Partner) -> dict[str, Any]:
    """The form as it opens: the minimum in force, or (where there is none) that of the call to begin from."""
    rules = present.kinds if present is not None else operations.OF_THE_CALL
    values: dict[str, Any] = {
        "name": present.name if present is not None else partner.name,
        "present_version": operations.latest_version(partner.id),
    }
    for kind in RULED_KINDS:
        rule = rules.get(kind.value)
        values[f"{kind.name.lower()}_processor"] = rule["processor"] if rule else PERSON
        values[f"{kind.name.lower()}_memory_gb"] = _gigabytes(rule["memory_mib"]) if rule else None
    return values


def _gigabytes(memory_mib: int) -> Decimal:
    whole, rest = divmod(memory_mib, MIB_IN_A_GB)
    return Decimal(whole) + (Decimal(rest) / MIB_IN_A_GB if rest else 0)


def _rules(form: PolicyForm) -> dict[DeviceKind, KindRule]:
    rules = {}
    for kind in RULED_KINDS:
        processor, memory = form.rule(kind)
        if processor.data == PERSON:
            continue
        if memory.data is None:
            message = gettext("Zeg hoeveel geheugen er minstens in moet zitten.")
            raise Invalid(message, errors=[FieldError(memory.name, message)])
        rules[kind] = KindRule(int(memory.data * MIB_IN_A_GB), ProcessorRule(processor.data))
    return rules
