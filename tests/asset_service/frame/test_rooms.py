"""What the rooms declare is complete: every value has its words, every icon is drawn, every event can be read."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from asset_service import frame
from asset_service.accounts.models import Role
from asset_service.accounts.pages import ROLE_WORDS
from asset_service.app import ROOMS
from asset_service.devices import words as device_words
from asset_service.devices.forms import DEFECTS
from asset_service.devices.lifecycle import STEPS
from asset_service.devices.models import ComponentKind, DataStatus, Defect, DeviceKind, MinimumVerdict, State
from asset_service.frame.looks import TONE_ICONS
from asset_service.frame.rooms import Room, Rooms, address
from asset_service.intake import words as intake_words
from asset_service.intake.forms import GROUNDS
from asset_service.intake.matching import Doubt
from asset_service.intake.models import Grounds
from asset_service.intake.pages import DOUBTS
from asset_service.ledger.events import Event
from asset_service.wiping import words as wiping_words
from asset_service.wiping.forms import METHODS
from asset_service.wiping.models import DestructionMethod
from wipe_reports import document

SPRITE = Path(frame.__file__).parent / "static" / "icons.svg"
HOUSE = Rooms(ROOMS)


def _icons() -> set[str]:
    return {symbol.attrib["id"] for symbol in ET.parse(SPRITE).getroot()}  # noqa: S314 - our own file


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (State, device_words.DEVICE_STATES),
        (DataStatus, device_words.DATA_STATUSES),
        (DeviceKind, device_words.DEVICE_KINDS),
        (MinimumVerdict, intake_words.MINIMUM_VERDICTS),
        (ComponentKind, device_words.COMPONENT_KINDS),
        (document.Outcome, wiping_words.OUTCOMES),
        (document.Level, wiping_words.LEVELS),
        (document.Technique, wiping_words.TECHNIQUES),
        (document.VerificationMethod, wiping_words.VERIFICATIONS),
        (document.Medium, device_words.MEDIA),
        (document.HealthVerdict, device_words.HEALTH_VERDICTS),
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
    assert {step.action for step in STEPS if step.by_person} == set(HOUSE.step_buttons)


def test_every_icon_that_a_room_names_is_drawn() -> None:
    named = {look.icon for table in HOUSE.looks.values() for look in table.values()}
    named |= {entry.icon for entry in HOUSE.menu} | {button.icon for button in HOUSE.step_buttons.values()}
    assert named | set(TONE_ICONS.values()) <= _icons()


def test_every_event_has_words_in_its_own_room() -> None:
    for room in ROOMS:
        home = f"asset_service.{room.name}."
        own = {kind for kind in Event.__subclasses__() if kind.__module__.startswith(home)}
        assert own == set(room.event_words), room.name


def test_no_event_stands_outside_the_rooms() -> None:
    of_the_house = {kind for kind in Event.__subclasses__() if kind.__module__.startswith("asset_service.")}
    assert {kind.__name__ for kind in of_the_house} == set(HOUSE.event_words)


@pytest.mark.parametrize("declared", ["event_words", "gates", "step_buttons", "looks"])
def test_what_two_rooms_declare_stops_the_start(declared: str) -> None:
    room = next(one for one in ROOMS if getattr(one, declared))
    twin = replace(Room(name="twin"), **{declared: getattr(room, declared)})
    with pytest.raises(ValueError, match="two rooms declare the"):
        Rooms([*ROOMS, twin])


def test_a_link_in_a_mail_begins_with_the_services_own_address(app, app_context):
    base = app.extensions["herstart_settings"].base_url.rstrip("/")
    assert address("device", code="HS-123456") == f"{base}/d/HS-123456"
    with app.test_request_context():
        assert address("device", code="HS-123456") == "/d/HS-123456"
