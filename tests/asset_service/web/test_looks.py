"""Everything that a row can say has a Dutch word and an icon of ours."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from asset_service.accounts.models import Role
from asset_service.accounts.pages import ROLE_WORDS
from asset_service.devices.forms import DEFECTS
from asset_service.devices.lifecycle import STEPS
from asset_service.devices.models import ComponentKind, DataStatus, Defect, DeviceKind, MinimumVerdict, State
from asset_service.intake.forms import GROUNDS
from asset_service.intake.matching import Doubt
from asset_service.intake.models import Grounds
from asset_service.intake.pages import DOUBTS
from asset_service.ledger.events import Event
from asset_service.web import looks, timeline
from asset_service.web.device_page import ACTIONS
from asset_service.wiping.forms import METHODS
from asset_service.wiping.models import DestructionMethod
from wipe_reports import document

SPRITE = Path(looks.__file__).parent / "static" / "icons.svg"


def _icons() -> set[str]:
    return {symbol.attrib["id"] for symbol in ET.parse(SPRITE).getroot()}  # noqa: S314 - our own file


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (State, looks.DEVICE_STATES),
        (DataStatus, looks.DATA_STATUSES),
        (DeviceKind, looks.DEVICE_KINDS),
        (MinimumVerdict, looks.MINIMUM_VERDICTS),
        (ComponentKind, looks.COMPONENT_KINDS),
        (document.Outcome, looks.OUTCOMES),
        (document.Level, looks.LEVELS),
        (document.Technique, looks.TECHNIQUES),
        (document.VerificationMethod, looks.VERIFICATIONS),
        (document.Medium, looks.MEDIA),
        (document.HealthVerdict, looks.HEALTH_VERDICTS),
        (Role, ROLE_WORDS),
        (Defect, DEFECTS),
        (Grounds, GROUNDS),
        (Doubt, DOUBTS),
        (DestructionMethod, METHODS),
    ],
)
def test_every_value_of_an_enum_has_its_words(kind: type[StrEnum], table: dict[str, object]) -> None:
    assert set(table) == set(kind)


def test_every_step_of_the_lifecycle_that_a_person_takes_has_words_and_a_place() -> None:
    assert {step.action for step in STEPS if step.by_person} == set(ACTIONS)


def test_every_icon_that_a_look_names_is_drawn() -> None:
    tables = [value for value in vars(looks).values() if isinstance(value, dict) and value]
    named = {look.icon for table in tables for look in table.values() if isinstance(look, looks.Look)}
    assert named <= _icons()


def test_every_event_about_a_device_has_words_on_the_timeline() -> None:
    import asset_service.app  # noqa: F401, PLC0415 - loads every room's events

    rooms = ("asset_service.devices.", "asset_service.wiping.", "asset_service.intake.")
    about_devices = {kind.__name__ for kind in Event.__subclasses__() if kind.__module__.startswith(rooms)}
    elsewhere = {"CodesPrinted", "WipeJobOpened", "ReportUnmatched", "ReportRejected", "QuarantineDeleted"}
    elsewhere |= {"MinimumPolicyChanged", "ReportCarriedIn"}
    assert about_devices - elsewhere <= set(timeline.WORDS)
