"""Every endpoint says who may call it; a test walks all endpoints and fails on one that says nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
DECISION = "herstart_access"
"""The attribute of a view that holds its decision: :data:`PUBLIC` or a rule, which accounts evaluate."""


def public(view: View) -> View:
    """Anybody may call this view: it decides nothing by who asks, or authenticates by what the body carries."""
    setattr(view, DECISION, PUBLIC)
    return view


def decision(app: Flask, endpoint: str, method: str) -> Any:
    """Who may call ``endpoint`` with the HTTP ``method``; ``None`` where nothing was decided."""
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        view = getattr(view_class, "get" if method == "HEAD" else method.lower())
    return getattr(view, DECISION, None)
