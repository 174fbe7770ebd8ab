"""What a room shows on the page of a device: panels of its own, and lines for those that all rooms fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import LazyString

from asset_service.core.forms import Form
from asset_service.frame.looks import Look

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRequest:
    """What is asked of a device's page; ``refused`` is a form of it that was sent and refused."""

    refused: Form | None = None

    def form(self, kind: type[AnyForm]) -> AnyForm:
        """A form of the page: as it was filled in, with what is wrong, where it was refused; else a fresh one."""
        return self.refused if isinstance(self.refused, kind) else kind(formdata=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One panel, drawn by ``template`` of ``values`` (there ``panel``), in the place that ``order`` gives it.

    Panels in pairs that are ``narrow`` stand beside each other. ``forms`` are the kinds of forms that it draws.
    """

    template: str
    values: Any
    order: int
    narrow: bool = False
    forms: Sequence[type[Form]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusLine:
    """One line of where the device stands: a label, how it looks, and what there is to say about it."""

    label: LazyString
    look: Look
    order: int
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Caution:
    """What may stop the next owner."""

    words: LazyString | str
    lines: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What waits for a person, and the button that leads there (its words, address and icon) for who may do it."""

    look: Look
    words: str
    url: str | None
    button: LazyString | str
    icon: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A document about the device."""

    words: str
    url: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DevicePart:
    """Everything that one room shows of a device."""

    status: Sequence[StatusLine] = ()
    panels: Sequence[Panel] = ()
    cautions: Sequence[Caution] = ()
    tasks: Sequence[Task] = ()
    documents: Sequence[Document] = ()
