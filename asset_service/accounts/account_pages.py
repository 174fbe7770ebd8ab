"""The pages of one's own account: language, password, where one is logged in, and API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from asset_service.accounts import operations, queries
from asset_service.accounts.access import current_access, end_session, requires, start_session_of
from asset_service.accounts.browsers import browser_name
from asset_service.accounts.forms import LanguageForm, PasswordForm, TokenForm
from asset_service.core.db import transaction
from asset_service.core.errors import DomainError
from asset_service.core.security import limiter

blueprint = Blueprint("account", __name__, template_folder="templates")
blueprint.add_app_template_filter(browser_name)


@blueprint.get("/account")
@requires()
def profile() -> str:
    """One's own account."""
    return _profile()


def _profile(
    *,
    language: LanguageForm | None = None,
    password: PasswordForm | None = None,
    token: TokenForm | None = None,
    new_token: str | None = None,
) -> str:
    access = current_access()
    return render_template(
        "accounts/profile.html",
        user=queries.user(access.own_id),
        language_form=language or LanguageForm(formdata=None, language=access.language),
        password_form=password or PasswordForm(formdata=None),
        token_form=token or TokenForm(formdata=None),
        new_token=new_token,
        sessions=queries.sessions(access),
        present_id=access.session_id,
        tokens=queries.open_tokens(access),
    )


@blueprint.post("/account/language")
@requires()
def change_language() -> Any:
    """Read the service in another language from now on."""
    form = LanguageForm()
    if not form.validate():
        return _profile(language=form), 422
    with transaction():
        operations.set_language(current_access(), form.language.data)
    return redirect(url_for(".profile"))


@blueprint.post("/account/password")
@limiter.limit("10/minute")
@requires()
def change_password() -> Any:
    """Choose another password; every other session of this user ends, and every API token."""
    form, access = PasswordForm(), current_access()
    if form.validate():
        try:
            operations.work_out_password(access.own_id, password=form.password.data, present=form.present.data)
            start_session_of(
                lambda: (
                    operations.set_password(
                        access, access.own_id, password=form.password.data, present=form.present.data
                    ).id
                )
            )
        except DomainError as error:
            form.show_error(error)
        else:
            message = gettext("Je wachtwoord is gewijzigd. Elders ben je nu afgemeld, en je tokens gelden niet meer.")
            flash(message, "good")
            return redirect(url_for(".profile"))
    return _profile(password=form), 422


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@requires()
def end_one_session(session_id: UUID) -> Response:
    """Log out in one browser: this one, or one that is lost."""
    access = current_access()
    if session_id == access.session_id:
        end_session()
        flash(gettext("Je bent afgemeld."), "good")
        return redirect(url_for("accounts.login"))
    with transaction():
        operations.end_session(access, session_id)
    flash(gettext("Daar ben je nu afgemeld."), "good")
    return redirect(url_for(".profile"))


@blueprint.post("/account/sessions/end-others")
@requires()
def end_other_sessions() -> Response:
    """Log out everywhere but here."""
    with transaction():
        operations.end_other_sessions(current_access())
    flash(gettext("Je bent nu alleen nog hier aangemeld."), "good")
    return redirect(url_for(".profile"))


@blueprint.post("/account/tokens")
@limiter.limit("10/minute")
@requires()
def make_token() -> Any:
    """Make an API token. It stands in this answer only: never in the browser's cookie, nor in an address."""
    form = TokenForm()
    if form.validate():
        try:
            with transaction():
                life = timedelta(days=form.valid_days.data)
                _, token = operations.create_token(current_access(), name=form.name.data, valid_for=life)
        except DomainError as error:
            form.show_error(error)
        else:
            return _profile(new_token=token), 201
    return _profile(token=form), 422


@blueprint.post("/account/tokens/<uuid:token_id>/revoke")
@requires()
def revoke_token(token_id: UUID) -> Response:
    """Let an API token open nothing any more."""
    with transaction():
        operations.revoke_token(current_access(), token_id)
    flash(gettext("Het token is ingetrokken."), "good")
    return redirect(url_for(".profile"))
