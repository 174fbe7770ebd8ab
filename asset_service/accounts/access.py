"""Who makes the present request, and which views they may call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import structlog
from flask import Flask, current_app, g, request, session
from flask_babel import gettext, refresh
from flask_login import current_user, login_user, logout_user

from asset_service.accounts import operations, queries
from asset_service.accounts.access_rules import ANY_USER, Rule
from asset_service.accounts.scope import SYSTEM, WHOLE_PARTNER, Access, Scope
from asset_service.core.access import DECISION, PUBLIC, decision
from asset_service.core.db import transaction, utc_now
from asset_service.core.errors import Forbidden, Unauthenticated, Unavailable, wants_problem_json
from asset_service.core.i18n import LANGUAGE_OF_USER
from asset_service.core.outages import outage_of
from asset_service.core.security import csrf

__all__ = [
    "SYSTEM",
    "WHOLE_PARTNER",
    "Access",
    "Scope",
    "current_access",
    "end_session",
    "requires",
    "start_session",
    "start_session_of",
]

View = TypeVar("View", bound=Callable[..., Any])

TOKEN = "_user_id"  # noqa: S105 - where Flask-Login keeps what the session remembers
log = structlog.get_logger(__name__)


def current_access() -> Access:
    """Who makes the present request. Raises :class:`Unauthenticated`.

    With an ``Authorization`` header only the token in it counts; else the session. A session that changes something
    through the API must send the form token (``X-CSRFToken``): a browser sends cookies along without being asked.
    """
    if "access" not in g:
        g.access = _identified()
        g.language = g.access.language
        refresh()
    access: Access = g.access
    return access


def _identified() -> Access:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        access = queries.access_of_token(token.strip()) if scheme.lower() == "bearer" else None
        if access is None:
            raise Unauthenticated(gettext("Dit token geldt niet (meer)."), headers={"WWW-Authenticate": "Bearer"})
        return access
    if not current_user.is_authenticated:
        raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
    if wants_problem_json():
        csrf.protect()
    user: Access = current_user._get_current_object()
    return user


def _language_of_session() -> str | None:
    """The language of who is logged in in this browser, where no view asked who that is: a public page, an error's."""
    if not session.get(TOKEN):
        return None
    try:
        return current_user.language if current_user.is_authenticated else None
    except Exception as error:  # noqa: BLE001 - an error's page too must have words; it is logged
        log.warning("the language of who is logged in is not known", reason=repr(error))
        return None


def start_session(access: Access) -> None:
    """Log this user in. Raises ValueError for the service itself."""
    if access.user_id is None:
        raise ValueError("the service itself does not log in")
    user_id = access.user_id
    start_session_of(lambda: user_id)


def start_session_of(decide: Callable[[], UUID]) -> None:
    """Log the user in whom ``decide`` gives, under a new token. What the cookie held before is dropped, and ended.

    The token is made in the transaction of the decision: a password that is changed meanwhile ends this session too.
    The cookie is not made permanent: it goes when the browser is closed. The session's own end stands in its row.
    """
    before = session.get(TOKEN)
    with transaction():
        user_id = decide()
        if before:
            operations.end_session_of(before)
        token = operations.open_session(user_id, request.headers.get("User-Agent", ""))
    access = queries.access_of_user(user_id)
    session.clear()
    login_user(replace(access, session_token=token))


def end_session() -> None:
    """Log out: the session is over, for a copy of its cookie too, and nothing stays in the browser."""
    if token := session.get(TOKEN):
        with transaction():
            operations.end_session_of(token)
    logout_user()
    session.clear()


def _see_session(access: Access) -> None:
    """Now and then write down that the session is in use."""
    if access.session_id is None or access.session_seen_at is None:
        return
    if utc_now() - access.session_seen_at < operations.SEEN_EVERY:
        return
    try:
        with transaction():
            operations.see_session(access.session_id)
    except Exception as error:
        if not isinstance(error, Unavailable) and outage_of(error) is None:
            raise
        # A database or a disk that can only be read for the moment must still show its pages.
        log.warning("a session's use was not written down", reason=str(error))


def requires(rule: Rule = ANY_USER) -> Callable[[View], View]:
    """Only users to whom ``rule`` opens anything (none given: any user) may call the view.

    Where exactly it does, the operation or query behind it asks.
    """

    def decide(view: View) -> View:
        setattr(view, DECISION, rule)
        return view

    return decide


def register(app: Flask) -> None:
    """Ask at the door of every endpoint, before its request is read; one that decided nothing stays shut."""
    decisions: dict[tuple[str, str], Any] = {}

    def ask() -> Any:
        if request.endpoint is None or request.method == "OPTIONS":
            return None
        asked = (request.endpoint, request.method)
        if asked not in decisions:
            decisions[asked] = decision(app, *asked)
        return _enter(decisions[asked])

    app.before_request(ask)
    app.extensions[LANGUAGE_OF_USER] = _language_of_session


def _enter(decided: Any) -> Any:
    if decided == PUBLIC:
        return None
    if decided is None:
        raise Forbidden(gettext("Voor deze bladzijde is niet beslist wie ze mag zien."), code="undecided")
    if not wants_problem_json() and not current_user.is_authenticated:
        # A person is led to the login page.
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    access = current_access()
    if not access.has(decided):
        raise Forbidden(gettext("Je rol laat dit niet toe."))
    _see_session(access)
    return None
