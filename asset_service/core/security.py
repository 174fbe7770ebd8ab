"""What keeps strangers out at the door: headers, form tokens, limits on rate and size."""

from __future__ import annotations

import ipaddress
import math
import re
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import limits
import structlog
from flask import Flask, Request, Response, g, redirect, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import gettext
from flask_limiter import Limiter, RateLimitExceeded
from flask_wtf.csrf import CSRFError, CSRFProtect
from redis.exceptions import RedisError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect

from asset_service.config import Settings
from asset_service.core.errors import Invalid, TooMany, answer
from asset_service.core.shared_limits import SCHEME

MAX_BODY_BYTES = 2 * 1024 * 1024
"""Of any request, unless its view raises ``request.max_content_length``; a wipe report is the largest."""


_WITH_PORT = re.compile(r"^(?:([0-9.]+)|\[([^\]]*)\])(?::\d+)?$")


def who_asks() -> str:
    """The address that a limit counts: of IPv6 the network of 64 bits, which one subscriber has whole."""
    given = request.remote_addr or ""
    # Some proxies write the client's port too: another one for each connection.
    bare = _WITH_PORT.sub(r"\1\2", given)
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return given
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


limiter = Limiter(key_func=who_asks, strategy="moving-window", headers_enabled=False)
"""Put ``@limiter.limit("10/minute")`` *below* the route on what strangers may try; nothing else pays for it."""

csrf = CSRFProtect()

_POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_PLAIN_POLICY = _POLICY.format(nonce="")
_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def csp_nonce() -> str:
    """The nonce of this response: in templates ``<style nonce="{{ csp_nonce() }}">``, only where 'self' cannot do."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies, without setting up a signer for the many requests that bring no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The request's session, empty where there is no cookie or its signature does not hold."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def register(app: Flask, settings: Settings) -> None:
    """Put headers, limits and form tokens on the app."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_NAME="__Host-herstart" if settings.https else "herstart",
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=_limit_storage(settings.redis_url, settings.data_directory),
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
    )
    app.session_interface = _Sessions()
    # Listed beforehand, so that the limiter leaves requests to the views it decorates; its hooks on every request
    # serve default limits, which there are none of, and cost a fifth of a small answer.
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    csrf.init_app(app)
    app.before_request(_redirect_within)
    app.register_error_handler(CSRFError, _refuse_forged)
    app.register_error_handler(RateLimitExceeded, _refuse_too_many)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    strict_transport = [("Strict-Transport-Security", "max-age=31536000; includeSubDomains")] if settings.https else []
    app.after_request(_HeaderSetter([*_HEADERS, *strict_transport]))


def _redirect_within() -> Any:
    """Lead to an address with its last slash by path alone: routing's own answer repeats the request's Host header."""
    asked = request.routing_exception
    if not isinstance(asked, RequestRedirect):
        return None
    parts = urlsplit(asked.new_url)
    # One slash: two would be another server's address.
    within = parts._replace(scheme="", netloc="", path=f"/{parts.path.lstrip('/')}")
    return redirect(within.geturl(), asked.code)


def _limit_storage(redis_url: str, data: Path) -> str:
    if redis_url.startswith("unix://"):
        return f"redis+{redis_url}"
    return redis_url or f"{SCHEME}://{data.absolute() / 'limits.sqlite3'}"


def allow(limit: str, *who: str) -> None:
    """Count one more of what ``who`` (a word for what, and whom) does, for what no decorator can know beforehand.

    Raises :class:`TooMany` where that is over ``limit``.
    """
    if not limiter.enabled:
        return
    item = limits.parse(limit)
    try:
        if limiter.limiter.hit(item, *who):
            return
        window = limiter.limiter.get_window_stats(item, *who)
    except RedisError as error:
        structlog.get_logger(__name__).warning("not counted", limit=limit, reason=str(error))
        return
    raise _too_many(window.reset_time)


def _refuse_too_many(_error: RateLimitExceeded) -> Any:
    current = limiter.current_limit
    return answer(_too_many(current.reset_at if current is not None else time.time()))


def _too_many(until: float) -> TooMany:
    seconds = max(1, math.ceil(until - time.time()))
    if seconds < 120:
        message = gettext("Probeer het over %(seconds)s seconden opnieuw.", seconds=seconds)
    else:
        message = gettext("Probeer het over %(minutes)s minuten opnieuw.", minutes=math.ceil(seconds / 60))
    return TooMany(message, headers={"Retry-After": str(seconds)})


KEPT_BY_BROWSERS = frozenset(
    {"frame.static", "frame.favicon", "bootstrap.static", "api_docs.static", "api_docs.swagger_file"}
)
"""Endpoints that give everybody the same and hold nothing of the house: how long they are kept, they say themselves."""


class _HeaderSetter:
    """Adds the headers to each response; a view that set its own policy (a sandboxed document) keeps it."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self._headers = headers

    def __call__(self, response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            nonce = g.get("csp_nonce")
            policy = _POLICY.format(nonce=f" 'nonce-{nonce}'") if nonce else _PLAIN_POLICY
            headers["Content-Security-Policy"] = policy
        headers.extend(self._headers)
        if request.endpoint not in KEPT_BY_BROWSERS or response.status_code >= 400:
            # A page, a list or a document shows what this user may see now: nobody keeps it, no browser and no proxy.
            headers["Cache-Control"] = "no-store"
        return response


def _refuse_forged(_error: CSRFError) -> Any:
    message = gettext("Deze pagina stond te lang open. Laad ze opnieuw en probeer nog eens.")
    return answer(Invalid(message, code="csrf"))
