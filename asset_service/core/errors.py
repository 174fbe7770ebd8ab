"""What can go wrong, in the user's words, and the one shape in which the service says it (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import DataError, IntegrityError
from werkzeug.exceptions import HTTPException

from asset_service.core.outages import Outage, outage_of
from asset_service.core.validation_messages import translated
from wipe_reports.messages import PROBLEM_TYPE

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; ``field`` is a path such as ``carriers[0].wipe.passes``."""

    field: str
    message: str


class DomainError(Exception):
    """A refusal that the user can understand. ``code`` is a word for machines, ``detail`` one for people."""

    status = 400
    code = "bad_request"
    title: Any = lazy_gettext("Deze vraag kan niet verwerkt worden")

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(detail))
        self.detail = detail
        self.code = code or type(self).code
        self.errors = list(errors)
        self.headers = dict(headers or {})


class Invalid(DomainError):  # noqa: N818 - read as what they say
    """What was sent is not right; ``errors`` names the fields."""

    status = 422
    code = "invalid"
    title = lazy_gettext("De gegevens kloppen niet")


class Refused(DomainError):  # noqa: N818 - read as what they say
    """A rule of the house says no; ``errors`` carries each reason (its ``field`` is the gate's name)."""

    status = 409
    code = "refused"
    title = lazy_gettext("Dit mag nu niet")


class Unauthenticated(DomainError):  # noqa: N818 - read as what they say
    """Nobody is logged in."""

    status = 401
    code = "unauthenticated"
    title = lazy_gettext("Meld je eerst aan")


class Forbidden(DomainError):  # noqa: N818 - read as what they say
    """Somebody is logged in, or a code was given, and it does not open this."""

    status = 403
    code = "forbidden"
    title = lazy_gettext("Je hebt hier geen toegang toe")


class NotFound(DomainError):  # noqa: N818 - read as what they say
    """No such thing, or not one that this user may know of."""

    status = 404
    code = "not_found"
    title = lazy_gettext("Niet gevonden")


class TooLarge(DomainError):  # noqa: N818 - read as what they say
    """More bytes than the service takes."""

    status = 413
    code = "too_large"
    title = lazy_gettext("Dit is te groot")


class TooMany(DomainError):  # noqa: N818 - read as what they say
    """Too often in too short a time."""

    status = 429
    code = "too_many"
    title = lazy_gettext("Te veel pogingen, wacht even")


class Unavailable(DomainError):  # noqa: N818 - read as what they say
    """Not now: what the service stands on is busy, away or full. The same request may do later."""

    status = 503
    code = "unavailable"
    title = lazy_gettext("De dienst kan dit nu niet")


_OUTAGES = {
    Outage.BUSY: (
        "unavailable",
        lazy_gettext("Er wordt op dit moment veel geschreven. Probeer het over enkele seconden opnieuw."),
    ),
    Outage.AWAY: (
        "database_away",
        lazy_gettext("De databank antwoordt even niet. Probeer het over enkele seconden opnieuw."),
    ),
    Outage.FULL: (
        "disk_full",
        lazy_gettext("De schijf van de server is vol. Er is niets half bewaard; verwittig de beheerder van de dienst."),
    ),
    Outage.UNWRITABLE: (
        "not_writable",
        lazy_gettext("De server kan nu niets bewaren. Er is niets half bewaard; verwittig de beheerder van de dienst."),
    ),
}
RETRY_AFTER_SECONDS = {"disk_full": 60, "not_writable": 60}
"""How long a program waits before it tries again, by the problem's code; others wait :data:`SHORT_WAIT_SECONDS`."""

SHORT_WAIT_SECONDS = 5


def unavailable(outage: Outage) -> Unavailable:
    """The refusal, in words, for what cannot be done now."""
    code, words = _OUTAGES[outage]
    return Unavailable(str(words), code=code)


_HTTP_TITLES = {
    400: DomainError.title,
    401: Unauthenticated.title,
    403: Forbidden.title,
    404: NotFound.title,
    405: lazy_gettext("Dat kan hier niet"),
    406: lazy_gettext("In die vorm kunnen we niet antwoorden"),
    408: lazy_gettext("Het duurde te lang voor alles binnen was"),
    409: Refused.title,
    411: lazy_gettext("Zeg hoe lang het bericht is"),
    412: lazy_gettext("Iemand anders heeft dit intussen veranderd"),
    413: TooLarge.title,
    414: lazy_gettext("Dit adres is te lang"),
    415: lazy_gettext("Dit soort bericht wordt hier niet gelezen"),
    416: lazy_gettext("Dat deel van het bestand is er niet"),
    422: Invalid.title,
    428: lazy_gettext("Zeg welke versie je zag (If-Match)"),
    429: TooMany.title,
    431: lazy_gettext("De kopregels van deze vraag zijn te lang"),
    503: Unavailable.title,
}
_HTTP_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "timed_out",
    409: "refused",
    411: "length_required",
    412: "precondition_failed",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "invalid",
    428: "precondition_required",
    429: "too_many",
    431: "headers_too_large",
    503: "unavailable",
}

