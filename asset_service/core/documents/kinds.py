"""The kinds of files that are stored. Nothing else is: no HTML, no SVG, no program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext

from asset_service.core.documents import checks, images
from asset_service.core.errors import Invalid

MIB = 1024 * 1024
MAX_DOCUMENT_BYTES = 20 * MIB
MAX_EXPORT_BYTES = 2048 * MIB


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    A ``suffix`` of the file name belongs to one kind. ``shown``: does a browser show it, or download it?
    ``may_be_encrypted``: not what proves something to others, who must be able to read it when no key is left.
    ``check`` takes the pieces of a file, and gives those to store or raises :class:`Invalid`.
    """

    media_type: str
    suffix: str
    max_bytes: int
    shown: Literal["inline", "attachment"]
    may_be_encrypted: bool
    check: Callable[[Iterable[bytes]], Iterator[bytes]]


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# fmt: off
KINDS = (
    Kind("application/pdf",          "pdf",  MAX_DOCUMENT_BYTES, "inline",     True,  checks.pdf),
    Kind("application/jose",         "jws",  MAX_DOCUMENT_BYTES, "attachment", False, checks.unchecked),
    Kind("application/zip",          "zip",  MAX_EXPORT_BYTES,   "attachment", True,  checks.zip_archive),
    Kind("application/octet-stream", "bin",  MAX_DOCUMENT_BYTES, "attachment", False, checks.unchecked),
    Kind("text/csv",                 "csv",  MAX_EXPORT_BYTES,   "attachment", True,  checks.utf8_text),
    Kind(_XLSX,                      "xlsx", MAX_EXPORT_BYTES,   "attachment", True,  checks.spreadsheet),
    Kind("application/json",         "json", 4 * MIB,            "attachment", True,  checks.json_document),
    Kind("image/png",                "png",  MAX_DOCUMENT_BYTES, "inline",     True,  images.png),
    Kind("image/jpeg",               "jpg",  MAX_DOCUMENT_BYTES, "inline",     True,  images.jpeg),
)
# fmt: on

_BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}


def kind_of(media_type: str) -> Kind:
    """The kind with this media type. Raises :class:`Invalid` for one that is not stored."""
    kind = _BY_MEDIA_TYPE.get(media_type)
    if kind is None:
        raise Invalid(gettext("Dit soort bestand wordt niet bewaard: %(kind)s", kind=media_type))
    return kind
