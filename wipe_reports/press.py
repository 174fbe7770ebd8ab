"""PDFs of the house: facts and a template become PDF/A-3a and PDF/UA-1 in one file, with attachments inside.

Needs the ``attest`` extra (typst, segno). A template is a file of typst in the package of whoever prints with it. It
reads ``sys.inputs.facts`` (JSON), shows them and never evaluates them, and attaches what ``facts.attachments`` names.
Nothing of the machine goes into a page: only the fonts of typst's own wheel, and no other time than the one given. So
the same printout gives the same bytes. The signature is put on apart, by :mod:`wipe_reports.pdf_signature`.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Literal

from wipe_reports.extras import needed
from wipe_reports.words import Language, say

_STANDARDS = ["a-3a", "ua-1"]
_LACKING = re.compile("[^\u0020-\u007e\u00a0-\u017f–—‘’“”„•…€≥≤×]")
"""Characters that one of the page's fonts has no shape for; PDF/A takes none of those."""


@dataclass(frozen=True, slots=True)
class Template:
    """A layout in typst."""

    source: bytes

    @classmethod
    def of_package(cls, package: str, name: str) -> Template:
        """The file ``name`` in ``package``."""
        return cls(files(package).joinpath(name).read_bytes())


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A text file inside the PDF. ``relationship`` is what it is to the page (AFRelationship of PDF/A-3)."""

    name: str
    content: str
    media_type: str
    description: str
    relationship: Literal["source", "data", "alternative", "supplement"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Printout:
    """Everything one PDF is made from.

    ``facts`` are values of JSON for the template, which also gets ``language``, ``region`` and ``attachments`` (without
    their content) there. ``made_at`` is the date in the file.
    """

    template: Template
    language: Language
    facts: Mapping[str, Any]
    made_at: datetime
    attachments: Sequence[Attachment] = ()


def render(printout: Printout) -> bytes:
    """The unsigned PDF. The same printout gives the same bytes.

    Raises ImportError without the ``attest`` extra, RuntimeError (typst's) where template and facts do not fit.
    """
    return _compile(printout, _inputs(printout))


def made_with(template: Template) -> dict[str, str]:
    """Which typst and which template make the page: the same two make the same bytes."""
    return {"typst": needed("typst").__version__, "template_sha256": sha256(template.source).hexdigest()}


def qr_svg(text: str) -> str:
    """A QR code of ``text`` as SVG, without a border; it stays readable with 15 % of it gone."""
    drawing = io.BytesIO()
    needed("segno").make(text, error="m", micro=False).save(drawing, kind="svg", omitsize=True, border=0, xmldecl=False)
    return drawing.getvalue().decode().strip()


class _Press(threading.local):
    """One typst compiler a thread: it keeps the fonts and the parsed template between pages."""

    def __init__(self) -> None:
        typst = needed("typst")
        self.compiler = typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False))


@cache
def _press() -> _Press:
    return _Press()


def _inputs(printout: Printout) -> dict[str, str]:
    facts = {
        **printout.facts,
        "language": printout.language,
        "region": say("document.region", printout.language),
        "attachments": [
            {
                "name": one.name,
                "description": one.description,
                "media_type": one.media_type,
                "relationship": one.relationship,
            }
            for one in printout.attachments
        ],
    }
    return {"facts": json.dumps(_printable(facts)), **{one.name: one.content for one in printout.attachments}}


def _compile(printout: Printout, inputs: Mapping[str, str]) -> bytes:
    pdf: bytes = _press().compiler.compile(
        input=printout.template.source,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=_STANDARDS,
        # A PDF's dates know whole seconds; typst refuses anything finer.
        timestamp=printout.made_at.replace(microsecond=0),
    )
    return pdf


def _printable(value: Any) -> Any:
    """``value`` with every character that the page's fonts lack written as its code point, as PDF/A asks."""
    if isinstance(value, str):
        return _LACKING.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
    if isinstance(value, Mapping):
        return {name: _printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    return value
