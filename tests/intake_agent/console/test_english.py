"""The same screens in English: everything fits 80 by 24, and no Dutch is left on them."""

from __future__ import annotations

import asyncio
import re
import textwrap

import pytest

from intake_agent import language
from intake_agent.console.screens.confirm import ConfirmScreen
from intake_agent.console.screens.disks import DisksScreen
from intake_agent.console.screens.frame import StepScreen
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.machine import MachineScreen
from intake_agent.console.screens.question import Question
from intake_agent.console.screens.result import ResultScreen
from intake_agent.language import gettext

DUTCH = re.compile(
    r"\b(het|een|niet|geen|wordt|werd|schijf|schijven|toestel|verslag|met|voor|deze|dit|naar|onbekend|geheugen|Stap|"
    r"Druk|Verder|Klaar|Kies|Terug|gewist|wissen|niveau|ongeveer|teruglezen|overschrijven|keer|gezond|stuk)\b",
    re.IGNORECASE,
)


def shown(technician, name: str) -> str:
    words = technician.picture(f"en-{name}")
    assert DUTCH.findall(words) == [], words
    return words


def test_a_machine_is_walked_in_english(at_work, service, english) -> None:
    async def walk() -> None:
        async with at_work(8, 8) as technician:
            await technician.see(LabelScreen)
            assert "Step 1 of 6: label" in shown(technician, "1-label")
            await technician.scan("https://herstart.example/d/HS-7K3M9P")
            await technician.see(MachineScreen)
            words = shown(technician, "2-machine")
            assert "[OK] MEETS the minimum" in words
            assert "battery worn out (less than half)" in words
            await technician.press("right", "enter")
            await technician.see(Question)
            assert "Self-test of the disks (mostly 2 minutes)" in shown(technician, "2-tests")
            await technician.press("escape")
            await technician.see(MachineScreen)
            await technician.press("enter")
            await technician.see(DisksScreen)
            assert "[XX] This is a rehearsal: this disk is not touched." in shown(technician, "3-disks")
            await technician.press("f10")
            assert "This system does not run from the stick" in shown(technician, "3-disks-not-off")
            await technician.press("down", "space", "down", "space", "enter")
            await technician.see(ConfirmScreen)
            words = shown(technician, "4-confirm")
            assert "Check the serial numbers and confirm." in words
            await technician.confirm_by_serial()
            await technician.see(ResultScreen)
            words = shown(technician, "6-result")
            assert words.count("[OK] ERASED (level clear)") == 2
            assert "[OK] Report sent and accepted." in words

    asyncio.run(walk())


@pytest.mark.parametrize("screen", StepScreen.__subclasses__(), ids=lambda screen: screen.__name__)
def test_what_stands_on_every_step_fits_in_every_language(screen, english) -> None:
    for code in language.LANGUAGES:
        language.use(code)
        title, sentence, keys = (
            gettext(words) if words else "" for words in (screen.STEP, screen.SENTENCE, screen.KEYS)
        )
        assert len(title) <= 80 - len(" Herstart   ")
        assert len(textwrap.wrap(sentence, 78)) <= 2, sentence
        assert len(keys) <= 78, keys