_DRAW = "herstart_error_page"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One error as it is shown: problem+json for the API, a page for people."""

    status: int
    code: str
    title: str
    detail: str
    errors: Sequence[FieldError] = ()

    def body(self) -> dict[str, Any]:
        """The members of RFC 9457 and ours."""
        body: dict[str, Any] = {
            "type": f"urn:herstart:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            body["errors"] = [{"field": one.field, "message": str(one.message)} for one in self.errors]
        if request_id := g.get("request_id"):
            body["instance"] = f"urn:herstart:request:{request_id}"
        return body


def problem_of(error: Exception) -> Problem:
    """What to show of ``error``; of an unknown one nothing but that it happened."""
    if isinstance(error, DomainError):
        return Problem(
            status=error.status,
            code=error.code,
            title=str(error.title),
            detail=str(error.detail),
            errors=error.errors,
        )
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return _problem_of_http(error, error.code)
    if (outage := outage_of(error)) is not None:
        return problem_of(unavailable(outage))
    if isinstance(error, IntegrityError):
        detail = gettext("Iemand anders veranderde dit op hetzelfde moment, of het is er niet meer. Kijk het na.")
        return Problem(status=409, code="clash", title=str(Refused.title), detail=detail)
    if isinstance(error, DataError):
        detail = gettext("In wat je stuurde staat een waarde die we niet kunnen bewaren.")
        return Problem(status=422, code="invalid", title=str(Invalid.title), detail=detail)
    detail = gettext("Er ging iets mis bij ons. De fout is opgeschreven; er is niets half bewaard.")
    return Problem(status=500, code="internal_error", title=gettext("Er ging iets mis"), detail=detail)


def _problem_of_http(error: HTTPException, status: int) -> Problem:
    messages = (getattr(error, "data", None) or {}).get("messages")
    errors = flattened(messages) if messages else []
    title = str(_HTTP_TITLES.get(status, error.name))
    detail = gettext("Kijk de aangeduide velden na.") if errors else title
    return Problem(status=status, code=_HTTP_CODES.get(status, "http_error"), title=title, detail=detail, errors=errors)


_LOCATIONS = frozenset({"json", "query", "form", "headers", "cookies", "files", "path"})


def flattened(messages: Mapping[str, Any]) -> list[FieldError]:
    """marshmallow's nested messages as a flat list with paths; the place of the request they came from is left out."""
    found: list[FieldError] = []
    for key, value in messages.items():
        _collect("", value if key in _LOCATIONS else {key: value}, found)
    return found


def _collect(path: str, value: Any, found: list[FieldError]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _collect(_joined(path, key), inner, found)
    elif isinstance(value, list | tuple):
        for message in value:
            _collect(path, message, found)
    else:
        found.append(FieldError(path, translated(str(value))))


def _joined(path: str, key: Any) -> str:
    if key == "_schema":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def wants_problem_json() -> bool:
    """Is the present request one of the API's?"""
    return request.path.startswith("/api/")


def answer(error: Exception) -> Response:
    """The response for ``error``: problem+json under ``/api/``, else an HTML page."""
    problem = problem_of(error)
    if problem.status >= 500 or isinstance(error, DataError | IntegrityError):
        log.error("request failed", status=problem.status, exc_info=error)
    headers = dict(getattr(error, "headers", None) or {}) if isinstance(error, DomainError) else {}
    if isinstance(error, HTTPException):
        headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    if problem.status in {429, 503}:
        seconds = RETRY_AFTER_SECONDS.get(problem.code, SHORT_WAIT_SECONDS)
        headers.setdefault("Retry-After", str(seconds))
    if wants_problem_json():
        body = current_app.json.dumps(problem.body())
        return Response(body, status=problem.status, content_type=PROBLEM_TYPE, headers=headers)
    page = current_app.extensions[_DRAW](problem)
    return Response(page, status=problem.status, content_type="text/html; charset=utf-8", headers=headers)


def register(app: Flask, draw: Callable[[Problem], str]) -> None:
    """Make :func:`answer` the only way out for errors; ``draw`` makes the page that people see."""
    app.extensions[_DRAW] = draw
    for kind in (DomainError, HTTPException, Exception):
        app.register_error_handler(kind, _answer_or_pass)


def _answer_or_pass(error: Exception) -> Response | HTTPException:
    # Redirects that werkzeug's routing raises are answers, no errors.
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error
    return answer(error)
