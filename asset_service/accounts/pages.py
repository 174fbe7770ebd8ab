"""The pages of accounts: logging in and out, and the administration of stations and users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from asset_service.accounts import operations, passwords, queries
from asset_service.accounts.access import (
    WHOLE_PARTNER,
    current_access,
    end_session,
    requires,
    start_session_of,
)
from asset_service.accounts.access_rules import SERVICE_ADMINS
from asset_service.accounts.forms import (
    EnrolmentCodeForm,
    GrantForm,
    LoginForm,
    StationRevocationForm,
    UserForm,
    site_choices,
)
from asset_service.accounts.models import Grant, RevocationReason, Role, User
from asset_service.accounts.roles import ADMINISTRATORS
from asset_service.core.access import public
from asset_service.core.db import transaction
from asset_service.core.errors import DomainError, NotFound
from asset_service.core.security import limiter
from asset_service.frame.rooms import address

blueprint = Blueprint("accounts", __name__, template_folder="templates")

NEW_CODE = "new_enrolment_code"

ROLE_WORDS = {
    Role.TECHNICIAN: lazy_gettext("technieker"),
    Role.STOCK_MANAGER: lazy_gettext("voorraadbeheerder"),
    Role.DESK: lazy_gettext("baliemedewerker"),
    Role.REPORTER: lazy_gettext("rapporteur"),
    Role.PARTNER_ADMIN: lazy_gettext("beheerder van de organisatie"),
    Role.ADMIN: lazy_gettext("beheerder van de dienst"),
}


@blueprint.app_template_filter("grant_words")
def grant_words(grant: Grant) -> str:
    """A role and where it holds, in words."""
    role = str(ROLE_WORDS[grant.role])
    if grant.project is not None:
        return gettext("%(role)s (project %(project)s)", role=role, project=grant.project.name)
    if grant.partner is None:
        return role
    place = f"{grant.partner.name}, {grant.site.name}" if grant.site else grant.partner.name
    return f"{role} ({place})"


@blueprint.app_template_filter("administered")
def administered(grants: Sequence[Grant]) -> list[Grant]:
    """Those of a user's roles that the present user gives and takes: where else they work is not shown."""
    access = current_access()
    return [one for one in grants if access.may(ADMINISTRATORS, one.partner_id, one.site_id)]


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("20/minute;200/hour", methods=["POST"])
@public
def login() -> Any:
    """Ask who is there; a right answer leads to where they wanted to go."""
    form = LoginForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        if current_user.is_authenticated:
            return redirect(_own_address(form.next.data))
    elif form.validate():
        try:
            _log_in(form)
        except DomainError as error:
            form.show_error(error)
        else:
            return redirect(_own_address(form.next.data))
    return render_template("accounts/login.html", form=form), 200 if request.method == "GET" else 422


def _log_in(form: LoginForm) -> None:
    email, password = form.email.data or "", form.password.data or ""
    operations.work_out_login(email, password)
    start_session_of(lambda: operations.authenticate(email, password).id)


def _own_address(wanted: str | None) -> str:
    """``wanted`` where it is a path of ours, else home: a login never leads to another server."""
    path = (wanted or "").replace("\\", "/")
    parts = urlsplit(path)
    # A second slash makes it another server's address, to browsers a third one too, where our parser sees a path.
    is_path = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith("//")
    return wanted if wanted and is_path else address("home")


@blueprint.post("/logout")
@requires()
def logout() -> Response:
    """Forget who was there."""
    end_session()
    flash(gettext("Je bent afgemeld."), "good")
    return redirect(url_for(".login"))


@blueprint.get("/admin/stations")
@requires(ADMINISTRATORS)
def stations() -> str:
    """The stations of one's partner, and the codes with which new ones enrol."""
    return _stations(_code_form(), session.pop(NEW_CODE, None))


def _code_form() -> EnrolmentCodeForm:
    form = EnrolmentCodeForm()
    places = queries.sites(current_access(), ADMINISTRATORS)
    form.site.choices = site_choices(places)
    return form


def _stations(form: EnrolmentCodeForm, new_code: Any = None) -> str:
    access = current_access()
    page = queries.stations(access, request.args.get("after"))
    return render_template(
        "accounts/stations.html",
        form=form,
        new_code=new_code,
        service_url=current_app.extensions["herstart_settings"].base_url,
        codes=queries.open_enrolment_codes(access),
        page=page,
        revocation=StationRevocationForm(formdata=None),
    )


@blueprint.post("/admin/stations/codes")
@requires(ADMINISTRATORS)
def create_code() -> Any:
    """Make an enrolment code. The page that follows shows it, once: loading that again makes no other."""
    form, access = _code_form(), current_access()
    if form.validate():
        site = next(one for one in queries.sites(access, ADMINISTRATORS) if str(one.id) == form.site.data)
        try:
            with transaction():
                row, code = operations.create_enrolment_code(
                    access,
                    site.partner_id,
                    site.id,
                    max_uses=form.max_uses.data,
                    valid_for=timedelta(hours=form.valid_for.data),
                )
                shown = {"code": code, "expires_at": row.expires_at, "max_uses": row.max_uses}
        except DomainError as error:
            form.show_error(error)
        else:
            session[NEW_CODE] = shown
            return redirect(url_for(".stations"))
    return _stations(form), 422


