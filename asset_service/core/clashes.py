"""Two requests that write the same rows at the same moment: the later one is handled again, and finds the first's."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from sqlalchemy.exc import DBAPIError, IntegrityError

from asset_service.core.db import db

ATTEMPTS = 3
_CLASHES = {"40P01", "40001"}
"""PostgreSQL's deadlock and serialization failure."""
_READ_ONCE = "application/jose"
"""Stations' messages are read from the connection itself; their edge has turns of its own."""


def is_clash(error: BaseException) -> bool:
    """Did another transaction stand in the way, so that a second turn may go well?"""
    if not isinstance(error, DBAPIError):
        return False
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in _CLASHES


class TurnTakingFlask(Flask):
    """Flask that calls a view again after a clash: its transaction was rolled back, and nothing was answered yet."""

    def dispatch_request(self) -> Any:
        """The view's answer. A third clash in a row is passed on, and answered with 409."""
        for _ in range(ATTEMPTS - 1 if request.mimetype != _READ_ONCE else 0):
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                if not is_clash(error):
                    raise
                db.session.rollback()
        return super().dispatch_request()
