"""A scanner types what it reads and presses Enter, wherever the focus is: no scan ever presses a button here.

A field takes what is scanned into it. Elsewhere characters belong to nothing on these screens, so an Enter that follows
them is a scanner's, or a slip: it is taken away and said. Time plays no part: a slow terminal may tear a scan apart.
"""

from __future__ import annotations

from typing import TypeVar
from weakref import WeakKeyDictionary

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input

from intake_agent.language import gettext

Answer = TypeVar("Answer")

_LONGEST = 100
_unread: WeakKeyDictionary[App[object], str] = WeakKeyDictionary()
"""What was typed where no field takes it, by program: a scan may begin on one screen and end on the next."""


class ScannerProofScreen(Screen[Answer]):
    """A screen whose buttons, ticks and switches no scan can press."""

    def on_key(self, event: events.Key) -> None:
        """What no field took comes here before any binding sees it, in the order in which it was typed."""
        unread = _unread.pop(self.app, "")
        if event.key == "enter" and unread and not isinstance(self.focused, Input):
            event.stop()
            self.scanned(unread)
        elif event.character and event.is_printable and (unread or event.key != "space"):
            event.stop()
            _unread[self.app] = (unread + event.character)[-_LONGEST:]

    def scanned(self, code: str) -> None:
        """Something was scanned where nothing is asked."""
        self.app.bell()


def words(code: str) -> str:
    """What is said of a scan where nothing is asked."""
    return gettext("{code} werd getypt of gescand, maar hier wordt niets gescand: er is niets gekozen.", code=code)
