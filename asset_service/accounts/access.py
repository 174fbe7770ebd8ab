"""Who makes the present request, and which views they may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request, session
from flask_babel import gettext, refresh
from flask_login import current_user, login_user, logout_user

from asset_service.accounts.models import Role
from asset_service.accounts.queries import access_of_token
from asset_service.accounts.scope import SYSTEM, Access, Scope
from asset_service.core.access import DECISION, PUBLIC, decision
from asset_service.core.errors import Forbidden, Unauthenticated, wants_problem_json
from asset_service.core.security import csrf

__all__ = [
    "SYSTEM",
    "Access",
    "Scope",
    "current_access",
    "end_session",
    "requires",
    "start_session",
]

View = TypeVar("View", bound=Callable[..., Any])


def current_access() -> Access:
    """Who makes the present request. Raises :class:`Unauthenticated`.

    With an ``Authorization`` header only the token in it counts; else the session. A session that changes something
    through the API must send the form token (``X-CSRFToken``): a browser sends cookies along without being asked.
    """
    if "access" not in g:
        g.access = _identified()
        g.language = g.access.language
        refresh()
    return g.access


def _identified() -> Access:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        access = access_of_token(token.strip()) if scheme.lower() == "bearer" else None
        if access is None:
            raise Unauthenticated(gettext("Dit token geldt niet (meer)."), headers={"WWW-Authenticate": "Bearer"})
        return access
    if not current_user.is_authenticated:
        raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
    if wants_problem_json():
        csrf.protect()
    return current_user._get_current_object()


def start_session(access: Access) -> None:
    """Log this user in. Whatever the browser's session held before is dropped first, the form token too.

    The session is not made permanent: Flask-Login would then let it move to another browser. Its signature holds
    for HERSTART_SESSION_HOURS all the same.
    """
    session.clear()
    login_user(access)


def end_session() -> None:
    """Log out: nothing stays in the browser's session."""
    logout_user()
    session.clear()


def requires(*roles: Role) -> Callable[[View], View]:
    """Only users with one of ``roles`` anywhere (none named: any user) may call the view.

    Where exactly a role holds, the operation or query behind it asks.
    """

    def decide(view: View) -> View:
        setattr(view, DECISION, tuple(roles))
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


def _enter(decided: Any) -> Any:
    if decided == PUBLIC:
        return None
    if decided is None:
        raise Forbidden(gettext("Voor deze bladzijde is niet beslist wie ze mag zien."), code="undecided")
    if not wants_problem_json() and not current_user.is_authenticated:
        # A person is led to the login page.
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if not current_access().has(decided):
        raise Forbidden(gettext("Je rol laat dit niet toe."))
    return None
