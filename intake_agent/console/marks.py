"""Good, bad, look here: always a sign and a colour together, for whoever sees no red or green.

The signs are plain ASCII: the consoles of old machines and serial lines draw nothing else for certain. The colours are
near the sixteen that every terminal has.
"""

from __future__ import annotations

from enum import Enum
from io import StringIO

from rich.console import Console
from rich.text import Text

from intake_agent.machine import HealthVerdict, MinimumVerdict
from wipe_reports.document import Outcome


class Mark(Enum):
    """A sign and its style."""

    GOOD = ("[OK]", "bold #55ff55")
    LOOK = ("[!!]", "bold #ffff55")
    BAD = ("[XX]", "bold #ff5555")
    UNKNOWN = ("[??]", "bold #ffffff")

    @property
    def sign(self) -> str:
        """Four characters."""
        return str(self.value[0])

    @property
    def style(self) -> str:
        """For Rich and Textual."""
        return str(self.value[1])


BY_HEALTH = {
    HealthVerdict.HEALTHY: Mark.GOOD,
    HealthVerdict.WORN: Mark.LOOK,
    HealthVerdict.FAILING: Mark.BAD,
    HealthVerdict.UNKNOWN: Mark.UNKNOWN,
}
BY_MINIMUM = {
    MinimumVerdict.PASS: Mark.GOOD,
    MinimumVerdict.FAIL: Mark.BAD,
    MinimumVerdict.REVIEW: Mark.LOOK,
}
BY_OUTCOME = {
    Outcome.ERASED: Mark.GOOD,
    Outcome.ERASED_WITH_EXCEPTIONS: Mark.LOOK,
    Outcome.NOT_ERASED: Mark.BAD,
}


def marked(mark: Mark, words: str) -> Text:
    """``[OK] words`` in the mark's colour."""
    return Text(f"{mark.sign} {words}", style=mark.style)


COLUMNS = 76
"""What the frame, its padding and a scroll bar leave of 80."""
_FOLDING = Console(width=COLUMNS, file=StringIO())


def folded(text: Text, indent: int = 0, columns: int = COLUMNS) -> Text:
    """``text`` in lines that fit, those after the first indented; the first is taken to begin at ``indent`` already."""
    return Text("\n" + " " * indent).join(text.wrap(_FOLDING, columns - indent))
