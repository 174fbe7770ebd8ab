"""How values read on screen: moments in Brussels time, sizes as printed on the label of a disk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import format_datetime, format_decimal, get_locale, gettext
from markupsafe import Markup


def moment(value: datetime) -> str:
    """Day and time of day, for example ``22 nov. 2026 13:05``; a moment that Brussels' calendar lacks, in UTC."""
    try:
        return format_datetime(value, "d MMM y HH:mm")
    except (OverflowError, ValueError):
        # The first and last day that there are, as an older version took them from a station.
        return format_datetime(value, "d MMM y HH:mm 'UTC'", rebase=False)


def size(size_bytes: int) -> str:
    """A disk's size as its maker counts it (1 GB = 10⁹ bytes)."""
    for limit, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if size_bytes >= limit:
            digits = "0.#" if size_bytes < 10 * limit else "0"
            return f"{format_decimal(size_bytes / limit, digits)} {unit}"
    return gettext("%(count)s bytes", count=format_decimal(size_bytes))


def memory_size(size_mib: int) -> str:
    """A memory module's size (1 GB = 1,024 MiB here, as memory is sold)."""
    if size_mib % 1024 == 0:
        return f"{size_mib // 1024} GB"
    return f"{format_decimal(size_mib / 1024, '0.#')} GB"


def whole(number: int) -> str:
    """A whole number with the thousands set apart."""
    return format_decimal(number)


def capitalize_first(words: Any) -> str:
    """The words with a capital at the start and nothing else changed."""
    text = str(words)
    return text[:1].upper() + text[1:]


def share(part: int, size_bytes: int) -> str:
    """``part`` of ``size_bytes`` in per cent; never rounded up to all of it."""
    if size_bytes <= 0:
        return "0 %"
    hundredths = min(part, size_bytes) * 10_000 // size_bytes
    return f"{format_decimal(hundredths / 100, '0.##')} %"


def key_cap(key: str) -> Markup:
    """A key of the keyboard, drawn as one."""
    return Markup('<kbd class="key">{}</kbd>').format(key)


def code_words(words: str) -> Markup:
    """Words to type or read exactly as they stand."""
    return Markup('<code class="break">{}</code>').format(words)


def register(app: Flask) -> None:
    """Give templates these readers."""
    for filter_ in (moment, size, memory_size, whole, capitalize_first):
        app.add_template_filter(filter_)
    for word in (key_cap, code_words, get_locale):
        app.add_template_global(word)
