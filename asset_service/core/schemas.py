"""Schemas that every room's API shares: pages."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from asset_service.core.paging import DEFAULT_LIMIT, MAX_LIMIT


class PageRequest(Schema):
    """Which page: ``after`` is the ``next_cursor`` of the page before."""

    after = fields.String(load_default=None, validate=validate.Length(max=500))
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))


class PageOf(Schema):
    """A page of a list; subclasses say what ``items`` are."""

    next_cursor = fields.String(allow_none=True)
