"""The one place where what somebody sent is read before anything believes it: JSON, addresses and forms.

Parsers raise whatever they like over what was made to hurt them. Here all of it becomes a refusal in the user's words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any, NoReturn, TypeVar

from flask import Flask
from flask import Request as FlaskRequest
from flask import request as present_request
from flask_babel import gettext
from webargs import core as webargs_core
from webargs.flaskparser import FlaskParser, is_json_request

from asset_service.core.errors import DomainError, FieldError, Invalid, NotFound

Value = TypeVar("Value")

MAX_DEPTH = 64
"""Deeper than any message of ours, and nothing for Python's own stack."""
MAX_NUMBER = 2**63 - 1
"""The largest number that a column of either database keeps."""


class Unreadable(DomainError):  # noqa: N818 - like its sisters in core.errors
    """What was sent cannot be read, or holds what no text of ours may hold."""


def read_json(raw: bytes | str) -> Any:
    """The value of UTF-8 JSON. Raises :class:`Unreadable`.

    Refused besides what is no JSON: NaN and infinities, numbers that no column keeps, members given twice, NUL and
    half surrogate pairs in text, and more than :data:`MAX_DEPTH` levels.
    """
    try:
        text = (raw if isinstance(raw, bytes) else raw.encode("utf-8")).decode("utf-8")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_members_once)
        # The only way to what no text holds: UTF-8 knows no half pair, and JSON refuses a NUL that stands as it is.
        refused = _walk(value, with_texts="\\u" in text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(gettext("Dit is geen geldige JSON."), "") from error
    if refused:
        raise _unreadable(gettext("Deze tekst bevat een teken dat hier niet kan."), "")
    return value


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("too large")
    return number


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _walk(value: Any, *, with_texts: bool) -> bool:
    """Is there a text in it that no database keeps? Raises ValueError over its depth and its numbers."""
    level, depth, refused = [value], 0, False
    while level:
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        if any(abs(one) > MAX_NUMBER for one in level if type(one) is int):
            raise ValueError("too large")
        below = [one for held in level if type(held) is list for one in held]
        for members in [one for one in level if type(one) is dict]:
            below += members.values()
            refused = refused or (with_texts and not all(map(is_storable, members)))
        refused = refused or (with_texts and not all(is_storable(one) for one in level if type(one) is str))
        level, depth = below, depth + 1
    return refused


def is_storable(text: str) -> bool:
    """Can a database keep it? NUL ends a text in PostgreSQL, and half a surrogate pair is no character."""
    if text.isascii():
        return "\0" not in text
    return not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in text)


def _unreadable(message: str, field: str) -> Unreadable:
    return Unreadable(message, errors=[FieldError(field, message)])


class Request(FlaskRequest):
    """A request whose form is checked as soon as it is read: that may be late, where a view raises its bound first."""

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        _check(self.form.items(multi=True))


def _check(pairs: Iterable[tuple[str, Any]]) -> None:
    for name, value in pairs:
        if not is_storable(name) or (isinstance(value, str) and not is_storable(value)):
            field = name if is_storable(name) else ""
            message = gettext("Deze tekst bevat een teken dat hier niet kan.")
            raise Invalid(message, errors=[FieldError(field[:100], message)])


def _check_address() -> None:
    _check(present_request.args.items(multi=True))
    if not all(is_storable(str(one)) for one in (present_request.view_args or {}).values()):
        raise NotFound(gettext("Niet gevonden"))


def filter_value(args: Mapping[str, str], name: str, read: Callable[[str], Value]) -> Value | None:
    """What an address asks of the filter ``name``, by ``read``; ``None`` where it asks nothing.

    Raises :class:`Invalid` where ``read`` raises ValueError.
    """
    asked = args.get(name, "")
    try:
        return read(asked) if asked else None
    except ValueError as error:
        message = gettext("Dit filter kennen we niet: %(name)s=%(value)s", name=name, value=asked[:50])
        raise Invalid(message, errors=[FieldError(name, message)]) from error


class JsonParser(FlaskParser):
    """webargs' parser with the house's own reader of JSON."""

    def _raw_load_json(self, req: FlaskRequest) -> Any:
        if not is_json_request(req):
            return webargs_core.missing
        body = req.get_data(cache=True)
        return read_json(body) if body else webargs_core.missing


def register(app: Flask) -> None:
    """Let every request of the app be read so."""
    app.request_class = Request
    app.before_request(_check_address)
