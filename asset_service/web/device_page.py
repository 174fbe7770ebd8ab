"""Everything the page of one device shows, brought together from the rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from asset_service.accounts.access import Access
from asset_service.core.forms import Form
from asset_service.devices.models import Device
from asset_service.frame.device_parts import Caution, Document, PageRequest, Panel, StatusLine, Task
from asset_service.frame.rooms import rooms
from asset_service.web import timeline


@dataclass(frozen=True, kw_only=True, slots=True)
class DevicePage:
    """The page, top to bottom; ``rows`` are its panels, several in a row where they stand beside each other."""

    cautions: Sequence[Caution]
    rows: Sequence[Sequence[Panel]]
    forms: frozenset[type[Form]]

    def draws(self, form: Form) -> bool:
        """Does the page draw this form, for what may be done now?"""
        return type(form) in self.forms


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPanel:
    """What happened to the device, latest first."""

    code: str
    timeline: timeline.Timeline


def of(access: Access, device: Device, before: str | None = None, refused: Form | None = None) -> DevicePage:
    """The page of ``device`` as this user may see it; ``before`` continues the timeline.

    Where a form of the page was ``refused``, the page holds that one: as it was filled in, with what is wrong.
    """
    parts = rooms().device_parts(access, device, PageRequest(refused=refused))
    status: list[StatusLine] = sorted(chain.from_iterable(one.status for one in parts), key=lambda one: one.order)
    tasks: list[Task] = list(chain.from_iterable(one.tasks for one in parts))
    # From the lowest room up, as the device went through the house.
    documents: list[Document] = list(chain.from_iterable(one.documents for one in reversed(parts)))
    history = HistoryPanel(code=device.code, timeline=timeline.of_device(device.id, before))
    panels = [
        Panel(template="web/status_panel.html", values=status, order=10, narrow=True),
        Panel(template="web/tasks_panel.html", values=tasks, order=50),
        Panel(template="web/history_panel.html", values=history, order=80, narrow=True),
        Panel(template="web/documents_panel.html", values=documents, order=90, narrow=True),
        *chain.from_iterable(one.panels for one in parts),
    ]
    panels.sort(key=lambda panel: panel.order)
    return DevicePage(
        cautions=list(chain.from_iterable(one.cautions for one in parts)),
        rows=[list(row) for _, row in groupby(panels, key=_row)],
        forms=frozenset(chain.from_iterable(panel.forms for panel in panels)),
    )


def _row(panel: Panel) -> tuple[bool, int]:
    """Narrow panels that follow each other share a row; a wide one has its own."""
    return panel.narrow, 0 if panel.narrow else panel.order
