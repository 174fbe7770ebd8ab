"""Passwords: which are good enough, and argon2id hashes of them.

A hash takes a tenth of a second and 64 MB. Whoever needs one inside a transaction works it out before, with
:func:`match_ahead` and :func:`hash_ahead`: within the same request :func:`matches` and :func:`hashed` then know it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import g, has_app_context
from flask_babel import gettext

from asset_service.core.errors import FieldError, Invalid, unavailable
from asset_service.core.outages import Outage

MIN_CHARACTERS = 12
MAX_CHARACTERS = 200
HASHES_AT_ONCE = 2
"""Per process: each takes 64 MB, and strangers may ask for them."""

HASH_WAIT_SECONDS = 3
_hasher = PasswordHasher()
_places = threading.BoundedSemaphore(HASHES_AT_ONCE)
_COMMON = ("wachtwoord", "password", "paswoord", "motdepasse", "welkom", "welcome", "qwerty", "azerty", "herstart")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "0123456789012345678901234567890")


def check(password: str, email: str, name: str) -> None:
    """Raise :class:`Invalid` for a password that somebody who knows the user would try first.

    Refused: under 12 characters, over 200, with fewer than five different characters, or one that holds little
    more than a common word, a run such as 123456, or a part of the user's own name or e-mail address.
    """
    message = _fault(password, email, name)
    if message:
        raise Invalid(message, code="weak_password", errors=[FieldError("password", message)])


def _fault(password: str, email: str, name: str) -> str | None:
    if len(password) < MIN_CHARACTERS:
        return gettext("Kies een wachtwoord van minstens %(least)s tekens.", least=MIN_CHARACTERS)
    if len(password) > MAX_CHARACTERS:
        return gettext("Kies een wachtwoord van hoogstens %(most)s tekens.", most=MAX_CHARACTERS)
    if len(set(password)) < 5:
        return gettext("Kies een wachtwoord met meer verschillende tekens.")
    own = [part for part in re.split(r"[^\w]+", f"{email} {name}".lower()) if len(part) >= 3]
    if len(_rest(password.lower(), [*own, *_COMMON])) < 8:
        return gettext(
            "Dit wachtwoord is te makkelijk te raden. Neem enkele woorden die niets met je naam te maken hebben."
        )
    return None


def _rest(password: str, known: list[str]) -> str:
    """What is left of the password without known words and runs of four or more."""
    for word in sorted(known, key=len, reverse=True):
        password = password.replace(word, "")
    for run in _RUNS:
        for length in range(10, 3, -1):
            for at in range(len(run) - length + 1):
                part = run[at : at + length]
                password = password.replace(part, "").replace(part[::-1], "")
    return password


def hashed(password: str) -> str:
    """The argon2id hash, with its salt and parameters; the one that was worked out ahead, where there is one."""
    return _ahead("hashes").pop(password, None) or _new_hash(password)


def hash_ahead(password: str) -> None:
    """Work out now what :func:`hashed` gives once, later in this request."""
    _ahead("hashes")[password] = _new_hash(password)


def _new_hash(password: str) -> str:
    with _place():
        return _hasher.hash(password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def matches(password: str, password_hash: str | None) -> bool:
    """Does the password fit? Without a hash (no such user) the same work is done, so that time tells nothing."""
    known = _ahead("matches").get((password, password_hash))
    return _fits(password, password_hash) if known is None else bool(known)


def match_ahead(password: str, password_hash: str | None) -> bool:
    """:func:`matches`, worked out now and known to the rest of this request."""
    _ahead("matches")[password, password_hash] = fits = _fits(password, password_hash)
    return fits


def _fits(password: str, password_hash: str | None) -> bool:
    try:
        with _place():
            fits = _hasher.verify(password_hash or _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return fits and password_hash is not None


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=HASH_WAIT_SECONDS):
        raise unavailable(Outage.BUSY)
    try:
        yield
    finally:
        _places.release()


def _ahead(what: str) -> dict[Any, Any]:
    """What was worked out before in this request; it is forgotten with it."""
    if not has_app_context():
        return {}
    found: dict[Any, Any] = g.setdefault(f"passwords_{what}", {})
    return found


def is_outdated(password_hash: str) -> bool:
    """Was the hash made with weaker parameters than today's?"""
    return _hasher.check_needs_rehash(password_hash)