@blueprint.post("/admin/stations/codes/<uuid:code_id>/revoke")
@requires(ADMINISTRATORS)
def revoke_code(code_id: UUID) -> Response:
    """Let an enrolment code open nothing any more."""
    with transaction():
        operations.revoke_enrolment_code(current_access(), code_id)
    flash(gettext("De inschrijfcode is ingetrokken."), "good")
    return redirect(url_for(".stations"))


@blueprint.route("/admin/stations/<uuid:station_id>/revoke", methods=["GET", "POST"])
@requires(ADMINISTRATORS)
def revoke_station(station_id: UUID) -> Any:
    """Trust a station no more: ask why first, since it cannot be undone."""
    station = queries.station(current_access(), station_id)
    form = StationRevocationForm()
    if form.validate_on_submit():
        with transaction():
            operations.revoke_station(current_access(), station_id, reason=RevocationReason(form.reason.data))
        flash(gettext("Het station is ingetrokken. Wat het vroeger meldde, blijft geldig."), "good")
        return redirect(url_for(".stations"))
    return render_template("accounts/revoke_station.html", station=station, form=form)


@blueprint.route("/admin/users", methods=["GET", "POST"])
@requires(ADMINISTRATORS)
def users() -> Any:
    """The users of one's partner, with a form for a new one."""
    form = UserForm()
    _offer(form)
    if form.validate_on_submit():
        try:
            user = _create_user(form)
        except DomainError as error:
            form.show_error(error)
        else:
            flash(gettext("%(name)s kan nu aanmelden.", name=user.name), "good")
            return redirect(url_for(".users"))
    return _users(form=form), 422 if form.is_submitted() else 200


@blueprint.post("/admin/users/roles")
@requires(ADMINISTRATORS)
def grant_role() -> Any:
    """Give a role to somebody who is a user already, by their e-mail address."""
    form = GrantForm()
    _offer(form)
    if form.validate():
        try:
            with transaction():
                user = queries.user_by_email(form.email.data)
                _grant(user, form)
        except NotFound as error:
            form.email.errors = [str(error.detail)]
        except DomainError as error:
            form.show_error(error)
        else:
            flash(gettext("%(name)s heeft deze rol nu.", name=user.name), "good")
            return redirect(url_for(".users"))
    return _users(grant_form=form), 422


@blueprint.post("/admin/users/roles/<uuid:grant_id>/withdraw")
@requires(ADMINISTRATORS)
def withdraw_role(grant_id: UUID) -> Response:
    """Take a role away."""
    with transaction():
        operations.withdraw_role(current_access(), grant_id)
    flash(gettext("Deze rol is afgenomen."), "good")
    # Who took away their own role may not open this page any more.
    still_theirs = queries.access_of_user(current_access().own_id).has(ADMINISTRATORS)
    return redirect(url_for(".users") if still_theirs else address("home"))


def _users(*, form: UserForm | None = None, grant_form: GrantForm | None = None) -> str:
    form, grant_form = form or UserForm(formdata=None), grant_form or GrantForm(formdata=None)
    _offer(form)
    _offer(grant_form)
    page = queries.users(current_access(), request.args.get("after"))
    return render_template("accounts/users.html", form=form, grant_form=grant_form, page=page)


EVERYWHERE = "everywhere"
PROJECT = "project:"


def _offer(form: UserForm | GrantForm) -> None:
    """Let the form offer the roles and places that this user may give."""
    access = current_access()
    roles = [role for role in Role if role is not Role.ADMIN or access.has(SERVICE_ADMINS)]
    form.role.choices = [(role.value, ROLE_WORDS[role]) for role in roles]
    places = {EVERYWHERE: gettext("overal (beheerder van de dienst)")} if access.has(SERVICE_ADMINS) else {}
    for site in queries.sites(access, ADMINISTRATORS):
        if access.may(ADMINISTRATORS, site.partner_id, WHOLE_PARTNER):
            places[str(site.partner_id)] = gettext("%(partner)s, alle plaatsen", partner=site.partner.name)
        places[f"{site.partner_id}/{site.id}"] = f"{site.partner.name}, {site.name}"
    for project in queries.projects(access):
        places[f"{PROJECT}{project.id}"] = gettext("project %(project)s, alleen totalen", project=project.name)
    form.place.choices = list(places.items())


def _create_user(form: UserForm) -> User:
    passwords.hash_ahead(form.password.data)
    with transaction():
        user = operations.create_user(
            current_access(), email=form.email.data, name=form.name.data, password=form.password.data
        )
        _grant(user, form)
    return user


def _grant(user: User, form: UserForm | GrantForm) -> None:
    operations.grant_role(current_access(), user.id, Role(form.role.data), **_place(form.place.data))


def _place(chosen: str) -> dict[str, UUID]:
    """Where a role holds, as ``grant_role`` takes it: one of the form's choices."""
    if chosen == EVERYWHERE:
        return {}
    if chosen.startswith(PROJECT):
        return {"project_id": UUID(chosen.removeprefix(PROJECT))}
    return dict(zip(("partner_id", "site_id"), map(UUID, chosen.split("/")), strict=False))
