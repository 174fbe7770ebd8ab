"""Browsers in which users are logged in: each is a row, so that it can be shown and ended."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from flask import current_app
from flask_babel import gettext
from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update

from asset_service.accounts import numbers
from asset_service.accounts.models import UserSession
from asset_service.accounts.operations.rows import add
from asset_service.accounts.scope import Access
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import NotFound

SEEN_EVERY = timedelta(minutes=5)
"""How coarse ``last_seen_at`` is: a page that only reads seldom has to write it."""


def open_session(user_id: UUID, user_agent: str) -> str:
    """One more browser is logged in as the user; gives the random token that only its cookie holds."""
    token, now = secrets.token_urlsafe(32), utc_now()
    hours: int = current_app.extensions["herstart_settings"].session_hours
    add(
        UserSession(
            id=new_id(),
            user_id=user_id,
            token_sha256=numbers.token_digest(token),
            user_agent="".join(symbol for symbol in user_agent if symbol.isprintable())[:200],
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return token


def see_session(session_id: UUID) -> None:
    """The session was used just now."""
    now = utc_now()
    due = (UserSession.id == session_id, UserSession.last_seen_at < now - SEEN_EVERY / 2)
    db.session.execute(update(UserSession).where(*due).values(last_seen_at=now))


def is_open(session_id: UUID) -> bool:
    """Has nobody ended the session since it was asked who it belongs to?"""
    return db.session.scalar(select(UserSession.id).where(UserSession.id == session_id)) is not None


def end_session_of(token: str) -> None:
    """The session whose cookie holds ``token`` is over. One that is over already stays so."""
    _end(UserSession.token_sha256 == numbers.token_digest(token))


def end_session(access: Access, session_id: UUID) -> None:
    """One of the user's own sessions is over. Raises :class:`NotFound` for any other."""
    if not _end(and_(UserSession.id == session_id, UserSession.user_id == access.user_id)):
        raise NotFound(gettext("Deze aanmelding is er niet (meer)."))


def end_other_sessions(access: Access) -> int:
    """All of the user's sessions but the present one are over; gives how many there were."""
    return _end(and_(UserSession.user_id == access.user_id, UserSession.id != access.session_id))


def end_all_sessions(user_id: UUID) -> int:
    """The user is logged in nowhere any more; gives in how many browsers they were."""
    return _end(UserSession.user_id == user_id)


def delete_ended_sessions() -> int:
    """Delete the rows of sessions whose time is over; they open nothing already. Gives how many there were."""
    now = utc_now()
    idle = timedelta(minutes=current_app.extensions["herstart_settings"].session_idle_minutes)
    return _end(or_(UserSession.expires_at <= now, UserSession.last_seen_at <= now - idle))


def _end(condition: ColumnElement[bool]) -> int:
    statement = delete(UserSession).where(condition).execution_options(synchronize_session=False)
    result = db.session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
