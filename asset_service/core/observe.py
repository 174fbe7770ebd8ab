"""What operators see: one JSON log line per request, ``/metrics``, ``/healthz`` and ``/readyz``."""

from __future__ import annotations

import hmac
import logging
import os
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

import orjson
import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from asset_service.config import Settings
from asset_service.core.access import public
from asset_service.core.errors import SHORT_WAIT_SECONDS, DomainError, Forbidden, unavailable
from asset_service.core.outages import outage_of


class NotReady(RuntimeError):  # noqa: N818 - read as what it says
    """Something that the service stands on is missing; the message says what, to whoever asks."""


ReadyCheck = Callable[[], None]
"""Raises where the service cannot do its work; registered by name with :func:`add_ready_check`."""

EXTENSION = "herstart_ready_checks"
READINESS = "herstart_readiness"
REQUEST_LOG = "herstart_request_log"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SECRET = re.compile(r"password|wachtwoord|secret|token|authorization|cookie|(^|_)code$|private|session", re.IGNORECASE)
_REQUESTS = Counter("herstart_requests", "Requests answered", ["endpoint", "status"])
_SECONDS = Histogram("herstart_request_seconds", "Time to answer", ["endpoint"], buckets=(0.005, 0.02, 0.1, 0.5, 2, 10))
blueprint = Blueprint("observe", __name__)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: a value whose name speaks of a secret is not written."""
    for name in event:
        if _SECRET.search(name):
            event[name] = "[not logged]"
    return event


def _with_request_id(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if g and (request_id := g.get("request_id")):
        event["request_id"] = request_id
    return event


def _json(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def _request_log(level: str) -> Any:
    """A logger for the one line per request: the same shape, a quarter of the work of the loggers of the rest."""
    return structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def set_up_logging(level: str) -> None:
    """JSON lines on standard error, from structlog and from the libraries' own loggers alike."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request_id,
        without_secrets,
        structlog.processors.format_exc_info,
    ]
    render = structlog.processors.JSONRenderer(serializer=_json)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
    )
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one.formatter, type(formatter))]
    root.addHandler(output)
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel("WARNING")
    # A request that waits for a thread is no news; how long requests take stands in the figures.
    logging.getLogger("waitress.queue").setLevel("ERROR")
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def register(app: Flask, settings: Settings) -> None:
    """Watch every request of the app."""
    set_up_logging(settings.log_level)
    app.extensions[EXTENSION] = {}
    app.extensions[READINESS] = _Readiness()
    app.extensions[REQUEST_LOG] = _request_log(settings.log_level)
    app.config["HERSTART_METRICS_TOKEN"] = settings.metrics_token
    app.before_request(_begin)
    app.after_request(_end)
    app.register_blueprint(blueprint)


def add_ready_check(app: Flask, name: str, check: ReadyCheck) -> None:
    """Let ``/readyz`` answer 503 while ``check`` raises."""
    app.extensions[EXTENSION][name] = check


@cache
def _figures(endpoint: str, status: int) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(endpoint, status), _SECONDS.labels(endpoint)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    # An error in the routing comes before _begin.
    started = g.get("started")
    seconds = time.perf_counter() - started if started is not None else 0.0
    endpoint = request.endpoint or "none"
    requests, duration = _figures(endpoint, response.status_code)
    requests.inc()
    duration.observe(seconds)
    if request_id := g.get("request_id"):
        response.headers["X-Request-ID"] = request_id
    if endpoint not in {"static", "observe.health"}:
        # The path only: a query may hold what somebody searched for.
        current_app.extensions[REQUEST_LOG].info(
            "request",
            request_id=request_id,
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(seconds * 1000, 2),
            address=request.remote_addr,
        )
    return response


@blueprint.get("/healthz")
@public
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


class _Readiness:
    """One look at everything at a time: who asks while one runs gets the next one's outcome, together with the others.

    Looking writes to the database and the disk; however many ask, that stays little work.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._began = 0.0
        self._outcome: dict[str, Any] = {}

    def look(self) -> dict[str, Any]:
        """The outcome of a look that began after this call."""
        asked = time.monotonic()
        with self._turn:
            if self._began < asked:
                self._began = time.monotonic()
                self._outcome = _outcome_of_checks()
            return self._outcome


def _outcome_of_checks() -> dict[str, Any]:
    checks, reasons = {}, {}
    for name, check in current_app.extensions[EXTENSION].items():
        try:
            check()
            checks[name] = "ok"
        except Exception as error:  # noqa: BLE001 - whatever a check raises means "not ready"; it is logged
            structlog.get_logger(__name__).error("not ready", check=name, exc_info=error)
            checks[name] = "failed"
            reasons[name] = _reason(error)
    return {"status": "failed", "checks": checks, "reasons": reasons} if reasons else {"status": "ok", "checks": checks}


def _reason(error: Exception) -> str:
    """What anybody may know of it: no path, no statement, no address."""
    if isinstance(error, NotReady):
        return str(error)
    outage = outage_of(error)
    if isinstance(error, DomainError):
        return str(error.detail)
    return str(unavailable(outage).detail) if outage is not None else "see the log"


@blueprint.get("/readyz")
@public
def ready() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Everything the service stands on answers and can be written; else 503 with the name and reason of what cannot."""
    outcome = current_app.extensions[READINESS].look()
    if outcome["status"] == "ok":
        return outcome, 200, {}
    return outcome, 503, {"Retry-After": str(SHORT_WAIT_SECONDS)}


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus figures over all processes: for this machine itself, or with the token."""
    if not _may_see_metrics():
        raise Forbidden(code="metrics_closed")
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_see_metrics() -> bool:
    token = current_app.config["HERSTART_METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # A proxy on this machine also comes from here; what it forwards for somebody else carries a header.
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    return request.environ.get("REMOTE_ADDR") in {"127.0.0.1", "::1", ""} and not forwarded
