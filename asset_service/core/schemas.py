"""Schemas that every room's API shares: pages, and moments that end in ``Z``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from asset_service.core.paging import DEFAULT_LIMIT, MAX_LIMIT


class Moment(fields.AwareDateTime):
    """A moment: ISO 8601, written as UTC ending in ``Z``; read with any zone, refused without one."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value is not None else None


class PageRequest(Schema):
    """Which page: ``after`` is the ``next_cursor`` of the page before."""

    after = fields.String(load_default=None, validate=validate.Length(max=500))
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))


class PageOf(Schema):
    """A page of a list; subclasses say what ``items`` are."""

    next_cursor = fields.String(allow_none=True)
