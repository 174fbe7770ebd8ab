"""Our static files and Bootstrap's: addresses that change with their content, sent compressed and kept by the browser.

Only static files are compressed here. A page also carries a secret (its CSRF token) beside words that a visitor can
choose, and compressing the two together leaks the secret by length (BREACH); the pages are small enough without it.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

STATIC_ENDPOINTS = frozenset({"frame.static", "bootstrap.static"})
COMPRESSIBLE = frozenset({"text/css", "text/javascript", "image/svg+xml"})
YEAR_SECONDS = 365 * 24 * 3600


@lru_cache(maxsize=32)
def _fingerprint(path: Path, _modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=32)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def asset(filename: str) -> str:
    """The address of one of our static files, with a fingerprint of its content."""
    path = Path(current_app.blueprints["frame"].static_folder or "") / filename
    return url_for("frame.static", filename=filename, v=_fingerprint(path, path.stat().st_mtime_ns))


def bootstrap_css() -> str:
    """The address of Bootstrap's style sheet as Bootstrap-Flask ships it."""
    version = current_app.extensions["bootstrap"].bootstrap_version
    return url_for("bootstrap.static", filename="css/bootstrap.min.css", v=version)


def _send_well(response: Response) -> Response:
    if request.endpoint not in STATIC_ENDPOINTS or response.status_code not in {200, 304}:
        return response
    if "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and response.mimetype in COMPRESSIBLE and request.accept_encodings.quality("gzip"):
        response.direct_passthrough = False
        etag, _weak = response.get_etag()
        response.set_data(_compressed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        if etag:
            # The bytes differ from the uncompressed ones, so the tag may promise the same meaning only.
            response.set_etag(etag, weak=True)
    return response


def register(app: Flask) -> None:
    """Give templates ``asset()`` and ``bootstrap_css()``, and send what they point at compressed."""
    app.add_template_global(asset)
    app.add_template_global(bootstrap_css)
    app.after_request(_send_well)
