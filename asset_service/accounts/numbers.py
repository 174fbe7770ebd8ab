"""Numbers and names from outside: enterprise numbers, NIS codes, e-mail addresses, enrolment codes, tokens."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from flask_babel import gettext

from asset_service.core.errors import FieldError, Invalid

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
CODE_SYMBOLS = 16
TOKEN_PREFIX = "herstart_"  # noqa: S105 - lets scanners for leaked secrets find tokens


def enterprise_number(text: str, field: str = "enterprise_number") -> str:
    """A Belgian enterprise number as ten digits; dots, spaces and ``BE`` may stand in it.

    The last two digits are 97 less the remainder of the first eight by 97 (Crossroads Bank for Enterprises).
    Raises :class:`Invalid`.
    """
    digits = re.sub(r"[\s.]", "", text.upper().removeprefix("BE"))
    if not re.fullmatch(r"[01][0-9]{9}", digits) or 97 - int(digits[:8]) % 97 != int(digits[8:]):
        message = gettext("Dit is geen Belgisch ondernemingsnummer. Het heeft tien cijfers, zoals 0123.456.749.")
        raise Invalid(message, errors=[FieldError(field, message)])
    return digits


def nis_code(text: str) -> str:
    """A municipality's NIS code (Statbel): five digits. Raises :class:`Invalid`."""
    if not re.fullmatch(r"[1-9][0-9]{4}", text.strip()):
        message = gettext("Een NIS-code heeft vijf cijfers, zoals 24062.")
        raise Invalid(message, errors=[FieldError("nis_code", message)])
    return text.strip()


def email(text: str) -> str:
    """An e-mail address in lower case. Raises :class:`Invalid`."""
    address = text.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        message = gettext("Dit is geen e-mailadres.")
        raise Invalid(message, errors=[FieldError("email", message)])
    return address


def new_code() -> str:
    """A fresh enrolment code of 80 bits, typable: ``7K3M-…`` in Crockford's base 32."""
    symbols = "".join(secrets.choice(_CROCKFORD) for _ in range(CODE_SYMBOLS))
    return "-".join(symbols[at : at + 4] for at in range(0, CODE_SYMBOLS, 4))


def code_digest(typed: str) -> str:
    """The SHA-256 (hex) under which a code is kept, however it was typed: case, dashes, O for 0, I or L for 1."""
    symbols = re.sub(r"[\s-]", "", typed.upper()).translate(_LOOK_ALIKES)
    return sha256(symbols.encode()).hexdigest()


def new_token() -> str:
    """A fresh API token of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """The SHA-256 (hex) under which a token is kept."""
    return sha256(token.encode()).hexdigest()
