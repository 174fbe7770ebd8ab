"""Short codes on labels: ``HS-7K3M9P``, five random characters and one that catches a misread.

The alphabet has 29 characters, without I, L, O, U, Z, 0 and 1, which people misread. 29 is prime, so the weighted
check character catches every single wrong character and every swap of two neighbours.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"
PREFIX = "HS"
RANDOM_CHARACTERS = 5

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_FORM = re.compile(rf"{PREFIX}([{ALPHABET}]{{{RANDOM_CHARACTERS + 1}}})")
_IGNORED = re.compile(r"[\s\-‐‑‒–—_.]+")


def check_character(body: str) -> str:
    """The character that belongs behind ``body``, which holds characters of :data:`ALPHABET` only."""
    weighted = sum(weight * _VALUE[character] for weight, character in enumerate(body, start=2))
    return ALPHABET[-weighted % len(ALPHABET)]


def new_code() -> str:
    """A random code; whether it is free, the database's unique index says."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return f"{PREFIX}-{body}{check_character(body)}"


def parse(text: str) -> str | None:
    """The code in what somebody typed or scanned, or ``None``.

    Takes lower case, missing or odd hyphens, spaces, and the URL that a label's QR holds (its last path segment).
    """
    if len(text) > 500:
        return None
    candidate = _last_segment(text.strip()) if "/" in text else text
    match = _FORM.fullmatch(_IGNORED.sub("", candidate).upper())
    if match is None:
        return None
    body, check = match[1][:-1], match[1][-1]
    return f"{PREFIX}-{match[1]}" if check_character(body) == check else None


def _last_segment(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:  # brackets that are no IPv6 address
        return ""
